/** Steps that hold no others, while an attempt of theirs is under way: by kind, what is outstanding, or what ends the attempt. */
import { failure, type Json, type ParentClose, type SagaStep } from '@symphainy/contracts';
import { childIdOf } from './child-id.js';
import { workOnEffect } from './decide.effect.js';
import { workOnMap } from './decide.map.js';
import { workOnSchedule } from './decide.schedule.js';
import type { ChildSagaStep, StepOf } from './decision.js';
import { stepNamed, type ExecutionState, type StepState } from './execution-state.js';
import { completeWhole, fail, type Standing, type Walk } from './saga-walk.js';
import { keptSignals, takenBy } from './signals-to-come.js';
import { deadlineOf } from './standing.js';

type LeafSagaStep = Exclude<SagaStep, { kind: 'parallel' | 'choice' }>;

/** `held`: something beside it failed for good. Attempts that are out are awaited all the same; what only waits is given up. */
export function work(walk: Walk, definition: LeafSagaStep, step: StepState, held: boolean): Standing {
  switch (definition.kind) {
    case 'task':
    case 'agent':
      walk.due.push({ do: 'run', step: definition, attempt: step.attempt, speculative: definition.kind === 'task', deadlineAt: deadlineOf(definition, step.attemptAt, walk.inputs) });
      return 'open';
    case 'operate':
      walk.due.push({ do: 'operate', step: definition, attempt: step.attempt });
      return 'open';
    case 'child':
      return workOnChild(walk, definition, step, held);
    case 'effect':
      return workOnEffect(walk, definition, step, held);
    case 'map':
      return workOnMap(walk, definition, step, held);
    default:
      return held ? 'halted' : waitOn(walk, definition, step);
  }
}

function waitOn(walk: Walk, definition: Extract<LeafSagaStep, { kind: 'signal' | 'timer' | 'schedule' }>, step: StepState): Standing {
  switch (definition.kind) {
    case 'signal':
      return awaitSignal(walk, definition, step);
    case 'timer':
      return awaitTimer(walk, step);
    case 'schedule':
      return workOnSchedule(walk, step);
  }
}

function awaitSignal(walk: Walk, definition: StepOf<'signal'>, step: StepState): Standing {
  const [kept] = keptSignals(walk.state, definition.signal);
  const deadlineAt = deadlineOf(definition, step.attemptAt, walk.inputs);
  if (kept !== undefined) walk.records.push(...takenBy(walk.state, step, kept, walk.inputs.at));
  else if (walk.inputs.now < deadlineAt) walk.due.push({ do: 'await_signal', step: definition, attempt: step.attempt, deadlineAt });
  else if (definition.on_timeout === 'continue') completeWhole(walk, step, { output: undefined, outcome: 'timed_out' });
  else fail(walk, step.name, step.attempt, timedOut(definition));
  return 'open';
}

/** The error of a step that had no result in time. */
export const timedOut = ({ name, timeout_ms }: SagaStep): ReturnType<typeof failure> => failure('step.timeout', { message: `${name} had no result within ${timeout_ms} ms` });

function awaitTimer(walk: Walk, step: StepState): Standing {
  const { now, at, actor } = walk.inputs;
  const dueAt = step.dueAt ?? step.attemptAt;
  const until = Date.parse(dueAt);
  if (now < until) {
    walk.due.push({ do: 'wait', until });
    return 'open';
  }
  walk.records.push({ type: 'timer_fired', at, actor, step: step.name, due_at: dueAt });
  return completeWhole(walk, step, { output: undefined });
}

function workOnChild(walk: Walk, definition: ChildSagaStep, step: StepState, held: boolean): Standing {
  const { state, inputs: { at, actor, now } } = walk;
  const { attempt } = step;
  if (step.childId === undefined && held) return 'halted';
  if (!state.capability?.children.includes(definition.intent_type)) return fail(walk, step.name, attempt, failure('intent.child_not_allowed', { details: { child: definition.intent_type } }));
  const payload = childPayload(state, definition);
  if (payload === undefined) return fail(walk, step.name, attempt, failure('intent.payload_invalid', { message: `the output of ${definition.payload_from ?? ''} is no object, so it cannot be the child’s payload` }));
  const deadlineAt = deadlineOf(definition, step.attemptAt, walk.inputs);
  if (step.childId === undefined) walk.records.push({ type: 'child_accepted', at, actor, step: step.name, attempt, child_execution_id: childIdOf(state.executionId, step.name, attempt), intent_type: definition.intent_type });
  else if (now >= deadlineAt && state.paused !== true) giveUp(walk, definition, step, step.childId);
  else walk.due.push({ do: 'await_child', step: definition, attempt, childId: step.childId, payload, deadlineAt });
  return 'open';
}

/** The child is closed before its step is given up: else nobody would know of it any more. */
function giveUp(walk: Walk, step: ChildSagaStep, { attempt }: StepState, childId: string): void {
  const close = closeOf(step);
  if (close === 'abandon') fail(walk, step.name, attempt, timedOut(step));
  else walk.due.push({ do: 'close_child', step, attempt, childId, close, late: true });
}

/** What becomes of a child that its parent waits for no longer. */
export const closeOf = ({ parent_close = 'cancel' }: ChildSagaStep): ParentClose => parent_close;

function childPayload(state: ExecutionState, definition: ChildSagaStep): { [key: string]: Json } | undefined {
  if (definition.payload_from === undefined) return state.intent.payload;
  const output = stepNamed(state, definition.payload_from)?.output;
  return typeof output === 'object' && output !== null && !Array.isArray(output) ? output : undefined;
}
