import type { SagaStep } from '@symphainy/contracts';
import { verify, type WireError } from '@symphainy/kernel';
import type { DecisionInputs } from './decision.js';
import { isContainer, type ExecutionState, type StepState } from './execution-state.js';
import { delayBeforeRetry } from './retry.js';

/** Their failures are never tried again by themselves: what they hold, await or count has policies of its own. */
const FINAL_KINDS = new Set<SagaStep['kind']>(['parallel', 'choice', 'map', 'signal', 'timer', 'schedule']);

/** Attempts in the present budget. */
export const attemptsUsed = ({ attempt, attemptBase }: StepState): number => attempt - (attemptBase ?? 0);

/** The delay before the next attempt of a failed step, in milliseconds; undefined: it has failed for good. */
export function retryOf(definition: SagaStep, step: StepState, jitter: () => number): number | undefined {
  verify(step.error !== undefined, 'a failed step has its error');
  return FINAL_KINDS.has(definition.kind) ? undefined : delayBeforeRetry(definition.retry, attemptsUsed(step), step.error, jitter);
}

/** The step whose failure came first, and so is the saga's: of those that hold others, what they hold. */
export function firstFailure(state: ExecutionState): { readonly name: string; readonly error: WireError } {
  let first: StepState | undefined;
  for (const step of state.steps) {
    if (step.status !== 'failed' || (isContainer(step) && holdsFailure(state, step.name))) continue;
    if (first === undefined || (step.order ?? 0) < (first.order ?? 0)) first = step;
  }
  verify(first?.error !== undefined, 'a saga that failed has a step that did');
  return { name: first.name, error: first.error };
}

const holdsFailure = (state: ExecutionState, container: string): boolean => state.steps.some((step) => step.within === container && step.status === 'failed');

/** When an attempt that began at `since` is too late. Most began just now, and a time that is at hand is not read again. */
export const deadlineOf = ({ timeout_ms }: SagaStep, since: string, { at, now }: DecisionInputs): number => (since === at ? now : Date.parse(since)) + timeout_ms;
