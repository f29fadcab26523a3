import { counted, featureHash } from './feature-hash.js';
import { termsOf } from './text-terms.js';

/**
 * `hashed-sparse-v1`: a text's words as numbers, for ranking by BM25 without keeping the text. Terms are the stems of `termsOf` and the pairs of neighbouring stems, each hashed (`featureHash`) to
 * 31 bits, of which the lowest says which: 0 a stem, 1 a pair. A change of any rule, of `termsOf` too, is a new version.
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
const PAIR = 1;

const idOf = (term: string, kind: 0 | 1): number => ((featureHash(term) >>> 1) & ~1) | kind;

export const isPair = ({ term }: QueryTerm): boolean => (term & PAIR) === PAIR;

export function hashedSparse(text: string): SparseText {
  const { words, pairs } = termsOf(text);
  const counts = new Map<number, number>();
  for (const [terms, kind] of [[words, 0], [pairs, PAIR]] as const) {
    for (const [term, times] of counted(terms)) counts.set(idOf(term, kind), (counts.get(idOf(term, kind)) ?? 0) + times);
  }
  const terms = [...counts.keys()].toSorted((a, b) => a - b);
  return { length: words.length, terms, times: terms.map((term) => counts.get(term)!) };
}

/** What a question is sought by: each of its terms once, a pair for half as much as a stem. */
export const queryTerms = (question: string): QueryTerm[] => hashedSparse(question).terms.map((term) => ({ term, weight: (term & PAIR) === PAIR ? PAIR_WEIGHT : 1 }));
