/** Effects: a preview if wanted, an approval if demanded, the intention in the log, and only then the effect. */
import { failure, type WalRecord } from '@symphainy/contracts';
import { hashOf, sha256Hex, toWireError, type WireError } from '@symphainy/kernel';
import type { DecisionInputs, RunDecision, StepOf } from './decision.js';
import type { EffectState, ExecutionState, StepState } from './execution-state.js';
import { complete, type Standing, type Walk } from './saga-walk.js';
import { deadlineOf, retryOf } from './standing.js';
import { inputsOf } from './step-inputs.js';

/** What the outside system is given: the same for all attempts, so that it can take them as one; another once the step was forgotten and is run again. */
export const effectKeyOf = (executionId: string, { name, generation }: Pick<StepState, 'name' | 'generation'>): string => sha256Hex(`effect\n${executionId}\n${name}\n${generation ?? 1}`);

/** Whether an attempt was sent that may have changed something outside. */
export const isOut = (step: StepState): boolean => step.status === 'running' && step.effect?.intendedAt !== undefined && step.effect.happened === undefined;

export function runEffect(definition: StepOf<'effect'>, step: StepState, inputs: DecisionInputs): RunDecision {
  const since = step.effect?.intendedAt ?? step.attemptAt;
  return { do: 'run', step: definition, attempt: step.attempt, speculative: false, deadlineAt: deadlineOf(definition, since, inputs), ...(step.effect?.key === undefined ? {} : { effectKey: step.effect.key }) };
}

export function workOnEffect(walk: Walk, definition: StepOf<'effect'>, step: StepState, held: boolean): Standing {
  const { at, actor } = walk.inputs;
  const effect = step.effect ?? {};
  if (effect.happened !== undefined) return complete(walk, step, { output: effect.happened.receipt, by: effect.happened.by });
  if (isOut(step)) walk.due.push(runEffect(definition, step, walk.inputs));
  else if (held) return 'halted';
  else if (definition.preview === true && effect.previewHash === undefined) walk.due.push({ ...runEffect(definition, step, walk.inputs), phase: 'preview' });
  else if (wantsApproval(definition, effect, walk.inputs)) approve(walk, definition, step, effect);
  else walk.records.push({ type: 'effect_intended', at, actor, step: step.name, attempt: step.attempt, key: effectKeyOf(walk.state.executionId, step), binding: definition.binding, request_hash: requestHash(walk, definition) });
  return 'open';
}

/** Once asked for, an approval is wanted whatever the tenant demands later. */
const wantsApproval = (definition: StepOf<'effect'>, effect: EffectState, inputs: DecisionInputs): boolean =>
  effect.approvedBy === undefined && (effect.approvalRequested === true || definition.approval === 'required' || inputs.approvalDemanded === true);

function approve(walk: Walk, definition: StepOf<'effect'>, { name, attempt }: StepState, { approvalRequested, previewHash }: EffectState): void {
  const { at, actor } = walk.inputs;
  if (approvalRequested === true) walk.due.push({ do: 'await_approval', step: definition, attempt, ...(previewHash === undefined ? {} : { previewHash }) });
  else walk.records.push({ type: 'approval_requested', at, actor, step: name, attempt, ...(previewHash === undefined ? {} : { preview_hash: previewHash }) });
}

const requestHash = ({ state, saga }: Walk, definition: StepOf<'effect'>): string => hashOf({ payload: state.intent.payload, inputs: inputsOf(state, saga, definition) });

/**
 * What is recorded when an effect was sent and nobody can say what became of it (no answer in time, its realm or its owner lost). Where the outside takes a
 * key twice as once it is a failure like others, while attempts are left; else the execution is stuck until somebody says.
 */
export function effectLost(state: ExecutionState, definition: StepOf<'effect'>, step: StepState, { at, actor }: Pick<DecisionInputs, 'at' | 'actor'>, why?: WireError): WalRecord {
  const error = why ?? toWireError(failure('step.timeout', { message: `${step.name} was sent and had no answer` }));
  const name = { at, actor, step: step.name, attempt: step.attempt };
  const mayAskAgain = definition.idempotent === true && state.cancelReason === undefined && state.deadlineMissed?.enforced !== true;
  const hasAttempts = retryOf(definition, { ...step, error }, () => 0) !== undefined;
  if (mayAskAgain && hasAttempts) return { type: 'step_failed', ...name, error };
  return { type: 'effect_unknown', ...name, key: step.effect?.key ?? effectKeyOf(state.executionId, step), error: toWireError(failure('effect.unknown', { details: { code: error.code, message: error.message } })) };
}
