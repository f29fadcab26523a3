/** What the rooms of `decide` share while they look through a saga once. */
import type { Json, SagaDefinition, WalRecord } from '@symphainy/contracts';
import { hashOf, toWireError, type PlatformError } from '@symphainy/kernel';
import type { Decision, DecisionInputs } from './decision.js';
import type { ExecutionState, StepState } from './execution-state.js';

/** One look at the whole saga: what it finds to record, and what it finds outstanding. */
export interface Walk {
  readonly state: ExecutionState;
  readonly saga: SagaDefinition;
  readonly inputs: DecisionInputs;
  readonly records: WalRecord[];
  readonly due: Decision[];
}

/** `open`: something is outstanding or was recorded just now. `halted`: it would start something, and may not. */
export type Standing = 'done' | 'open' | 'halted' | 'failed';

/** Ends an attempt with an error of the Runtime's own. */
export function fail({ records, inputs: { at, actor } }: Walk, step: string, attempt: number, error: PlatformError): Standing {
  records.push({ type: 'step_failed', at, actor, step, attempt, error: toWireError(error) });
  return 'open';
}

/** Completes a step that no realm ran. */
export function complete({ records, inputs: { at, actor, now } }: Walk, step: StepState, result: { readonly output?: Json | undefined; readonly outcome?: string; readonly by?: string | undefined } = {}): Standing {
  const { output, outcome, by } = result;
  records.push({
    type: 'step_completed', at, actor, step: step.name, attempt: step.attempt, handler_build: by ?? 'runtime', duration_ms: Math.max(0, now - Date.parse(step.attemptAt)),
    ...(output === undefined ? {} : { output, output_hash: hashOf(output) }), ...(outcome === undefined ? {} : { outcome }), artifacts: [], events: [], state_changes: [],
  });
  return 'open';
}

/** Completes a step whose output the Runtime put together, or that has none. The saga's last one is the saga's output, which has to be what the capability promises. */
export function completeWhole(walk: Walk, step: StepState, result: { readonly output: Json | undefined; readonly outcome?: string }): Standing {
  const { steps } = walk.saga;
  const misfit = steps[steps.length - 1]?.name === step.name ? walk.inputs.outputProblem?.(result.output) : undefined;
  return misfit === undefined ? complete(walk, step, result) : fail(walk, step.name, step.attempt, misfit);
}
