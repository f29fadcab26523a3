import fc from 'fast-check';
import { HASHED_DENSE, hashedDense, queryTerms } from '@symphainy/embeddings';
import { hybridAnswer, type Answer } from './hybrid-answer.js';
import { fuseRanks, RANK_OFFSET } from './rank-fusion.js';
import { PassageIndex, soughtText, type Passage } from './search-passages.js';

const passages: Passage[] = [
  { title: 'Pump test', text: 'The generator took 38 seconds to carry the load of the pumps.' },
  { title: 'Fees', text: 'Plan review fees are not refunded once a review has begun.' },
  { title: 'Valves', text: 'Gate valves were inspected in March and two of them leaked.' },
].map((passage) => ({ ...passage, vector: hashedDense(soughtText(passage)) }));
const ask = (question: string, fit = { min_coverage: 0.34, min_similarity: 0.5 }, model = HASHED_DENSE): Answer<number>[] => hybridAnswer(new PassageIndex(passages).find(question, hashedDense(question)), { terms: queryTerms(question), model }, fit);

describe('search - passages for a question', () => {
  it.each([['how many seconds did generators take', 0], ['is the fee refundable when reviewing begins', 1], ['which valve leaks were found at inspection', 2]])('%s - finds its passage, whatever the form of the words, and says by what', (question, expected) => {
    expect(ask(question)[0]).toMatchObject({ key: expected, parts: { lexical: { rank: 1 }, vector: { rank: 1 } } });
  });

  it('a misspelt word alone - is found by its letters, when the threshold lets it', () => {
    expect(ask('genarators', { min_coverage: 0, min_similarity: 1 })[0]).toMatchObject({ key: 0, coverage: 0, parts: { vector: { rank: 1 } } });
    expect(ask('genarators')).toEqual([]);
  });

  it.each(['what is it and who are they', 'zzz qqq', 'the voltage of a distant reactor pump'])('%s - nothing fits, and nothing is answered', (question) => {
    expect(ask(question)).toEqual([]);
  });

  it('a model that finds a passage near - is believed without a common word; the hash is not', () => {
    const near = { min_coverage: 1, min_similarity: 0.01 };
    expect([ask('genarators', near, 'a-model').length > 0, ask('genarators', near).length]).toEqual([true, 0]);
  });

  it('coverage - is whole only where every word is there', () => {
    expect(ask('generator load')[0]!.coverage).toBe(1);
    expect(ask('generator voltage')[0]!.coverage).toBeLessThan(0.8);
  });
});

describe('rank fusion', () => {
  const keys = fc.uniqueArray(fc.integer({ min: 0, max: 30 }), { maxLength: 20 });
  const ranked = (list: readonly number[]) => list.map((key, at) => ({ key, score: 1 / (at + 1) }));

  it('any two rankings - every passage of either comes once, its score is the sum of its parts, and better in both is better', () => {
    fc.assert(fc.property(keys, keys, fc.double({ min: 0.1, max: 2, noNaN: true }), (a, b, weight) => {
      const fused = fuseRanks([{ name: 'a', weight: 1, ranked: ranked(a) }, { name: 'b', weight, ranked: ranked(b) }]);
      expect(fused.map(({ key }) => key).toSorted((x, y) => x - y)).toEqual([...new Set([...a, ...b])].toSorted((x, y) => x - y));
      for (const { score, parts } of fused) expect(score).toBeCloseTo((parts.a === undefined ? 0 : 1 / (RANK_OFFSET + parts.a.rank)) + (parts.b === undefined ? 0 : weight / (RANK_OFFSET + parts.b.rank)), 5);
      const at = (list: readonly number[], key: number): number => (list.includes(key) ? list.indexOf(key) : Infinity);
      fused.forEach((one, i) => fused.slice(i + 1).forEach((later) => expect(at(a, later.key) < at(a, one.key) && at(b, later.key) < at(b, one.key)).toBe(false)));
    }), { numRuns: 200 });
  });
});
