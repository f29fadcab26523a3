import fc from 'fast-check';
import { dayOf } from './calendar-day.js';

const HOUR = 3_600_000;
const zones = ['UTC', 'Europe/Berlin', 'America/New_York', 'Asia/Kolkata', 'Pacific/Apia', 'Australia/Lord_Howe'];
const dateIn = (at: number, timeZone: string): string => new Intl.DateTimeFormat('en-CA', { timeZone }).format(at);

describe('a calendar day', () => {
  it('any moment in any zone - falls on a day whose date it shares, and which the days before and after touch', () => {
    fc.assert(
      fc.property(fc.integer({ min: Date.parse('2012-01-01'), max: Date.parse('2035-01-01') }), fc.constantFrom(...zones), (now, zone) => {
        const { from, to } = dayOf(now, zone);
        expect(from <= now && now < to).toBe(true);
        expect([from, to - 1].map((at) => dateIn(at, zone))).toEqual([dateIn(now, zone), dateIn(now, zone)]);
        expect([from - 1, to].map((at) => dateIn(at, zone) === dateIn(now, zone))).toEqual([false, false]);
      }),
      { numRuns: 100 },
    );
  });

  it('daylight saving - makes it 23 or 25 hours', () => {
    const hours = ['2026-01-10T12:00Z', '2026-03-29T12:00Z', '2026-10-25T12:00Z'].map((at) => dayOf(Date.parse(at), 'Europe/Berlin')).map(({ from, to }) => (to - from) / HOUR);
    expect(hours).toEqual([24, 23, 25]);
  });
});
