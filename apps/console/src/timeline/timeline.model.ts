/**
 * The timeline model: one execution's stream as a person reads it. A pure fold over committed frames.
 *
 * T1 A frame counts once and in order of `seq`: one seen before is dropped, one that comes early is held until the gap closes.
 * T2 Every record of a counted frame is kept, in order; nothing is summarised away.
 * T3 A step keeps each of its attempts with its own span, so a retry is seen as what it is.
 */
import type { Artifact, ExecutionStatus, Frame, Intent, Json, PolicyDecision, WalRecord, WalRecordType } from '@symphainy/contracts';

/** What the fold needs of a frame; both frames read from the log and committed frames off a stream have it. */
export type TimelineFrame = Pick<Frame, 'seq' | 'at' | 'hash' | 'records'>;

export type WireErrorView = Extract<WalRecord, { type: 'step_failed' }>['error'];
export type ArtifactView = Omit<Artifact, 'content'>;

export interface TimelineRecord {
  /** `<seq>.<place in the frame>`: unique in its stream. */
  readonly key: string;
  readonly seq: number;
  readonly record: WalRecord;
}

export interface StepAttempt {
  readonly attempt: number;
  readonly startedAt: string;
  readonly endedAt?: string;
  readonly outcome: 'running' | 'completed' | 'failed' | 'cancelled';
  /** Time in the handler, as the realm measured it. */
  readonly handlerMs?: number;
  readonly error?: WireErrorView;
}

export type TimelineStepStatus = 'pending' | 'running' | 'waiting_retry' | 'completed' | 'failed' | 'cancelled';

export interface TimelineStep {
  readonly name: string;
  readonly kind: string;
  readonly status: TimelineStepStatus;
  readonly attempts: readonly StepAttempt[];
  readonly progress?: { readonly [key: string]: Json };
  readonly retryDueAt?: string;
  readonly childExecutionId?: string;
  readonly artifacts: number;
  readonly error?: WireErrorView;
}

export interface Timeline {
  /** The next frame's seq; ask a stream to resume from here. */
  readonly nextSeq: number;
  readonly headHash?: string;
  readonly status: ExecutionStatus;
  readonly intent?: Intent;
  readonly userId?: string;
  readonly parent?: { readonly execution_id: string; readonly step: string };
  readonly decision?: PolicyDecision;
  readonly capability?: { readonly name: string; readonly version: string; readonly realm: string };
  readonly steps: readonly TimelineStep[];
  readonly artifacts: readonly ArtifactView[];
  readonly records: readonly TimelineRecord[];
  readonly error?: WireErrorView;
  readonly startedAt?: string;
  readonly endedAt?: string;
  /** Frames that came before their turn. */
  readonly held: readonly TimelineFrame[];
}

export const emptyTimeline: Timeline = { nextSeq: 0, status: 'running', steps: [], artifacts: [], records: [], held: [] };

type Draft = { -readonly [K in keyof Timeline]: Timeline[K] } & { records: TimelineRecord[]; artifacts: ArtifactView[] };
type RecordOf<T extends WalRecordType> = Extract<WalRecord, { type: T }>;
type Appliers = { readonly [T in WalRecordType]?: (draft: Draft, record: RecordOf<T>) => void };

/** The timeline after these frames. Returns the same object when none of them brought anything new. */
export function foldFrames(timeline: Timeline, frames: readonly TimelineFrame[]): Timeline {
  const waiting = new Map([...timeline.held, ...frames].filter((frame) => frame.seq >= timeline.nextSeq).map((frame) => [frame.seq, frame]));
  if (waiting.size === timeline.held.length) return timeline;
  const draft: Draft = { ...timeline, records: [...timeline.records], artifacts: [...timeline.artifacts] };
  for (let frame = waiting.get(draft.nextSeq); frame !== undefined; frame = waiting.get(draft.nextSeq)) {
    waiting.delete(frame.seq);
    applyFrame(draft, frame);
  }
  draft.held = [...waiting.values()];
  return draft;
}

/** The steps in the order they are planned, those not yet begun included. `planned` comes from the capability. */
export function plannedSteps(timeline: Timeline, planned: readonly string[]): readonly TimelineStep[] {
  const begun = new Map(timeline.steps.map((step) => [step.name, step]));
  const rest = timeline.steps.filter((step) => !planned.includes(step.name));
  return [...planned.map((name) => begun.get(name) ?? pendingStep(name)), ...rest];
}

/** When this stream began and ended; `now` stands in for the end while it runs. Milliseconds since the epoch. */
export function timelineSpan(timeline: Timeline, now: number): { readonly start: number; readonly end: number } {
  const start = timeline.startedAt === undefined ? now : Date.parse(timeline.startedAt);
  const end = timeline.endedAt === undefined ? now : Date.parse(timeline.endedAt);
  return { start, end: Math.max(end, start) };
}

export const isEnded = (status: ExecutionStatus): boolean => status !== 'running';

function applyFrame(draft: Draft, frame: TimelineFrame): void {
  frame.records.forEach((record, index) => {
    draft.records.push({ key: `${frame.seq}.${index}`, seq: frame.seq, record });
    const apply = appliers[record.type] as ((draft: Draft, record: WalRecord) => void) | undefined;
    apply?.(draft, record);
  });
  draft.nextSeq = frame.seq + 1;
  draft.headHash = frame.hash;
}

const appliers: Appliers = {
  intent_received: (draft, record) => {
    draft.intent = record.intent;
    draft.userId = record.caller.user_id;
    draft.startedAt = record.at;
    if (record.parent) draft.parent = { execution_id: record.parent.execution_id, step: record.parent.step };
  },
  intent_rejected: (draft, record) => end(draft, 'rejected', record.at, record.error),
  policy_evaluated: (draft, record) => {
    draft.decision = record.decision;
  },
  capability_resolved: (draft, record) => {
    draft.capability = { name: record.capability, version: record.version, realm: record.realm };
  },
  step_started: (draft, record) => change(draft, record.step, (step) => ({ ...step, kind: record.kind, status: 'running', retryDueAt: undefined, attempts: [...others(step, record.attempt), { attempt: record.attempt, startedAt: record.at, outcome: 'running' }] })),
  step_progress: (draft, record) => change(draft, record.step, (step) => ({ ...step, progress: record.progress })),
  step_completed: (draft, record) => {
    draft.artifacts.push(...record.artifacts.map(({ content: _, ...artifact }) => artifact));
    const startedAt = new Date(Date.parse(record.at) - record.duration_ms).toISOString();
    change(draft, record.step, (step) => ({ ...step, status: 'completed', artifacts: record.artifacts.length, attempts: closed(step, record.attempt, { startedAt, endedAt: record.at, outcome: 'completed', handlerMs: record.duration_ms }) }));
  },
  step_failed: (draft, record) =>
    change(draft, record.step, (step) => ({ ...step, status: 'failed', error: record.error, attempts: closed(step, record.attempt, { startedAt: record.at, endedAt: record.at, outcome: 'failed', error: record.error }) })),
  step_retry_scheduled: (draft, record) => change(draft, record.step, (step) => ({ ...step, status: 'waiting_retry', retryDueAt: record.due_at })),
  child_accepted: (draft, record) => change(draft, record.step, (step) => ({ ...step, childExecutionId: record.child_execution_id })),
  saga_failed: (draft, record) => {
    draft.error = record.error;
  },
  execution_completed: (draft, record) => end(draft, 'completed', record.at),
  execution_failed: (draft, record) => end(draft, 'failed', record.at, record.error),
  execution_cancelled: (draft, record) => end(draft, 'cancelled', record.at),
};

function end(draft: Draft, status: ExecutionStatus, at: string, error?: WireErrorView): void {
  draft.status = status;
  draft.endedAt = at;
  if (error !== undefined) draft.error = error;
  if (status === 'cancelled') draft.steps = draft.steps.map((step) => abandon(step, at));
}

/** A step under way when its execution was cancelled has no record of its own end. */
function abandon(step: TimelineStep, at: string): TimelineStep {
  if (step.status !== 'running' && step.status !== 'waiting_retry') return step;
  return { ...step, status: 'cancelled', retryDueAt: undefined, attempts: step.attempts.map((attempt) => (attempt.outcome === 'running' ? { ...attempt, endedAt: at, outcome: 'cancelled' as const } : attempt)) };
}

function change(draft: Draft, name: string, edit: (step: TimelineStep) => TimelineStep): void {
  const known = draft.steps.some((step) => step.name === name);
  draft.steps = known ? draft.steps.map((step) => (step.name === name ? edit(step) : step)) : [...draft.steps, edit(pendingStep(name))];
}

/** An attempt's end. Its start is the recorded one; without that record (a speculated step) the start given with the end. */
function closed(step: TimelineStep, attempt: number, ended: Omit<StepAttempt, 'attempt'>): StepAttempt[] {
  const begun = step.attempts.find((other) => other.attempt === attempt);
  return [...others(step, attempt), { ...ended, attempt, startedAt: begun?.startedAt ?? ended.startedAt }];
}

const others = (step: TimelineStep, attempt: number): readonly StepAttempt[] => step.attempts.filter((other) => other.attempt !== attempt);

const pendingStep = (name: string): TimelineStep => ({ name, kind: 'task', status: 'pending', attempts: [], artifacts: 0 });
