/**
 * runtime: the execution authority. Accepts intents, records, decides what is due, dispatches steps, answers what happened.
 * It has no domain logic and no branch on an intent's name.
 *
 * Folders, in the order the data flows: intake → acceptance → wal → engine → dispatch → outcomes → publish, beside state-surface,
 * data-brain and operations; `runtime-core.ts` puts them together, `runtime-life.ts` adds the log, `runtime.service.ts` the service.
 *
 * 1. An accepted intent and its decision are durable before its first step is dispatched.
 * 2. A record is durable before it leaves as an answer, an event, a hydration or a command's reply.
 * 3. Only the owner of a stream appends to it; an owner that lost its lease appends nothing.
 * 4. The first durable result of an attempt counts; every other is dropped and counted.
 * 5. Whatever is accepted finishes, here or at whoever adopts it; no completed step is recorded twice.
 */
export { runtimeService } from './runtime.module.js';
