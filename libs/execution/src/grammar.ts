import type { WalRecord } from '@symphainy/contracts';
import { stepNamed, type ExecutionState, type RecordOf, type StepState } from './execution-state.js';

/** A record stands where the grammar does not allow it: the log was not written by a runtime that keeps the rules. */
export class GrammarError extends Error {
  override readonly name = 'GrammarError';
}

export function allow(condition: unknown, what: string): asserts condition {
  if (!condition) throw new GrammarError(what);
}

export type Rule<T extends WalRecord['type']> = (state: ExecutionState, record: RecordOf<T>) => void;

/** What must hold before a record of each type, and what it changes. */
export type Rules<T extends WalRecord['type'] = WalRecord['type']> = { readonly [K in T]: Rule<K> };

/** A step that has started. */
export function known(state: ExecutionState, record: { readonly type: string; readonly step: string }): StepState {
  const step = stepNamed(state, record.step);
  allow(step, `${record.type} of ${record.step}, which has not started`);
  return step;
}

/** The running attempt that a record speaks of. */
export function running(state: ExecutionState, record: { readonly type: string; readonly step: string; readonly attempt: number }): StepState {
  const step = stepNamed(state, record.step);
  allow(step?.status === 'running' && step.attempt === record.attempt, `${record.type} of ${record.step} attempt ${record.attempt}, which is not running`);
  return step;
}

/** What an execution that has not ended is, seen from outside, after a step's or its own standing changed. */
export function restate(state: ExecutionState): void {
  if (state.steps.some(isStuck)) state.status = 'stuck';
  else if (state.paused === true) state.status = 'paused';
  else state.status = state.compensating === true ? 'compensating' : 'running';
}

const isStuck = ({ status, compensation }: StepState): boolean => status === 'unknown' || (status === 'compensation_failed' && compensation?.retryDueAt === undefined);
