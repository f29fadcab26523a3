import fc from 'fast-check';
import { editDistance } from '../text/edit-distance.js';
import { findVariants } from './variants.service.js';

const counts = (entries: Record<string, number>) => new Map(Object.entries(entries));

describe('variants - rare values that are misspellings', () => {
  it('a rare neighbour of a frequent value is named with what it is likely meant to be', () => {
    expect(findVariants(counts({ birmingham: 40, birmxngham: 1, dothan: 20 }))).toEqual(new Map([['birmxngham', { likely: 'birmingham', distance: 1 }]]));
  });
  it('two frequent neighbours - neither is a misspelling', () => {
    expect(findVariants(counts({ marten: 40, martin: 35 })).size).toBe(0);
  });
  it('values that differ in a number - are different things', () => {
    expect(findVariants(counts({ 'measure inf-1': 40, 'measure inf-2': 1 })).size).toBe(0);
  });
  it('numbers with misspelt words - the words are compared, the numbers kept', () => {
    const many = Object.fromEntries(Array.from({ length: 30 }, (_, i) => [`${i + 100} patients`, 1]));
    expect(findVariants(counts({ ...many, '77 pxtients': 1 })).get('77 pxtients')).toEqual({ likely: '77 patients', distance: 1 });
  });
  it('short codes - are left alone', () => {
    expect(findVariants(counts({ al: 900, ak: 10 })).size).toBe(0);
  });
  it('edit distance - agrees with the textbook recursion, up to its limit', () => {
    const naive = (a: string, b: string): number =>
      a === '' || b === '' ? Math.max(a.length, b.length) : Math.min(naive(a.slice(1), b) + 1, naive(a, b.slice(1)) + 1, naive(a.slice(1), b.slice(1)) + (a[0] === b[0] ? 0 : 1));
    const word = fc.string({ unit: fc.constantFrom('a', 'b', 'c'), maxLength: 6 });
    fc.assert(fc.property(word, word, fc.integer({ min: 0, max: 6 }), (a, b, limit) => {
      const distance = naive(a, b);
      expect(editDistance(a, b, limit)).toBe(distance <= limit ? distance : undefined);
    }));
  });
});
