import type { Json } from '@symphainy/contracts';
import type { StepOf } from './decision.js';
import { stepNamed, type ExecutionState } from './execution-state.js';

/** When a timer that starts `now` is due, in milliseconds since the epoch; undefined: its step's output names no moment. */
export function dueOfTimer(state: ExecutionState, { duration_ms, until_from }: StepOf<'timer'>, now: number): number | undefined {
  if (until_from === undefined) return duration_ms === undefined ? undefined : now + duration_ms;
  const moment = momentOf(stepNamed(state, until_from)?.output);
  const due = moment === undefined ? Number.NaN : Date.parse(moment);
  return Number.isNaN(due) || Math.abs(due) > LAST_MOMENT ? undefined : due;
}

/** What RFC 3339 can still write: the end of the year 9999. */
const LAST_MOMENT = 253_402_300_799_999;

/** With a zone: without one, the moment would depend on where it is read. */
const MOMENT = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d)$/;

function momentOf(output: Json | undefined): string | undefined {
  const moment = typeof output === 'object' && output !== null && !Array.isArray(output) ? output['due_at'] : output;
  return typeof moment === 'string' && MOMENT.test(moment) ? moment : undefined;
}
