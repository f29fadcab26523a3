import { failure, type WalRecord } from '@symphainy/contracts';
import { toWireError } from '@symphainy/kernel';
import { approvalProblem, awaitsResult, effectKeyOf, effectLost, inputsOf, resultOf, sagaStepNamed, sleepOf, viewOf, type Decision, type DecisionInputs, type StepOf } from './index.js';
import { operator, sampleCaller, sampleCapability, sampleIntent, sampleSaga, TestRealm, TestStream } from './testing.js';

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

describe('an agent', () => {
  it('its result without what it reasoned with - is refused; it is never sent ahead of the log', () => {
    const stream = streamOf([{ kind: 'agent', name: 'think' }]);
    expect(stream.settle()).toMatchObject([{ do: 'run', speculative: false }]);
    expect(() => stream.complete('x')).toThrow('without its agent_output');
  });
});

describe('an effect', () => {
  const effect = (more: object = {}) => ({ kind: 'effect', name: 'pay', binding: 'bank', retry: { max_attempts: 2 }, ...more });
  const definitionOf = (stream: TestStream): StepOf<'effect'> => sagaStepNamed(stream.capability.saga, 'pay') as StepOf<'effect'>;
  const out = (more: object = {}, world: Partial<DecisionInputs> = {}): TestStream => {
    const stream = streamOf([effect(more)], world);
    stream.settle();
    return stream;
  };
  const lost = (stream: TestStream): void => void stream.add([effectLost(stream.state!, definitionOf(stream), stream.state!.steps[0]!, stream.stamp)]);

  it('its intention - stands in the log before it is sent, with the key that every attempt has', () => {
    const stream = out();
    const key = effectKeyOf(stream.intent.intent_id, { name: 'pay' });
    expect(stream.settle()).toMatchObject([{ do: 'run', effectKey: key, speculative: false }]);
    stream.fail(RETRYABLE, 'pay');
    stream.now = (stream.settle()[0] as { until: number }).until;
    expect(stream.settle()).toMatchObject([{ do: 'run', attempt: 2, effectKey: key }]);
    expect(recordsOf(stream, 'effect_intended').map((r) => [r.attempt, r.key])).toEqual([[1, key], [2, key]]);
  });

  it('a preview - comes first, and the approval binds to it; the submitter cannot approve', () => {
    const stream = out({ preview: true }, { approvalDemanded: true });
    const [preview] = stream.settle();
    expect(preview).toMatchObject({ do: 'run', phase: 'preview' });
    expect(preview).not.toHaveProperty('effectKey');
    const realm = new TestRealm(stream);
    stream.add(realm.answer(preview!, 0));
    const [approval] = stream.settle();
    expect(approval).toMatchObject({ do: 'await_approval', previewHash: '1'.repeat(64) });
    expect(viewOf(stream.state!).attention).toEqual({ step: 'pay', what: 'approval', operations: ['approve', 'cancel', 'terminate'] });
    expect(approvalProblem(stream.state!, 'pay', operator)).toBeUndefined();
    expect(approvalProblem(stream.state!, 'pay', sampleCaller)).toContain('submitted');
    const approved = { type: 'effect_approved' as const, ...stream.stamp, step: 'pay', attempt: 1, reason: 'fine' };
    expect(() => new TestCopy(stream).add([{ ...approved, by: sampleCaller, preview_hash: '1'.repeat(64) }])).toThrow('by the submitter');
    expect(() => new TestCopy(stream).add([{ ...approved, by: operator, preview_hash: '3'.repeat(64) }])).toThrow('another preview');
    stream.add([{ ...approved, by: operator, preview_hash: '1'.repeat(64) }]);
    expect(stream.settle()).toMatchObject([{ do: 'run', attempt: 1 }]);
    expect(typesOf(stream)).toEqual(['step_started', 'effect_previewed', 'approval_requested', 'effect_approved', 'effect_intended']);
  });

  it('an approval once asked for - is wanted although the tenant demands none any more', () => {
    const stream = out({}, { approvalDemanded: true });
    const later = new TestStream(stream.capability);
    later.frames.push(...stream.frames.slice(1));
    later.state = stream.state;
    expect(later.settle()).toMatchObject([{ do: 'await_approval' }]);
  });

  it('a refusal - fails the step for good', () => {
    const stream = out({ approval: 'required' });
    stream.fail(toWireError(failure('effect.not_approved')), 'pay');
    expect(stream.settle()).toEqual([]);
    expect(stream.state?.error?.code).toBe('effect.not_approved');
  });

  it('an unknown outcome - holds the execution until somebody says, and tells what may be done', () => {
    const stream = out();
    lost(stream);
    const due = stream.settle();
    expect(due).toEqual([{ do: 'hold', why: 'effect_unknown', step: 'pay' }]);
    expect(sleepOf(due)).toEqual({ until: undefined, events: true, awaits: [] });
    expect(viewOf(stream.state!)).toMatchObject({ status: 'stuck', attention: { step: 'pay', what: 'effect_unknown', operations: ['resolve_effect', 'terminate'] } });
    const key = stream.state!.steps[0]!.effect!.key!;
    stream.add([{ type: 'effect_resolved', ...by(stream), step: 'pay', attempt: 1, key, happened: true, receipt: { no: 7 } }]);
    stream.settle();
    expect(resultOf(stream.state!)).toMatchObject({ success: true, output: { no: 7 } });
    expect(recordsOf(stream, 'step_completed')[0]?.handler_build).toBe('operator');
  });

  it('an unknown outcome that turns out not to have happened - is tried again with a budget of its own', () => {
    const stream = out({ retry: { max_attempts: 1 } });
    lost(stream);
    stream.settle();
    stream.add([{ type: 'effect_resolved', ...by(stream), step: 'pay', attempt: 1, key: stream.state!.steps[0]!.effect!.key!, happened: false }]);
    expect(stream.settle()).toMatchObject([{ do: 'run', attempt: 2 }]);
    expect(stream.state?.status).toBe('running');
  });

  it('an outside that honours the key - is asked again, and only then is the outcome unknown', () => {
    const stream = out({ idempotent: true });
    lost(stream);
    stream.now = (stream.settle()[0] as { until: number }).until;
    expect(stream.settle()).toMatchObject([{ do: 'run', attempt: 2, effectKey: effectKeyOf(stream.intent.intent_id, { name: 'pay' }) }]);
    lost(stream);
    expect(stream.settle()).toMatchObject([{ do: 'hold', why: 'effect_unknown' }]);
  });

  it('a late word on an unknown outcome - settles it', () => {
    const stream = out();
    lost(stream);
    stream.settle();
    expect(awaitsResult(stream.state!, 'pay', 1)).toBe(true);
    const key = stream.state!.steps[0]!.effect!.key!;
    stream.add([{ type: 'effect_completed', ...stream.stamp, step: 'pay', attempt: 1, key, receipt: 'late' }]);
    stream.settle();
    expect(stream.state?.status).toBe('completed');
  });

  it('a cancellation - awaits what is out, and drops what is not', () => {
    const stream = out();
    stream.add([{ type: 'cancel_requested', ...by(stream) }]);
    expect(stream.settle()).toMatchObject([{ do: 'run', effectKey: effectKeyOf(stream.intent.intent_id, { name: 'pay' }) }]);
    lost(stream);
    expect(stream.settle()).toMatchObject([{ do: 'hold', why: 'effect_unknown' }]);
    stream.add([{ type: 'effect_resolved', ...by(stream), step: 'pay', attempt: 1, key: stream.state!.steps[0]!.effect!.key!, happened: false }]);
    expect(stream.settle()).toEqual([]);
    expect(statuses(stream)).toEqual({ pay: 'abandoned' });
    const asked = out({ approval: 'required' });
    asked.add([{ type: 'cancel_requested', ...by(asked) }]);
    expect(asked.settle()).toEqual([]);
  });

  it('a termination while it is out - leaves its outcome unknown, not forgotten', () => {
    const stream = out();
    stream.add([{ type: 'execution_terminated', ...by(stream) }]);
    expect(statuses(stream)).toEqual({ pay: 'unknown' });
    expect(resultOf(stream.state!).error?.code).toBe('execution.terminated');
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
    expect(stream.settle()).toMatchObject([{ do: 'cancel_child', step: 'a' }, { do: 'cancel_child', step: 'b' }]);
    const realm = new TestRealm(stream);
    stream.add(realm.answer(stream.due()[0]!, 0));
    expect(stream.settle()).toMatchObject([{ do: 'cancel_child', step: 'b' }]);
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

/** A stream that may be spoiled: same past, future of its own. */
class TestCopy extends TestStream {
  constructor(stream: TestStream) {
    super(stream.capability, stream.intent);
    for (const frame of stream.frames.slice(1)) this.add(frame.records);
  }
}
