import { HASHED_DENSE, hashedDense, queryTerms } from '@symphainy/embeddings';
import { hybridAnswer, PassageIndex, soughtText, type Passage } from '@symphainy/realm-insights';
import type { Area, CaseResult, Corpus } from '../../area.js';
import { plainRanking } from './plain-bm25.js';

interface Line {
  readonly input: string;
  readonly passages: readonly { readonly title: string; readonly text: string }[];
  readonly output: readonly { readonly answer: string }[];
}

const DEPTH = 10;
/** What `insights.search` does unless it is asked otherwise. */
const FIT = { min_coverage: 0.34, min_similarity: 0.5 };

export const retrievalArea: Area = {
  name: 'retrieval',
  counts: 'questions with an answer, all passages in one index: nDCG of the first ten, and share whose own passage is among the first ten',
  peer: 'plain BM25 over words in lower case',
  measure(corpus) {
    const lines = corpus.files('retrieval', /\.jsonl$/).flatMap((file) => linesOf(corpus, file));
    const passages = lines.map(({ passages: [passage] }): Passage => ({ title: passage!.title, text: passage!.text }));
    const asked = lines.flatMap((line, own) => (line.output.some(({ answer }) => answer !== '') ? [{ question: line.input, own }] : []));
    if (asked.length === 0) return Promise.resolve([]);
    const plain = plainRanking(passages.map(({ title, text }) => `${title} ${text}`));
    const answered = answersOf(passages);
    const own = asked.map((ask) => answered.ranks(ask.question).indexOf(ask.own));
    const lexical = asked.map((ask) => answered.lexical(ask.question).indexOf(ask.own));
    const peer = asked.map((ask) => plain(ask.question, DEPTH).indexOf(ask.own));
    const cases: CaseResult[] = [
      { file: `retrieval: nDCG@${DEPTH} of ${asked.length} questions`, score: mean(own.map(gain)), peer: mean(peer.map(gain)), note: `by words alone ${mean(lexical.map(gain)).toFixed(4)}` },
      { file: `retrieval: recall@${DEPTH} of ${asked.length} questions`, score: mean(own.map(found)), peer: mean(peer.map(found)), note: `by words alone ${mean(lexical.map(found)).toFixed(4)}; ${answered.abstaining(asked)}` },
    ];
    return Promise.resolve(cases);
  },
};

/** Passages in one index, asked with hashed vectors. */
function answersOf(passages: readonly Passage[]) {
  const embedded = passages.map((passage) => ({ ...passage, vector: hashedDense(soughtText(passage)) }));
  const whole = new PassageIndex(embedded);
  const ask = (index: PassageIndex, question: string, fit = { min_coverage: 0, min_similarity: 1 }, vector: readonly number[] | undefined = hashedDense(question)): number[] =>
    hybridAnswer(index.find(question, vector), { terms: queryTerms(question), model: HASHED_DENSE }, fit).slice(0, DEPTH).map(({ key }) => key);
  const byWords = new PassageIndex(passages);
  return {
    ranks: (question: string) => ask(whole, question),
    lexical: (question: string) => ask(byWords, question),
    /** With the thresholds of `insights.search`: how often it abstains while the passage is there, and while it was taken away. */
    abstaining(asked: readonly { readonly question: string; readonly own: number }[]): string {
      const there = asked.filter(({ question }) => ask(whole, question, FIT).length === 0).length;
      const away = asked.filter(({ question, own }) => ask(new PassageIndex(embedded.toSpliced(own, 1)), question, FIT).length === 0).length;
      return `abstains from ${(there / asked.length).toFixed(3)} of them, and from ${(away / asked.length).toFixed(3)} when their own passages are taken away`;
    },
  };
}

const linesOf = (corpus: Corpus, file: string): Line[] => corpus.text(file).split('\n').filter((line) => line.trim() !== '').map((line) => JSON.parse(line) as Line);
const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
const found = (rank: number): number => Number(rank >= 0);
/** With one right passage the ideal is 1, so this is the normalised gain. `rank` from 0; -1 where it is not found. */
const gain = (rank: number): number => (rank < 0 ? 0 : 1 / Math.log2(rank + 2));
