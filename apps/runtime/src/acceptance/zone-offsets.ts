/** How far the clocks of a time zone are ahead of UTC, and when that changes. */
import { LRUCache } from 'lru-cache';

const MINUTE_MS = 60_000;

const clocks = new LRUCache<string, Intl.DateTimeFormat>({ max: 100 });

function clockOf(timeZone: string): Intl.DateTimeFormat {
  const known = clocks.get(timeZone) ?? new Intl.DateTimeFormat('en-GB', { timeZone, year: 'numeric', month: 'numeric', day: 'numeric', hour: 'numeric', minute: 'numeric', hourCycle: 'h23' });
  clocks.set(timeZone, known);
  return known;
}

/** In minutes, at a moment in milliseconds since the epoch. Throws RangeError for a zone that is none. */
export function offsetAt(timeZone: string, moment: number): number {
  const shown: { [type in Intl.DateTimeFormatPartTypes]?: number } = {};
  for (const { type, value } of clockOf(timeZone).formatToParts(moment)) shown[type] = Number(value);
  const { year = 0, month = 1, day = 1, hour = 0, minute = 0 } = shown;
  return (Date.UTC(year, month - 1, day, hour, minute) - Math.floor(moment / MINUTE_MS) * MINUTE_MS) / MINUTE_MS;
}

/** The minute at which the offset is no longer that of `from`, by halves; for a span at whose ends it differs. */
export function offsetChange(timeZone: string, from: number, to: number): number {
  const before = offsetAt(timeZone, from);
  let [low, high] = [Math.floor(from / MINUTE_MS), Math.ceil(to / MINUTE_MS)];
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (offsetAt(timeZone, middle * MINUTE_MS) === before) low = middle;
    else high = middle;
  }
  return high * MINUTE_MS;
}
