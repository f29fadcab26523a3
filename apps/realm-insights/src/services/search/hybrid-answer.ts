/**
 * search: passages that answer a question. Two rankings, by words (BM25) and by vectors (cosine), are fused; what fits too little is left out, and where nothing is left, that is the answer. The rankings come from
 * passages at hand (`TermIndex`, `nearest`) or from the tenant's index; from here on they are the same.
 */
import { HASHED_DENSE, isPair, type QueryTerm } from '@symphainy/embeddings';
import { fuseRanks, type Fused } from './rank-fusion.js';
import { rarityOf } from './term-index.js';

/** What was found for a question, by keys that name passages. */
export interface Found<K> {
  readonly lexical: readonly { readonly key: K; readonly score: number }[];
  readonly vector: readonly { readonly key: K; readonly score: number }[];
  /** Passages searched. */
  readonly passages: number;
  /** How many of them have each of the question's terms. */
  readonly frequencies: readonly number[];
  /** Which of the terms a passage has. */
  matched(key: K): readonly boolean[];
}

export interface Fit {
  readonly min_coverage: number;
  readonly min_similarity: number;
}

export interface Answer<K> extends Fused<K, 'lexical' | 'vector'> {
  /** Share of the question's words, weighted by their rarity, that the passage has: from 0 to 1, comparable between questions. */
  readonly coverage: number;
}

/** Ranks of each kind that are fused. */
export const RANK_DEPTH = 100;
/** Hashed vectors see the same words once more, and less exactly: they find spellings, and break ties. A model's vectors know what words mean. */
const HASHED_WEIGHT = 0.25;
const MODEL_WEIGHT = 1;

/** Passages that fit, best first. A passage fits when it has enough of the question's words, or when a model (not the hash) finds it near enough. */
export function hybridAnswer<K>(found: Found<K>, question: { readonly terms: readonly QueryTerm[]; readonly model: string }, { min_coverage, min_similarity }: Fit): Answer<K>[] {
  const byModel = question.model !== HASHED_DENSE;
  const fused = fuseRanks<K, 'lexical' | 'vector'>([
    { name: 'lexical', weight: 1, ranked: found.lexical },
    { name: 'vector', weight: byModel ? MODEL_WEIGHT : HASHED_WEIGHT, ranked: found.vector },
  ]);
  return fused.map((one) => ({ ...one, coverage: coverageOf(found, question.terms, one.key) })).filter(({ coverage, parts }) => coverage >= min_coverage || (byModel && (parts.vector?.score ?? 0) >= min_similarity));
}

/** As if so many passages more had been searched, and every word stood in so many of them: among a handful of passages, how rare a word is says little of it. */
const BACKGROUND = { passages: 100, having: 2 } as const;

/** Pairs of words are of no account here: a passage need not have the question's words in its order. */
function coverageOf<K>({ frequencies, passages, matched }: Found<K>, terms: readonly QueryTerm[], key: K): number {
  const had = matched(key);
  let [some, all] = [0, 0];
  terms.forEach((term, at) => {
    if (isPair(term)) return;
    const rarity = rarityOf(frequencies[at]! + BACKGROUND.having, passages + BACKGROUND.passages);
    all += rarity;
    if (had[at] === true) some += rarity;
  });
  return all === 0 ? 0 : Number((some / all).toFixed(6));
}
