/** An operation as records: what it means for one execution as that stands, or why it does not fit. */
import { failure, operations, type Caller, type Json, type OperationCommand, type SagaDefinition, type WalRecord } from '@symphainy/contracts';
import { approvalProblem, childrenLeft, compensationProblem, forgottenBy, hasEnded, pauseProblem, reopenProblem, stepNamed, stepToRetry, type ExecutionState, type ReopenMode, type StepState } from '@symphainy/execution';
import { asPlatformError, toWireError, type PlatformError } from '@symphainy/kernel';
import { z } from 'zod';
import { actorOf } from '../acceptance/sessions.js';
import { isLastStep } from '../outcomes/step-results.js';

/** Nothing has to be recorded: it stands so already. */
export type Unchanged = 'unchanged';

interface Asked {
  readonly state: ExecutionState;
  readonly saga: SagaDefinition;
  readonly at: string;
  readonly command: OperationCommand;
  /** What is wrong with an output as the execution's. */
  readonly outputProblem?: (output: Json | undefined) => PlatformError | undefined;
}

/** What stands in every record that an operation causes. */
interface Stamp {
  readonly at: string;
  readonly actor: string;
  readonly by: Caller;
  readonly reason: string;
  readonly operation: string;
}

const anyPayload = z.object({ reason: z.string().default('asked for by an operator'), step: z.string().optional() });

/** Operations that bring an execution back that has ended. */
export const reopens = ({ operation }: OperationCommand): boolean => operation === 'retry' || operation === 'continue_from' || operation === 'compensate';

/** The records of every operation but `signal`, whose result must be looked at first. Throws `execution.not_applicable`, `execution.ended`, `effect.not_approved`. */
export function operationRecords(asked: Asked): readonly WalRecord[] | Unchanged {
  const { state, saga, at, command } = asked;
  const { reason, step } = anyPayload.parse(command.payload);
  const stamp: Stamp = { at, actor: actorOf(command.caller), by: command.caller, reason, operation: command.operation_id };
  if (hasEnded(state) && !reopens(command)) return ended(state, command);
  switch (command.operation) {
    case 'cancel':
      return state.cancelReason === undefined ? [{ type: 'cancel_requested', ...stamp }] : 'unchanged';
    case 'pause':
      return state.paused === true ? 'unchanged' : unless(pauseProblem(state), [{ type: 'paused', ...stamp }]);
    case 'resume':
      return state.paused === true ? [{ type: 'resumed', ...stamp }] : 'unchanged';
    case 'terminate':
      return [terminated(state, saga, stamp)];
    case 'compensate':
      return unless(compensationProblem(state, saga), [{ type: 'compensation_requested', ...stamp }]);
    case 'retry':
      return reopened(state, saga, 'retry', step ?? stepToRetry(state), stamp);
    case 'continue_from':
      return reopened(state, saga, 'continue_from', step, stamp);
    case 'approve':
      return approved(state, stepOf(step), operations.approve.parse(command.payload).approved, stamp);
    case 'skip_compensation':
      return skipped(state, stepOf(step), stamp);
    case 'resolve_effect':
      return resolved(asked, stepOf(step), operations.resolve_effect.parse(command.payload), stamp);
    case 'adopt':
      return 'unchanged';
    case 'signal':
      throw new Error('a signal’s result is looked at before it is recorded');
  }
}

/** Asking for the end of what has ended, or that it be gone on with, changes nothing; anything else comes too late. */
function ended(state: ExecutionState, { operation }: OperationCommand): Unchanged {
  if (operation === 'cancel' || operation === 'terminate' || operation === 'adopt') return 'unchanged';
  throw failure('execution.ended', { message: `the execution has ${state.status}` });
}

function unless(problem: string | undefined, records: WalRecord[]): WalRecord[] {
  if (problem !== undefined) throw notApplicable(problem);
  return records;
}

export const notApplicable = (message: string): PlatformError => failure('execution.not_applicable', { message });

function stepOf(step: string | undefined): string {
  if (step === undefined) throw failure('request.invalid', { message: 'the operation names no step', field: '/payload/step' });
  return step;
}

function reopened(state: ExecutionState, saga: SagaDefinition, mode: ReopenMode, step: string | undefined, stamp: Stamp): WalRecord[] {
  if (step === undefined) throw notApplicable('no step of it failed');
  const forget = mode === 'continue_from' ? { forget: forgottenBy(state, saga, step) } : {};
  return unless(reopenProblem(state, saga, mode, step), [{ type: 'reopened', ...stamp, mode, from_step: step, ...forget }]);
}

/** By somebody else than the submitter, for the preview that is recorded. A refusal ends the step. */
export function approved(state: ExecutionState, name: string, yes: boolean, { by, reason, ...stamp }: Stamp): WalRecord[] {
  const problem = approvalProblem(state, name, by);
  if (problem !== undefined) throw by.user_id === state.caller.user_id ? failure('effect.not_approved', { message: problem }) : notApplicable(problem);
  const { attempt, effect } = known(state, name);
  if (!yes) {
    const error = failure('effect.not_approved', { message: `${by.user_id} did not approve: ${reason}`, details: { by: by.user_id, operation: stamp.operation } });
    return [{ type: 'step_failed', at: stamp.at, actor: stamp.actor, step: name, attempt, error: toWireError(error) }];
  }
  return [{ type: 'effect_approved', ...stamp, by, reason, step: name, attempt, ...(effect?.previewHash === undefined ? {} : { preview_hash: effect.previewHash }) }];
}

function skipped(state: ExecutionState, name: string, stamp: Stamp): WalRecord[] | Unchanged {
  const { status, compensation } = known(state, name);
  if (status === 'compensation_skipped') return 'unchanged';
  if (status !== 'compensation_failed' || compensation?.retryDueAt !== undefined) throw notApplicable(`the compensation of ${name} has not failed for good: the step is ${status}`);
  return [{ type: 'compensation_skipped', ...stamp, step: name }];
}

function terminated(state: ExecutionState, saga: SagaDefinition, stamp: Stamp): WalRecord {
  const children = childrenLeft(state, saga);
  return { type: 'execution_terminated', ...stamp, ...(children.length === 0 ? {} : { children }) };
}

/** Of the saga's last step the receipt is the execution's output: it has to be what the capability promises. */
function resolved({ state, saga, outputProblem }: Asked, name: string, { happened, receipt }: { happened: boolean; receipt?: Json | undefined }, stamp: Stamp): WalRecord[] {
  const { status, attempt, effect } = known(state, name);
  if (status !== 'unknown' || effect?.key === undefined) throw notApplicable(`what became of ${name} is known: the step is ${status}`);
  const misfit = happened && isLastStep(saga.steps, name) ? outputProblem?.(receipt) : undefined;
  if (misfit !== undefined) throw failure('execution.output_invalid', { message: `the receipt is the execution’s output: ${misfit.message}`, field: (misfit.field ?? '/output').replace('/output', '/payload/receipt') });
  return [{ type: 'effect_resolved', ...stamp, step: name, attempt, key: effect.key, happened, ...(receipt === undefined ? {} : { receipt }) }];
}

function known(state: ExecutionState, name: string): StepState {
  const step = stepNamed(state, name);
  if (step === undefined) throw notApplicable(`${name} has not started`);
  return step;
}

/** A payload that does not fit its operation, told as the request's error. */
export function payloadError(error: unknown): PlatformError {
  if (!(error instanceof z.ZodError)) return asPlatformError(error);
  const issue = error.issues[0];
  return failure('request.invalid', { message: issue?.message ?? 'the payload does not fit the operation', field: `/payload/${(issue?.path ?? []).join('/')}` });
}
