import fc from 'fast-check';
import { seekLines, type LinesFile } from './seek-lines.js';

const numberOf = (text: string): number => (JSON.parse(text) as { n: number }).n;

/** A file of lines, and how many bytes of it were read. */
function fileOf(lines: readonly { readonly n: number; readonly filler: number }[], ended = true): LinesFile & { readonly taken: { bytes: number; calls: number } } {
  const bytes = new TextEncoder().encode(lines.map(({ n, filler }) => JSON.stringify({ n, filler: 'ü'.repeat(filler) })).join('\n') + (ended && lines.length > 0 ? '\n' : ''));
  const taken = { bytes: 0, calls: 0 };
  const read = (start: number, end: number): Promise<Uint8Array> => {
    expect([start >= 0, end <= bytes.length, start < end]).toEqual([true, true, true]);
    taken.bytes += end - start;
    taken.calls++;
    return Promise.resolve(bytes.subarray(start, end));
  };
  return { size: bytes.length, read, taken };
}

const found = async (file: LinesFile, target: number, last: number): Promise<number> => (await seekLines(file, target, { first: 1, last }, numberOf)).filter(({ number }) => number === target).length;

describe('seekLines', () => {
  it('whatever the lines, with gaps, repetitions and great length - finds all of a number and no other', async () => {
    const files = fc.array(fc.record({ step: fc.constantFrom(0, 0, 1, 1, 1, 5), filler: fc.oneof(fc.nat(200), fc.nat(20_000), fc.constant(150_000)) }), { minLength: 1, maxLength: 60 });
    await fc.assert(fc.asyncProperty(files, fc.nat(80), fc.boolean(), async (steps, target, ended) => {
      let n = 1;
      const lines = steps.map(({ step, filler }) => ({ n: (n += step), filler }));
      expect(await found(fileOf(lines, ended), target, n)).toBe(lines.filter((line) => line.n === target).length);
    }), { numRuns: 30, interruptAfterTimeLimit: 4_000 });
  });

  it('a record in the middle of 30 MB - is found in a few reads', async () => {
    const file = fileOf(Array.from({ length: 100_000 }, (_, i) => ({ n: i + 1, filler: 100 + (i % 90) })));
    expect(await found(file, 61_234, 100_000)).toBe(1);
    expect(file.taken.calls).toBeLessThanOrEqual(8);
    expect(file.taken.bytes).toBeLessThan(1_000_000);
  });

  it('lines of very different length, which mislead the guess - cost a few more', async () => {
    const file = fileOf(Array.from({ length: 20_000 }, (_, i) => ({ n: i + 1, filler: i < 15_000 ? 10 : 1_000 })));
    expect(await found(file, 15_500, 20_000)).toBe(1);
    expect(file.taken.calls).toBeLessThanOrEqual(14);
  });

  it('the lines read with it - are there to go on with', async () => {
    const file = fileOf(Array.from({ length: 5_000 }, (_, i) => ({ n: i + 1, filler: 50 })));
    const lines = await seekLines(file, 2_000, { first: 1, last: 5_000 }, numberOf);
    expect(lines.map(({ number }) => number)).toEqual(expect.arrayContaining([1_999, 2_000, 2_001]));
  });

  it('an empty file - has none', async () => {
    expect(await found({ size: 0, read: () => Promise.resolve(new Uint8Array()) }, 1, 1)).toBe(0);
  });
});
