import { Cron } from 'croner';
import { LRUCache } from 'lru-cache';
import { failure } from '@symphainy/contracts';
import { offsetAt, offsetChange } from './zone-offsets.js';

const EXPRESSIONS_MAX = 1000;
const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;

/** Reading one costs more than asking it: the last thousand are kept. */
const expressions = new LRUCache<string, Cron>({ max: EXPRESSIONS_MAX });

/**
 * The first occurrence of a cron expression after a moment, both in milliseconds since the epoch; undefined when there is none any more.
 * Five fields (minute hour day month weekday) or six (seconds first), in an IANA time zone. Where daylight saving begins and ends it keeps to what cron(8) does: an expression whose
 * hour is a star goes on by the clock through an hour that is repeated; another one occurs once in it, and in an hour that is skipped on the next moment there is.
 * Throws `request.invalid` for what is no expression or zone.
 */
export function nextDue(cron: string, timeZone: string, after: number): number | undefined {
  const next = nextInZone(cron, timeZone, after);
  if (timeZone === 'UTC') return next;
  const repeated = isHourly(cron) ? nextByClock(cron, timeZone, after) : undefined;
  return repeated !== undefined && (next === undefined || repeated < next) ? repeated : next;
}

function nextInZone(cron: string, timeZone: string, after: number): number | undefined {
  const inZone = read(cron, { timezone: timeZone });
  let next = inZone.nextRun(new Date(after))?.getTime();
  if (timeZone === 'UTC') return next;
  for (; next !== undefined; next = inZone.nextRun(new Date(next))?.getTime()) {
    // within an hour that is repeated it is told of the first time round
    if (next <= after) continue;
    if (isHourly(cron)) return next;
    const skipping = skippedBefore(cron, timeZone, next);
    if (skipping !== undefined && skipping > after) return skipping;
    // of a time that is skipped it is told as much later as the clock was put forward, which nobody reads on any clock
    if (nextAt(cron, offsetAt(timeZone, next), next - 1) === next) return next;
  }
  return undefined;
}

/** The moment, in the day before `next`, at which the clock was put forward over an occurrence. */
function skippedBefore(cron: string, timeZone: string, next: number): number | undefined {
  const [before, behind] = [offsetAt(timeZone, next - DAY_MS), offsetAt(timeZone, next)];
  if (before >= behind) return undefined;
  const change = offsetChange(timeZone, next - DAY_MS, next);
  const skipped = nextAt(cron, before, change - 1);
  return skipped !== undefined && skipped < change + (behind - before) * MINUTE_MS ? change : undefined;
}

/** Whether an expression occurs at all after a moment, and not later than `until`. For an expression and a zone that are ones. */
export function occurs(cron: string, timeZone: string, after: number, until = Number.POSITIVE_INFINITY): boolean {
  const next = nextDue(cron, timeZone, after);
  return next !== undefined && next <= until;
}

export const isCron = (text: string): boolean => reads(text, 'UTC');
export const isTimeZone = (text: string): boolean => text !== '' && reads('0 0 * * *', text);

function reads(cron: string, timeZone: string): boolean {
  try {
    nextDue(cron, timeZone, 0);
    return true;
  } catch {
    return false;
  }
}

/** Whether its field of hours begins with a star. */
const isHourly = (cron: string): boolean => cron.trim().split(/\s+/).at(-4)?.startsWith('*') === true;

/** The first moment whose reading on the zone's clock fits, as long as the clock is put forward or back at most once until then. */
function nextByClock(cron: string, timeZone: string, after: number): number | undefined {
  const offset = offsetAt(timeZone, after);
  const next = nextAt(cron, offset, after);
  if (next === undefined || offsetAt(timeZone, next) === offset) return next;
  const change = offsetChange(timeZone, after, next);
  const then = offsetAt(timeZone, change);
  const behind = nextAt(cron, then, change - 1);
  return behind !== undefined && offsetAt(timeZone, behind) === then ? behind : undefined;
}

const nextAt = (cron: string, offset: number, after: number): number | undefined => read(cron, { utcOffset: offset }).nextRun(new Date(after))?.getTime();

function read(cron: string, place: { readonly timezone: string } | { readonly utcOffset: number }): Cron {
  const key = `${'timezone' in place ? place.timezone : place.utcOffset}\n${cron}`;
  let known = expressions.get(key);
  if (known === undefined) {
    known = parse(cron, place);
    expressions.set(key, known);
  }
  return known;
}

function parse(cron: string, place: { readonly timezone: string } | { readonly utcOffset: number }): Cron {
  try {
    return new Cron(cron, { ...place, mode: '5-or-6-parts', paused: true });
  } catch (error) {
    throw failure('request.invalid', { message: `no cron expression of five or six fields: ${cron}`, field: '/cron', cause: error });
  }
}
