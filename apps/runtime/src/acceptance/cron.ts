import { Cron } from 'croner';
import { LRUCache } from 'lru-cache';
import { failure } from '@symphainy/contracts';
import { offsetAt, offsetChange } from './zone-offsets.js';

const EXPRESSIONS_MAX = 1000;

/** Reading one costs more than asking it: the last thousand are kept. */
const expressions = new LRUCache<string, Cron>({ max: EXPRESSIONS_MAX });

/**
 * The first occurrence of a cron expression after a moment, both in milliseconds since the epoch; undefined when there is none any more.
 * Five fields (minute hour day month weekday) or six (seconds first), in an IANA time zone. Where daylight saving begins and ends it keeps to what cron(8) does: an expression whose
 * hour is a star goes on by the clock through an hour that is repeated; another one occurs once in it, and in an hour that is skipped on the next moment there is.
 * Throws `request.invalid` for what is no expression or zone.
 */
export function nextDue(cron: string, timeZone: string, after: number): number | undefined {
  const inZone = read(cron, { timezone: timeZone });
  let next = inZone.nextRun(new Date(after))?.getTime();
  if (timeZone === 'UTC') return next;
  // within an hour that is repeated it is told of the first time round
  while (next !== undefined && next <= after) next = inZone.nextRun(new Date(next))?.getTime();
  const repeated = isHourly(cron) ? nextByClock(cron, timeZone, after) : undefined;
  return repeated !== undefined && (next === undefined || repeated < next) ? repeated : next;
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
