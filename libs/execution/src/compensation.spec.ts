import fc from 'fast-check';
import { failure, type WalRecord } from '@symphainy/contracts';
import { toWireError } from '@symphainy/kernel';
import { awaitsCompensation, compensationProblem, hasEnded, sagaStepNamed, viewOf, type Decision } from './index.js';
import { operator, sampleCapability, sampleSaga, TestRealm, TestStream } from './testing.js';

const TERMINAL = toWireError(failure('content.corrupt'));

const by = (stream: TestStream) => ({ ...stream.stamp, by: operator, reason: 'asked for' });
const recordsOf = <T extends WalRecord['type']>(stream: TestStream, type: T): Extract<WalRecord, { type: T }>[] => stream.frames.flatMap(({ records }) => records.filter((r): r is Extract<WalRecord, { type: T }> => r.type === type));
const started = (stream: TestStream): string[] => recordsOf(stream, 'compensation_started').map(({ step, attempt }) => `${step}#${attempt}`);

/** A saga of `size` steps; those in `undoable` declare a compensation. */
const stepsOf = (size: number, undoable: readonly number[]) => Array.from({ length: size }, (_, i) => ({ name: `s${i}`, retry: { max_attempts: 2 }, ...(undoable.includes(i) ? { compensate: true } : {}) }));
const streamOf = (steps: Parameters<typeof sampleSaga>): TestStream => new TestStream(sampleCapability(sampleSaga(...steps), { children: ['other.run'] }));

/** Completes steps until `failing`, whose failure is for good. */
function failAt(stream: TestStream, failing: number): Decision[] {
  for (let i = 0; i < failing; i++) {
    stream.settle();
    stream.complete(i);
  }
  stream.settle();
  stream.fail(TERMINAL);
  return stream.settle();
}

function untilEnd(stream: TestStream, choiceOf: (work: Decision) => number): void {
  const realm = new TestRealm(stream);
  for (let turn = 0; turn < 200; turn++) {
    const [work] = stream.settle();
    if (hasEnded(stream.state!)) return;
    if (work?.do === 'wait') stream.now = work.until;
    else stream.add(realm.answer(work!, choiceOf(work!)));
  }
  throw new Error('no end');
}

describe('undoing a saga that failed', () => {
  const sizes = Array.from({ length: 8 }, (_, i) => i + 1);

  it.each(sizes)('a saga of %i steps, failing at each, each compensation failing - is undone backwards over what was completed, and ends', (size) => {
    for (let failing = 0; failing < size; failing++) {
      for (let broken = -1; broken < failing; broken++) {
        const stream = streamOf(stepsOf(size, sizes));
        failAt(stream, failing);
        // The broken one fails for good, and an operator skips it.
        untilEnd(stream, (work) => (work.do === 'compensate' && work.step.name === `s${broken}` ? 3 : 0));
        const expected = Array.from({ length: failing }, (_, i) => i).filter((i) => sizes.includes(i)).reverse().map((i) => `s${i}#1`);
        expect(started(stream)).toEqual(expected);
        expect(stream.state).toMatchObject({ status: 'failed', error: { code: 'content.corrupt' } });
        expect(recordsOf(stream, 'compensation_skipped').map(({ step }) => step)).toEqual(expected.includes(`s${broken}#1`) ? [`s${broken}`] : []);
      }
    }
  });

  it('any subset of steps that can be undone - is what is undone', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 8 }), fc.uniqueArray(fc.nat(7)), fc.nat(7), (size, undoable, at) => {
        const failing = at % size;
        const stream = streamOf(stepsOf(size, undoable));
        failAt(stream, failing);
        untilEnd(stream, () => 0);
        expect(started(stream)).toEqual(undoable.filter((i) => i < failing).sort((a, b) => b - a).map((i) => `s${i}#1`));
      }),
      { seed: 11 },
    );
  });

  it('nothing to undo - ends in the frame that tells of the failure', () => {
    const stream = streamOf(['one', 'two']);
    failAt(stream, 1);
    expect(stream.frames.at(-1)?.records.map(({ type }) => type)).toEqual(['saga_failed', 'execution_failed']);
  });

  it('what is undone - is told what the step returned, and by when', () => {
    const stream = streamOf([{ name: 'one', compensate: true, timeout_ms: 500 }, 'two']);
    const [work] = failAt(stream, 1);
    expect(work).toMatchObject({ do: 'compensate', attempt: 1, output: 0, deadlineAt: stream.now + 500 });
    expect(viewOf(stream.state!)).toMatchObject({ status: 'compensating', steps: [{ name: 'one', status: 'compensating' }, { name: 'two', status: 'failed' }] });
    expect([awaitsCompensation(stream.state!, 'one', 1), awaitsCompensation(stream.state!, 'one', 2), awaitsCompensation(stream.state!, 'two', 1)]).toEqual([true, false, false]);
  });

  it('a compensation that fails - is tried again by the step’s policy; for good, the execution is stuck until an operator acts', () => {
    const stream = streamOf([{ name: 'one', compensate: true, retry: { max_attempts: 2, initial_delay_ms: 1000 } }, 'two']);
    const realm = new TestRealm(stream);
    failAt(stream, 1);
    stream.add(realm.answer(stream.due()[0]!, 2));
    const [wait] = stream.settle();
    expect(wait).toEqual({ do: 'wait', until: stream.now + 750 });
    stream.now += 750;
    stream.add(realm.answer(stream.settle()[0]!, 2));
    expect(stream.settle()).toEqual([{ do: 'hold', why: 'compensation_failed', step: 'one' }]);
    expect(viewOf(stream.state!)).toMatchObject({ status: 'stuck', attention: { step: 'one', what: 'compensation_failed', operations: ['retry', 'skip_compensation', 'terminate'], error: { code: 'realm.unavailable' } } });
    stream.add([{ type: 'reopened', ...by(stream), mode: 'retry', from_step: 'one' }]);
    expect(stream.settle()).toMatchObject([{ do: 'compensate', attempt: 3 }]);
    // A new budget: the third attempt may be followed by a fourth.
    stream.add(realm.answer(stream.due()[0]!, 2));
    expect(stream.settle()).toMatchObject([{ do: 'wait' }]);
  });

  it('a map that failed - is undone chunk by chunk, backwards, without the items that were given up', () => {
    const map = { kind: 'map', name: 'move', items_from: 'plan', chunk_size: 4, concurrency: 1, max_dead_letters: 1, compensate: true, item_retry: { max_attempts: 1 } };
    const stream = streamOf(['plan', map]);
    stream.settle();
    stream.complete(Array.from({ length: 12 }, (_, i) => i));
    const asked: unknown[] = [];
    const chunk = (failed: number[]) => {
      const work = stream.settle()[0] as Extract<Decision, { do: 'run_chunk' }>;
      const base = { ...stream.stamp, step: 'move', attempt: 1, chunk: work.chunk, chunk_attempt: 1, items: 4, succeeded: 4 - failed.length, output_hash: '0'.repeat(64), handler_build: 'b1', duration_ms: 1 };
      stream.add([{ type: 'chunk_completed', ...base, failed: failed.map((index) => ({ index, code: 'sample.odd', fate: 'dead' as const })) }]);
    };
    chunk([2]);
    chunk([5, 6]);
    untilEnd(stream, (work) => {
      if (work.do === 'compensate') asked.push([work.chunk?.chunk, work.chunk?.indices]);
      return 0;
    });
    expect(asked).toEqual([[1, [4, 7]], [0, [0, 1, 3]]]);
    expect(stream.state).toMatchObject({ status: 'failed', error: { code: 'map.dead_letters' } });
    expect(viewOf(stream.state!).steps[1]?.status).toBe('compensated');
  });
});

describe('undoing at an operator’s wish', () => {
  it('a completed execution - is undone and ends as cancelled; one with nothing to undo tells so', () => {
    const stream = streamOf(stepsOf(3, [0, 2]));
    for (let i = 0; i < 3; i++) {
      stream.settle();
      stream.complete(i);
    }
    stream.settle();
    expect(stream.state?.status).toBe('completed');
    expect(compensationProblem(stream.state!, stream.capability.saga)).toBeUndefined();
    stream.add([{ type: 'adopted', ...stream.stamp, from_writer: 'w', from_epoch: 1, reason: 'reopened' }, { type: 'compensation_requested', ...by(stream) }]);
    untilEnd(stream, () => 0);
    expect(started(stream)).toEqual(['s2#1', 's0#1']);
    expect(stream.state?.status).toBe('cancelled');
    expect(compensationProblem(stream.state!, stream.capability.saga)).toContain('none of its completed steps');
  });

  it('a cancelled execution - is undone before it ends', () => {
    const stream = streamOf(stepsOf(3, [0, 1]));
    stream.settle();
    stream.complete(0);
    stream.settle();
    stream.complete(1);
    stream.settle();
    stream.add([{ type: 'cancel_requested', ...by(stream) }]);
    expect(stream.settle()).toMatchObject([{ do: 'compensate' }]);
    expect(viewOf(stream.state!).steps.at(-1)?.status).toBe('abandoned');
    untilEnd(stream, () => 0);
    expect(started(stream)).toEqual(['s1#1', 's0#1']);
    expect(stream.state?.status).toBe('cancelled');
  });
});

describe('the grammar of undoing', () => {
  const undoing = (): TestStream => {
    const stream = streamOf(stepsOf(3, [0, 1]));
    failAt(stream, 2);
    return stream;
  };

  it.each<[string, (stream: TestStream) => WalRecord]>([
    ['out of order', (s) => ({ type: 'compensation_started', ...s.stamp, step: 's0', attempt: 1 })],
    ['of a step that did not complete', (s) => ({ type: 'compensation_started', ...s.stamp, step: 's2', attempt: 1 })],
    ['twice', (s) => ({ type: 'compensation_started', ...s.stamp, step: 's1', attempt: 2 })],
    ['skipped although it has not failed', (s) => ({ type: 'compensation_skipped', ...by(s), step: 's1' })],
    ['ended before it is done', (s) => ({ type: 'execution_failed', ...s.stamp, error: TERMINAL })],
    ['of another attempt', (s) => ({ type: 'compensation_completed', ...s.stamp, step: 's1', attempt: 2, handler_build: 'b', duration_ms: 0 })],
    ['while a step starts', (s) => ({ type: 'step_started', ...s.stamp, step: 's9', attempt: 1, kind: 'task' })],
  ])('a compensation %s - is refused', (_, record) => {
    const stream = undoing();
    expect(sagaStepNamed(stream.capability.saga, 's1')?.compensate).toBe(true);
    expect(() => stream.add([record(stream)])).toThrow(expect.objectContaining({ name: 'GrammarError' }));
  });
});
