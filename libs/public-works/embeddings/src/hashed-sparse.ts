import { countedPairs, countedStems, isPairId, stemsOf } from './text-features.js';

/**
 * `hashed-sparse-v1`: a text's words as numbers, for ranking by BM25 without keeping the text. Terms are stems and pairs of neighbouring stems, each hashed (`featureHash`) to
 * 31 bits, of which the lowest says which: 0 a stem, 1 a pair. A change of any rule, of those of `text-terms.ts` too, is a new version.
 */
export const HASHED_SPARSE = 'hashed-sparse-v1';

export interface SparseText {
  /** Stems in all: what BM25 calls the length. */
  readonly length: number;
  /** Rising. */
  readonly terms: number[];
  /** How often each of the terms occurs. */
  readonly times: number[];
}

/** A term of a question and how much it counts beside the others. */
export interface QueryTerm {
  readonly term: number;
  readonly weight: number;
}

const PAIR_WEIGHT = 0.5;

export const isPair = ({ term }: QueryTerm): boolean => isPairId(term);

export function hashedSparse(text: string): SparseText {
  const stems = stemsOf(text);
  const counts = new Map<number, number>();
  for (const { feature: { sparse }, times } of [...countedStems(stems), ...countedPairs(stems)]) counts.set(sparse, (counts.get(sparse) ?? 0) + times);
  const terms = [...counts.keys()].sort((a, b) => a - b);
  return { length: stems.length, terms, times: terms.map((term) => counts.get(term)!) };
}

/** What a question is sought by: each of its terms once, a pair for half as much as a stem. */
export const queryTerms = (question: string): QueryTerm[] => hashedSparse(question).terms.map((term) => ({ term, weight: isPairId(term) ? PAIR_WEIGHT : 1 }));
