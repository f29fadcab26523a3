/** The realm under chaos: short sagas, long ones with retries, children, and waits for a signal. Its handlers only hand on what they get. */
import { failure } from '@symphainy/contracts';
import { child, defineCapability, defineRealm, realmService, signal, task, type StepHandler } from '@symphainy/realm-sdk';
import { runService } from '@symphainy/service-host';
import { z } from 'zod';
import { APPROVAL, INTENT_OF, type Payload } from './sagas.js';

const input = z.object({ data: z.string().max(4096), failures: z.number().int().min(0) });
const output = z.object({ data: z.string().max(4096), failures: z.number().int() });

const hand: StepHandler<Payload> = (t) => ({ output: { data: t.payload.data, failures: t.payload.failures } });

/** Fails as often as the payload says, then succeeds. */
const flaky: StepHandler<Payload> = (t) => {
  if (t.attempt.attempt <= t.payload.failures) throw failure('platform.internal', { message: `attempt ${t.attempt.attempt} fails as it was told to` });
  return hand(t);
};

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
    defineCapability({ ...common, intent: INTENT_OF.parent, description: 'Runs the three steps as a child.', saga: [task('prepare', hand), child('inner', { intentType: INTENT_OF.three_steps }), task('settle', hand)] }),
    defineCapability({ ...common, intent: INTENT_OF.signalled, description: 'Waits for somebody’s word.', saga: [task('prepare', hand), signal('approval', APPROVAL, { timeoutMs: 3_600_000 }), task('settle', hand)] }),
  ],
});

if (require.main === module) runService(realmService({ name: 'realm-bench', realm: chaosRealm }));
