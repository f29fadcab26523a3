import { inTurns } from './turns.js';

describe('work in turns', () => {
  it('what arrives meanwhile - has its turn between two slices', async () => {
    const seen: (number | string)[] = [];
    setImmediate(() => seen.push('other'));
    await inTurns([1, 2, 3, 4, 5], 2, (slice) => seen.push(...slice));
    expect(seen).toEqual([1, 2, 'other', 3, 4, 5]);
  });

  it('an error in one slice - ends the work, and is told', async () => {
    const seen: number[] = [];
    const work = (slice: readonly number[]): void => {
      if (slice.includes(2)) throw new Error('no');
      seen.push(...slice);
    };
    await expect(inTurns([1, 2, 3], 1, work)).rejects.toThrow('no');
    expect(seen).toEqual([1]);
  });

  it('nothing to do - takes no turn', async () => {
    let calls = 0;
    await inTurns([], 2, () => calls++);
    expect(calls).toBe(0);
  });
});
