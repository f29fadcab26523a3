import { Cron } from 'croner';
import { LRUCache } from 'lru-cache';
import { failure } from '@symphainy/contracts';

const EXPRESSIONS_MAX = 1000;

/** Reading one costs more than asking it: the last thousand are kept. */
const expressions = new LRUCache<string, Cron>({ max: EXPRESSIONS_MAX });

/**
 * The first occurrence of a cron expression after a moment, both in milliseconds since the epoch; undefined when there is none any more.
 * Five fields (minute hour day month weekday) or six (seconds first), in an IANA time zone: an hour that daylight saving skips falls on the next
 * moment there is, one that it repeats occurs once. Throws `request.invalid` for what is no expression or zone.
 */
export function nextDue(cron: string, timeZone: string, after: number): number | undefined {
  return read(cron, timeZone).nextRun(new Date(after))?.getTime();
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

function read(cron: string, timeZone: string): Cron {
  const key = `${timeZone}\n${cron}`;
  let known = expressions.get(key);
  if (known === undefined) {
    known = parse(cron, timeZone);
    expressions.set(key, known);
  }
  return known;
}

function parse(cron: string, timezone: string): Cron {
  try {
    return new Cron(cron, { timezone, mode: '5-or-6-parts', paused: true });
  } catch (error) {
    throw failure('request.invalid', { message: `no cron expression of five or six fields: ${cron}`, field: '/cron', cause: error });
  }
}
