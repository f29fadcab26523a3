/** What follows a saga that failed or is to be cancelled: its completed steps are undone, the last one first; then the execution ends. */
import type { SagaDefinition, WalRecord } from '@symphainy/contracts';
import { isoTime, verify, type WireError } from '@symphainy/kernel';
import { append, type ChunkWork, type Decision, type DecisionInputs, type MapSagaStep } from './decision.js';
import type { RecordInputs } from './decide.map.js';
import { isDone, orderOf } from './evolve.compensation.js';
import { isContainer, stepNamed, type CompensationState, type ExecutionState, type RecordOf, type StepState } from './execution-state.js';
import { sourceOf } from './map-source.js';
import { chunkRange, type MapState } from './map-state.js';
import { delayBeforeRetry } from './retry.js';
import { plannedStep, sagaStepNamed } from './saga-plan.js';
import { deadlineOf } from './standing.js';

/** The saga fails at `step`; an execution with nothing to undo ends in the same append. */
export function undoWhatFollows(state: ExecutionState, saga: SagaDefinition, { at, actor }: DecisionInputs, step: string, error: WireError): Decision[] {
  const failed: WalRecord = { type: 'saga_failed', at, actor, step, error };
  return nextToUndo(state, saga) === undefined ? append(failed, { type: 'execution_failed', at, actor, error }) : append(failed);
}

/** What is due while completed steps are undone; at last, the end. */
export function undo(state: ExecutionState, saga: SagaDefinition, inputs: DecisionInputs): Decision[] {
  const { at, actor, now } = inputs;
  const step = nextToUndo(state, saga);
  if (step === undefined) return append(theEnd(state, inputs));
  const { compensation } = step;
  const start = (attempt: number): Decision[] => append({ type: 'compensation_started', at, actor, step: step.name, attempt });
  if (compensation === undefined) return start(1);
  if (step.status === 'compensating') return undoing(state, saga, inputs, step, compensation);
  if (compensation.retryDueAt === undefined) return [{ do: 'hold', why: 'compensation_failed', step: step.name }];
  const until = Date.parse(compensation.retryDueAt);
  return now >= until ? start(compensation.attempt + 1) : [{ do: 'wait', until }];
}

function theEnd(state: ExecutionState, { at, actor }: DecisionInputs): WalRecord {
  if (state.sagaEnd !== 'failed') return { type: 'execution_cancelled', at, actor, reason: state.cancelReason ?? '' };
  verify(state.error !== undefined, 'a saga that failed has its error');
  return { type: 'execution_failed', at, actor, error: state.error };
}

/** The step that completed last, of those that can be undone and are not: while it is being undone, it stays the one. */
function nextToUndo(state: ExecutionState, saga: SagaDefinition): StepState | undefined {
  let next: StepState | undefined;
  for (const step of state.steps) {
    if (isContainer(step) || !(isDone(step) || step.status === 'compensating' || step.status === 'compensation_failed')) continue;
    if (sagaStepNamed(saga, step.name)?.compensate === true && (next === undefined || orderOf(step) > orderOf(next))) next = step;
  }
  return next;
}

function undoing(state: ExecutionState, saga: SagaDefinition, inputs: DecisionInputs, step: StepState, compensation: CompensationState): Decision[] {
  const definition = plannedStep(saga, step.name).step;
  const work = { do: 'compensate' as const, step: definition, attempt: compensation.attempt, deadlineAt: deadlineOf(definition, compensation.startedAt, inputs), ...(step.output === undefined ? {} : { output: step.output }) };
  if (definition.kind !== 'map' || step.map === undefined) return [work];
  const chunk = chunkToUndo(state, definition, step.map, compensation);
  if (chunk !== undefined) return [{ ...work, chunk }];
  const { at, actor, now } = inputs;
  return append({ type: 'compensation_completed', at, actor, step: step.name, attempt: compensation.attempt, handler_build: 'runtime', duration_ms: Math.max(0, now - Date.parse(compensation.startedAt)) });
}

/** The highest chunk not undone yet in which anything succeeded. */
function chunkToUndo(state: ExecutionState, definition: MapSagaStep, map: MapState, { nextChunk, attempt }: CompensationState): ChunkWork | undefined {
  const source = sourceOf(state, definition);
  verify(source !== undefined, 'the source of a map that ran is the one it started with');
  for (let chunk = Math.min(nextChunk ?? -1, map.next - 1); chunk >= 0; chunk--) {
    const done = succeededOf(map, chunk);
    if (done === 'none') continue;
    return { chunk, chunkAttempt: attempt, ...chunkRange(map, chunk), ...(done === 'all' ? {} : { indices: done }), source };
  }
  return undefined;
}

function succeededOf(map: MapState, chunk: number): 'all' | 'none' | number[] {
  const open = map.open.get(chunk);
  if (open !== undefined && open.retry === undefined) return 'none';
  const left = [...(open?.retry ?? []), ...(map.dead.get(chunk) ?? [])];
  if (left.length === 0) return 'all';
  const without = new Set(left);
  const { from, to } = chunkRange(map, chunk);
  const indices = Array.from({ length: to - from }, (_, i) => from + i).filter((index) => !without.has(index));
  return indices.length === 0 ? 'none' : indices;
}

/** Whether a result of this attempt to undo a step, or one chunk of it, would still count. */
export function awaitsCompensation(state: ExecutionState, name: string, attempt: number, chunk?: number): boolean {
  const step = stepNamed(state, name);
  if (step?.status !== 'compensating' || step.compensation?.attempt !== attempt) return false;
  return chunk === undefined ? step.map === undefined : chunk <= (step.compensation.nextChunk ?? -1);
}

/** The record of an attempt to undo that failed: tried again by the step's retry policy; without `retry_due_at` the execution is stuck until an operator acts. */
export function compensationFailedRecord(state: ExecutionState, { step, attempt }: Pick<Extract<Decision, { do: 'compensate' }>, 'step' | 'attempt'>, { error, actor }: { readonly error: WireError; readonly actor: string }, { now, at, jitter }: RecordInputs): RecordOf<'compensation_failed'> {
  const base = stepNamed(state, step.name)?.compensation?.base ?? 0;
  const delay = delayBeforeRetry(step.retry, attempt - base, error, jitter);
  return { type: 'compensation_failed', at, actor, step: step.name, attempt, error, ...(delay === undefined ? {} : { retry_due_at: isoTime(now + delay) }) };
}
