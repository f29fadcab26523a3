import { failure, type Json, type SagaDefinition, type SagaStep } from '@symphainy/contracts';
import { isoTime, toWireError, verify, type PlatformError } from '@symphainy/kernel';
import { childIdOf } from './child-id.js';
import { append, type ChildSagaStep, type Decision, type DecisionInputs } from './decision.js';
import { currentStep, hasEnded, type ExecutionState, type StepState } from './execution-state.js';
import { delayBeforeRetry } from './retry.js';

/** What is due for this execution now. Nothing: it has ended, or was never started. */
export function decide(state: ExecutionState, saga: SagaDefinition, inputs: DecisionInputs): Decision[] {
  if (hasEnded(state) || state.saga === undefined) return [];
  const step = currentStep(state);
  if (state.cancelReason !== undefined) return cancelling(state, step, inputs);
  if (step === undefined) return start(saga.steps[0], 1, inputs);
  const definition = saga.steps[state.steps.length - 1];
  verify(definition?.name === step.name, 'the recorded step is the saga’s step');
  switch (step.status) {
    case 'running':
      return definition.kind === 'child' ? runChild(state, definition, step, inputs) : [runOf(definition, step)];
    case 'completed':
      return state.steps.length < saga.steps.length ? start(saga.steps[state.steps.length], 1, inputs) : complete(step, inputs);
    case 'failed':
      return retryOrFail(definition, step, inputs);
    case 'waiting_retry':
      return whenDue(definition, step, inputs);
    default:
      return [];
  }
}

function runOf(step: SagaStep, { attempt, attemptAt }: StepState): Decision {
  const deadlineAt = Date.parse(attemptAt) + step.timeout_ms;
  return step.kind === 'signal' ? { do: 'await_signal', step, attempt, deadlineAt } : { do: 'run', step, attempt, speculative: step.kind === 'task', deadlineAt };
}

function start(step: SagaStep | undefined, attempt: number, { at, actor }: DecisionInputs): Decision[] {
  verify(step !== undefined, 'a saga has a step to start');
  return append({ type: 'step_started', at, actor, step: step.name, attempt, kind: step.kind });
}

function complete(last: StepState, { at, actor }: DecisionInputs): Decision[] {
  const output = last.outputHash === undefined ? {} : { output_hash: last.outputHash };
  return append({ type: 'saga_completed', at, actor }, { type: 'execution_completed', at, actor, ...output });
}

function retryOrFail(definition: SagaStep, step: StepState, inputs: DecisionInputs): Decision[] {
  const { at, actor, now } = inputs;
  const error = step.error;
  verify(error !== undefined, 'a failed step has its error');
  const delay = delayBeforeRetry(definition.retry, step.attempt, error, inputs.jitter);
  if (delay === undefined) return append({ type: 'saga_failed', at, actor, step: step.name, error }, { type: 'execution_failed', at, actor, error });
  return append({ type: 'step_retry_scheduled', at, actor, step: step.name, next_attempt: step.attempt + 1, due_at: isoTime(now + delay), delay_ms: delay });
}

function whenDue(definition: SagaStep, step: StepState, inputs: DecisionInputs): Decision[] {
  verify(step.retryDueAt !== undefined, 'a waiting step has its due time');
  const until = Date.parse(step.retryDueAt);
  return inputs.now >= until ? start(definition, step.attempt + 1, inputs) : [{ do: 'wait', until }];
}

function runChild(state: ExecutionState, definition: ChildSagaStep, step: StepState, { at, actor }: DecisionInputs): Decision[] {
  const { attempt } = step;
  const fail = (error: PlatformError): Decision[] => append({ type: 'step_failed', at, actor, step: step.name, attempt, error: toWireError(error) });
  if (!state.capability?.children.includes(definition.intent_type)) return fail(failure('intent.child_not_allowed', { details: { child: definition.intent_type } }));
  const payload = childPayload(state, definition);
  if (payload === undefined) return fail(failure('intent.payload_invalid', { message: `the output of ${definition.payload_from ?? ''} is no object, so it cannot be the child’s payload` }));
  if (step.childId !== undefined) return [{ do: 'await_child', step: definition, attempt, childId: step.childId, payload, deadlineAt: Date.parse(step.attemptAt) + definition.timeout_ms }];
  return append({ type: 'child_accepted', at, actor, step: step.name, attempt, child_execution_id: childIdOf(state.executionId, step.name, attempt), intent_type: definition.intent_type });
}

function childPayload(state: ExecutionState, definition: ChildSagaStep): { [key: string]: Json } | undefined {
  if (definition.payload_from === undefined) return state.intent.payload;
  const output = state.steps.find((s) => s.name === definition.payload_from)?.output;
  return typeof output === 'object' && output !== null && !Array.isArray(output) ? output : undefined;
}

function cancelling(state: ExecutionState, step: StepState | undefined, { at, actor }: DecisionInputs): Decision[] {
  if (step?.status === 'running' && step.childId !== undefined) return [{ do: 'cancel_child', step: step.name, attempt: step.attempt, childId: step.childId }];
  return append({ type: 'execution_cancelled', at, actor, reason: state.cancelReason ?? '' });
}

/** Outputs of the steps that `step` needs, by name: those it names, else the one before it. */
export function inputsOf(state: ExecutionState, step: SagaStep): { [step: string]: Json } {
  const wanted = step.needs ?? state.steps[state.steps.findIndex((s) => s.name === step.name) - 1]?.name;
  if (wanted === undefined) return {};
  const inputs: { [step: string]: Json } = {};
  for (const done of state.steps) {
    if (done.output !== undefined && (typeof wanted === 'string' ? done.name === wanted : wanted.includes(done.name))) inputs[done.name] = done.output;
  }
  return inputs;
}
