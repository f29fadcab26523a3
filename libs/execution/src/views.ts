import { failure, type Artifact, type ExecutionResult, type ExecutionSummary, type ExecutionView, type StepView } from '@symphainy/contracts';
import { toWireError } from '@symphainy/kernel';
import { hexOf } from './chain.js';
import type { ExecutionState, StepState } from './execution-state.js';

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
    ...(step.progress === undefined ? {} : { progress: step.progress }),
    ...(step.error === undefined ? {} : { error: step.error }),
  };
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
    ...(state.error === undefined ? {} : { error_code: state.error.code }),
  };
}

/** The result of an execution that has ended; of a running one, what it has so far with `success` false. */
export function resultOf(state: ExecutionState): ExecutionResult {
  const last = state.steps[state.steps.length - 1];
  const error = state.status === 'cancelled' ? toWireError(failure('execution.cancelled', { message: state.cancelReason ?? '' })) : state.error;
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
