/**
 * chaos: kills real processes under load and counts what was lost, stuck, doubled or out of order.
 *
 * `PlainLoad` and `auditLog` are its two halves for tests that end processes themselves. `runChaos` boots a local stack with its own realm, submits executions through the gateway as a client that never gives up, kills in
 * seeded order, starts each process again, and audits the client's book against the log in Postgres.
 *
 * 1. The seed decides what is killed in which order and what is submitted; when exactly a process dies follows from progress.
 * 2. The audit reads the database, not the platform: a projection that is wrong cannot hide what the log lacks.
 */
export { runChaos, chaosRealm, type ChaosFigures } from './run-chaos.js';
export { PlainLoad } from './plain-load.js';
export { Book } from './book.js';
export { Ledger } from './ledger.js';
export { auditLog, type Findings } from './log-audit.js';
export { WAITING_PARENT } from './sagas.js';
export { type ChaosArguments } from './arguments.js';
