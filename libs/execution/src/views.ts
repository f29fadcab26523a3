import { failure, type Artifact, type ExecutionResult, type ExecutionSummary, type ExecutionView, type StepView } from '@symphainy/contracts';
import { toWireError } from '@symphainy/kernel';
import { hexOf } from './chain.js';
import { hasEnded, lastOutermost, type ExecutionState, type StepState } from './execution-state.js';
import { chunksDone, type MapState } from './map-state.js';

const millisBetween = (from: string, to: string): number => Date.parse(to) - Date.parse(from);

/** An execution as its readers see it. Equal for equal streams: a live fold and a replayed one give the same view. */
export function viewOf(state: ExecutionState): ExecutionView {
  return {
    execution_id: state.executionId,
    tenant_id: state.intent.tenant_id,
    session_id: state.intent.session_id,
    user_id: state.caller.user_id,
    intent_type: state.intent.intent_type,
    status: state.status,
    steps: state.steps.map(stepViewOf),
    ...(state.decision === undefined ? {} : { decision: state.decision }),
    artifacts: state.artifacts.map(withoutContent),
    ...(state.parent === undefined ? {} : { parent: { execution_id: state.parent.execution_id, step: state.parent.step } }),
    correlation_id: state.correlationId,
    created_at: state.createdAt,
    ...ending(state),
    ...(state.error === undefined ? {} : { error: state.error }),
    ...attentionOf(state),
    ...keptOf(state),
    records: state.records,
    head: { seq: state.head.seq, hash: hexOf(state.head.hash) },
  };
}

const ending = (state: ExecutionState): { ended_at?: string; execution_time_ms?: number } =>
  state.endedAt === undefined ? {} : { ended_at: state.endedAt, execution_time_ms: millisBetween(state.createdAt, state.endedAt) };

function stepViewOf(step: StepState): StepView {
  return {
    name: step.name,
    kind: step.kind,
    status: step.status,
    attempts: step.attempt,
    started_at: step.startedAt,
    ...(step.completedAt === undefined ? {} : { completed_at: step.completedAt }),
    ...(step.durationMs === undefined ? {} : { duration_ms: step.durationMs }),
    ...progressOf(step),
    ...(step.waitingFor === undefined ? {} : { waiting_for: step.waitingFor }),
    ...errorOf(step),
    ...(step.within === undefined ? {} : { within: step.within, ...(step.branch === undefined ? {} : { branch: step.branch }) }),
    ...(step.outcome === undefined ? {} : { outcome: step.outcome }),
    ...dueOf(step),
    ...(step.map === undefined ? {} : { items: itemsOf(step.map) }),
  };
}

/** Of an operation, how many of its targets it has come to; of a schedule, how often it fired. */
function progressOf({ progress, applied, schedule }: StepState): Pick<StepView, 'progress'> {
  if (schedule !== undefined) return { progress: { firings: schedule.firings, missed: schedule.missed, refused: schedule.refused ?? 0 } };
  if (applied === undefined) return progress === undefined ? {} : { progress };
  const { done, unchanged, refused } = applied;
  return { progress: { done, unchanged, refused } };
}

/** Of a step that is being undone, what went wrong with that is the news; of a schedule that runs, what refused its last firing. */
function errorOf({ error, compensation, status, schedule }: StepState): Pick<StepView, 'error'> {
  const shown = compensation?.error ?? error ?? (status === 'running' ? schedule?.error : undefined);
  return shown === undefined ? {} : { error: shown };
}

function dueOf({ status, retryDueAt, dueAt, compensation }: StepState): Pick<StepView, 'due_at'> {
  const due = status === 'compensation_failed' ? compensation?.retryDueAt : status === 'running' ? dueAt : retryDueAt;
  return due === undefined ? {} : { due_at: due };
}

const itemsOf = (map: MapState): NonNullable<StepView['items']> => ({ total: map.items, succeeded: map.succeeded, retrying: map.retrying, dead: map.deadCount, chunks: map.chunks, chunks_done: chunksDone(map) });

const keptOf = ({ signals }: ExecutionState): Pick<ExecutionView, 'signals_kept'> =>
  signals === undefined || signals.kept.length === 0 ? {} : { signals_kept: signals.kept.map(({ signal, by, at }) => ({ signal, by: by.user_id, at })) };

/** The first step that only an operator can bring on, and what may be done about it. */
function attentionOf(state: ExecutionState): Pick<ExecutionView, 'attention'> {
  if (hasEnded(state)) return {};
  for (const step of state.steps) {
    const attention = attentionOn(step);
    if (attention !== undefined) return { attention: { step: step.name, ...attention } };
  }
  return {};
}

function attentionOn({ status, error, effect, compensation }: StepState): Omit<NonNullable<ExecutionView['attention']>, 'step'> | undefined {
  if (status === 'unknown') return { what: 'effect_unknown', ...(error === undefined ? {} : { error }), operations: ['resolve_effect', 'terminate'] };
  if (status === 'compensation_failed' && compensation?.retryDueAt === undefined) return { what: 'compensation_failed', ...(compensation?.error === undefined ? {} : { error: compensation.error }), operations: ['retry', 'skip_compensation', 'terminate'] };
  const waits = status === 'running' && effect?.approvalRequested === true && effect.approvedBy === undefined;
  return waits ? { what: 'approval', operations: ['approve', 'cancel', 'terminate'] } : undefined;
}

/** An artifact as lists show it. */
export const withoutContent = ({ content: _, ...rest }: Artifact): Omit<Artifact, 'content'> => rest;

/** One row of an execution list. */
export function summaryOf(state: ExecutionState): ExecutionSummary {
  return {
    execution_id: state.executionId,
    tenant_id: state.intent.tenant_id,
    session_id: state.intent.session_id,
    user_id: state.caller.user_id,
    intent_type: state.intent.intent_type,
    status: state.status,
    created_at: state.createdAt,
    ...ending(state),
    steps_completed: state.steps.filter((s) => s.status === 'completed').length,
    artifact_count: state.artifacts.length,
    record_count: state.records,
    ...errorCodeOf(state),
  };
}

/** Why it failed; while it goes on, what refused the last firing of its schedule. */
function errorCodeOf({ error, steps }: ExecutionState): Pick<ExecutionSummary, 'error_code'> {
  const shown = error ?? steps.find((step) => step.schedule !== undefined && step.status === 'running')?.schedule?.error;
  return shown === undefined ? {} : { error_code: shown.code };
}

function endErrorOf({ status, cancelReason, error, terminatedFor }: ExecutionState): ExecutionState['error'] {
  if (status === 'cancelled') return toWireError(failure('execution.cancelled', { message: cancelReason ?? '' }));
  return status === 'terminated' ? toWireError(failure('execution.terminated', { message: terminatedFor ?? '' })) : error;
}

/** The result of an execution that has ended; of a running one, what it has so far with `success` false. */
export function resultOf(state: ExecutionState): ExecutionResult {
  const last = lastOutermost(state);
  const error = endErrorOf(state);
  return {
    execution_id: state.executionId,
    success: state.status === 'completed',
    ...(state.status === 'completed' && last?.output !== undefined ? { output: last.output } : {}),
    artifacts: state.artifacts,
    events: state.events,
    state_changes: state.stateChanges,
    ...(error === undefined ? {} : { error }),
    execution_time_ms: millisBetween(state.createdAt, state.endedAt ?? state.createdAt),
  };
}
