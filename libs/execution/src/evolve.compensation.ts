/** Compensation: completed steps are undone one at a time, in reverse order of completion. */
import type { ExecutionState, RecordOf, StepState } from './execution-state.js';
import { abandonOpen } from './evolve.steps.js';
import { allow, known, restate, type Rules } from './grammar.js';

type CompensationRecords = 'compensation_started' | 'compensation_completed' | 'compensation_failed' | 'compensation_skipped';

/** Whether anything was done that can be undone: of a map that failed or is given up, its finished chunks were. */
export const isDone = ({ status, map, compensation }: StepState): boolean => status === 'completed' || (map !== undefined && map.succeeded > 0 && compensation === undefined);

/** Its place in the order of completion. A map that was given up has no end of its own to count from: it was at work until the end. */
export const orderOf = ({ order }: StepState): number => order ?? Number.POSITIVE_INFINITY;

export const compensationRules: Rules<CompensationRecords> = {
  compensation_started(state, record) {
    const step = known(state, record);
    if (step.compensation === undefined) first(state, step, record);
    else again(step, record);
    step.status = 'compensating';
    state.compensating = true;
    restate(state);
  },
  compensation_completed(state, record) {
    undone(state, record).status = 'compensated';
  },
  compensation_failed(state, record) {
    const step = undone(state, record);
    step.status = 'compensation_failed';
    step.compensation.error = record.error;
    if (record.retry_due_at !== undefined) step.compensation.retryDueAt = record.retry_due_at;
    restate(state);
  },
  compensation_skipped(state, record) {
    const step = known(state, record);
    allow(step.status === 'compensation_failed', `compensation_skipped of ${record.step}, whose compensation has not failed`);
    step.status = 'compensation_skipped';
    restate(state);
  },
};

function first(state: ExecutionState, step: StepState, record: RecordOf<'compensation_started'>): void {
  allow(state.sagaEnd === 'failed' || state.cancelReason !== undefined, `compensation of ${record.step} while the saga goes on`);
  if (state.compensating !== true) abandonOpen(state);
  allow(isDone(step) && record.attempt === 1, `compensation of ${record.step}, which has not completed`);
  for (const other of state.steps) {
    allow(other.status !== 'compensating' && other.status !== 'compensation_failed', `compensation of ${record.step} before that of ${other.name} is done`);
    allow(other.compensation === undefined || orderOf(other) > orderOf(step), `compensation of ${record.step} after that of ${other.name}, which completed earlier`);
  }
  step.compensation = { attempt: 1, base: 0, startedAt: record.at, ...(step.map === undefined ? {} : { nextChunk: step.map.chunks - 1 }) };
}

function again(step: StepState, record: RecordOf<'compensation_started'>): void {
  const { compensation } = step;
  allow(step.status === 'compensation_failed' && compensation !== undefined && record.attempt === compensation.attempt + 1, `compensation of ${record.step} attempt ${record.attempt}, which was not due`);
  compensation.attempt = record.attempt;
  compensation.startedAt = record.at;
  delete compensation.error;
  delete compensation.retryDueAt;
}

function undone(state: ExecutionState, record: RecordOf<'compensation_completed' | 'compensation_failed'>): StepState & { compensation: NonNullable<StepState['compensation']> } {
  const step = known(state, record);
  allow(step.status === 'compensating' && step.compensation?.attempt === record.attempt, `${record.type} of ${record.step} attempt ${record.attempt}, which is not out`);
  delete step.waitingFor;
  return step as StepState & { compensation: NonNullable<StepState['compensation']> };
}
