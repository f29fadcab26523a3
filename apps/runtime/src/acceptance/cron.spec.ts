import { isCron, isTimeZone, nextDue } from './cron.js';

const at = (text: string): number => Date.parse(text);
const due = (cron: string, zone: string, after: string): string | undefined => {
  const next = nextDue(cron, zone, at(after));
  return next === undefined ? undefined : new Date(next).toISOString();
};

describe('cron', () => {
  it.each([
    ['*/15 * * * *', 'UTC', '2026-01-01T00:07:00.000Z', '2026-01-01T00:15:00.000Z'],
    ['0 2 * * *', 'Europe/Berlin', '2026-01-01T00:00:00.000Z', '2026-01-01T01:00:00.000Z'],
    ['*/10 * * * * *', 'UTC', '2026-01-01T00:00:01.000Z', '2026-01-01T00:00:10.000Z'],
    ['0 9 * * 1', 'America/New_York', '2026-01-01T00:00:00.000Z', '2026-01-05T14:00:00.000Z'],
    // months without that day are passed over, and so are years without a 29th of February
    ['0 0 31 * *', 'UTC', '2026-03-31T00:00:00.000Z', '2026-05-31T00:00:00.000Z'],
    ['0 12 29 2 *', 'UTC', '2026-01-01T00:00:00.000Z', '2028-02-29T12:00:00.000Z'],
    ['0 0 L * *', 'UTC', '2026-02-01T00:00:00.000Z', '2026-02-28T00:00:00.000Z'],
    // the last minute of a month in Auckland is in the month before in UTC
    ['59 23 31 * *', 'Pacific/Auckland', '2026-01-01T00:00:00.000Z', '2026-01-31T10:59:00.000Z'],
  ])('%s in %s - the next occurrence is the first after the moment, by the clock of the zone', (cron, zone, after, expected) => {
    expect(due(cron, zone, after)).toBe(expected);
  });

  it('an occurrence - is not its own successor, or a schedule would fire for ever at one moment', () => {
    expect(due('0 0 * * *', 'UTC', '2026-01-01T00:00:00.000Z')).toBe('2026-01-02T00:00:00.000Z');
  });

  it('a time that daylight saving skips or repeats - occurs once a day', () => {
    const days = (from: string, count: number): string[] => {
      const found: string[] = [];
      let moment = at(from);
      for (let i = 0; i < count; i++) {
        moment = nextDue('30 2 * * *', 'Europe/Berlin', moment)!;
        found.push(new Date(moment).toISOString().slice(0, 10));
      }
      return found;
    };
    expect(days('2026-03-27T12:00:00.000Z', 3)).toEqual(['2026-03-28', '2026-03-29', '2026-03-30']);
    expect(days('2026-10-23T12:00:00.000Z', 3)).toEqual(['2026-10-24', '2026-10-25', '2026-10-26']);
  });

  it('an expression in the past - has no next occurrence', () => {
    expect(due('0 0 30 2 *', 'UTC', '2026-01-01T00:00:00.000Z')).toBeUndefined();
  });

  it.each(['', 'soon', '* * *', '61 * * * *', '* * * * * * *'])('"%s" - is no expression, and is refused with its field', (text) => {
    expect(isCron(text)).toBe(false);
    expect(() => nextDue(text, 'UTC', 0)).toThrow(expect.objectContaining({ code: 'request.invalid', field: '/cron' }) as Error);
  });

  it('a time zone - is one that the platform knows', () => {
    expect(['Europe/Berlin', 'UTC', 'Mars/Olympus', ''].map(isTimeZone)).toEqual([true, true, false, false]);
  });
});
