/** Schedules: each occurrence fires once; those that fell due while nothing ran are fired as the payload says. */
import { failure, schedulePayload, type SchedulePayload } from '@symphainy/contracts';
import { asPlatformError, formatUuid, isoTime, sha256, stampUuidV7, verify } from '@symphainy/kernel';
import type { StepState } from './execution-state.js';
import { complete, fail, type Standing, type Walk } from './saga-walk.js';

/** An occurrence later than this was missed. */
const LATE_MS = 60_000;
/** Occurrences that one look back counts; of `all`, as many are fired late. */
const LOOK_BACK = 100;

/** The id of what a firing submits: derived, so that a firing asked for twice is one execution; stamped with the moment it was due. */
export const firingIdOf = (executionId: string, step: string, firing: number, dueAt: number): string => formatUuid(stampUuidV7(sha256(`firing\n${executionId}\n${step}\n${firing}`).slice(0, 16), dueAt));

export function workOnSchedule(walk: Walk, step: StepState): Standing {
  const schedule = step.schedule;
  if (schedule?.pending !== undefined) {
    walk.due.push({ do: 'fire', step: step.name, ...schedule.pending });
    return 'open';
  }
  const payload = schedulePayload.safeParse(walk.state.intent.payload);
  if (!payload.success) return fail(walk, step.name, step.attempt, failure('schedule.invalid', { message: payload.error.issues[0]?.message ?? 'no schedule', field: `/${(payload.error.issues[0]?.path ?? []).join('/')}` }));
  try {
    return next(walk, step, payload.data);
  } catch (error) {
    return fail(walk, step.name, step.attempt, asPlatformError(error));
  }
}

interface Occurrence {
  readonly at: number;
  readonly missed: number;
}

function next(walk: Walk, step: StepState, payload: SchedulePayload): Standing {
  const { now, at, actor } = walk.inputs;
  const { firings, missed, accountedTo } = step.schedule ?? { firings: 0, missed: 0, accountedTo: step.startedAt };
  const occurrence = payload.max_firings !== undefined && firings >= payload.max_firings ? undefined : occurrenceAfter(walk, payload, Date.parse(accountedTo));
  if (occurrence === undefined) return complete(walk, step, { output: { firings, missed } });
  if (occurrence.at > now) {
    walk.due.push({ do: 'wait', until: occurrence.at });
    return 'open';
  }
  const execution_id = firingIdOf(walk.state.executionId, step.name, firings + 1, occurrence.at);
  walk.records.push({ type: 'schedule_fired', at, actor, step: step.name, firing: firings + 1, due_at: isoTime(occurrence.at), execution_id, missed: occurrence.missed });
  return 'open';
}

/** The occurrence to fire next, due or to come, and how many before it are passed over; undefined: there is none any more. */
function occurrenceAfter({ inputs: { now, nextDue } }: Walk, { cron, time_zone, missed, until }: SchedulePayload, after: number): Occurrence | undefined {
  verify(nextDue !== undefined, 'whoever decides on a schedule can tell its occurrences');
  const last = until === undefined ? Number.POSITIVE_INFINITY : Date.parse(until);
  const following = (moment: number): number | undefined => {
    const at = nextDue(cron, time_zone, moment);
    return at === undefined || at > last ? undefined : at;
  };
  const first = following(after);
  if (first === undefined || first > now - LATE_MS) return first === undefined ? undefined : { at: first, missed: 0 };
  return missedOnes(first, following, now, missed);
}

function missedOnes(first: number, following: (moment: number) => number | undefined, now: number, policy: SchedulePayload['missed']): Occurrence | undefined {
  const late: number[] = [];
  let passed = 0;
  let to: number | undefined = first;
  for (; to !== undefined && to <= now - LATE_MS; to = following(to)) {
    late.push(to);
    // More than one look back counts: the oldest are passed over, and a long absence is crossed in steps that grow.
    if (late.length > LOOK_BACK) passed += late.splice(0, late.length - LOOK_BACK).length;
    if (passed >= LOOK_BACK) to = Math.max(to, crossed(late, now));
  }
  if (policy === 'all') return { at: late[0] ?? first, missed: passed };
  if (policy === 'once') return { at: late[late.length - 1] ?? first, missed: passed + late.length - 1 };
  return to === undefined ? undefined : { at: to, missed: passed + late.length };
}

/** A moment a fixed number of typical gaps before now. */
function crossed(late: readonly number[], now: number): number {
  const gap = ((late[late.length - 1] ?? 0) - (late[0] ?? 0)) / Math.max(1, late.length - 1);
  return now - LATE_MS - gap * LOOK_BACK;
}
