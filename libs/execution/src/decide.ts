import { failure, type SagaDefinition, type WalRecord } from '@symphainy/contracts';
import { isoTime, toWireError } from '@symphainy/kernel';
import { undo, undoWhatFollows } from './decide.compensation.js';
import { letGo } from './decide.unwinding.js';
import { walkSequence } from './decide.walk.js';
import { append, type Decision, type DecisionInputs } from './decision.js';
import { currentStep, hasEnded, lastOutermost, type ExecutionState } from './execution-state.js';
import type { Walk } from './saga-walk.js';
import { firstFailure } from './standing.js';

/**
 * What is due for this execution now, by the first row that fits:
 *
 * | the execution                        | then                                                                            |
 * | ------------------------------------ | ------------------------------------------------------------------------------- |
 * | has ended, or never started          | nothing                                                                         |
 * | its saga failed                      | completed steps are undone, then it ends as failed                               |
 * | is to be cancelled or compensated    | children are closed, effects that are out are awaited; then as above, as cancelled |
 * | missed its deadline                  | that is recorded once; where it is enforced, as above, as failed                 |
 * | is paused                            | what runs is awaited, nothing starts                                             |
 * | otherwise                            | the saga goes on                                                                |
 */
export function decide(state: ExecutionState, saga: SagaDefinition, inputs: DecisionInputs): Decision[] {
  if (hasEnded(state) || state.saga === undefined) return [];
  if (state.sagaEnd === 'failed') return undo(state, saga, inputs);
  if (state.cancelReason !== undefined) return unwind(state, saga, inputs, () => undo(state, saga, inputs));
  const deadline = deadlineOf(state, saga, inputs);
  if (deadline === undefined) return goOn(state, saga, inputs);
  if (inputs.now >= deadline.at && state.deadlineMissed === undefined) {
    return append({ type: 'deadline_missed', at: inputs.at, actor: inputs.actor, deadline: isoTime(deadline.at), enforced: deadline.enforced });
  }
  const due = state.deadlineMissed?.enforced === true ? unwind(state, saga, inputs, () => failLate(state, saga, inputs)) : goOn(state, saga, inputs);
  return due[0]?.do === 'append' || state.deadlineMissed !== undefined ? due : [...due, { do: 'wait', until: deadline.at }];
}

function unwind(state: ExecutionState, saga: SagaDefinition, inputs: DecisionInputs, then: () => Decision[]): Decision[] {
  const due = letGo(state, saga, inputs);
  return due.length > 0 ? due : then();
}

function failLate(state: ExecutionState, saga: SagaDefinition, inputs: DecisionInputs): Decision[] {
  const at = (state.steps.find(({ status }) => status === 'running') ?? currentStep(state))?.name ?? saga.steps[0]?.name ?? '';
  return undoWhatFollows(state, saga, inputs, at, toWireError(failure('execution.deadline_exceeded')));
}

/** A deadline that counts; its policy `off` makes it none, and one that was missed keeps what was decided then. */
function deadlineOf(state: ExecutionState, saga: SagaDefinition, { deadlineAt, deadlinePolicy }: DecisionInputs): { at: number; enforced: boolean } | undefined {
  const isEnforced = deadlinePolicy === 'enforce';
  if (state.deadlineMissed === undefined && !isEnforced && deadlinePolicy !== 'observe') return undefined;
  const at = deadlineAt ?? (saga.deadline_ms === undefined ? undefined : Date.parse(state.createdAt) + saga.deadline_ms);
  if (at !== undefined) return { at, enforced: isEnforced };
  return state.deadlineMissed === undefined ? undefined : { at: 0, enforced: state.deadlineMissed.enforced };
}

function goOn(state: ExecutionState, saga: SagaDefinition, inputs: DecisionInputs): Decision[] {
  const walk: Walk = { state, saga, inputs, records: [], due: [] };
  const standing = walkSequence(walk, saga.steps, undefined, undefined, false);
  if (state.paused === true) return [...walk.due.flatMap(whilePaused), { do: 'hold', why: 'paused' }];
  if (walk.records.length > 0) return append(...walk.records);
  if (standing === 'open') return walk.due;
  if (standing === 'done') return append(...completion(state, inputs));
  const failed = firstFailure(state);
  return undoWhatFollows(state, saga, inputs, failed.name, failed.error);
}

function completion(state: ExecutionState, { at, actor }: DecisionInputs): WalRecord[] {
  const hash = lastOutermost(state)?.outputHash;
  return [{ type: 'saga_completed', at, actor }, { type: 'execution_completed', at, actor, ...(hash === undefined ? {} : { output_hash: hash }) }];
}

/** Results are still wanted, but no time passes: nothing that the clock would bring is recorded before the execution goes on. */
function whilePaused(work: Decision): Decision[] {
  if (work.do === 'run' || work.do === 'operate') return [work];
  return work.do === 'await_child' ? [{ ...work, deadlineAt: Number.POSITIVE_INFINITY }] : [];
}
