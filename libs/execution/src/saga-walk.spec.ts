import fc from 'fast-check';
import { frameBody, sagaDefinition, type SagaDefinition, type WalRecord } from '@symphainy/contracts';
import { chainProblems, decide, foldFrames, foldStored, hasEnded, isContainer, sagaStepNamed, viewOf, type Decision } from './index.js';
import { operator, sampleCapability, TestRealm, TestStream } from './testing.js';

/** A saga without names: they are given in order, so that they are unique. */
type Shape = { readonly kind: string; readonly more?: object; readonly nested?: readonly (readonly Shape[])[] };

const leaf: fc.Arbitrary<Shape> = fc.oneof(
  { weight: 4, arbitrary: fc.constant({ kind: 'task' }) },
  { weight: 3, arbitrary: fc.constant({ kind: 'task', more: { compensate: true } }) },
  fc.constant({ kind: 'agent' }),
  fc.record({ duration_ms: fc.nat(90_000) }).map((more) => ({ kind: 'timer', more })),
  fc.record({ on_timeout: fc.constantFrom('fail', 'continue') }).map((more) => ({ kind: 'signal', more: { ...more, signal: 'go' } })),
  fc.record({ compensate: fc.boolean() }).map((more) => ({ kind: 'child', more: { ...more, intent_type: 'other.run' } })),
  fc.record({ idempotent: fc.boolean(), preview: fc.boolean(), compensate: fc.boolean(), approval: fc.constantFrom('by_policy', 'required') }).map((more) => ({ kind: 'effect', more: { ...more, binding: 'ledger' } })),
  fc.record({ concurrency: fc.integer({ min: 1, max: 3 }), chunk_size: fc.integer({ min: 1, max: 5 }), max_dead_letters: fc.constantFrom(0, 2, 20), compensate: fc.boolean() }).map((more) => ({ kind: 'map', more: { ...more, items_from: 'plan' } })),
);

const { sequence } = fc.letrec<{ step: Shape; sequence: Shape[] }>((tie) => ({
  step: fc.oneof(
    { maxDepth: 2, depthIdentifier: 'saga' },
    { weight: 6, arbitrary: leaf },
    fc.array(tie('sequence'), { minLength: 1, maxLength: 3 }).map((nested) => ({ kind: 'parallel', nested })),
    fc.array(tie('sequence'), { minLength: 1, maxLength: 2 }).map((nested) => ({ kind: 'choice', nested })),
  ),
  sequence: fc.array(tie('step'), { minLength: 1, maxLength: 3, depthIdentifier: 'saga' }),
}));

function named(shapes: readonly Shape[], next: { n: number }): object[] {
  return shapes.map(({ kind, more, nested }) => {
    const name = `s${++next.n}`;
    if (kind === 'parallel') return { kind, name, branches: (nested ?? []).map((steps, i) => ({ name: `b${i}`, steps: named(steps, next) })) };
    if (kind === 'choice') return { kind, name, on: 'plan', cases: { many: named(nested?.[0] ?? [], next) }, ...(nested?.[1] === undefined ? {} : { otherwise: named(nested[1], next) }) };
    return { kind, name, ...more };
  });
}

const sagas = sequence.map((shapes): SagaDefinition => sagaDefinition.parse({ name: 'sample.run', steps: [{ kind: 'task', name: 'plan' }, ...named(shapes, { n: 0 })] }));
const scripts = fc.record({
  outcome: fc.constantFrom('many', 'few'),
  /** Of what is due, which is next; how it ends. When the script is over, everything goes well. */
  choices: fc.array(fc.tuple(fc.nat(50), fc.oneof({ weight: 2, arbitrary: fc.constant(0) }, fc.nat(200))), { maxLength: 40 }),
  /** At some turns somebody pauses or cancels. */
  operations: fc.dictionary(fc.nat(40).map(String), fc.constantFrom('pause', 'cancel', 'deadline', 'compensate'), { maxKeys: 2 }),
});

/** Later than anything waits for. */
const DEADLINE = Date.parse('2100-01-01T00:00:00.000Z');

interface Played {
  readonly stream: TestStream;
  readonly asked: readonly string[];
}

const nameOf = (work: Decision): string => ('step' in work ? `${work.do} ${typeof work.step === 'string' ? work.step : (work.step?.name ?? '')} ${'attempt' in work ? work.attempt : ''} ${'phase' in work ? (work.phase ?? '') : ''} ${'chunk' in work ? JSON.stringify(work.chunk) : ''} ${'chunkAttempt' in work ? work.chunkAttempt : ''}` : work.do);

function play(saga: SagaDefinition, { outcome, choices, operations }: { outcome: string; choices: readonly (readonly [number, number])[]; operations: { readonly [turn: string]: string } }, visit: (stream: TestStream, due: readonly Decision[]) => void): Played {
  const stream = new TestStream(sampleCapability(saga, { children: ['other.run'] }), undefined, () => 0.3, { deadlinePolicy: 'enforce', deadlineAt: DEADLINE });
  const realm = new TestRealm(stream, (step) => (step === 'plan' ? { output: Array.from({ length: 12 }, (_, i) => i), outcome } : { output: { of: step } }));
  const asked: string[] = [];
  for (let turn = 0; turn < 600; turn++) {
    const due = stream.settle();
    visit(stream, due);
    if (hasEnded(stream.state!)) return { stream, asked };
    const [pick, choice] = choices[turn] ?? [0, 0];
    if (interrupt(stream, operations[String(turn)])) continue;
    const actionable = due.filter((work) => work.do !== 'wait' && (work.do !== 'await_signal' || choice % 3 !== 2));
    const work = actionable[pick % Math.max(1, actionable.length)];
    if (work === undefined) {
      advance(stream, due);
      continue;
    }
    asked.push(nameOf(work));
    stream.add(realm.answer(work, choice));
  }
  throw new Error(`no end: ${JSON.stringify(viewOf(stream.state!).steps)}`);
}

function interrupt(stream: TestStream, operation: string | undefined): boolean {
  const by = { ...stream.stamp, by: operator, reason: 'asked for' };
  const isGoing = stream.state!.status === 'running' && stream.state!.cancelReason === undefined && stream.state!.deadlineMissed === undefined;
  if (operation === undefined || !isGoing) return false;
  if (operation === 'deadline') stream.now = DEADLINE;
  else if (operation === 'pause') stream.add([{ type: 'paused', ...by }]);
  else stream.add([{ type: operation === 'cancel' ? 'cancel_requested' : 'compensation_requested', ...by }]);
  return true;
}

function advance(stream: TestStream, due: readonly Decision[]): void {
  const moments = due.flatMap((work) => (work.do === 'wait' ? [work.until] : work.do === 'await_signal' ? [work.deadlineAt] : []));
  stream.now = Math.max(stream.now + 1, Math.min(...moments));
}

const recordsOf = (stream: TestStream): WalRecord[] => stream.frames.flatMap((frame) => frame.records);
const runs = (numRuns = 150): { numRuns: number; seed: number } => ({ numRuns, seed: 20_261_121 });

describe('any saga, any outcomes', () => {
  it('a crash at any edge - the log folds to the same state, and the same is due', () => {
    fc.assert(
      fc.property(sagas, scripts, (saga, script) => {
        play(saga, script, (stream, due) => {
          const folded = foldFrames(stream.frames);
          expect(folded).toEqual(stream.state);
          expect(decide(folded!, saga, stream.inputs)).toEqual(due);
        });
      }),
      runs(120),
    );
  });

  it('its whole life - ends, in frames that fit the grammar and the chain, with nothing left open', () => {
    fc.assert(
      fc.property(sagas, scripts, (saga, script) => {
        const { stream } = play(saga, script, () => undefined);
        expect(['completed', 'failed', 'cancelled']).toContain(stream.state?.status);
        for (const { status } of stream.state!.steps) expect(['completed', 'failed', 'abandoned', 'compensated', 'compensation_skipped']).toContain(status);
        for (const frame of stream.frames) frameBody.parse({ records: frame.records });
        for (let k = 1; k <= stream.frames.length; k++) expect(foldFrames(stream.frames.slice(0, k))).toBeDefined();
        expect(viewOf(foldStored(stream.frames)!)).toEqual(viewOf(stream.state!));
        expect(chainProblems(stream.frames)).toEqual([]);
      }),
      runs(),
    );
  });

  it('what completed - is not asked for again, and no attempt is made beyond the policy', () => {
    fc.assert(
      fc.property(sagas, scripts, (saga, script) => {
        const { stream } = play(saga, script, () => undefined);
        const completed = new Set<string>();
        let attempts = 0;
        for (const record of recordsOf(stream)) {
          if (record.type === 'step_started') expect(completed.has(record.step)).toBe(false);
          if (record.type === 'step_started' && record.kind === 'task') attempts = Math.max(attempts, record.attempt);
          if (record.type === 'step_completed') completed.add(record.step);
        }
        expect(attempts).toBeLessThanOrEqual(3);
      }),
      runs(),
    );
  });

  it('an answer - is asked for under one name once: no chunk, attempt or undoing is counted twice', () => {
    fc.assert(
      fc.property(sagas, scripts, (saga, script) => {
        const asked = play(saga, script, () => undefined).asked.filter((name) => !/^(hold|await_approval|close_child)/.test(name));
        expect(new Set(asked).size).toBe(asked.length);
      }),
      runs(),
    );
  });

  it('while it is paused - nothing starts, no retry and no timer fires, and what runs is recorded', () => {
    fc.assert(
      fc.property(sagas, scripts, (saga, script) => {
        const { stream } = play(saga, { ...script, operations: { ...script.operations, '1': 'pause', '6': 'pause' } }, () => undefined);
        let paused = false;
        for (const record of recordsOf(stream)) {
          if (record.type === 'paused') paused = true;
          if (['resumed', 'saga_failed', 'cancel_requested', 'compensation_requested'].includes(record.type)) paused = false;
          if (paused) expect(['step_started', 'timer_fired', 'effect_intended', 'step_retry_scheduled', 'compensation_started', 'child_accepted']).not.toContain(record.type);
        }
      }),
      runs(),
    );
  });

  it('an effect - is sent only after its intention, under one key, and never while its approval is missing', () => {
    fc.assert(
      fc.property(sagas, scripts, (saga, script) => {
        play(saga, script, (stream, due) => {
          for (const work of due) {
            if (work.do !== 'run' || work.step.kind !== 'effect' || work.phase === 'preview') continue;
            const about = recordsOf(stream).filter((record) => 'step' in record && record.step === work.step.name);
            const keys = new Set(about.flatMap((record) => (record.type === 'effect_intended' ? [record.key] : [])));
            expect([...keys]).toEqual([work.effectKey]);
            if (work.step.approval === 'required') expect(about.some((record) => record.type === 'effect_approved')).toBe(true);
          }
        });
      }),
      runs(),
    );
  });

  it('undoing - goes over completed steps that declare it, each once, in reverse order of completion', () => {
    fc.assert(
      fc.property(sagas, scripts, fc.integer({ min: 1, max: 60 }), (saga, script, cancelAt) => {
        const { stream } = play(saga, { ...script, operations: { [String(cancelAt)]: 'cancel' } }, () => undefined);
        const done: string[] = [];
        const undone: string[] = [];
        for (const record of recordsOf(stream)) {
          if (record.type === 'step_completed' && sagaStepNamed(saga, record.step)?.compensate === true) done.push(record.step);
          if (record.type === 'compensation_started' && record.attempt === 1) undone.push(record.step);
        }
        const maps = new Set(stream.state!.steps.filter(({ map }) => map !== undefined).map(({ name }) => name));
        const expected = stream.state?.status === 'completed' ? [] : done.toReversed();
        expect(undone.filter((name) => !maps.has(name) || done.includes(name))).toEqual(expected);
        for (const name of undone) expect(isContainer(sagaStepNamed(saga, name)!)).toBe(false);
      }),
      runs(),
    );
  });
});
