import type { QueryTerm, SparseText } from '@symphainy/embeddings';

/** A passage's place in a ranking. `score` can be compared within the ranking only. */
export interface Ranked {
  /** Position among the passages. */
  readonly passage: number;
  readonly score: number;
}

/** As Robertson and Zaragoza recommend ("The Probabilistic Relevance Framework: BM25 and Beyond", 2009). */
const K1 = 1.2;
const B = 0.75;

/** Passages by their terms, ranked by BM25. */
export class TermIndex {
  private readonly postings = new Map<number, { readonly passage: number; readonly times: number }[]>();
  private readonly mean: number;

  constructor(private readonly texts: readonly SparseText[]) {
    texts.forEach(({ terms, times }, passage) => {
      terms.forEach((term, at) => {
        const having = this.postings.get(term);
        if (having === undefined) this.postings.set(term, [{ passage, times: times[at]! }]);
        else having.push({ passage, times: times[at]! });
      });
    });
    this.mean = texts.reduce((sum, { length }) => sum + length, 0) / Math.max(1, texts.length);
  }

  /** The best passages that have one of the terms, best first; of equals the first one. */
  rank(terms: readonly QueryTerm[], depth: number): Ranked[] {
    const scores = new Map<number, number>();
    for (const { term, weight } of terms) {
      const rarity = weight * this.rarity(term);
      for (const { passage, times } of this.postings.get(term) ?? []) {
        const length = 1 - B + (B * this.texts[passage]!.length) / Math.max(1, this.mean);
        scores.set(passage, (scores.get(passage) ?? 0) + (rarity * times * (K1 + 1)) / (times + K1 * length));
      }
    }
    return [...scores].toSorted(([a, x], [b, y]) => y - x || a - b).slice(0, depth).map(([passage, score]) => ({ passage, score }));
  }

  /** How many passages have each term. */
  frequencies(terms: readonly QueryTerm[]): number[] {
    return terms.map(({ term }) => this.postings.get(term)?.length ?? 0);
  }

  /** Which of the terms a passage has. */
  matched(terms: readonly QueryTerm[], passage: number): boolean[] {
    const own = new Set(this.texts[passage]!.terms);
    return terms.map(({ term }) => own.has(term));
  }

  private rarity(term: number): number {
    return rarityOf(this.postings.get(term)?.length ?? 0, this.texts.length);
  }
}

/** How much a term says that `having` of `all` passages have. */
export const rarityOf = (having: number, all: number): number => Math.log(1 + (all - having + 0.5) / (having + 0.5));
