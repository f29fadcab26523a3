/**
 * bus-local: the Bus port within one process, for the standalone platform, tests and the simulator.
 * Create one hub, give each service `hub.connect()`. It passes the same contract suite as the NATS adapter.
 */
export { LocalBusHub } from './local-bus.js';
