import fc from 'fast-check';
import { parseDelays, RetrySchedule } from './retry-schedule.js';

describe('the retry schedule', () => {
  it('delays - stay within a fifth of what is stated, the same for an event each time, and end', () => {
    const stated = parseDelays('5,300,1800');
    const schedule = new RetrySchedule(stated);
    fc.assert(
      fc.property(fc.string(), fc.integer({ min: 1, max: 3 }), (id, attempt) => {
        const delay = schedule.delayMs(id, attempt) ?? NaN;
        const wanted = (stated[attempt - 1] ?? NaN) * 1000;
        return delay >= wanted * 0.8 - 1 && delay <= wanted * 1.2 + 1 && delay === schedule.delayMs(id, attempt);
      }),
    );
    expect([schedule.delayMs('e', 4), schedule.delayMs('a', 1) === schedule.delayMs('b', 1)]).toEqual([undefined, false]);
  });

  it.each(['', 'soon', '-1', '1.5', '700000', Array.from({ length: 51 }, () => '1').join(',')])('"%s" is no schedule - refused', (text) => {
    const parse = (): number[] => parseDelays(text);
    if (text === '') expect(parse()).toEqual([0]);
    else expect(parse).toThrow('whole numbers of seconds');
  });
});
