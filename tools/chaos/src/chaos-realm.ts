/**
 * The realm under chaos: short sagas, long ones with retries, children, waits, branches, maps, effects and what undoes them. Its handlers only
 * hand on what they get; the outside system of its effects is a file, one line for each time that an effect was carried out.
 */
import { appendFileSync } from 'node:fs';
import { failure } from '@symphainy/contracts';
import { readEnv, env, type EnvContract } from '@symphainy/kernel';
import { child, choice, defineCapability, defineRealm, effect, map, parallel, realmService, signal, task, timer, type StepHandler } from '@symphainy/realm-sdk';
import { runService } from '@symphainy/service-host';
import { z } from 'zod';
import { APPROVAL, BOOK, INTENT_OF, WAITING_PARENT, type Payload } from './sagas.js';

const input = z.object({ data: z.string().max(4096), failures: z.number().int().min(0) });
const output = z.object({ data: z.string().max(4096), failures: z.number().int() });

const hand: StepHandler<Payload> = (t) => ({ output: { data: t.payload.data, failures: t.payload.failures } });

/** Fails as often as the payload says, then succeeds. */
const flaky: StepHandler<Payload> = (t) => {
  if (t.attempt.attempt <= t.payload.failures) throw failure('platform.internal', { message: `attempt ${t.attempt.attempt} fails as it was told to` });
  return hand(t);
};

const ledgerEnv: EnvContract<{ LEDGER_FILE: string }> = { LEDGER_FILE: env.text({ description: 'where effects are carried out: one line each', group: 'chaos', default: '/dev/null' }) };
const { LEDGER_FILE } = readEnv(ledgerEnv, process.env);

/** Carries the effect out: from this line on it has happened, whatever becomes of this process. */
const carryOut: StepHandler<Payload> = (t) => {
  appendFileSync(LEDGER_FILE, `${t.attempt.execution_id} ${t.attempt.step} ${t.effectKey ?? ''}\n`);
  return hand(t);
};

const ITEMS = Array.from({ length: 30 }, (_, i) => i);
const undo = (): void => undefined;
const corrupt: StepHandler<Payload> = () => {
  throw failure('content.corrupt', { message: 'fails as it was told to' });
};

/** A child waits through many deaths in a row, however slowly they come. */
const CHILD_MS = 600_000;
const retry = { max_attempts: 6, initial_delay_ms: 50, max_delay_ms: 500 };
const common = { version: '1.0.0', determinism: 'deterministic', input, output } as const;

export const chaosRealm = defineRealm({
  realm: 'bench',
  capabilities: [
    defineCapability({ ...common, intent: INTENT_OF.three_steps, description: 'Three sequential steps.', saga: [task('parse', hand), task('embed', hand), task('record', hand)] }),
    defineCapability({
      ...common,
      intent: INTENT_OF.retrying,
      description: 'Six steps, two of which fail some times first.',
      saga: [task('prepare', hand), task('first_flaky', flaky, { retry }), task('transform', hand), task('second_flaky', flaky, { retry }), task('check', hand), task('settle', hand)],
    }),
    defineCapability({ ...common, intent: INTENT_OF.parent, description: 'Runs the three steps as a child.', saga: [task('prepare', hand), child('inner', { intentType: INTENT_OF.three_steps, timeoutMs: CHILD_MS }), task('settle', hand)] }),
    defineCapability({ ...common, intent: WAITING_PARENT, description: 'Waits for a child that waits.', saga: [child('inner', { intentType: INTENT_OF.signalled, timeoutMs: CHILD_MS })] }),
    defineCapability({ ...common, intent: INTENT_OF.signalled, description: 'Waits for somebody’s word.', saga: [task('prepare', hand), signal('approval', APPROVAL, { timeoutMs: 3_600_000 }), task('settle', hand)] }),
    defineCapability({
      ...common,
      intent: INTENT_OF.whole,
      description: 'Branches, a timer, a choice, a map, and an effect that bears repetition.',
      saga: [
        task('prepare', hand),
        parallel('side', { left: [task('left', hand)], right: [timer('pause', { durationMs: 150 })] }),
        task('list', () => ({ output: ITEMS, outcome: 'many' })),
        choice('route', { on: 'list', cases: { many: [map('each', { itemsFrom: 'list', chunkSize: 10, concurrency: 2, each: (item) => item })] } }),
        effect('announce', { binding: 'ledger', idempotent: true, run: carryOut }),
        task('settle', hand),
      ],
    }),
    defineCapability({
      ...common,
      intent: INTENT_OF.undone,
      description: 'Fails at last, and is undone.',
      saga: [task('prepare', hand, { compensate: undo }), effect('reserve', { binding: 'ledger', idempotent: true, run: carryOut, compensate: undo }), task('fail', corrupt)],
    }),
    defineCapability({ ...common, intent: INTENT_OF.booked, description: 'An effect that must not be repeated.', saga: [task('prepare', hand), effect(BOOK, { binding: 'ledger', run: carryOut }), task('settle', hand)] }),
  ],
});

if (require.main === module) runService(realmService({ name: 'realm-bench', realm: chaosRealm }));
