import fc from 'fast-check';
import { candidatePairs } from './blocking.js';
import type { ComparedColumn } from './comparison.js';

const column = (values: (string | null)[]): ComparedColumn => ({ name: 'n', kind: 'text', values });
const pairs = (columns: ComparedColumn[], records: number, perRecord = 40, mayPair: (a: number, b: number) => boolean = () => true): string[] => [...candidatePairs(columns, records, { pairsPerRecord: perRecord }, mayPair)].map((pair) => pair.join('-'));

describe('blocking - which records are compared', () => {
  it('any two columns - exactly the pairs that share a word, its beginning or the whole, each once', () => {
    const word = fc.constantFrom('anna', 'annabel', 'bo', 'x', 'bela lugosi', 'lugosi', null);
    fc.assert(fc.property(fc.array(fc.tuple(word, word), { maxLength: 12 }), (rows) => {
      const columns = [column(rows.map(([first]) => first)), column(rows.map(([, second]) => second))];
      const keys = (value: string | null): string[] => (value === null ? [] : [`=${value}`, ...value.split(' ').filter((w) => w.length > 1).flatMap((w) => (w.length > 4 ? [w, `${w.slice(0, 4)}…`] : [w]))]);
      const expected = rows.flatMap((left, a) => rows.slice(a + 1).flatMap((right, i) => (left.some((value, at) => keys(value).some((key) => keys(right[at]!).includes(key))) ? [`${a}-${a + 1 + i}`] : [])));
      const found = pairs(columns, rows.length);
      expect(found.toSorted()).toEqual(expected.toSorted());
      expect(new Set(found).size).toBe(found.length);
    }), { numRuns: 200 });
  });

  it('a word that more than a hundred records have - makes no pair; the limit of pairs holds; two tables are paired across', () => {
    expect(pairs([column(Array.from({ length: 101 }, () => 'same'))], 101)).toEqual([]);
    expect(pairs([column(Array.from({ length: 100 }, () => 'same'))], 100, 2)).toHaveLength(200);
    expect(pairs([column(['same', 'same', 'same'])], 3, 40, (a, b) => a < 2 !== b < 2)).toEqual(['0-2', '1-2']);
  });
});
