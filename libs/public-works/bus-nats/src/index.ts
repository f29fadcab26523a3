/**
 * bus-nats: the Bus port over core NATS (no JetStream: facts stand in the log, messages are hints and requests).
 * The only project that imports the NATS client.
 */
export { connectNats, type NatsBusOptions } from './nats-bus.js';
