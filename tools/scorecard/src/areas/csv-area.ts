import { parse } from 'csv-parse/sync';
import type { ContentTable } from '@symphainy/contracts';
import { gridOf } from '@symphainy/realm-content';
import { scored, type Area, type CaseResult, type Corpus } from '../area.js';
import { markdownParts } from '../measure/markdown-blocks.js';
import { documentOf } from './read-file.js';

export const csvArea: Area = {
  name: 'csv',
  counts: 'share of cells that are equal in their place, headings included',
  peer: 'csv-parse with its defaults',
  async measure(corpus) {
    const cases: CaseResult[] = [];
    for (const file of corpus.files('office/csv', /\.(csv|tsv)$/).filter((name) => !name.includes('.expected.'))) {
      const expected = expectedRows(corpus, file.replace(/\.[^.]+$/, ''));
      if (expected) cases.push(await csvCase(corpus, file, expected));
    }
    return cases;
  },
};

async function csvCase(corpus: Corpus, file: string, expected: string[][]): Promise<CaseResult> {
  const own = await scored(async () => equalShare(shownRows((await documentOf(corpus, file)).tables[0]!), expected));
  const peer = await scored(() => equalShare(parse(Buffer.from(corpus.bytes(file)), {}), expected));
  return { file, ...own, peer: peer.score };
}

const shownRows = (table: ContentTable): string[][] => gridOf(table).map((row) => row.map((cell) => cell?.text ?? ''));

function expectedRows(corpus: Corpus, base: string): string[][] | undefined {
  if (corpus.has(`${base}.expected.json`)) {
    const records = JSON.parse(corpus.text(`${base}.expected.json`)) as { [name: string]: string }[];
    const names = Object.keys(records[0] ?? {});
    return [names, ...records.map((record) => names.map((name) => record[name] ?? ''))];
  }
  return corpus.has(`${base}.expected.md`) ? markdownParts(corpus.text(`${base}.expected.md`)).tables[0] : undefined;
}

/** Cells that are equal over all cells of the larger grid. */
export function equalShare(found: readonly (readonly string[])[], expected: readonly (readonly string[])[]): number {
  const height = Math.max(found.length, expected.length);
  let equal = 0;
  let all = 0;
  for (let row = 0; row < height; row++) {
    const width = Math.max(found[row]?.length ?? 0, expected[row]?.length ?? 0);
    for (let column = 0; column < width; column++) if (same(found[row]?.[column] ?? '', expected[row]?.[column] ?? '')) equal++;
    all += width;
  }
  return all === 0 ? 1 : equal / all;
}

const same = (left: string, right: string): boolean => shape(left) === shape(right);
const shape = (text: string): string => text.replace(/\s+/g, ' ').trim();
