/** What each kind of record changes of the timeline. */
import type { ExecutionStatus, WalRecord, WalRecordType } from '@symphainy/contracts';
import { pendingStep, type ArtifactView, type StepAttempt, type Timeline, type TimelineRecord, type TimelineStep, type WireErrorView } from './timeline.shape.js';

/** A timeline while a frame is counted. */
export type Draft = { -readonly [K in keyof Timeline]: Timeline[K] } & { records: TimelineRecord[]; artifacts: ArtifactView[] };
type RecordOf<T extends WalRecordType> = Extract<WalRecord, { type: T }>;
type Appliers = { readonly [T in WalRecordType]?: (draft: Draft, record: RecordOf<T>) => void };

export function applyRecord(draft: Draft, record: WalRecord): void {
  const apply = appliers[record.type] as ((draft: Draft, record: WalRecord) => void) | undefined;
  apply?.(draft, record);
}

/** How an execution stands that has not ended. */
export function standing({ steps, paused }: Pick<Draft, 'steps' | 'paused'>): ExecutionStatus {
  if (steps.some(({ status, retryDueAt }) => status === 'unknown' || (status === 'compensation_failed' && retryDueAt === undefined))) return 'stuck';
  if (steps.some(({ status }) => status === 'compensating' || status === 'compensated' || status === 'compensation_failed' || status === 'compensation_skipped')) return 'compensating';
  return paused === true ? 'paused' : 'running';
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
  step_started: (draft, record) => change(draft, record.step, (step) => ({ ...step, ...placeOf(record), kind: record.kind, status: 'running', retryDueAt: undefined, dueAt: undefined, error: undefined, attempts: [...others(step, record.attempt), { attempt: record.attempt, startedAt: record.at, outcome: 'running' }] })),
  step_progress: (draft, record) => change(draft, record.step, (step) => ({ ...step, progress: record.progress })),
  step_completed: (draft, record) => {
    draft.artifacts.push(...record.artifacts.map(({ content: _, ...artifact }) => artifact));
    const startedAt = new Date(Date.parse(record.at) - record.duration_ms).toISOString();
    change(draft, record.step, (step) => ({ ...step, status: 'completed', awaitsApproval: undefined, artifacts: step.artifacts + record.artifacts.length, attempts: closed(step, record.attempt, { startedAt, endedAt: record.at, outcome: 'completed', handlerMs: record.duration_ms }) }));
  },
  step_failed: (draft, record) =>
    change(draft, record.step, (step) => ({ ...step, status: 'failed', awaitsApproval: undefined, error: record.error, attempts: closed(step, record.attempt, { startedAt: record.at, endedAt: record.at, outcome: 'failed', error: record.error }) })),
  step_retry_scheduled: (draft, record) => change(draft, record.step, (step) => ({ ...step, status: 'waiting_retry', retryDueAt: record.due_at })),
  child_accepted: (draft, record) => change(draft, record.step, (step) => ({ ...step, childExecutionId: record.child_execution_id })),
  timer_set: (draft, record) => change(draft, record.step, (step) => ({ ...step, dueAt: record.due_at })),
  approval_requested: (draft, record) => change(draft, record.step, (step) => ({ ...step, awaitsApproval: true })),
  effect_approved: (draft, record) => change(draft, record.step, (step) => ({ ...step, awaitsApproval: undefined })),
  effect_unknown: (draft, record) => change(draft, record.step, (step) => ({ ...step, status: 'unknown', error: record.error })),
  effect_completed: (draft, record) => change(draft, record.step, (step) => ({ ...step, status: 'running', error: undefined })),
  effect_resolved: (draft, record) => change(draft, record.step, (step) => ({ ...step, status: record.happened ? 'running' : 'waiting_retry', error: undefined, retryDueAt: record.happened ? undefined : record.at })),
  chunk_completed: (draft, record) => {
    const made = [record.results, record.failures].filter((artifact) => artifact !== undefined);
    draft.artifacts.push(...made.map(({ content: _, ...artifact }) => artifact));
    const dead = record.failed.filter(({ fate }) => fate === 'dead').length;
    change(draft, record.step, (step) => ({ ...step, artifacts: step.artifacts + made.length, progress: { ...step.progress, done: countOf(step, 'done') + record.succeeded, unit: 'items', dead: countOf(step, 'dead') + dead } }));
  },
  compensation_started: (draft, record) => change(draft, record.step, (step) => ({ ...step, status: 'compensating', error: undefined, retryDueAt: undefined })),
  compensation_completed: (draft, record) => change(draft, record.step, (step) => ({ ...step, status: 'compensated' })),
  compensation_failed: (draft, record) => change(draft, record.step, (step) => ({ ...step, status: 'compensation_failed', error: record.error, retryDueAt: record.retry_due_at })),
  compensation_skipped: (draft, record) => change(draft, record.step, (step) => ({ ...step, status: 'compensation_skipped' })),
  compensation_requested: (draft) => goOn(draft),
  cancel_requested: (draft) => {
    draft.paused = undefined;
  },
  paused: (draft) => {
    draft.paused = true;
  },
  resumed: (draft) => {
    draft.paused = undefined;
  },
  reopened: (draft, record) => {
    const forgotten = new Set(record.forget);
    draft.steps = draft.steps.filter((step) => !forgotten.has(step.name)).map((step) => (isGivenUp(step) ? { ...step, status: 'waiting_retry', retryDueAt: record.at, error: undefined } : step));
    goOn(draft);
  },
  saga_failed: (draft, record) => {
    draft.error = record.error;
  },
  execution_completed: (draft, record) => end(draft, 'completed', record.at),
  execution_failed: (draft, record) => end(draft, 'failed', record.at, record.error),
  execution_cancelled: (draft, record) => end(draft, 'cancelled', record.at),
  execution_terminated: (draft, record) => end(draft, 'terminated', record.at),
};

function end(draft: Draft, status: ExecutionStatus, at: string, error?: WireErrorView): void {
  draft.status = status;
  draft.endedAt = at;
  draft.paused = undefined;
  if (error !== undefined) draft.error = error;
  if (status !== 'completed') draft.steps = draft.steps.map((step) => abandon(step, at));
}

/** An operator brought it back. */
function goOn(draft: Draft): void {
  draft.status = 'running';
  draft.endedAt = undefined;
  draft.error = undefined;
}

const isGivenUp = (step: TimelineStep): boolean => step.status === 'failed' || step.status === 'cancelled' || step.status === 'abandoned';

const countOf = ({ progress }: TimelineStep, what: string): number => (typeof progress?.[what] === 'number' ? progress[what] : 0);

const placeOf = ({ within, branch }: RecordOf<'step_started'>): Pick<TimelineStep, 'within' | 'branch'> => ({ ...(within !== undefined && { within }), ...(branch !== undefined && { branch }) });

/** A step under way when its execution was given up has no record of its own end. */
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
