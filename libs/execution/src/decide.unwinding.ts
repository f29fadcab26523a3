import type { SagaDefinition } from '@symphainy/contracts';
import { isOut, runEffect } from './decide.effect.js';
import { closeOf } from './decide.leaf.js';
import { abandonedChunks } from './decide.map.js';
import { append, type Decision, type DecisionInputs } from './decision.js';
import { stepNamed, type ExecutionState } from './execution-state.js';
import { plannedStep } from './saga-plan.js';
import { complete, type Walk } from './saga-walk.js';

/**
 * What must end before an execution that is given up can be undone: children are closed, an effect that is out is awaited, and one whose outcome is unknown
 * is waited for until an operator says. Everything else that runs is pure, and is dropped;
 * of a map, that its tries are is recorded.
 */
export function letGo(state: ExecutionState, saga: SagaDefinition, inputs: DecisionInputs): Decision[] {
  if (state.compensating === true) return [];
  const abandoned = abandonedChunks(state, inputs.chunksOut?.() ?? [], inputs);
  if (abandoned.length > 0) return append(...abandoned);
  const happened = state.steps.find(({ status, effect }) => status === 'running' && effect?.happened !== undefined);
  if (happened !== undefined) {
    const walk: Walk = { state, saga, inputs, records: [], due: [] };
    complete(walk, happened, { output: happened.effect?.happened?.receipt, by: happened.effect?.happened?.by });
    return append(...walk.records);
  }
  return state.steps.flatMap((step): Decision[] => {
    if (step.status === 'unknown') return [{ do: 'hold', why: 'effect_unknown', step: step.name }];
    if (step.status !== 'running') return [];
    const definition = plannedStep(saga, step.name).step;
    if (definition.kind === 'child' && step.childId !== undefined) {
      const close = closeOf(definition);
      return close === 'abandon' ? [] : [{ do: 'close_child', step: definition, attempt: step.attempt, childId: step.childId, close }];
    }
    return definition.kind === 'effect' && isOut(step) ? [runEffect(definition, step, inputs)] : [];
  });
}

/** Whether a result of this attempt would still count: it is under way, and what is pure is not wanted of an execution that is given up. */
export function awaitsResult(state: ExecutionState, name: string, attempt: number): boolean {
  const step = stepNamed(state, name);
  if (step === undefined || step.attempt !== attempt) return false;
  // A late word on an effect that nobody knew of settles the matter.
  if (step.status === 'unknown') return true;
  if (step.status !== 'running') return false;
  const isGivenUp = state.cancelReason !== undefined || state.deadlineMissed?.enforced === true;
  return !isGivenUp || step.childId !== undefined || isOut(step);
}
