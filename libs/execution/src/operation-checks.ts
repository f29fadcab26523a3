/** Whether an operator's wish fits the execution as it stands, before anything of it is recorded. */
import { mayBeOnePerson, type Caller, type SagaDefinition, type SagaStep } from '@symphainy/contracts';
import { closeOf } from './decide.leaf.js';
import { hasEnded, stepNamed, type ExecutionState, type RecordOf } from './execution-state.js';
import { planOf, sequencesOf } from './saga-plan.js';

export type ReopenMode = 'retry' | 'continue_from';

/** Every step that has started and would be forgotten by continuing from `fromStep`: it, what it holds, and all that comes after it, in its sequence and around. */
export function forgottenBy(state: ExecutionState, saga: SagaDefinition, fromStep: string): string[] {
  const plan = planOf(saga);
  const names: string[] = [];
  let planned = plan.get(fromStep);
  if (planned !== undefined) names.push(...withNested(planned.step));
  while (planned !== undefined) {
    names.push(...planned.after.flatMap(withNested));
    planned = planned.within === undefined ? undefined : plan.get(planned.within.name);
  }
  return names.filter((name) => stepNamed(state, name) !== undefined);
}

const withNested = (step: SagaStep): string[] => [step.name, ...sequencesOf(step).flatMap(([, steps]) => steps.flatMap(withNested))];

/** The step that a retry without a name is for: the one whose compensation failed for good, else the first that failed, or was given up, or of which nobody knows whether it happened. */
export function stepToRetry({ steps }: ExecutionState): string | undefined {
  const undoing = steps.find(({ status, compensation }) => status === 'compensation_failed' && compensation?.retryDueAt === undefined);
  return (undoing ?? steps.find(({ status }) => status === 'failed') ?? steps.find(({ status }) => status === 'abandoned') ?? steps.find(({ status }) => status === 'unknown'))?.name;
}

/** Why the execution cannot be reopened like this; undefined: it can, and `reopened` may be recorded, for `continue_from` with `forget` as `forgottenBy` says. */
export function reopenProblem(state: ExecutionState, saga: SagaDefinition, mode: ReopenMode, fromStep: string): string | undefined {
  if (state.saga === undefined) return 'the intent was rejected: nothing of it ever ran';
  if (!hasEnded(state) && state.status !== 'stuck') return `it is ${state.status}: it has neither ended nor is it stuck`;
  const step = stepNamed(state, fromStep);
  if (step === undefined) return planOf(saga).has(fromStep) ? `${fromStep} never started` : `the saga has no step ${fromStep}`;
  if (mode === 'retry' && state.status === 'stuck' && step.status === 'compensation_failed') return undefined;
  return mode === 'retry' ? retryProblem(state, fromStep) : keepProblem(state, new Set(forgottenBy(state, saga, fromStep)));
}

function retryProblem(state: ExecutionState, name: string): string | undefined {
  if (state.status === 'completed') return 'it completed: no step failed';
  const status = stepNamed(state, name)?.status;
  if (status !== 'failed' && status !== 'abandoned' && status !== 'unknown') return `${name} has not failed: it is ${status ?? 'unknown'}`;
  return keepProblem(state, new Set());
}

function keepProblem(state: ExecutionState, forget: ReadonlySet<string>): string | undefined {
  const unknown = state.steps.find(({ name, status }) => status === 'unknown' && (forget.has(name) || state.status === 'stuck'));
  if (unknown !== undefined) return `whether the effect of ${unknown.name} happened is not known: resolve it first`;
  const undone = state.steps.find(({ name, compensation }) => compensation !== undefined && !forget.has(name));
  return undone === undefined ? undefined : `${undone.name} was undone, or was to be: continue from it or from a step before it`;
}

/** Children that run, and what terminating their parent asks of each. */
export function childrenLeft(state: ExecutionState, saga: SagaDefinition): NonNullable<RecordOf<'execution_terminated'>['children']> {
  return state.steps.flatMap(({ name, status, childId }) => {
    const definition = status === 'running' && childId !== undefined ? planOf(saga).get(name)?.step : undefined;
    return definition?.kind === 'child' && childId !== undefined ? [{ step: name, execution_id: childId, close: closeOf(definition) }] : [];
  });
}

/** Why it cannot be paused now; undefined: it can. */
export function pauseProblem(state: ExecutionState): string | undefined {
  if (hasEnded(state)) return `it has ${state.status === 'completed' ? 'completed' : `ended as ${state.status}`}`;
  if (state.paused === true) return 'it is paused already';
  return state.compensating === true || state.cancelReason !== undefined || state.sagaEnd !== undefined ? 'it is being ended: what was done is undone, and that goes on' : undefined;
}

/** Why `by` cannot approve the effect of a step, or refuse it; undefined: they can. */
export function approvalProblem(state: ExecutionState, name: string, by: Caller): string | undefined {
  const step = stepNamed(state, name);
  const waits = step?.status === 'running' && step.effect?.approvalRequested === true && step.effect.approvedBy === undefined;
  if (!waits || hasEnded(state)) return `${name} waits for no approval`;
  if (by.user_id === state.caller.user_id) return 'whoever submitted the intent cannot approve its effects: ask somebody else';
  return mayBeOnePerson(by, state.caller) ? 'one person may hold the API keys of the submitter and of the approver, as who issued them: approve with a token of a trusted issuer, or with a key that somebody else issued' : undefined;
}

/** Why the completed steps cannot be undone at an operator's wish; undefined: they can. */
export function compensationProblem(state: ExecutionState, saga: SagaDefinition): string | undefined {
  if (state.saga === undefined) return 'the intent was rejected: nothing of it ever ran';
  if (!hasEnded(state) && (state.cancelReason !== undefined || state.sagaEnd === 'failed')) return 'it is being undone already';
  const plan = planOf(saga);
  const undoable = state.steps.some(({ name, status }) => status === 'completed' && plan.get(name)?.step.compensate === true);
  return undoable || !hasEnded(state) ? undefined : 'none of its completed steps declares a compensation';
}
