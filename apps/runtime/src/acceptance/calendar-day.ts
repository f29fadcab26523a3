/** A day as people of a time zone have it. Times in milliseconds since the epoch. */
export interface CalendarDay {
  readonly from: number;
  /** When the next one begins. */
  readonly to: number;
}

/** No day of any zone is longer, the hour that daylight saving adds counted. */
const LONGEST_MS = 26 * 3_600_000;

/** The day that `now` falls on in an IANA time zone: 23 or 25 hours long where daylight saving begins or ends. */
export function dayOf(now: number, timeZone: string): CalendarDay {
  const format = new Intl.DateTimeFormat('en-CA', { timeZone, year: 'numeric', month: '2-digit', day: '2-digit' });
  const today = format.format(now);
  const isToday = (at: number): boolean => format.format(at) === today;
  return { from: firstOf(now - LONGEST_MS, now, isToday), to: firstOf(now, now + LONGEST_MS, (at) => !isToday(at)) };
}

/** The first moment after `low` for which `holds`, which it does from then on up to `high`. */
function firstOf(low: number, high: number, holds: (at: number) => boolean): number {
  let [before, from] = [low, high];
  while (from - before > 1) {
    const middle = Math.floor((before + from) / 2);
    if (holds(middle)) from = middle;
    else before = middle;
  }
  return from;
}
