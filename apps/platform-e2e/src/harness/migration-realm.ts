/**
 * A realm that moves policies from an old system to a new one, with every kind of step: what docs/guides/writing-sagas.md shows, and what is run under kill -9. Its outside
 * systems are two files, one line for each time that something was done to them.
 */
import { appendFileSync } from 'node:fs';
import { failure } from '@symphainy/contracts';
import { env, readEnv, type EnvContract, type Json } from '@symphainy/kernel';
import { agent, child, choice, defineCapability, defineRealm, effect, map, parallel, realmService, signal, task, timer, type StepTask } from '@symphainy/realm-sdk';
import { runService } from '@symphainy/service-host';
import { z } from 'zod';

const outsideEnv: EnvContract<{ BOOKS_FILE: string; MOVES_FILE: string }> = {
  BOOKS_FILE: env.text({ description: 'the general ledger: one line a booking', group: 'migration', default: '/dev/null' }),
  MOVES_FILE: env.text({ description: 'the new system: one line a policy moved or taken back', group: 'migration', default: '/dev/null' }),
};
const { BOOKS_FILE, MOVES_FILE } = readEnv(outsideEnv, process.env);

const input = z.object({ policies: z.number().int().min(0).max(100_000), fail_at_last: z.boolean().default(false) });
type Move = StepTask<z.infer<typeof input>>;

interface Policy {
  readonly number: number;
  readonly holder: string;
}

function* policies(count: number): Generator<Json> {
  for (let number = 1; number <= count; number++) yield { number, holder: `holder ${number}` };
}

/** Every policy of the old system, as one object; the map reads it chunk by chunk. */
async function plan(step: Move) {
  const items = await step.items(policies(step.payload.policies), { chunkSize: 10 });
  return { output: items.source, artifacts: [items.artifact] };
}

/** Policy 13 is beyond repair; every seventh needs a second try. */
async function moveOne(policy: Policy, step: Move): Promise<Json> {
  if (policy.number === 13) throw failure('content.corrupt', { message: 'policy 13 has no premium' });
  if (policy.number % 7 === 0 && step.attempt.attempt === 1) throw failure('realm.unavailable', { message: 'the new system is busy' });
  await new Promise((resolve) => setTimeout(resolve, 2));
  appendFileSync(MOVES_FILE, `moved ${policy.number}\n`);
  return { policy: policy.number };
}

const takeBack = async (policy: Policy): Promise<void> => {
  await new Promise((resolve) => setTimeout(resolve, 2));
  appendFileSync(MOVES_FILE, `taken back ${policy.number}\n`);
};

const reconcile = (step: Move) => ({ output: { checked: step.inputs['move'] ?? null }, outcome: step.payload.policies > 1000 ? 'large' : 'small' });

const judge = () => ({ output: 'the totals agree', agent: { model: 'rules-1', prompt_hash: 'a'.repeat(64), facts: [{ totals: 'equal' }], verdict: { sound: true } } });

/** The same key twice is one booking: a real ledger would look it up. */
function book(step: Move) {
  appendFileSync(BOOKS_FILE, `${step.effectKey} booked\n`);
  return { output: { booking: step.effectKey.slice(0, 8) } };
}

const unbook = (step: Move): void => appendFileSync(BOOKS_FILE, `${step.effectKey} reversed\n`);

function close(step: Move) {
  if (step.payload.fail_at_last) throw failure('content.corrupt', { message: 'the auditors said no' });
  return { output: { closed: true } };
}

const migrate = defineCapability({
  intent: 'migration.move',
  version: '1.0.0',
  description: 'Moves policies from the old system to the new one.',
  determinism: 'deterministic',
  input,
  output: z.object({ closed: z.boolean() }),
  deadlineMs: 3_600_000,
  saga: [
    task('plan', plan),
    map('move', { itemsFrom: 'plan', each: moveOne, compensate: takeBack, concurrency: 2, itemRetry: { max_attempts: 3, initial_delay_ms: 50 }, maxDeadLetters: 5 }),
    parallel('check', { totals: [task('reconcile', reconcile)], opinion: [agent('judge', judge)], grace: [timer('settle_in', { durationMs: 200 })] }),
    choice('size', { on: 'reconcile', cases: { large: [signal('go_live', 'go_live', { timeoutMs: 86_400_000 })] }, otherwise: [signal('objections', 'objection', { timeoutMs: 300, onTimeout: 'continue' })] }),
    child('tell', { intentType: 'migration.tell' }),
    effect('book', { binding: 'ledger', preview: (step: Move) => ({ books: step.payload.policies }), approval: 'required', idempotent: true, run: book, compensate: unbook, timeoutMs: 600_000 }),
    task('close', close),
  ],
});

const tell = defineCapability({
  intent: 'migration.tell',
  version: '1.0.0',
  description: 'Tells the holders.',
  determinism: 'deterministic',
  input,
  output: z.object({ told: z.number() }),
  saga: [task('write', (step: Move) => ({ output: { told: step.payload.policies } }))],
});

const correction = z.object({ policy_no: z.string(), premium: z.string() });

/** What is to be written is decided here; whether it may be, and that it was, is the child's own. */
const decide = ({ payload: { policy_no, premium } }: StepTask<z.infer<typeof correction>>) => ({
  output: { binding: 'policy-admin', table: 'public.policies', reason: 'as the migration found', changes: [{ do: 'update', key: { policy_no }, values: { premium } }] },
});

const correct = defineCapability({
  intent: 'migration.correct',
  version: '1.0.0',
  description: 'Corrects a premium in the old system.',
  determinism: 'deterministic',
  input: correction,
  output: z.looseObject({ rows: z.array(z.unknown()) }),
  saga: [task('decide', decide), child('write', { intentType: 'solution.write_rows', payloadFrom: 'decide' })],
});

export const migrationRealm = defineRealm({ realm: 'migration', capabilities: [migrate, tell, correct] });

if (require.main === module) runService(realmService({ name: 'realm-bench', realm: migrationRealm }));
