import type { FollowOn, SagaDefinition, SagaStep } from '@symphainy/contracts';
import { stepNamed, type ExecutionState } from './execution-state.js';
import { plannedStep } from './saga-plan.js';

/** Together they are given less time and memory than one step may take. */
const MOST = 16;

/**
 * The steps whose first attempts a realm may go on with once it has run `step`, without being sent them one by one: the tasks right behind it in the saga’s outermost
 * sequence, none of them begun, as long as each needs nothing but `given` (names of outputs that are sent along) and what those before it return.
 */
export function followOnOf(state: ExecutionState, saga: SagaDefinition, step: SagaStep, given: Iterable<string>): FollowOn[] {
  const { after, within } = plannedStep(saga, step.name);
  const next = after[0];
  if (step.kind !== 'task' || within !== undefined || next?.kind !== 'task' || state.paused === true) return [];
  const known = new Set(given).add(step.name);
  const steps: FollowOn[] = [];
  let before = step.name;
  for (const { kind, name, needs = [before], timeout_ms } of after) {
    const fits = kind === 'task' && !isKnown(state, name) && needs.every((needed) => known.has(needed));
    if (!fits || steps.length === MOST) break;
    steps.push({ step: name, needs: [...needs], timeout_ms });
    known.add(name);
    before = name;
  }
  return steps;
}

/** What was begun before, even if that was forgotten since, does not begin with a first attempt. */
const isKnown = (state: ExecutionState, name: string): boolean => stepNamed(state, name) !== undefined || state.forgotten?.has(name) === true;
