import type { PlannedStepView, SagaDefinition, SagaStep } from '@symphainy/contracts';
import { verify } from '@symphainy/kernel';
import type { ChoiceStep, ParallelStep } from '@symphainy/contracts';

/** Where a step stands in its saga. */
export interface PlannedStep {
  readonly step: SagaStep;
  /** The parallel or choice that it stands in, and the branch or case. */
  readonly within: ParallelStep | ChoiceStep | undefined;
  readonly branch: string | undefined;
  /** The step before it in its sequence; of a sequence's first, the step before the one that holds the sequence. */
  readonly before: string | undefined;
  /** The steps after it in its own sequence. */
  readonly after: readonly SagaStep[];
}

export type SagaPlan = ReadonlyMap<string, PlannedStep>;

/** Definitions are immutable data, so each is looked through once. */
const plans = new WeakMap<SagaDefinition, SagaPlan>();

export function planOf(saga: SagaDefinition): SagaPlan {
  let plan = plans.get(saga);
  if (plan === undefined) plans.set(saga, (plan = draw(saga)));
  return plan;
}

/** The step of that name, nested ones included; undefined: the saga has none. */
export const sagaStepNamed = (saga: SagaDefinition, name: string): SagaStep | undefined => planOf(saga).get(name)?.step;

/** The same, of a step that is recorded and so must be the saga's. */
export function plannedStep(saga: SagaDefinition, name: string): PlannedStep {
  const planned = planOf(saga).get(name);
  verify(planned !== undefined, 'a recorded step is one of the saga’s');
  return planned;
}

/** The plan as its readers see it. */
export const planViewOf = (saga: SagaDefinition): PlannedStepView[] =>
  [...planOf(saga).values()].map(({ step, within, branch }) => ({ name: step.name, kind: step.kind, ...(within && { within: within.name }), ...(branch !== undefined && { branch }), ...(step.kind === 'signal' && { signal: step.signal }) }));

/** The sequences that a parallel or choice holds, by branch or case. */
export function sequencesOf(step: SagaStep): [branch: string, steps: readonly SagaStep[]][] {
  if (step.kind === 'parallel') return step.branches.map((branch) => [branch.name, branch.steps]);
  if (step.kind !== 'choice') return [];
  return [...Object.entries(step.cases), ...(step.otherwise === undefined ? [] : ([[OTHERWISE, step.otherwise]] as [string, SagaStep[]][]))];
}

/** The branch that a choice's `otherwise` stands for; its label is whatever was returned. */
export const OTHERWISE = 'otherwise';

function draw(saga: SagaDefinition): SagaPlan {
  const plan = new Map<string, PlannedStep>();
  const sequence = (steps: readonly SagaStep[], place: Pick<PlannedStep, 'within' | 'branch' | 'before'>): void => {
    steps.forEach((step, i) => {
      const before = i === 0 ? place.before : steps[i - 1]?.name;
      verify(!plan.has(step.name), 'names of steps are unique in a saga');
      plan.set(step.name, { step, within: place.within, branch: place.branch, before, after: steps.slice(i + 1) });
      if (step.kind === 'parallel' || step.kind === 'choice') for (const [branch, nested] of sequencesOf(step)) sequence(nested, { within: step, branch, before });
    });
  };
  sequence(saga.steps, { within: undefined, branch: undefined, before: undefined });
  return plan;
}
