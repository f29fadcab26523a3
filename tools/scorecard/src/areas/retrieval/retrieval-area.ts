import { PassageIndex, type Passage } from '@symphainy/realm-insights';
import type { Area, CaseResult, Corpus } from '../../area.js';
import { plainRanking } from './plain-bm25.js';

interface Line {
  readonly input: string;
  readonly passages: readonly { readonly title: string; readonly text: string }[];
  readonly output: readonly { readonly answer: string }[];
}

const DEPTH = 10;

export const retrievalArea: Area = {
  name: 'retrieval',
  counts: 'questions with an answer, all passages in one index: nDCG of the first ten, and share whose own passage is among the first ten',
  peer: 'plain BM25 over words in lower case',
  measure(corpus) {
    const lines = corpus.files('retrieval', /\.jsonl$/).flatMap((file) => linesOf(corpus, file));
    const passages = lines.map(({ passages: [passage] }): Passage => ({ title: passage!.title, text: passage!.text }));
    const asked = lines.flatMap((line, own) => (line.output.some(({ answer }) => answer !== '') ? [{ question: line.input, own }] : []));
    if (asked.length === 0) return Promise.resolve([]);
    const index = new PassageIndex(passages);
    const plain = plainRanking(passages.map(({ title, text }) => `${title} ${text}`));
    const own = asked.map((ask) => index.search(ask.question, DEPTH).findIndex((hit) => hit.passage === ask.own));
    const peer = asked.map((ask) => plain(ask.question, DEPTH).indexOf(ask.own));
    const cases: CaseResult[] = [
      { file: `retrieval: nDCG@${DEPTH} of ${asked.length} questions`, score: mean(own.map(gain)), peer: mean(peer.map(gain)) },
      { file: `retrieval: recall@${DEPTH} of ${asked.length} questions`, score: mean(own.map((rank) => Number(rank >= 0))), peer: mean(peer.map((rank) => Number(rank >= 0))) },
    ];
    return Promise.resolve(cases);
  },
};

const linesOf = (corpus: Corpus, file: string): Line[] => corpus.text(file).split('\n').filter((line) => line.trim() !== '').map((line) => JSON.parse(line) as Line);
const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
/** With one right passage the ideal is 1, so this is the normalised gain. `rank` from 0; -1 where it is not found. */
const gain = (rank: number): number => (rank < 0 ? 0 : 1 / Math.log2(rank + 2));
