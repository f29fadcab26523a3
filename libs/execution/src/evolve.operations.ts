/** What operators, clocks and owners do to an execution as a whole. */
import { hasEnded, isContainer, stepNamed, type ExecutionState, type RecordOf, type StepState } from './execution-state.js';
import { reviveMap } from './evolve.map.js';
import { allow, known, restate, type Rules } from './grammar.js';

type OperationRecords = 'cancel_requested' | 'compensation_requested' | 'paused' | 'resumed' | 'reopened' | 'deadline_missed' | 'adopted' | 'schedule_fired' | 'operation_applied';

export const operationRules: Rules<OperationRecords> = {
  cancel_requested(state, record) {
    state.cancelReason ??= record.reason;
    lift(state);
  },
  /** Also of one that has ended: what it did is undone. */
  compensation_requested(state, record) {
    allow(state.saga !== undefined, 'compensation_requested of a rejected intent');
    if (hasEnded(state)) goOn(state);
    state.cancelReason ??= record.reason;
    lift(state);
  },
  paused(state) {
    allow(state.paused !== true && state.compensating !== true && state.cancelReason === undefined, `paused while it is ${state.status}`);
    state.paused = true;
    restate(state);
  },
  resumed(state) {
    allow(state.paused === true, 'resumed without a pause');
    lift(state);
  },
  reopened: reopen,
  deadline_missed(state, record) {
    allow(state.deadlineMissed === undefined, 'the deadline is missed once');
    state.deadlineMissed = { enforced: record.enforced };
  },
  adopted(state, record) {
    allow(state.saga !== undefined, 'adopted before the saga started');
    allow(hasEnded(state) === (record.reason === 'reopened'), `adopted for another reason than ${record.reason ?? 'owner_lost'}`);
    state.adoptions += 1;
  },
  schedule_fired(state, record) {
    const step = known(state, record);
    allow(step.kind === 'schedule' && step.status === 'running', `schedule_fired of ${record.step}, which is no running schedule`);
    const before = step.schedule ?? { firings: 0, missed: 0, accountedTo: step.startedAt };
    allow(before.pending === undefined && record.firing === before.firings + 1, `firing ${record.firing} of ${record.step} out of order`);
    const pending = { firing: record.firing, executionId: record.execution_id, dueAt: record.due_at };
    step.schedule = { ...before, firings: record.firing, missed: before.missed + record.missed, accountedTo: record.due_at, pending };
  },
  operation_applied(state, record) {
    const step = known(state, record);
    allow(step.status === 'running', `operation_applied of ${record.step}, which does not run`);
    if (step.schedule !== undefined) submitted(step.schedule, record);
    else apply(step, record);
  },
};

function submitted(schedule: NonNullable<StepState['schedule']>, record: RecordOf<'operation_applied'>): void {
  allow(schedule.pending?.executionId === record.target, `${record.step} submitted ${record.target}, which was not due`);
  delete schedule.pending;
  delete schedule.error;
  if (record.outcome !== 'refused') return;
  schedule.refused = (schedule.refused ?? 0) + 1;
  if (record.error !== undefined) schedule.error = record.error;
}

function apply(step: StepState, { target, outcome }: RecordOf<'operation_applied'>): void {
  allow(step.kind === 'operate', `operation_applied of ${step.name}, which operates on nothing`);
  const before = step.applied ?? { done: 0, unchanged: 0, refused: 0 };
  step.applied = { ...before, [outcome]: before[outcome] + 1, last: target };
}

/** Whoever wants the end wants no pause. */
function lift(state: ExecutionState): void {
  delete state.paused;
  restate(state);
}

function goOn(state: ExecutionState): void {
  delete state.endedAt;
  delete state.sagaEnd;
  delete state.error;
  delete state.compensating;
  delete state.terminatedFor;
  delete state.leftChildren;
  restate(state);
}

/** The record names all that is forgotten, so the fold needs no saga to know it. */
function reopen(state: ExecutionState, record: RecordOf<'reopened'>): void {
  allow(state.saga !== undefined && (hasEnded(state) || state.status === 'stuck'), `reopened while it is ${state.status}`);
  if (record.mode === 'retry' && retryCompensation(state, record)) return;
  const forget = new Set(record.forget);
  for (const step of state.steps) allow(step.compensation === undefined || forget.has(step.name), `reopened although ${step.name} was undone`);
  if (record.mode === 'continue_from') allow(forget.has(record.from_step), `continued from ${record.from_step}, which is kept`);
  const around = containersOf(state, record.from_step);
  forgetSteps(state, forget);
  for (const step of state.steps) tryAgain(step, around.has(step.name), record.at);
  delete state.cancelReason;
  delete state.paused;
  if (state.deadlineMissed !== undefined) state.deadlineMissed = { enforced: false };
  goOn(state);
}

function retryCompensation(state: ExecutionState, record: RecordOf<'reopened'>): boolean {
  const { status, compensation } = known(state, { type: record.type, step: record.from_step });
  if (hasEnded(state) || status !== 'compensation_failed' || compensation === undefined) return false;
  compensation.base = compensation.attempt;
  compensation.retryDueAt = record.at;
  restate(state);
  return true;
}

function containersOf(state: ExecutionState, step: string): Set<string> {
  const found = new Set<string>();
  for (let outer = stepNamed(state, step)?.within; outer !== undefined; outer = stepNamed(state, outer)?.within) found.add(outer);
  return found;
}

function forgetSteps(state: ExecutionState, forget: ReadonlySet<string>): void {
  if (forget.size === 0) return;
  state.forgotten ??= new Map();
  for (const step of state.steps) {
    if (!forget.has(step.name)) continue;
    allow(step.status !== 'unknown', `${step.name} is forgotten although its effect may have happened`);
    state.forgotten.set(step.name, { attempt: step.attempt, generation: step.generation ?? 1 });
  }
  state.steps = state.steps.filter((step) => !forget.has(step.name));
  state.artifacts = state.artifacts.filter((artifact) => !forget.has(artifact.step));
}

/** What failed or was given up is due at once, with a budget of its own; what holds it runs again. */
function tryAgain(step: StepState, isAround: boolean, at: string): void {
  const wasGivenUp = step.status === 'failed' || step.status === 'abandoned';
  if (!wasGivenUp && !isAround) return;
  if (isContainer(step)) {
    step.status = 'running';
    delete step.error;
    delete step.output;
    delete step.outputHash;
    delete step.outcome;
    delete step.order;
    return;
  }
  step.status = 'waiting_retry';
  step.retryDueAt = at;
  step.attemptBase = step.attempt;
  if (step.map !== undefined) reviveMap(step.map);
}

