import fc from 'fast-check';
import { failure, type WalRecord } from '@symphainy/contracts';
import { toWireError } from '@symphainy/kernel';
import { effectKeyOf, forgottenBy, hasEnded, pauseProblem, reopenProblem, resultOf, stepToRetry, viewOf, type ReopenMode } from './index.js';
import { operator, sampleCapability, sampleSaga, TestRealm, TestStream } from './testing.js';

const TERMINAL = toWireError(failure('content.corrupt'));
const RETRYABLE = toWireError(failure('realm.unavailable'));

const streamOf = (...steps: Parameters<typeof sampleSaga>): TestStream => new TestStream(sampleCapability(sampleSaga(...steps), { children: ['other.run'] }));
const by = (stream: TestStream) => ({ ...stream.stamp, by: operator, reason: 'mended' });
const recordsOf = <T extends WalRecord['type']>(stream: TestStream, type: T): Extract<WalRecord, { type: T }>[] => stream.frames.flatMap(({ records }) => records.filter((r): r is Extract<WalRecord, { type: T }> => r.type === type));
const starts = (stream: TestStream): string[] => recordsOf(stream, 'step_started').map(({ step, attempt }) => `${step}#${attempt}`);

/** As a runtime does it: checked, adopted if it had ended, recorded. */
function reopen(stream: TestStream, mode: ReopenMode, from_step: string): void {
  expect(reopenProblem(stream.state!, stream.capability.saga, mode, from_step)).toBeUndefined();
  const forget = mode === 'retry' ? {} : { forget: forgottenBy(stream.state!, stream.capability.saga, from_step) };
  const adopted: WalRecord[] = hasEnded(stream.state!) ? [{ type: 'adopted', ...stream.stamp, from_writer: 'w', from_epoch: 1, reason: 'reopened' }] : [];
  stream.add([...adopted, { type: 'reopened', ...by(stream), mode, from_step, ...forget }]);
}

function run(stream: TestStream, failing?: string, error = TERMINAL): void {
  const realm = new TestRealm(stream);
  for (let turn = 0; turn < 100 && !hasEnded(stream.state!); turn++) {
    const [work] = stream.settle();
    if (work === undefined) continue;
    if (work.do === 'wait') stream.now = work.until;
    else if (work.do === 'run' && work.step.name === failing) stream.fail(error, failing);
    else stream.add(realm.answer(work, 0));
  }
}

const nested = () => [
  'first',
  { kind: 'parallel', name: 'both', branches: [{ name: 'left', steps: [{ kind: 'task', name: 'l1' }, { kind: 'task', name: 'l2' }] }, { name: 'right', steps: [{ kind: 'task', name: 'r1' }] }] },
  'last',
];

describe('retrying what failed', () => {
  it('a failed step - gets new attempts whose numbers go on, with a budget of its own', () => {
    const stream = streamOf('one', { name: 'two', retry: { max_attempts: 2 } });
    run(stream, 'two', RETRYABLE);
    expect(stream.state?.status).toBe('failed');
    expect(stepToRetry(stream.state!)).toBe('two');
    reopen(stream, 'retry', 'two');
    run(stream, 'two', RETRYABLE);
    expect(starts(stream)).toEqual(['one#1', 'two#1', 'two#2', 'two#3', 'two#4']);
    reopen(stream, 'retry', 'two');
    run(stream);
    expect(resultOf(stream.state!)).toMatchObject({ success: true, output: { of: 'two' } });
    expect(stream.state).not.toHaveProperty('error');
  });

  it('a failed branch - runs again within its parallel; what the other branch did is kept', () => {
    const stream = streamOf(...nested());
    run(stream, 'l2');
    expect(viewOf(stream.state!).steps.map(({ name, status }) => `${name} ${status}`)).toEqual(['first completed', 'both failed', 'l1 completed', 'r1 completed', 'l2 failed']);
    reopen(stream, 'retry', 'l2');
    run(stream);
    expect(starts(stream)).toEqual(['first#1', 'both#1', 'l1#1', 'r1#1', 'l2#1', 'l2#2', 'last#1']);
    expect(stream.state?.status).toBe('completed');
  });

  it('a cancelled or terminated execution - goes on where it was left', () => {
    for (const end of ['cancel_requested', 'execution_terminated'] as const) {
      const stream = streamOf('one', 'two');
      stream.settle();
      stream.complete(1);
      stream.settle();
      stream.add([{ type: end, ...by(stream) }]);
      stream.settle();
      reopen(stream, 'retry', 'two');
      run(stream);
      expect(stream.state?.status).toBe('completed');
      expect(starts(stream)).toEqual(['one#1', 'two#1', 'two#2']);
    }
  });

  it('a deadline that was enforced once - does not end it again', () => {
    const stream = new TestStream(sampleCapability(sampleSaga('one')), undefined, () => 0, { deadlinePolicy: 'enforce', deadlineAt: Date.parse('2026-01-01T00:00:01.000Z') });
    stream.settle();
    stream.now += 5000;
    stream.settle();
    expect(stream.state?.error?.code).toBe('execution.deadline_exceeded');
    reopen(stream, 'retry', 'one');
    run(stream);
    expect(stream.state?.status).toBe('completed');
  });
});

describe('continuing from a step', () => {
  it('it and all that follows - is run again, nested and around it, and nothing before it', () => {
    const stream = streamOf(...nested());
    run(stream);
    expect(forgottenBy(stream.state!, stream.capability.saga, 'l2')).toEqual(['l2', 'last']);
    expect(forgottenBy(stream.state!, stream.capability.saga, 'both')).toEqual(['both', 'l1', 'l2', 'r1', 'last']);
    reopen(stream, 'continue_from', 'l2');
    run(stream);
    expect(starts(stream).slice(6)).toEqual(['l2#2', 'last#2']);
    reopen(stream, 'continue_from', 'both');
    run(stream);
    expect(starts(stream).slice(8)).toEqual(['both#2', 'l1#2', 'r1#2', 'l2#3', 'last#3']);
    expect(resultOf(stream.state!).output).toEqual({ of: 'last' });
  });

  it('an effect that is run again - has another key: this time it is wanted twice', () => {
    const stream = streamOf('one', { kind: 'effect', name: 'pay', binding: 'bank' });
    run(stream);
    reopen(stream, 'continue_from', 'one');
    run(stream);
    const key = (generation: number): string => effectKeyOf(stream.intent.intent_id, { name: 'pay', generation });
    expect(recordsOf(stream, 'effect_intended').map((r) => r.key)).toEqual([key(1), key(2)]);
  });

  it('artifacts of what is forgotten - are not shown beside the new ones', () => {
    const stream = streamOf('one', 'two');
    stream.settle();
    const artifact = { name: 'a', artifact_type: 't', media_type: 'text/plain', content: 1, artifact_id: `${stream.intent.intent_id}/one/a`, execution_id: stream.intent.intent_id, step: 'one', content_hash: '0'.repeat(64) };
    stream.add([{ ...(stream.completion(1) as Extract<WalRecord, { type: 'step_completed' }>), artifacts: [artifact] }]);
    run(stream);
    expect(viewOf(stream.state!).artifacts).toHaveLength(1);
    reopen(stream, 'continue_from', 'one');
    expect(viewOf(stream.state!).artifacts).toHaveLength(0);
  });

  it('any step of a saga that ended - ends again, with each kept step run once more not at all', () => {
    fc.assert(
      fc.property(fc.constantFrom('first', 'both', 'l1', 'l2', 'r1', 'last'), fc.constantFrom('first', 'l1', 'l2', 'r1', 'last', undefined), (from, failing) => {
        const stream = streamOf(...nested());
        run(stream, failing);
        fc.pre(reopenProblem(stream.state!, stream.capability.saga, 'continue_from', from) === undefined);
        const forgotten = new Set(forgottenBy(stream.state!, stream.capability.saga, from));
        const kept = stream.state!.steps.filter(({ name, status }) => status === 'completed' && !forgotten.has(name)).map(({ name }) => name);
        const before = starts(stream).length;
        reopen(stream, 'continue_from', from);
        run(stream);
        expect(stream.state?.status).toBe('completed');
        for (const start of starts(stream).slice(before)) expect(kept).not.toContain(start.split('#')[0]);
      }),
      { seed: 3 },
    );
  });
});

describe('what cannot be reopened', () => {
  it('is told why: running, unknown or unstarted steps, what was undone, what nobody knows of', () => {
    const problem = (stream: TestStream, mode: ReopenMode, step: string): string | undefined => reopenProblem(stream.state!, stream.capability.saga, mode, step);
    const running = streamOf('one', 'two');
    running.settle();
    expect(problem(running, 'retry', 'one')).toContain('it is running');
    expect(pauseProblem(running.state!)).toBeUndefined();
    run(running);
    expect(problem(running, 'retry', 'one')).toContain('it completed');
    expect(problem(running, 'continue_from', 'nine')).toContain('no step nine');
    expect(pauseProblem(running.state!)).toContain('completed');
    const failed = streamOf('one', 'two');
    run(failed, 'one');
    expect(problem(failed, 'continue_from', 'two')).toContain('never started');
    expect(problem(failed, 'continue_from', 'one')).toBeUndefined();
    const undone = streamOf({ name: 'one', compensate: true }, 'two');
    run(undone, 'two');
    expect(problem(undone, 'retry', 'two')).toContain('was undone');
    expect(problem(undone, 'continue_from', 'two')).toContain('was undone');
    expect(problem(undone, 'continue_from', 'one')).toBeUndefined();
    const unknown = streamOf('one', { kind: 'effect', name: 'pay', binding: 'bank' });
    unknown.settle();
    unknown.complete(1);
    unknown.settle();
    unknown.add([{ type: 'effect_unknown', ...unknown.stamp, step: 'pay', attempt: 1, key: unknown.state!.steps[1]!.effect!.key!, error: RETRYABLE }]);
    expect(problem(unknown, 'retry', 'pay')).toContain('resolve it first');
    expect(problem(unknown, 'continue_from', 'one')).toContain('resolve it first');
  });

  it('a record that reopens all the same - is refused by the grammar', () => {
    const running = streamOf('one');
    running.settle();
    expect(() => running.add([{ type: 'reopened', ...by(running), mode: 'retry', from_step: 'one' }])).toThrow('reopened while it is running');
    const undone = streamOf({ name: 'one', compensate: true }, 'two');
    run(undone, 'two');
    expect(() => undone.add([{ type: 'reopened', ...by(undone), mode: 'retry', from_step: 'two' }])).toThrow('one was undone');
    const ended = streamOf('one');
    run(ended);
    expect(() => ended.add([{ type: 'adopted', ...ended.stamp, from_writer: 'w', from_epoch: 1 }])).toThrow('adopted');
  });
});
