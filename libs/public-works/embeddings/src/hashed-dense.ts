import type { Embedder } from '@symphainy/ports';
import { counted, featureHash } from './feature-hash.js';
import { termsOf } from './text-terms.js';

/**
 * `hashed-dense-v2`: deterministic, offline text vectors by feature hashing (Weinberger et al., "Feature Hashing for Large Scale Multitask Learning", 2009). They are near where texts share words,
 * forms of words or spellings; they know no synonyms. A change of any constant or rule, of `termsOf` too, is a new version.
 *
 * 1. Features: the stems of `termsOf` (weight 1), pairs of neighbouring stems (0.3), three letters at a time of each stem (0.3).
 * 2. A feature's hash (`featureHash` of its kind, a colon and itself) chooses by its low 9 bits the dimension, by bit 31 the sign. It adds sign × weight × √(times it occurs).
 * 3. The vector is scaled to length 1 and rounded to 5 decimals. Only +, ×, ÷ and √ are used, which IEEE 754 rounds alike everywhere.
 */
export const HASHED_DENSE = 'hashed-dense-v2';
export const HASHED_DIMENSIONS = 512;

const WEIGHTS = [['words', 'w:', 1], ['pairs', 'p:', 0.3], ['letters', 't:', 0.3]] as const;
const ROUNDING = 1e5;

export function hashedDense(text: string): number[] {
  const sums = new Float64Array(HASHED_DIMENSIONS);
  const terms = termsOf(text);
  for (const [kind, mark, weight] of WEIGHTS) {
    for (const [term, times] of counted(terms[kind])) {
      const hash = featureHash(term, mark);
      sums[hash & (HASHED_DIMENSIONS - 1)]! += (hash >>> 31 === 1 ? -1 : 1) * weight * Math.sqrt(times);
    }
  }
  return scaled(sums, ROUNDING);
}

/** Of length 1, each member rounded to a part of `rounding`; all zero stays. */
export function scaled(values: ArrayLike<number>, rounding: number): number[] {
  let square = 0;
  for (let at = 0; at < values.length; at++) square += values[at]! * values[at]!;
  const length = Math.sqrt(square);
  return Array.from(values, (value) => (length === 0 ? 0 : Math.round((value / length) * rounding) / rounding || 0));
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
      await new Promise((resolve) => setImmediate(resolve));
      signal.throwIfAborted();
    }
    return vectors;
  },
};
