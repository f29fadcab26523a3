import { failure, type WalRecord } from '@symphainy/contracts';
import { toWireError } from '@symphainy/kernel';
import { inputsOf, resultOf, sagaStepNamed, sleepOf, stepsToCome, viewOf, type Decision, type DecisionInputs } from './index.js';
import { operator, sampleCapability, sampleIntent, sampleSaga, TestRealm, TestStream } from './testing.js';

const RETRYABLE = toWireError(failure('realm.unavailable'));
const TERMINAL = toWireError(failure('content.corrupt'));

type Steps = Parameters<typeof sampleSaga>;
const streamOf = (steps: Steps, world: Partial<DecisionInputs> = {}, more: object = {}): TestStream =>
  new TestStream(sampleCapability(sampleSaga(...steps), { children: ['other.run'], ...more }), undefined, () => 0.5, world);

const names = (due: readonly Decision[]): string[] => due.flatMap((work) => ('step' in work && work.step !== undefined ? [typeof work.step === 'string' ? work.step : work.step.name] : []));
const statuses = (stream: TestStream): Record<string, string> => Object.fromEntries(viewOf(stream.state!).steps.map(({ name, status }) => [name, status]));
const typesOf = (stream: TestStream, from = 1): string[] => stream.frames.slice(from).flatMap(({ records }) => records.map(({ type }) => type));
const recordsOf = <T extends WalRecord['type']>(stream: TestStream, type: T): Extract<WalRecord, { type: T }>[] => stream.frames.flatMap(({ records }) => records.filter((r): r is Extract<WalRecord, { type: T }> => r.type === type));
const by = (stream: TestStream) => ({ ...stream.stamp, by: operator, reason: 'asked for' });

const branches = { kind: 'parallel', name: 'both', branches: [{ name: 'left', steps: [{ kind: 'task', name: 'l1' }, { kind: 'task', name: 'l2' }] }, { name: 'right', steps: [{ kind: 'task', name: 'r1' }, { kind: 'timer', name: 'r2', duration_ms: 60_000 }] }] };

describe('parallel', () => {
  it('branches - start together in one append, go on alone, and are one output in the end', () => {
    const stream = streamOf(['first', branches]);
    stream.settle();
    stream.complete({ of: 'first' });
    expect(names(stream.settle())).toEqual(['l1', 'r1']);
    expect(recordsOf(stream, 'step_started').map(({ step, within, branch }) => [step, within, branch])).toEqual([['first', undefined, undefined], ['both', undefined, undefined], ['l1', 'both', 'left'], ['r1', 'both', 'right']]);
    expect(inputsOf(stream.state!, stream.capability.saga, sagaStepNamed(stream.capability.saga, 'r1')!)).toEqual({ first: { of: 'first' } });
    stream.complete('r', { step: 'r1' });
    expect(names(stream.settle())).toEqual(['l1']);
    stream.complete('l', { step: 'l1' });
    stream.settle();
    stream.complete('ll', { step: 'l2' });
    const [wait] = stream.settle();
    stream.now = (wait as { until: number }).until;
    stream.settle();
    expect(resultOf(stream.state!)).toMatchObject({ success: true, output: { left: 'll', right: null } });
  });

  it('one branch that fails for good - starts nothing further, awaits what runs, gives up what waits, and fails with the first error', () => {
    const stream = streamOf([{ ...branches, branches: [...branches.branches, { name: 'third', steps: [{ kind: 'task', name: 't1' }] }] }]);
    stream.settle();
    stream.complete('r', { step: 'r1' });
    stream.settle();
    stream.fail(TERMINAL, 'l1');
    expect(names(stream.settle())).toEqual(['t1']);
    stream.fail(RETRYABLE, 't1');
    expect(stream.settle()).toEqual([]);
    expect(statuses(stream)).toEqual({ both: 'failed', l1: 'failed', r1: 'completed', r2: 'abandoned', t1: 'failed' });
    expect(stream.state?.error?.code).toBe('content.corrupt');
    expect(recordsOf(stream, 'saga_failed')[0]?.step).toBe('l1');
  });

  it('a branch that waits for its retry - is given up when another fails for good', () => {
    const stream = streamOf([branches]);
    stream.settle();
    stream.fail(RETRYABLE, 'l1');
    stream.settle();
    stream.fail(TERMINAL, 'r1');
    expect(stream.settle()).toEqual([]);
    expect(statuses(stream)).toMatchObject({ both: 'failed', l1: 'abandoned', r1: 'failed' });
  });
});

describe('choice', () => {
  const choice = { kind: 'choice', name: 'pick', cases: { yes: [{ kind: 'task', name: 'y1' }, { kind: 'task', name: 'y2' }], nothing: [] } };
  const decided = (outcome: string | undefined, more: object = {}): TestStream => {
    const stream = streamOf(['ask', { ...choice, ...more }, 'last']);
    stream.settle();
    stream.complete(1, outcome === undefined ? {} : { outcome });
    stream.settle();
    return stream;
  };

  it('the label - is that of the step before, and its case is run in order; the last output is the choice’s own', () => {
    const stream = decided('yes');
    stream.complete('a', { step: 'y1' });
    stream.settle();
    stream.complete('b', { step: 'y2' });
    stream.settle();
    expect(recordsOf(stream, 'step_completed').find(({ step }) => step === 'pick')).toMatchObject({ output: 'b', outcome: 'yes' });
    expect(statuses(stream)).toMatchObject({ pick: 'completed', last: 'running' });
    expect(inputsOf(stream.state!, stream.capability.saga, sagaStepNamed(stream.capability.saga, 'last')!)).toEqual({ pick: 'b' });
  });

  it('a label without a case - fails the step for good, unless there is an otherwise; an empty case completes at once', () => {
    expect(decided('no').state).toMatchObject({ status: 'failed', error: { code: 'choice.no_case' } });
    expect(decided(undefined).state?.error?.code).toBe('choice.no_case');
    expect(statuses(decided('no', { otherwise: [{ kind: 'task', name: 'o1' }] }))).toMatchObject({ pick: 'running', o1: 'running' });
    expect(statuses(decided('nothing'))).toMatchObject({ pick: 'completed', last: 'running' });
    expect(decided('constructor').state?.error?.code).toBe('choice.no_case');
  });
});

describe('timer and signal', () => {
  it('a timer - is recorded with its moment, sleeps until then whoever asks, and fires once', () => {
    const stream = streamOf([{ kind: 'timer', name: 'rest', duration_ms: 86_400_000 }]);
    const due = stream.settle();
    const until = stream.now + 86_400_000;
    expect(due).toEqual([{ do: 'wait', until }]);
    expect(sleepOf(due)).toEqual({ until, events: false, awaits: [] });
    expect(recordsOf(stream, 'timer_set')).toHaveLength(1);
    stream.now = until + 5;
    stream.settle();
    expect(typesOf(stream)).toEqual(['step_started', 'timer_set', 'timer_fired', 'step_completed', 'saga_completed', 'execution_completed']);
  });

  it.each([
    ['2026-01-01T00:05:00.000Z', 300_000],
    [{ due_at: '2026-01-01T01:00:00+01:00' }, 0],
    ['tomorrow', undefined],
    ['2026-01-01', undefined],
    ['2026-02-30T00:00:00Z', undefined],
    ['0000-12-31T00:00:00Z', undefined],
    ['0001-01-01T00:00:00+01:00', undefined],
    [{ due: 1 }, undefined],
  ])('a moment told by a step (%j) - is kept, or fails the timer for good', (output, after) => {
    const stream = streamOf(['when', { kind: 'timer', name: 'rest', until_from: 'when' }]);
    stream.settle();
    stream.complete(output);
    const start = stream.now;
    const due = stream.settle();
    if (after === undefined) expect(stream.state?.error?.code).toBe('timer.invalid');
    else if (after > 0) expect(due).toEqual([{ do: 'wait', until: start + after }]);
    else expect(stream.state?.status).toBe('completed');
  });

  it('a signal that nobody gives - fails the step once, whatever its retry policy, or goes on with its label', () => {
    const failing = streamOf([{ kind: 'signal', name: 'ok', signal: 'go', timeout_ms: 1000 }]);
    expect(failing.settle()).toMatchObject([{ do: 'await_signal', deadlineAt: failing.now + 1000 }]);
    failing.now += 1000;
    expect(failing.settle()).toEqual([]);
    expect(failing.state).toMatchObject({ status: 'failed', error: { code: 'step.timeout' } });
    const going = streamOf([{ kind: 'signal', name: 'ok', signal: 'go', timeout_ms: 1000, on_timeout: 'continue' }, { kind: 'choice', name: 'pick', cases: { timed_out: [{ kind: 'task', name: 'remind' }] } }]);
    going.settle();
    going.now += 1000;
    expect(names(going.settle())).toEqual(['remind']);
  });
});

describe('a signal that comes before its step waits', () => {
  const ask = (name: string, more: object = {}) => ({ kind: 'signal', name, signal: 'go', timeout_ms: 1000, ...more });
  const early = (stream: TestStream, data: number, kept: number): void => void stream.add([{ type: 'signal_received', ...stream.stamp, signal: 'go', kept, data, by: operator }]);

  it('kept - is taken in the frame in which the wait begins, the oldest first, and says who it was', () => {
    const stream = streamOf(['one', ask('a'), ask('b')]);
    stream.settle();
    early(stream, 1, 1);
    early(stream, 2, 2);
    expect(viewOf(stream.state!).signals_kept).toHaveLength(2);
    stream.complete(0, { step: 'one' });
    stream.settle();
    expect(resultOf(stream.state!)).toMatchObject({ success: true, output: 2 });
    expect(recordsOf(stream, 'signal_received').map(({ kept, step, data }) => [kept, step, data])).toEqual([[1, undefined, 1], [2, undefined, 2], [1, 'a', 1], [2, 'b', 2]]);
    expect(viewOf(stream.state!).signals_kept).toBeUndefined();
  });

  it('a number that is not the next, or one taken that is not the oldest - is no record of this grammar', () => {
    const stream = streamOf(['one', ask('a'), ask('b')]);
    stream.settle();
    expect(() => early(stream, 1, 2)).toThrow('number 2 after 0');
    const other = streamOf(['one', ask('a'), ask('b')]);
    other.settle();
    early(other, 1, 1);
    early(other, 2, 2);
    expect(() => other.add([other.completion(0, 'one'), { type: 'step_started', ...other.stamp, step: 'a', attempt: 1, kind: 'signal' }, { type: 'signal_received', ...other.stamp, signal: 'go', step: 'a', kept: 2, data: 2, by: operator }])).toThrow('not the oldest');
  });

  it('steps that may take it - are those to come: every case before the label is known, its own case after, none of what is over or given up', () => {
    const pick = { kind: 'choice', name: 'pick', cases: { yes: [ask('y')], no: [ask('n')] } };
    const side = { kind: 'parallel', name: 'side', branches: [{ name: 'left', steps: [ask('l')] }, { name: 'right', steps: ['r'].map((name) => ({ kind: 'task', name })) }] };
    const stream = streamOf(['one', pick, side]);
    const toCome = (): string[] => stepsToCome(stream.state!, stream.capability.saga, 'go');
    stream.settle();
    expect(toCome()).toEqual(['y', 'n', 'l']);
    stream.complete(0, { step: 'one', outcome: 'yes' });
    stream.settle();
    expect(toCome()).toEqual(['l']);
    stream.add([{ type: 'cancel_requested', ...by(stream) }]);
    expect(toCome()).toEqual([]);
  });

  it('more than one step wants it, and one is undone and run again - what is kept is not forgotten', () => {
    const stream = streamOf(['one', ask('a'), 'two', ask('b')]);
    stream.settle();
    early(stream, 1, 1);
    early(stream, 2, 2);
    stream.complete(0, { step: 'one' });
    stream.settle();
    stream.fail(TERMINAL, 'two');
    stream.settle();
    stream.add([{ type: 'adopted', ...stream.stamp, from_writer: 'w', from_epoch: 1, reason: 'reopened' }, { type: 'reopened', ...by(stream), mode: 'retry', from_step: 'two' }]);
    stream.settle();
    stream.complete(0, { step: 'two' });
    stream.settle();
    expect(resultOf(stream.state!)).toMatchObject({ success: true, output: 2 });
  });
});

describe('an agent', () => {
  it('its result without what it reasoned with - is refused; it is never sent ahead of the log', () => {
    const stream = streamOf([{ kind: 'agent', name: 'think' }]);
    expect(stream.settle()).toMatchObject([{ do: 'run', speculative: false }]);
    expect(() => stream.complete('x')).toThrow('without its agent_output');
  });
});

describe('pause and cancel', () => {
  it('while paused - results are recorded, nothing follows from them until it is resumed', () => {
    const stream = streamOf(['one', 'two']);
    stream.settle();
    stream.add([{ type: 'paused', ...by(stream) }]);
    expect(stream.settle()).toMatchObject([{ do: 'run', attempt: 1 }, { do: 'hold', why: 'paused' }]);
    stream.complete(1);
    expect(stream.settle()).toEqual([{ do: 'hold', why: 'paused' }]);
    expect(viewOf(stream.state!).status).toBe('paused');
    stream.add([{ type: 'resumed', ...by(stream) }]);
    expect(names(stream.settle())).toEqual(['two']);
  });

  it('a paused child - is awaited without a clock: its time out would otherwise be asked for again and again', () => {
    const stream = streamOf([{ kind: 'child', name: 'part', intent_type: 'other.run', timeout_ms: 1000 }]);
    stream.settle();
    stream.add([{ type: 'paused', ...by(stream) }]);
    expect(sleepOf(stream.settle())).toMatchObject({ until: undefined, events: true });
  });

  it('children in every branch - are cancelled before the execution is', () => {
    const stream = streamOf([{ kind: 'parallel', name: 'both', branches: ['a', 'b'].map((name) => ({ name, steps: [{ kind: 'child', name, intent_type: 'other.run' }] })) }]);
    stream.settle();
    stream.add([{ type: 'cancel_requested', ...by(stream) }]);
    expect(stream.settle()).toMatchObject([{ do: 'close_child', step: { name: 'a' } }, { do: 'close_child', step: { name: 'b' } }]);
    const realm = new TestRealm(stream);
    stream.add(realm.answer(stream.due()[0]!, 0));
    expect(stream.settle()).toMatchObject([{ do: 'close_child', step: { name: 'b' } }]);
    stream.add(realm.answer(stream.due()[0]!, 0));
    expect(stream.settle()).toEqual([]);
    expect(stream.state?.status).toBe('cancelled');
  });
});

describe('a deadline', () => {
  const at = Date.parse('2026-01-01T00:00:01.000Z');

  it.each(['observe', 'enforce'] as const)('missed, %s - is recorded once, and only enforcing ends the execution', (deadlinePolicy) => {
    const stream = streamOf(['one'], { deadlinePolicy, deadlineAt: at });
    expect(stream.settle()).toMatchObject([{ do: 'run' }, { do: 'wait', until: at }]);
    stream.now = at;
    const due = stream.settle();
    expect(recordsOf(stream, 'deadline_missed')).toHaveLength(1);
    if (deadlinePolicy === 'observe') expect(due).toMatchObject([{ do: 'run' }]);
    else expect(stream.state).toMatchObject({ status: 'failed', error: { code: 'execution.deadline_exceeded' } });
  });

  it('of the saga - counts from the intent’s creation; switched off it is none', () => {
    const saga = { ...sampleSaga('one'), deadline_ms: 5000 };
    const stream = new TestStream(sampleCapability(saga), sampleIntent(), () => 0, { deadlinePolicy: 'enforce' });
    expect(stream.settle()).toMatchObject([{ do: 'run' }, { do: 'wait', until: stream.now + 5000 }]);
    expect(new TestStream(sampleCapability(saga)).settle()).toHaveLength(1);
  });

  it('while paused - still ends the execution', () => {
    const stream = streamOf(['one'], { deadlinePolicy: 'enforce', deadlineAt: at });
    stream.settle();
    stream.add([{ type: 'paused', ...by(stream) }]);
    stream.now = at;
    expect(stream.settle()).toEqual([]);
    expect(stream.state?.status).toBe('failed');
  });
});
