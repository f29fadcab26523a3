/** The walk through a saga's tree: which steps are due to start, which are awaited, which end what holds them. */
import { failure, type ChoiceStep, type Json, type ParallelStep, type SagaStep } from '@symphainy/contracts';
import { isoTime } from '@symphainy/kernel';
import { work } from './decide.leaf.js';
import { standsIn } from './evolve.steps.js';
import { stepNamed, type StepState } from './execution-state.js';
import { mapRecordOf, sourceOf } from './map-source.js';
import { plannedStep } from './saga-plan.js';
import { completeWhole, fail, type Standing, type Walk } from './saga-walk.js';
import { caseTaken } from './signals-to-come.js';
import { retryOf } from './standing.js';
import { dueOfTimer } from './timer-due.js';

/** `held`: something beside it failed for good, so nothing starts any more. */
export function walkSequence(walk: Walk, steps: readonly SagaStep[], within: string | undefined, branch: string | undefined, held: boolean): Standing {
  for (const definition of steps) {
    const step = stepNamed(walk.state, definition.name);
    if (step?.status === 'completed') continue;
    if (step !== undefined) return standingOf(walk, definition, step, held);
    if (held) return 'halted';
    start(walk, definition, (walk.state.forgotten?.get(definition.name)?.attempt ?? 0) + 1, within, branch);
    return 'open';
  }
  return 'done';
}

function standingOf(walk: Walk, definition: SagaStep, step: StepState, held: boolean): Standing {
  switch (step.status) {
    case 'running':
      if (definition.kind === 'parallel') return walkParallel(walk, definition, step, held);
      return definition.kind === 'choice' ? walkChoice(walk, definition, step, held) : work(walk, definition, step, held);
    case 'waiting_retry':
      return held ? 'halted' : whenDue(walk, definition, step);
    case 'failed':
      return held ? 'failed' : retryOrFail(walk, definition, step);
    case 'unknown':
      walk.due.push({ do: 'hold', why: 'effect_unknown', step: step.name });
      return 'open';
    default:
      return 'halted';
  }
}

function start(walk: Walk, definition: SagaStep, attempt: number, within?: string, branch?: string): void {
  const { at, actor } = walk.inputs;
  const place = within === undefined ? {} : { within, ...(branch === undefined ? {} : { branch }) };
  const source = definition.kind === 'map' ? sourceOf(walk.state, definition) : undefined;
  walk.records.push({ type: 'step_started', at, actor, step: definition.name, attempt, kind: definition.kind, ...place, ...(source === undefined || definition.kind !== 'map' ? {} : { map: mapRecordOf(source, definition) }) });
  if (definition.kind === 'timer') setTimer(walk, definition, attempt);
  if (definition.kind === 'map' && source === undefined) fail(walk, definition.name, attempt, failure('map.source_invalid', { details: { items_from: definition.items_from } }));
}

function setTimer(walk: Walk, definition: Extract<SagaStep, { kind: 'timer' }>, attempt: number): void {
  const { at, actor, now } = walk.inputs;
  const due = dueOfTimer(walk.state, definition, now);
  if (due === undefined) fail(walk, definition.name, attempt, failure('timer.invalid', { details: { until_from: definition.until_from ?? '' } }));
  else walk.records.push({ type: 'timer_set', at, actor, step: definition.name, due_at: isoTime(due) });
}

function whenDue(walk: Walk, definition: SagaStep, step: StepState): Standing {
  const until = Date.parse(step.retryDueAt ?? step.attemptAt);
  if (walk.inputs.now >= until) start(walk, definition, step.attempt + 1);
  else walk.due.push({ do: 'wait', until });
  return 'open';
}

function retryOrFail(walk: Walk, definition: SagaStep, step: StepState): Standing {
  const { at, actor, now, jitter } = walk.inputs;
  const delay = retryOf(definition, step, jitter);
  if (delay === undefined) return 'failed';
  walk.records.push({ type: 'step_retry_scheduled', at, actor, step: step.name, next_attempt: step.attempt + 1, due_at: isoTime(now + delay), delay_ms: delay });
  return 'open';
}

function walkParallel(walk: Walk, definition: ParallelStep, step: StepState, held: boolean): Standing {
  const isFailing = held || failsWithin(walk, step);
  const standings = definition.branches.map((branch) => walkSequence(walk, branch.steps, step.name, branch.name, isFailing));
  if (standings.includes('open')) return 'open';
  if (standings.includes('failed')) return passFailure(walk, step);
  if (standings.includes('halted')) return 'halted';
  const outputs = definition.branches.map((branch): [string, Json] => [branch.name, stepNamed(walk.state, branch.steps[branch.steps.length - 1]?.name ?? '')?.output ?? null]);
  return completeWhole(walk, step, { output: Object.fromEntries(outputs) });
}

/** Whether anything that the step holds has failed for good. */
function failsWithin({ state, saga }: Walk, container: StepState): boolean {
  return state.steps.some((step) => step.status === 'failed' && standsIn(state, step, container.name) && retryOf(plannedStep(saga, step.name).step, step, () => 0) === undefined);
}

/** What holds a failed step fails with it; of several the first by record. */
function passFailure({ state, records, inputs: { at, actor } }: Walk, container: StepState): Standing {
  const failed = state.steps.filter((step) => step.status === 'failed' && step.within === container.name);
  const first = failed.reduce((a, b) => ((b.order ?? 0) < (a.order ?? 0) ? b : a));
  if (first.error !== undefined) records.push({ type: 'step_failed', at, actor, step: container.name, attempt: container.attempt, error: first.error });
  return 'open';
}

function walkChoice(walk: Walk, definition: ChoiceStep, step: StepState, held: boolean): Standing {
  const { on, label, branch, steps } = caseTaken(walk.state, walk.saga, definition);
  if (steps === undefined) return fail(walk, step.name, step.attempt, failure('choice.no_case', { message: `${on ?? 'nothing'} returned ${label === undefined ? 'no outcome' : `the outcome ${label}`}, for which ${step.name} has no case` }));
  const standing = walkSequence(walk, steps, step.name, branch, held);
  if (standing === 'failed') return passFailure(walk, step);
  if (standing !== 'done') return standing;
  const last = steps[steps.length - 1];
  return completeWhole(walk, step, { output: last === undefined ? undefined : stepNamed(walk.state, last.name)?.output, outcome: label ?? branch });
}
