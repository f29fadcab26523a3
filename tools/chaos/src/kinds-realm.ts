/**
 * The realm of recorded histories: one short saga for every kind of step and for every way that an execution goes wrong and is brought right. What
 * fails, fails on its first call in this process and not again, so that an operator's retry succeeds.
 */
import { failure } from '@symphainy/contracts';
import { agent, child, choice, defineCapability, defineRealm, effect, map, parallel, realmService, signal, task, timer, type StepHandler, type StepTask } from '@symphainy/realm-sdk';
import { runService } from '@symphainy/service-host';
import { z } from 'zod';
import { KIND, WORD, YEAR_MS } from './kinds.js';

const input = z.object({ data: z.string().max(200) });
type Payload = z.infer<typeof input>;
type Step = StepTask<Payload>;

const hand: StepHandler<Payload> = (step) => ({ output: { data: step.payload.data } });
const undo = (): void => undefined;

const calls = new Map<string, number>();
/** True the first time that this execution asks for it. */
function first(step: Step, what: string): boolean {
  const key = `${step.attempt.execution_id} ${what}`;
  const before = calls.get(key) ?? 0;
  calls.set(key, before + 1);
  return before === 0;
}

const corrupt = (): never => {
  throw failure('content.corrupt', { message: 'fails as it was told to' });
};
const breaksOnce: StepHandler<Payload> = (step) => (first(step, 'breaks') ? corrupt() : hand(step));

/** Two items are beyond repair; one is well the second time. */
function eachOfMany(item: number, step: Step): number {
  if (item === 3 || item === 9) return corrupt();
  if (item === 6 && first(step, 'item 6')) throw failure('realm.unavailable', { message: 'busy' });
  return item;
}

/** Leaves open the first time whether it happened: the connection broke. */
const unsure: StepHandler<Payload> = (step) => {
  if (first(step, 'unsure')) throw new Error('the connection broke');
  return hand(step);
};

const common = { version: '1.0.0', determinism: 'deterministic', input, output: z.object({ data: z.string() }), description: 'Recorded for what comes after.' } as const;
const judge = () => ({ output: 'sound', outcome: 'sound', agent: { model: 'rules-1', prompt_hash: 'a'.repeat(64), facts: [{ totals: 'equal' }], verdict: { sound: true } } });
const list = (): { output: number[]; outcome: string } => ({ output: Array.from({ length: 12 }, (_, i) => i), outcome: 'many' });
const waits = signal<Payload>('wait', WORD, { timeoutMs: YEAR_MS });

const kinds = [
  defineCapability({
    ...common,
    intent: KIND.branches,
    saga: [task('grade', () => ({ output: 12, outcome: 'many' })), parallel('side', { left: [task('left', hand)], right: [timer('pause', { durationMs: 50 })] }), choice('route', { on: 'grade', cases: { many: [task('large', hand)], few: [task('small', hand)] } }), task('settle', hand)],
  }),
  defineCapability({ ...common, intent: KIND.timer, saga: [timer('pause', { durationMs: 50 }), task('settle', hand)] }),
  defineCapability({ ...common, intent: KIND.sleeper, saga: [timer('pause', { durationMs: 1500 }), task('settle', hand)] }),
  defineCapability({ ...common, intent: KIND.map, saga: [task('list', list), map('each', { itemsFrom: 'list', chunkSize: 4, concurrency: 1, itemsAtOnce: 1, itemRetry: { max_attempts: 2, initial_delay_ms: 20 }, maxDeadLetters: 2, each: eachOfMany }), task('settle', hand)] }),
  defineCapability({ ...common, intent: KIND.map_breaks, saga: [task('list', list), map('each', { itemsFrom: 'list', chunkSize: 6, concurrency: 1, each: (item: number, step: Step) => (item === 3 && first(step, 'item 3') ? corrupt() : item) }), task('settle', hand)] }),
  defineCapability({ ...common, intent: KIND.effect, saga: [task('prepare', hand), effect('pay', { binding: 'ledger', idempotent: true, preview: (step: Step) => ({ pays: step.payload.data }), approval: 'required', run: hand, timeoutMs: 600_000 }), task('settle', hand)] }),
  defineCapability({ ...common, intent: KIND.unsure, saga: [effect('pay', { binding: 'ledger', run: unsure }), task('settle', hand)] }),
  defineCapability({ ...common, intent: KIND.undone, saga: [task('prepare', hand, { compensate: undo }), effect('reserve', { binding: 'ledger', idempotent: true, run: hand, compensate: undo }), task('fail', corrupt)] }),
  defineCapability({ ...common, intent: KIND.not_undone, saga: [task('prepare', hand, { compensate: undo }), task('half', hand, { compensate: corrupt }), task('fail', corrupt)] }),
  defineCapability({ ...common, intent: KIND.waits, saga: [task('prepare', hand), waits, task('settle', hand)] }),
  defineCapability({ ...common, intent: KIND.waits_later, saga: [timer('pause', { durationMs: 1500 }), waits, task('settle', hand)] }),
  defineCapability({ ...common, intent: KIND.breaks, saga: [task('prepare', hand), task('breaks', breaksOnce), task('settle', hand)] }),
  defineCapability({ ...common, intent: KIND.asked, saga: [signal('ask', WORD, { timeoutMs: 200, onTimeout: 'continue' }), task('settle', hand)] }),
  defineCapability({ ...common, intent: KIND.late, deadlineMs: 400, saga: [task('prepare', hand), waits, task('settle', hand)] }),
  defineCapability({ ...common, intent: KIND.agent, determinism: 'expert', saga: [agent('judge', judge), task('settle', hand)] }),
  defineCapability({ ...common, intent: KIND.parent, saga: [child('inner', { intentType: KIND.waits }), task('settle', hand)] }),
];

if (require.main === module) runService(realmService({ name: 'realm-bench', realm: defineRealm({ realm: 'kinds', capabilities: kinds }) }));
