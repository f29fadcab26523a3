import { failure, type WalRecord } from '@symphainy/contracts';
import { toWireError } from '@symphainy/kernel';
import { approvalProblem, awaitsResult, effectKeyOf, effectLost, resultOf, sagaStepNamed, sleepOf, viewOf, type DecisionInputs, type StepOf } from './index.js';
import { operator, sampleCaller, sampleCapability, sampleSaga, TestRealm, TestStream } from './testing.js';

const RETRYABLE = toWireError(failure('realm.unavailable'));

const streamOf = (steps: Parameters<typeof sampleSaga>, world: Partial<DecisionInputs>): TestStream => new TestStream(sampleCapability(sampleSaga(...steps)), undefined, () => 0.5, world);
const statuses = (stream: TestStream): Record<string, string> => Object.fromEntries(viewOf(stream.state!).steps.map(({ name, status }) => [name, status]));
const typesOf = (stream: TestStream, from = 1): string[] => stream.frames.slice(from).flatMap(({ records }) => records.map(({ type }) => type));
const recordsOf = <T extends WalRecord['type']>(stream: TestStream, type: T): Extract<WalRecord, { type: T }>[] => stream.frames.flatMap(({ records }) => records.filter((r): r is Extract<WalRecord, { type: T }> => r.type === type));
const by = (stream: TestStream) => ({ ...stream.stamp, by: operator, reason: 'asked for' });

/** A stream that may be spoiled: same past, future of its own. */
class TestCopy extends TestStream {
  constructor(stream: TestStream) {
    super(stream.capability, stream.intent);
    for (const frame of stream.frames.slice(1)) this.add(frame.records);
  }
}

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
    expect(approvalProblem(stream.state!, 'pay', { ...operator, key_issuers: [sampleCaller.user_id] })).toContain('may hold the API keys');
    expect(approvalProblem(stream.state!, 'pay', { ...operator, key_issuers: ['admin'] })).toBeUndefined();
    const approved = { type: 'effect_approved' as const, ...stream.stamp, step: 'pay', attempt: 1, reason: 'fine' };
    expect(() => new TestCopy(stream).add([{ ...approved, by: sampleCaller, preview_hash: '1'.repeat(64) }])).toThrow('by the submitter');
    expect(() => new TestCopy(stream).add([{ ...approved, by: { ...operator, key_issuers: [sampleCaller.user_id] }, preview_hash: '1'.repeat(64) }])).toThrow('by the submitter');
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
