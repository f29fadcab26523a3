import type { Json, SagaDefinition, SagaStep } from '@symphainy/contracts';
import { stepNamed, type ExecutionState } from './execution-state.js';
import { plannedStep } from './saga-plan.js';

/** Outputs of the steps that `step` needs, by name: those it names, else the one before it (of a branch's first step, the one before the branches). */
export function inputsOf(state: ExecutionState, saga: SagaDefinition, step: SagaStep): { [step: string]: Json } {
  const inputs: { [step: string]: Json } = {};
  const add = (name: string): void => {
    const output = stepNamed(state, name)?.output;
    if (output !== undefined) inputs[name] = output;
  };
  if (step.needs !== undefined) {
    step.needs.forEach(add);
    return inputs;
  }
  const { before } = plannedStep(saga, step.name);
  if (before !== undefined) add(before);
  return inputs;
}
