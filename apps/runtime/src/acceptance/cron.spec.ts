import fc from 'fast-check';
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

  const sequence = (cron: string, zone: string, from: string, count: number): string[] => {
    const found: string[] = [];
    for (let moment = at(from); found.length < count; found.push(new Date(moment).toISOString().slice(8, 19))) moment = nextDue(cron, zone, moment)!;
    return found;
  };

  it.each([
    ['30 2 * * *', 'Europe/Berlin', '2027-03-27T12:00:00.000Z', ['28T01:00:00', '29T00:30:00']],
    ['15,45 2 * * *', 'Europe/Berlin', '2027-03-27T12:00:00.000Z', ['28T01:00:00', '29T00:15:00', '29T00:45:00']],
    ['30 1-4 * * *', 'Europe/Berlin', '2027-03-28T00:00:00.000Z', ['28T00:30:00', '28T01:00:00', '28T01:30:00', '28T02:30:00', '28T23:30:00']],
    ['0 3 * * *', 'Europe/Berlin', '2027-03-27T12:00:00.000Z', ['28T01:00:00', '29T01:00:00']],
    ['30 2 28 3 *', 'Europe/Berlin', '2027-03-01T00:00:00.000Z', ['28T01:00:00', '28T00:30:00']],
    ['15 2 * * *', 'Australia/Lord_Howe', '2026-10-03T12:00:00.000Z', ['03T15:30:00', '04T15:15:00']],
    ['0 0 * * *', 'America/Santiago', '2026-09-05T12:00:00.000Z', ['06T04:00:00', '07T03:00:00']],
  ])('%s in %s - what the clock skips occurs once, at the moment at which it is put forward', (cron, zone, from, expected) => {
    expect(sequence(cron, zone, from, expected.length)).toEqual(expected);
  });

  it.each([
    ['*/30 * * * *', 'Europe/Berlin', '2026-10-24T23:50:00.000Z', ['25T00:00:00', '25T00:30:00', '25T01:00:00', '25T01:30:00', '25T02:00:00']],
    ['0 * * * *', 'America/New_York', '2026-11-01T04:30:00.000Z', ['01T05:00:00', '01T06:00:00', '01T07:00:00']],
    ['*/20 * * * * *', 'America/New_York', '2026-11-01T05:59:30.000Z', ['01T05:59:40', '01T06:00:00', '01T06:00:20', '01T06:00:40']],
    // half an hour is repeated on Lord Howe Island
    ['*/15 * * * *', 'Australia/Lord_Howe', '2026-04-04T14:40:00.000Z', ['04T14:45:00', '04T15:00:00', '04T15:15:00', '04T15:30:00']],
    ['*/30 * * * *', 'Europe/Berlin', '2026-03-29T00:20:00.000Z', ['29T00:30:00', '29T01:00:00', '29T01:30:00']],
    ['45 * * * *', 'Europe/Berlin', '2026-03-29T00:20:00.000Z', ['29T00:45:00', '29T01:45:00', '29T02:45:00']],
  ])('%s in %s - goes on by the clock through an hour that is repeated or skipped: what is to happen every few minutes does not rest for an hour', (cron, zone, from, expected) => {
    expect(sequence(cron, zone, from, expected.length)).toEqual(expected);
  });

  it('asked at any moment around a change of the clocks - the next occurrence is behind it; of what goes on by the clock it is the same from any moment before', () => {
    const crons = ['*/15 * * * *', '30 2 * * *', '0 * * * *', '*/7 1-3 * * *', '15 1 * * *', '*/20 * * * * *', '45 1 * 10,11,3,4 0', '0 */2 * * *'];
    const changes: [string, string][] = [['Europe/Berlin', '2026-10-25T01:00:00.000Z'], ['Europe/Berlin', '2026-03-29T01:00:00.000Z'], ['America/New_York', '2026-11-01T06:00:00.000Z'], ['America/St_Johns', '2026-11-01T04:30:00.000Z'], ['Australia/Lord_Howe', '2026-04-04T15:00:00.000Z']];
    fc.assert(
      fc.property(fc.constantFrom(...crons), fc.constantFrom(...changes), fc.integer({ min: -3 * 3_600_000, max: 3 * 3_600_000 }), fc.double({ min: 0, max: 0.999, noNaN: true }), (cron, [zone, change], before, part) => {
        const from = at(change) + before;
        const next = nextDue(cron, zone, from)!;
        expect(next).toBeGreaterThan(from);
        if (cron.split(' ').at(-4)!.startsWith('*')) expect(nextDue(cron, zone, from + Math.floor((next - from) * part))).toBe(next);
      }),
      { numRuns: 400 },
    );
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
