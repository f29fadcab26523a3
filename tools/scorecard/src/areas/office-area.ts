import * as XLSX from '@e965/xlsx';
import { parse } from 'csv-parse/sync';
import mammoth from 'mammoth';
import type { ContentDocument } from '@symphainy/contracts';
import { gridOf, markdown } from '@symphainy/realm-content';
import { meanScore, scored, type Area, type CaseResult, type Corpus } from '../area.js';
import { adjacencies, plainGrid } from '../measure/adjacency.js';
import { markdownParts, type MarkdownParts } from '../measure/markdown-blocks.js';
import { bagAgreement, wordSimilarity } from '../measure/similarity.js';
import { htmlParts } from './html-parts.js';
import { documentOf } from './read-file.js';

export const officeArea: Area = {
  name: 'office',
  counts: 'mean of words in order, pairs of neighbouring cells, headings, list items with their depth (those that the expected result has)',
  peer: 'mammoth (DOCX), SheetJS (XLSX), parse5 (HTML), each walked plainly',
  async measure(corpus) {
    const cases: CaseResult[] = [];
    for (const file of corpus.files('office', /\.(docx|xlsx|xlsm|pptx|html?)$/).filter((name) => !name.includes('.expected.'))) {
      const expected = expectedParts(corpus, file);
      if (expected) cases.push(await officeCase(corpus, file, expected));
    }
    return cases;
  },
};

async function officeCase(corpus: Corpus, file: string, expected: MarkdownParts): Promise<CaseResult> {
  let shares: Shares = {};
  const own = await scored(async () => {
    const document = await documentOf(corpus, file);
    const shown = expected.headings.length > 0 ? markdown(document) : markdown(document).replace(/^#{1,6} .*$/gm, '');
    shares = sharesOf({ ...markdownParts(shown), tables: tablesOf(document) }, expected);
    return meanScore(Object.values(shares));
  });
  const peer = await scored(async () => meanScore(Object.values(sharesOf(await peerParts(corpus, file), expected))));
  const low = Object.entries(shares).filter(([, share]) => share < 0.9999).map(([part, share]) => `${part} ${share.toFixed(3)}`);
  return { file, ...own, peer: peer.score, ...(low.length > 0 && own.note === undefined ? { note: low.join(', ') } : {}) };
}

/** Spanned cells stand in each place that they cover, as the expected results have them. */
const tablesOf = (document: ContentDocument): string[][][] => document.tables.map((table) => markdownParts(markdown({ ...document, blocks: document.blocks.filter((block) => block.table_id === table.id) })).tables[0] ?? gridOf(table).map((row) => row.map((cell) => cell?.text ?? '')));

function expectedParts(corpus: Corpus, file: string): MarkdownParts | undefined {
  const names = [`${file}.expected.md`, `${file.replace(/\.[^.]+$/, '')}.expected.md`];
  const name = names.find((one) => corpus.has(one));
  if (name !== undefined) return markdownParts(corpus.text(name));
  if (!corpus.has(`${file}.expected.csv`)) return undefined;
  const rows: string[][] = parse(corpus.text(`${file}.expected.csv`), { relax_column_count: true });
  return { text: rows.flat().join(' '), headings: [], items: [], tables: [rows] };
}

interface Shares {
  [part: string]: number;
}

/** Only what the expected result holds is asked for: it says nothing of the headings of a sheet without any. */
function sharesOf(found: MarkdownParts, expected: MarkdownParts): Shares {
  const pairs = (tables: readonly string[][][]): string[] => tables.flatMap((rows) => adjacencies(plainGrid(rows)));
  const shares: Shares = {};
  if (expected.text.trim() !== '') shares['words'] = wordSimilarity(found.text, expected.text);
  if (pairs(expected.tables).length > 0) shares['cells'] = bagAgreement(pairs(found.tables), pairs(expected.tables)).f1;
  if (expected.headings.length > 0) shares['headings'] = bagAgreement(found.headings, expected.headings).f1;
  if (expected.items.length > 0) shares['items'] = bagAgreement(found.items, expected.items).f1;
  return shares;
}

async function peerParts(corpus: Corpus, file: string): Promise<MarkdownParts> {
  const bytes = corpus.bytes(file);
  if (/\.html?$/.test(file)) return htmlParts(corpus.text(file));
  if (file.endsWith('.docx')) return htmlParts((await mammoth.convertToHtml({ buffer: Buffer.from(bytes) })).value);
  if (file.endsWith('.pptx')) throw new Error('none of the libraries reads PPTX');
  const book = XLSX.read(bytes, { type: 'array' });
  const tables = book.SheetNames.map((name) => XLSX.utils.sheet_to_json<unknown[]>(book.Sheets[name]!, { header: 1, raw: false, defval: '' }).map((row) => row.map(String)));
  return { text: tables.flat(2).join(' '), headings: [...book.SheetNames], items: [], tables };
}
