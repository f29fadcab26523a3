import { termsOf, type Terms } from './search-terms.js';

/** A stretch of text that can be found. The title is counted with the text, twice. */
export interface Passage {
  readonly text: string;
  readonly title?: string | undefined;
}

export interface Hit {
  /** Position among the passages. */
  readonly passage: number;
  /** Comparable within one answer only. */
  readonly score: number;
  /** Share of the question's words, weighted by their rarity, that the passage has: from 0 to 1, comparable between questions. */
  readonly coverage: number;
}

/** As Robertson and Zaragoza (2009) recommend. */
const K1 = 1.2;
const B = 0.75;
const WEIGHTS: Readonly<Record<keyof Terms, number>> = { words: 1, pairs: 0.5, letters: 0.2 };

/** Term frequencies of one kind of term, inverted. */
class Postings {
  private readonly lists = new Map<string, Map<number, number>>();
  private readonly lengths: number[] = [];
  private total = 0;

  add(terms: readonly string[]): void {
    const passage = this.lengths.push(terms.length) - 1;
    this.total += terms.length;
    for (const term of terms) {
      const list = this.lists.get(term) ?? new Map<number, number>();
      list.set(passage, (list.get(passage) ?? 0) + 1);
      this.lists.set(term, list);
    }
  }

  rarity(term: string): number {
    const having = this.lists.get(term)?.size ?? 0;
    return Math.log(1 + (this.lengths.length - having + 0.5) / (having + 0.5));
  }

  has(term: string, passage: number): boolean {
    return this.lists.get(term)?.has(passage) ?? false;
  }

  /** BM25 of each passage that has one of the terms. */
  scores(terms: ReadonlySet<string>): Map<number, number> {
    const mean = this.total / Math.max(1, this.lengths.length);
    const scores = new Map<number, number>();
    for (const term of terms) {
      const rarity = this.rarity(term);
      for (const [passage, times] of this.lists.get(term) ?? []) {
        const length = 1 - B + (B * this.lengths[passage]!) / mean;
        scores.set(passage, (scores.get(passage) ?? 0) + (rarity * times * (K1 + 1)) / (times + K1 * length));
      }
    }
    return scores;
  }
}

const KINDS = ['words', 'pairs', 'letters'] as const;

export class PassageIndex {
  private readonly postings: Readonly<Record<keyof Terms, Postings>> = { words: new Postings(), pairs: new Postings(), letters: new Postings() };

  constructor(passages: readonly Passage[]) {
    for (const { title, text } of passages) {
      const terms = termsOf(title === undefined ? text : `${title}. ${title}. ${text}`);
      for (const kind of KINDS) this.postings[kind].add(terms[kind]);
    }
  }

  /** The best passages, best first; of equals the first one. */
  search(question: string, limit: number): Hit[] {
    const terms = termsOf(question);
    const sums = new Map<number, number>();
    for (const kind of KINDS) {
      for (const [passage, score] of this.postings[kind].scores(new Set(terms[kind]))) sums.set(passage, (sums.get(passage) ?? 0) + WEIGHTS[kind] * score);
    }
    const best = [...sums].toSorted(([a, x], [b, y]) => y - x || a - b).slice(0, limit);
    return best.map(([passage, score]) => ({ passage, score: Number(score.toFixed(6)), coverage: this.coverage(new Set(terms.words), passage) }));
  }

  private coverage(words: ReadonlySet<string>, passage: number): number {
    let [had, all] = [0, 0];
    for (const word of words) {
      const rarity = this.postings.words.rarity(word);
      all += rarity;
      if (this.postings.words.has(word, passage)) had += rarity;
    }
    return all === 0 ? 0 : Number((had / all).toFixed(6));
  }
}
