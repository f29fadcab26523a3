import { hashedSparse, queryTerms, type SparseText } from '@symphainy/embeddings';
import type { Found } from './hybrid-answer.js';
import { RANK_DEPTH } from './hybrid-answer.js';
import { nearest } from './nearest.js';
import { TermIndex } from './term-index.js';

/** A stretch of text that can be found. The title is counted with the text, twice. */
export interface Passage {
  readonly text: string;
  readonly title?: string | undefined;
  readonly sparse?: SparseText | undefined;
  /** Of the model that the question is embedded by; absent: only its words are sought. */
  readonly vector?: readonly number[] | undefined;
}

/** The text that a passage is found by. */
export const soughtText = ({ text, title }: Pick<Passage, 'text' | 'title'>): string => (title === undefined ? text : `${title}. ${title}. ${text}`);

/** Passages at hand, ready to be asked. Keys are their positions. */
export class PassageIndex {
  private readonly terms: TermIndex;

  constructor(private readonly passages: readonly Passage[]) {
    this.terms = new TermIndex(passages.map((passage) => passage.sparse ?? hashedSparse(soughtText(passage))));
  }

  find(question: string, vector: readonly number[] | undefined): Found<number> {
    const terms = queryTerms(question);
    const keyed = ({ passage, score }: { readonly passage: number; readonly score: number }) => ({ key: passage, score });
    return {
      lexical: this.terms.rank(terms, RANK_DEPTH).map(keyed),
      vector: vector === undefined ? [] : nearest(this.passages.map((passage) => passage.vector), vector, RANK_DEPTH).map(keyed),
      passages: this.passages.length,
      frequencies: this.terms.frequencies(terms),
      matched: (key) => this.terms.matched(terms, key),
    };
  }
}
