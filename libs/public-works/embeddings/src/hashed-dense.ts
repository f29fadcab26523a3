import { nextTurn } from '@symphainy/kernel';
import type { Embedder } from '@symphainy/ports';
import { countedLetters, countedPairs, countedStems, stemsOf, type Counted } from './text-features.js';

/**
 * `hashed-dense-v2`: deterministic, offline text vectors by feature hashing (Weinberger et al., "Feature Hashing for Large Scale Multitask Learning", 2009). They are near where texts share words,
 * forms of words or spellings; they know no synonyms. A change of any constant or rule, of those of `text-terms.ts` too, is a new version.
 *
 * 1. Features: stems (weight 1), pairs of neighbouring stems (0.3), three letters at a time of each stem (0.3).
 * 2. A feature's hash (`featureHash` of its kind, a colon and itself) chooses by its low 9 bits the dimension, by bit 31 the sign. It adds sign × weight × √(times it occurs).
 * 3. The vector is scaled to length 1 and rounded to 5 decimals. Only +, ×, ÷ and √ are used, which IEEE 754 rounds alike everywhere.
 */
export const HASHED_DENSE = 'hashed-dense-v2';
export const HASHED_DIMENSIONS = 512;

const WEIGHTS = { stem: 1, pair: 0.3, letters: 0.3 } as const;
const ROUNDING = 1e5;

export function hashedDense(text: string): number[] {
  const sums = new Float64Array(HASHED_DIMENSIONS);
  const add = (counted: readonly Counted[], weight: number): void => {
    for (const { feature: { dense: hash }, times } of counted) sums[hash & (HASHED_DIMENSIONS - 1)]! += (hash >>> 31 === 1 ? -1 : 1) * weight * Math.sqrt(times);
  };
  const stems = stemsOf(text);
  add(countedStems(stems), WEIGHTS.stem);
  add(countedPairs(stems), WEIGHTS.pair);
  add(countedLetters(stems), WEIGHTS.letters);
  return scaled(sums, ROUNDING);
}

/** Of length 1, each member rounded to a part of `rounding`; all zero stays. */
export function scaled(values: ArrayLike<number>, rounding: number): number[] {
  let square = 0;
  for (let at = 0; at < values.length; at++) square += values[at]! * values[at]!;
  const length = Math.sqrt(square);
  const made = new Array<number>(values.length).fill(0);
  // a negative zero has no place in JSON
  for (let at = 0; length !== 0 && at < made.length; at++) made[at] = Math.round((values[at]! / length) * rounding) / rounding || 0;
  return made;
}

/** Texts that are worked on before others have their turn. */
const SLICE = 20;

export const hashedEmbedder: Embedder = {
  model: HASHED_DENSE,
  deterministic: true,
  async embed(texts, signal) {
    const vectors: number[][] = [];
    signal.throwIfAborted();
    for (const text of texts) {
      if (vectors.push(hashedDense(text)) % SLICE !== 0) continue;
      await nextTurn();
      signal.throwIfAborted();
    }
    return vectors;
  },
};
