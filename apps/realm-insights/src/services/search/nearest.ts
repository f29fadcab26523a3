import type { Ranked } from './term-index.js';

/** The passages whose vectors are nearest by cosine (of vectors of length 1 the dot product), nearest first; those at right angles or beyond are none. A passage without a vector is passed over. */
export function nearest(vectors: readonly (readonly number[] | undefined)[], to: readonly number[], depth: number): Ranked[] {
  const found = vectors.flatMap((vector, passage): Ranked[] => {
    if (vector === undefined || vector.length !== to.length) return [];
    const score = vector.reduce((sum, value, at) => sum + value * to[at]!, 0);
    return score > 0 ? [{ passage, score }] : [];
  });
  return found.toSorted((a, b) => b.score - a.score || a.passage - b.passage).slice(0, depth);
}
