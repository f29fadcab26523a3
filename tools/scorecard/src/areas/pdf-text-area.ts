import type { ContentDocument } from '@symphainy/contracts';
import { markdown, plainText } from '@symphainy/realm-content';
import { scored, type Area, type CaseResult, type Corpus } from '../area.js';
import { markdownParts } from '../measure/markdown-blocks.js';
import { textSimilarity } from '../measure/similarity.js';
import { joinedText, pdfPieces } from './pdf-peer.js';
import { documentOf } from './read-file.js';

const FOLDER = /^pdf\/(?!scanned\/|tables)/;

export const pdfTextArea: Area = {
  name: 'pdf-text',
  counts: 'characters in reading order, white space left out: 2 · LCS / (found + expected)',
  peer: 'pdfjs-dist, its items joined',
  async measure(corpus) {
    const cases: CaseResult[] = [];
    for (const file of corpus.files('pdf', /\.pdf$/).filter((name) => FOLDER.test(name))) {
      const expected = expectedText(corpus, file);
      if (expected !== undefined) cases.push(await textCase(corpus, file, expected));
    }
    return cases;
  },
};

async function textCase(corpus: Corpus, file: string, expected: string): Promise<CaseResult> {
  const own = await scored(async () => textSimilarity(shownText(await documentOf(corpus, file), corpus, file), expected));
  const peer = await scored(async () => textSimilarity(joinedText(await pdfPieces(corpus.bytes(file))), expected));
  return { file, ...own, peer: peer.score };
}

/** Words of Markdown are compared with words of Markdown: marks of lists are markup in both. */
const shownText = (document: ContentDocument, corpus: Corpus, file: string): string => (corpus.has(file.replace(/\.[^.]+$/, '.expected.txt')) ? plainText(document) : markdownParts(markdown(document)).text);

/** `x.expected.txt`, or the words of `x.expected.md`. */
export function expectedText(corpus: Corpus, file: string): string | undefined {
  const base = file.replace(/\.[^.]+$/, '');
  if (corpus.has(`${base}.expected.txt`)) return corpus.text(`${base}.expected.txt`);
  return corpus.has(`${base}.expected.md`) ? markdownParts(corpus.text(`${base}.expected.md`)).text : undefined;
}
