import fc from 'fast-check';
import { moment } from './words.js';

describe('moment', () => {
  it.each([
    ['2026-03-01T09:30:00Z', '2026-03-01T09:30:00.000Z'],
    ['2026-03-01T09:30:00.5Z', '2026-03-01T09:30:00.500Z'],
    ['2026-03-01T09:30:00.123456789Z', '2026-03-01T09:30:00.123Z'],
    ['2026-03-01T10:30:00+01:00', '2026-03-01T09:30:00.000Z'],
    ['2026-03-01T10:30:00 01:00', '2026-03-01T09:30:00.000Z'],
    ['2026-02-28T23:30:00-05:30', '2026-03-01T05:00:00.000Z'],
    ['2026-03-01t09:30:00z', '2026-03-01T09:30:00.000Z'],
    ['2026-03-01 09:30:00Z', '2026-03-01T09:30:00.000Z'],
    ['2026-03-01T09:30:00-00:00', '2026-03-01T09:30:00.000Z'],
  ])('%s - is the moment %s', (text, at) => {
    expect(moment.parse(text)).toBe(at);
  });

  it.each(['2026-03-01', '2026-03-01T09:30Z', '2026-03-01T09:30:00', '2026-02-30T09:30:00Z', '2026-03-01T24:30:00Z', '2026-03-01T09:61:00+01:00', '2026-03-01T09:30:00+24:00', '2026-03-01T09:30:00+01:60', '2026-03-01T09:30:00.Z', '0001-01-01T00:00:00+01:00', 'soon'])(
    '%s - is refused, and says what would do',
    (text) => {
      expect(moment.safeParse(text).error?.issues[0]?.message).toMatch(/^must be /);
    },
  );

  it('whatever the offset - the moment stays the same', () => {
    fc.assert(
      fc.property(fc.date({ min: new Date('0002-01-01T00:00:00Z'), max: new Date('9998-12-31T00:00:00Z'), noInvalidDate: true }), fc.integer({ min: -1439, max: 1439 }), (date, offset) => {
        const local = new Date(date.getTime() + offset * 60_000).toISOString().slice(0, -1);
        const [hours, minutes] = [Math.floor(Math.abs(offset) / 60), Math.abs(offset) % 60].map((n) => String(n).padStart(2, '0'));
        expect(moment.parse(`${local}${offset < 0 ? '-' : '+'}${hours}:${minutes}`)).toBe(date.toISOString());
      }),
    );
  });
});
