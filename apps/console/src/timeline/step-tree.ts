/** Steps as they stand in one another: what a parallel or choice holds, branch by branch. Pure. */
import type { TimelineStep } from './timeline.model.js';

export interface StepNode {
  readonly step: TimelineStep;
  /** Of a parallel its branches, of a choice its cases: those that may still be taken, or the one that was. */
  readonly branches: readonly StepBranch[];
}

export interface StepBranch {
  readonly name: string;
  readonly nodes: readonly StepNode[];
}

/** A step whose holder is not among the steps stands outermost, so that none is lost. */
export function stepTree(steps: readonly TimelineStep[]): readonly StepNode[] {
  const names = new Set(steps.map(({ name }) => name));
  const inside = Map.groupBy(steps, ({ within }) => (within !== undefined && names.has(within) ? within : undefined));
  const nodeOf = (step: TimelineStep): StepNode => ({ step, branches: branchesOf(step, inside.get(step.name) ?? []).map(([name, held]) => ({ name, nodes: held.map(nodeOf) })) });
  return (inside.get(undefined) ?? []).map(nodeOf);
}

function branchesOf(step: TimelineStep, held: readonly TimelineStep[]): readonly (readonly [string, readonly TimelineStep[]])[] {
  const branches = [...Map.groupBy(held, ({ branch }) => branch ?? '')];
  if (step.kind !== 'choice') return branches;
  const taken = branches.filter(([, nested]) => nested.some(({ status }) => status !== 'pending'));
  const isDecided = taken.length > 0 || (step.status !== 'pending' && step.status !== 'running');
  return isDecided ? taken : branches;
}

/** The steps that a person counts: those shown, nested ones included. */
export const shownSteps = (nodes: readonly StepNode[]): readonly TimelineStep[] => nodes.flatMap(({ step, branches }) => [step, ...branches.flatMap(({ nodes: held }) => shownSteps(held))]);
