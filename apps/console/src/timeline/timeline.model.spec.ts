import type { WalRecord } from '@symphainy/contracts';
import { emptyTimeline, foldFrames, itemCounts, plannedSteps, timelineSpan, type Timeline, type TimelineFrame } from './timeline.model.js';

const EXECUTION = '01900000-0000-7000-8000-000000000001';
const caller = { tenant_id: 'harbor', user_id: 'dana', roles: [], auth: 'api_key' as const };
const error = { code: 'content.corrupt', kind: 'domain' as const, message: 'cut off', retry: { mode: 'terminal' as const } };
const at = (ms: number): string => new Date(Date.UTC(2026, 0, 1) + ms).toISOString();

type Body = { type: WalRecord['type'] } & Record<string, unknown>;
const frame = (seq: number, ms: number, ...records: Body[]): TimelineFrame => ({ seq, at: at(ms), hash: `hash-${seq}`, records: records.map((record) => ({ at: at(ms), actor: 'runtime', ...record })) as unknown as WalRecord[] });

const accepted = frame(
  0,
  0,
  { type: 'intent_received', caller, correlation_id: 'c', intent: { intent_id: EXECUTION, intent_type: 'content.ingest', realm: 'content', session_id: EXECUTION, tenant_id: 'harbor', payload: {}, metadata: {}, created_at: at(0) } },
  { type: 'policy_evaluated', decision: { decision: 'permit', verdicts: [], bundle_hash: 'b', bundle_version: 1 } },
  { type: 'capability_resolved', capability: 'content.ingest', version: '1.0.0', realm: 'content', bundle_hash: 'b', children: [] },
  { type: 'saga_started', saga: 'content.ingest', saga_hash: 's' },
);
const started = (seq: number, ms: number, step: string, attempt = 1) => frame(seq, ms, { type: 'step_started', step, attempt, kind: 'task' });
const completed = (seq: number, ms: number, step: string, durationMs: number, artifacts: unknown[] = []) => frame(seq, ms, { type: 'step_completed', step, attempt: 1, handler_build: 'b', duration_ms: durationMs, artifacts, events: [], state_changes: [] });
const fold = (...frames: TimelineFrame[]): Timeline => foldFrames(emptyTimeline, frames);

describe('timeline - T1, frames count once and in order', () => {
  it('a frame sent again after a reconnect changes nothing', () => {
    const timeline = fold(accepted, started(1, 5, 'identify'));
    expect(foldFrames(timeline, [accepted, started(1, 5, 'identify')])).toBe(timeline);
  });

  it('a frame that comes twice in one batch counts once', () => {
    expect(fold(accepted, accepted).records).toHaveLength(4);
  });

  it('an early frame waits until the gap closes', () => {
    const early = fold(accepted, completed(2, 20, 'identify', 10));
    expect(early.steps).toEqual([]);
    expect(early.nextSeq).toBe(1);
    const whole = foldFrames(early, [started(1, 5, 'identify')]);
    expect(whole.nextSeq).toBe(3);
    expect(whole.steps[0]?.status).toBe('completed');
    expect(whole.held).toEqual([]);
  });

  it('a held frame sent again is no news', () => {
    const early = fold(accepted, completed(2, 20, 'identify', 10));
    expect(foldFrames(early, [completed(2, 20, 'identify', 10)])).toBe(early);
  });

  it('folding frame by frame equals folding them at once', () => {
    const frames = [accepted, started(1, 5, 'identify'), completed(2, 20, 'identify', 12), frame(3, 21, { type: 'execution_completed' })];
    expect(frames.reduce((timeline, one) => foldFrames(timeline, [one]), emptyTimeline)).toEqual(fold(...frames));
  });

  it('resumes from the frame after the last one counted', () => {
    expect(fold(accepted, started(1, 5, 'identify')).nextSeq).toBe(2);
    expect(fold(accepted).headHash).toBe('hash-0');
  });
});

describe('timeline - T2, every record is kept', () => {
  it('records of one frame keep their order and get keys of their own', () => {
    expect(fold(accepted).records.map((entry) => [entry.key, entry.record.type])).toEqual([['0.0', 'intent_received'], ['0.1', 'policy_evaluated'], ['0.2', 'capability_resolved'], ['0.3', 'saga_started']]);
  });

  it('a record type that this console does not know is kept and breaks nothing', () => {
    const timeline = fold(accepted, frame(1, 5, { type: 'agent_output' as WalRecord['type'] }));
    expect(timeline.records).toHaveLength(5);
    expect(timeline.status).toBe('running');
  });
});

describe('timeline - T3, steps keep their attempts', () => {
  it('a retry keeps the failed attempt with its error and span', () => {
    const timeline = fold(
      accepted,
      started(1, 10, 'parse'),
      frame(2, 30, { type: 'step_failed', step: 'parse', attempt: 1, error }, { type: 'step_retry_scheduled', step: 'parse', next_attempt: 2, due_at: at(60), delay_ms: 30 }),
      started(3, 60, 'parse', 2),
    );
    const [step] = timeline.steps;
    expect(step?.attempts).toEqual([
      { attempt: 1, startedAt: at(10), endedAt: at(30), outcome: 'failed', error },
      { attempt: 2, startedAt: at(60), outcome: 'running' },
    ]);
    expect(step?.status).toBe('running');
    expect(step?.retryDueAt).toBeUndefined();
  });

  it('a step that waits for its retry says until when', () => {
    const timeline = fold(accepted, started(1, 10, 'parse'), frame(2, 30, { type: 'step_failed', step: 'parse', attempt: 1, error }, { type: 'step_retry_scheduled', step: 'parse', next_attempt: 2, due_at: at(60), delay_ms: 30 }));
    expect(timeline.steps[0]).toMatchObject({ status: 'waiting_retry', retryDueAt: at(60) });
  });

  it('a step completed without a recorded start begins its handler’s time before its end', () => {
    expect(fold(accepted, completed(1, 50, 'facts', 20)).steps[0]?.attempts).toEqual([{ attempt: 1, startedAt: at(30), endedAt: at(50), outcome: 'completed', handlerMs: 20 }]);
  });

  it('artifacts are listed without their content', () => {
    const artifact = { artifact_id: `${EXECUTION}/facts/facts`, name: 'facts', artifact_type: 'content.facts', media_type: 'application/json', content: { facts: [] }, execution_id: EXECUTION, step: 'facts', content_hash: 'h' };
    const [listed] = fold(accepted, completed(1, 50, 'facts', 20, [artifact])).artifacts;
    expect(listed).toMatchObject({ artifact_id: artifact.artifact_id });
    expect(listed).not.toHaveProperty('content');
  });
});

describe('timeline - ends', () => {
  it.each([
    ['execution_completed', {}, 'completed'],
    ['execution_failed', { error }, 'failed'],
    ['execution_cancelled', { reason: 'asked' }, 'cancelled'],
    ['intent_rejected', { error }, 'rejected'],
  ] as const)('%s ends it', (type, fields, status) => {
    const timeline = fold(accepted, frame(1, 70, { type, ...fields }));
    expect(timeline.status).toBe(status);
    expect(timeline.endedAt).toBe(at(70));
    expect(timeline.error).toEqual('error' in fields ? error : undefined);
  });

  it('a step under way when the execution is cancelled does not run on', () => {
    const timeline = fold(accepted, started(1, 10, 'parse'), frame(2, 40, { type: 'execution_cancelled', reason: 'asked' }));
    expect(timeline.steps[0]).toMatchObject({ status: 'abandoned', attempts: [{ attempt: 1, startedAt: at(10), endedAt: at(40), outcome: 'cancelled' }] });
  });

  it('the span ends now while it runs, and at its end afterwards', () => {
    const start = Date.UTC(2026, 0, 1);
    expect(timelineSpan(fold(accepted), start + 99)).toEqual({ start, end: start + 99 });
    expect(timelineSpan(fold(accepted, frame(1, 70, { type: 'execution_completed' })), start + 99)).toEqual({ start, end: start + 70 });
  });
});

describe('planned steps - what lies ahead', () => {
  const planned = (name: string) => ({ name, kind: 'task' });

  it('steps not yet begun follow in the capability’s order', () => {
    const steps = plannedSteps(fold(accepted, started(1, 5, 'identify')), ['identify', 'parse', 'embed'].map(planned));
    expect(steps.map((step) => [step.name, step.status])).toEqual([['identify', 'running'], ['parse', 'pending'], ['embed', 'pending']]);
  });

  it('a step that the present capability no longer has is still shown', () => {
    expect(plannedSteps(fold(accepted, started(1, 5, 'receive')), [planned('identify')]).map((step) => step.name)).toEqual(['identify', 'receive']);
  });
});

describe('timeline - sagas of every kind', () => {
  const by = { ...caller, user_id: 'olga' };
  const kind = (seq: number, step: string, what: string) => frame(seq, seq, { type: 'step_started', step, attempt: 1, kind: what });
  const statuses = (timeline: Timeline) => timeline.steps.map((step) => [step.name, step.status]);

  it('an effect of which nobody knows - needs an operator, until one says', () => {
    const unknown = [accepted, kind(1, 'pay', 'effect'), frame(2, 2, { type: 'effect_unknown', step: 'pay', attempt: 1, key: 'k', error })];
    expect(fold(...unknown)).toMatchObject({ status: 'stuck', steps: [{ status: 'unknown', error }] });
    expect(fold(...unknown, frame(3, 3, { type: 'effect_resolved', step: 'pay', attempt: 1, key: 'k', happened: true, by, reason: 'seen' }))).toMatchObject({ status: 'running', steps: [{ status: 'running' }] });
  });

  it('what is undone - is told step by step, and a compensation that fails for good is not told as under way', () => {
    const failed = [accepted, started(1, 1, 'one'), completed(2, 2, 'one', 1), started(3, 3, 'two'), frame(4, 4, { type: 'step_failed', step: 'two', attempt: 1, error }, { type: 'saga_failed', step: 'two', error }, { type: 'compensation_started', step: 'one', attempt: 1 })];
    expect(fold(...failed)).toMatchObject({ status: 'compensating', steps: [{ status: 'compensating' }, { status: 'failed' }] });
    expect(fold(...failed, frame(5, 5, { type: 'compensation_failed', step: 'one', attempt: 1, error })).status).toBe('stuck');
    const over = fold(...failed, frame(5, 5, { type: 'compensation_completed', step: 'one', attempt: 1, handler_build: 'b', duration_ms: 1 }, { type: 'execution_failed', error }));
    expect([over.status, ...statuses(over)]).toEqual(['failed', ['one', 'compensated'], ['two', 'failed']]);
  });

  it('what ended and is brought back - goes on, without what is forgotten', () => {
    const ended = [accepted, started(1, 1, 'one'), completed(2, 2, 'one', 1), started(3, 3, 'two'), completed(4, 4, 'two', 1), frame(5, 5, { type: 'execution_completed' })];
    const back = fold(...ended, frame(6, 6, { type: 'reopened', mode: 'continue_from', from_step: 'two', forget: ['two'], by, reason: 'again' }));
    expect([back.status, back.endedAt, ...statuses(back)]).toEqual(['running', undefined, ['one', 'completed']]);
  });

  describe('a map', () => {
    const map = frame(1, 1, { type: 'step_started', step: 'each', attempt: 1, kind: 'map', map: { items: 10, chunk_size: 3 } });
    const chunk = (seq: number, n: number, items: number, failed: { index: number; fate: 'retry' | 'dead' }[]) => frame(seq, seq, { type: 'chunk_completed', step: 'each', attempt: 1, chunk: n, chunk_attempt: 1, items, succeeded: items - failed.length, failed: failed.map((one) => ({ ...one, code: 'x' })), output_hash: 'h', results: { artifact_id: `e/each/results-${n}-${seq}`, name: 'r', step: 'each' }, handler_build: 'b', duration_ms: 1 });
    const counts = (timeline: Timeline) => itemCounts(timeline.steps[0]!.items!);

    it('counts its items over its chunks, and keeps what they made', () => {
      const timeline = fold(accepted, map, chunk(2, 0, 3, []), chunk(3, 2, 3, [{ index: 7, fate: 'dead' }]));
      expect(counts(timeline)).toEqual({ succeeded: 5, retrying: 0, dead: 1, chunksDone: 2 });
      expect(timeline.steps[0]).toMatchObject({ artifacts: 2, items: { total: 10, chunks: 4 } });
      expect(timeline.artifacts).toHaveLength(2);
    });

    it('an item that is tried again holds its chunk open, and counts once', () => {
      const first = [accepted, map, chunk(2, 0, 3, [{ index: 1, fate: 'retry' }])];
      expect(counts(fold(...first))).toEqual({ succeeded: 2, retrying: 1, dead: 0, chunksDone: 0 });
      expect(counts(fold(...first, chunk(3, 0, 1, [])))).toEqual({ succeeded: 3, retrying: 0, dead: 0, chunksDone: 1 });
    });

    it('an operator’s retry takes its dead letters up again', () => {
      const failed = [accepted, map, chunk(2, 0, 3, [{ index: 1, fate: 'dead' }]), frame(3, 3, { type: 'step_failed', step: 'each', attempt: 1, error }, { type: 'execution_failed', error })];
      expect(counts(fold(...failed, frame(4, 4, { type: 'reopened', mode: 'retry', from_step: 'each', by, reason: 'mended' })))).toEqual({ succeeded: 2, retrying: 1, dead: 0, chunksDone: 0 });
    });
  });

  it('an effect that waits for approval - tells its preview, then who approved', () => {
    const asked = [accepted, kind(1, 'pay', 'effect'), frame(2, 2, { type: 'effect_previewed', step: 'pay', attempt: 1, preview: { euros: 5 }, preview_hash: 'h' }, { type: 'approval_requested', step: 'pay', attempt: 1 })];
    expect(fold(...asked).steps[0]?.effect).toEqual({ stage: 'awaits_approval', preview: { euros: 5 } });
    expect(fold(...asked, frame(3, 3, { type: 'effect_approved', step: 'pay', attempt: 1, by, reason: 'seen' })).steps[0]?.effect).toMatchObject({ stage: 'approved', approval: { by: 'olga', reason: 'seen' } });
  });

  it('an effect that was out when its execution was terminated - may have happened', () => {
    const out = [accepted, kind(1, 'pay', 'effect'), frame(2, 2, { type: 'effect_intended', step: 'pay', attempt: 1, key: 'k', binding: 'bank', request_hash: 'r' })];
    expect(fold(...out, frame(3, 3, { type: 'execution_terminated', by, reason: 'now', operation: 'o' }))).toMatchObject({ status: 'terminated', ending: { asked: 'terminate', by: 'olga', reason: 'now' }, steps: [{ status: 'unknown' }] });
  });

  it('a parallel that fails - gives up what still waits in it, and nothing beside it', () => {
    const nested = (seq: number, step: string, within: string, branch: string) => frame(seq, seq, { type: 'step_started', step, attempt: 1, kind: 'signal', within, branch });
    const timeline = fold(accepted, kind(1, 'both', 'parallel'), nested(2, 'left', 'both', 'a'), nested(3, 'right', 'both', 'b'), frame(4, 4, { type: 'step_failed', step: 'left', attempt: 1, error }), frame(5, 5, { type: 'step_failed', step: 'both', attempt: 1, error }));
    expect(statuses(timeline)).toEqual([['both', 'failed'], ['left', 'failed'], ['right', 'abandoned']]);
  });

  it('what is undone - keeps the order in which it was', () => {
    const undo = (seq: number, step: string) => frame(seq, seq, { type: 'compensation_started', step, attempt: 1 }, { type: 'compensation_completed', step, attempt: 1, handler_build: 'b', duration_ms: 1 });
    const timeline = fold(accepted, started(1, 1, 'one'), completed(2, 2, 'one', 1), started(3, 3, 'two'), completed(4, 4, 'two', 1), frame(5, 5, { type: 'cancel_requested', by, reason: 'enough' }), undo(6, 'two'), undo(7, 'one'));
    expect(timeline.steps.map(({ name, undo: undone }) => [name, undone?.order])).toEqual([['one', 2], ['two', 1]]);
    expect(timeline.ending).toEqual({ asked: 'cancel', by: 'olga', reason: 'enough' });
  });

  it('a retry of what could not be undone - brings nothing else back', () => {
    const stuck = [accepted, started(1, 1, 'one'), completed(2, 2, 'one', 1), started(3, 3, 'two'), frame(4, 4, { type: 'step_failed', step: 'two', attempt: 1, error }, { type: 'saga_failed', step: 'two', error }, { type: 'compensation_started', step: 'one', attempt: 1 }, { type: 'compensation_failed', step: 'one', attempt: 1, error })];
    const retried = fold(...stuck, frame(5, 5, { type: 'reopened', mode: 'retry', from_step: 'one', by, reason: 'mended' }));
    expect([retried.status, ...statuses(retried)]).toEqual(['compensating', ['one', 'compensation_failed'], ['two', 'failed']]);
  });

  it('a schedule - tells each firing, and which was refused', () => {
    const fired = (seq: number, firing: number) => frame(seq, seq, { type: 'schedule_fired', step: 'fire', firing, due_at: at(seq), execution_id: `e${firing}`, missed: 0 });
    const timeline = fold(accepted, kind(1, 'fire', 'schedule'), fired(2, 1), frame(3, 3, { type: 'operation_applied', step: 'fire', target: 'e1', outcome: 'refused', error }), fired(4, 2));
    expect(timeline.firings).toEqual([{ firing: 1, dueAt: at(2), executionId: 'e1', missed: 0, outcome: 'refused', error }, { firing: 2, dueAt: at(4), executionId: 'e2', missed: 0 }]);
  });

  it('a deadline that was missed - is told', () => {
    expect(fold(accepted, frame(1, 1, { type: 'deadline_missed', deadline: at(1), enforced: false }))).toMatchObject({ status: 'running', deadlineMissed: { deadline: at(1), enforced: false } });
  });

  it('a pause - is told as one until it is lifted', () => {
    const paused = [accepted, started(1, 1, 'one'), frame(2, 2, { type: 'paused', by, reason: 'lunch' })];
    expect(fold(...paused).status).toBe('paused');
    expect(fold(...paused, frame(3, 3, { type: 'resumed', by, reason: 'back' })).status).toBe('running');
  });
});
