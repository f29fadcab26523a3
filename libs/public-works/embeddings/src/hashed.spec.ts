import fc from 'fast-check';
import { hashOf } from '@symphainy/kernel';
import { embedderContract } from '@symphainy/ports/testing';
import { hashedDense, hashedEmbedder, hashedSparse, HASHED_DIMENSIONS, isPair, queryTerms } from './index.js';
import { stemsOf } from './text-features.js';
import { stem } from './text-terms.js';

const TEXT = 'The generators carried 92% of rated pump load; Grüße from 東京都.';
const cosine = (a: readonly number[], b: readonly number[]): number => a.reduce((sum, value, at) => sum + value * b[at]!, 0);

embedderContract('hashed-dense-v2', () => Promise.resolve({ embedder: hashedEmbedder }));

describe('hashed vectors - the same text, the same numbers, on every machine', () => {
  it('the algorithms are pinned: other hashes here are other algorithms and need other names', () => {
    expect([hashOf(hashedDense(TEXT)), hashOf(hashedSparse(TEXT))]).toEqual(['2508c5b5ad2785c2efbc250e4a8ad2b3e582efec3241bfed60b809ad20d39ac2', 'd07bef20d59af3f2ee8b63ed2a654ee79d2f3c2485d0f14f37b40c9fdc00be40']);
  });

  it('any text - a dense vector of length 1 or all zero, a sparse one whose terms rise and whose stems add up to its length', () => {
    fc.assert(fc.property(fc.string({ unit: 'grapheme', maxLength: 400 }), (text) => {
      const dense = hashedDense(text);
      const sparse = hashedSparse(text);
      expect(dense).toHaveLength(HASHED_DIMENSIONS);
      expect([0, 1]).toContain(Number(Math.hypot(...dense).toFixed(2)));
      expect(sparse.terms).toEqual([...new Set(sparse.terms)].toSorted((a, b) => a - b));
      expect(sparse.terms.every((term) => Number.isInteger(term) && term >= 0 && term < 2 ** 31)).toBe(true);
      expect(sparse.terms.reduce((sum, term, at) => sum + (isPair({ term, weight: 1 }) ? 0 : sparse.times[at]!), 0)).toBe(sparse.length);
    }), { numRuns: 200 });
  });

  it('more words than are remembered - a text has the same numbers before, between and after', () => {
    const before = [hashedDense(TEXT), hashedSparse(TEXT)];
    for (let part = 0; part < 30; part++) hashedDense(Array.from({ length: 1_000 }, (_, at) => `w${part}x${at}`).join(' '));
    expect([hashedDense(TEXT), hashedSparse(TEXT)]).toEqual(before);
    expect(hashedDense(`${TEXT} ${TEXT}`)).not.toEqual(before[0]);
  });

  it('a text that stands in another - all its terms stand there too', () => {
    fc.assert(fc.property(fc.lorem({ maxCount: 8 }), fc.lorem({ maxCount: 20 }), (part, more) => {
      const whole = new Set(hashedSparse(`${part} ${more}`).terms);
      expect(queryTerms(part).every(({ term }) => whole.has(term))).toBe(true);
    }), { numRuns: 100 });
  });

  it('texts that share words, forms of words or spellings are nearer than texts that do not', () => {
    const question = hashedDense('how long did generators transfer');
    const near = cosine(question, hashedDense('Transferring to the generator took 38 seconds against a target of 30 seconds.'));
    const misspelt = cosine(question, hashedDense('Transfered to the genarator took 38 seconds.'));
    const far = cosine(question, hashedDense('Plan review fees are not refunded once review has begun.'));
    expect([near > far + 0.1, misspelt > far + 0.05]).toEqual([true, true]);
  });
});

describe('terms - what a text is sought by', () => {
  it.each([['fees', 'fee'], ['inspected', 'inspecting'], ['policies', 'policy'], ['boxes', 'box']])('%s and %s - are one term', (a, b) => {
    expect(stem(a)).toBe(stem(b));
  });

  it('a script without blanks - is found by parts of its runs', () => {
    const [asked, has] = ['東京の許可', '東京都建築許可証'].map((text) => stemsOf(text).map((one) => one.text)) as [string[], string[]];
    expect(asked.filter((word) => has.includes(word))).toEqual(['東京', '許可']);
  });
});
