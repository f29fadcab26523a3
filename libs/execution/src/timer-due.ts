import type { Json } from '@symphainy/contracts';
import type { StepOf } from './decision.js';
import { stepNamed, type ExecutionState } from './execution-state.js';

/** When a timer that starts `now` is due, in milliseconds since the epoch; undefined: its step's output names no moment. */
export function dueOfTimer(state: ExecutionState, { duration_ms, until_from }: StepOf<'timer'>, now: number): number | undefined {
  if (until_from === undefined) return duration_ms === undefined ? undefined : now + duration_ms;
  const moment = momentOf(stepNamed(state, until_from)?.output);
  const due = moment === undefined ? Number.NaN : Date.parse(moment);
  return due >= FIRST_MOMENT && due <= LAST_MOMENT ? due : undefined;
}

/** What a record's times can tell: from the beginning of the year 1 to the end of the year 9999. */
const FIRST_MOMENT = -62_135_596_800_000;
const LAST_MOMENT = 253_402_300_799_999;

/** With a zone: without one, the moment would depend on where it is read. */
const MOMENT = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d)$/;

function momentOf(output: Json | undefined): string | undefined {
  const moment = typeof output === 'object' && output !== null && !Array.isArray(output) ? output['due_at'] : output;
  return typeof moment === 'string' && MOMENT.test(moment) && isDay(moment.slice(0, 10)) ? moment : undefined;
}

/** The 30th of February would be read as a day in March. */
function isDay(text: string): boolean {
  const day = new Date(`${text}T00:00:00.000Z`);
  return !Number.isNaN(day.getTime()) && day.toISOString().startsWith(text);
}
