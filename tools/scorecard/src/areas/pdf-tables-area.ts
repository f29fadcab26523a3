import { parse } from 'csv-parse/sync';
import { parseFragment, type DefaultTreeAdapterTypes } from 'parse5';
import { gridOf, type GridCell } from '@symphainy/realm-content';
import { scored, type Area, type CaseResult, type Corpus } from '../area.js';
import { adjacencies, plainGrid, type Grid } from '../measure/adjacency.js';
import { bagAgreement, type Agreement } from '../measure/similarity.js';
import { naiveTables, pdfPieces } from './pdf-peer.js';
import { documentOf } from './read-file.js';

export const pdfTablesArea: Area = {
  name: 'pdf-tables',
  counts: 'pairs of neighbouring cells of all tables of a file (ICDAR 2013): F1',
  peer: 'pdfjs-dist, rows by height and cells by gaps',
  async measure(corpus) {
    const cases: CaseResult[] = [];
    for (const file of corpus.files('pdf', /\.pdf$/)) {
      const expected = expectedGrids(corpus, file.replace(/\.pdf$/, ''));
      if (expected) cases.push(await tableCase(corpus, file, expected.flatMap(adjacencies)));
    }
    return cases;
  },
};

async function tableCase(corpus: Corpus, file: string, expected: string[]): Promise<CaseResult> {
  let found: Agreement | undefined;
  const own = await scored(async () => {
    const document = await documentOf(corpus, file);
    found = bagAgreement(document.tables.flatMap((table) => adjacencies(gridOf(table))), expected);
    return found.f1;
  });
  const peer = await scored(async () => bagAgreement(naiveTables(await pdfPieces(corpus.bytes(file))).flatMap((rows) => adjacencies(plainGrid(rows))), expected).f1);
  return { file, ...own, peer: peer.score, ...(found ? { precision: found.precision, recall: found.recall } : {}) };
}

function expectedGrids(corpus: Corpus, base: string): Grid[] | undefined {
  if (corpus.has(`${base}.expected-cells.xml`)) return icdarGrids(corpus.text(`${base}.expected-cells.xml`));
  if (!corpus.has(`${base}.expected.csv`)) return undefined;
  return [plainGrid(parse(corpus.text(`${base}.expected.csv`), { relax_column_count: true }))];
}

/** One grid for each region: `<region><cell start-row start-col [end-row] [end-col]><content>`. The elements are read as an HTML reader reads unknown ones. */
export function icdarGrids(xml: string): Grid[] {
  const tree = parseFragment(xml.replace(/<(bounding-box|instruction)\b[^>]*\/>/g, ''));
  return elements(tree, 'region').map((region) => {
    const grid: (GridCell | undefined)[][] = [];
    for (const cell of elements(region, 'cell')) {
      const at = (name: string, other: number): number => Number(cell.attrs.find((one) => one.name === name)?.value ?? other);
      const [row, column] = [at('start-row', 0), at('start-col', 0)];
      const text = elements(cell, 'content').map(textOf).join(' ');
      (grid[row] ??= [])[column] = { text, rowSpan: at('end-row', row) - row + 1, columnSpan: at('end-col', column) - column + 1 };
    }
    const height = grid.reduce((most, row, y) => Math.max(most, ...row.flatMap((cell) => (cell ? [y + cell.rowSpan] : []))), 0);
    const width = grid.reduce((most, row) => Math.max(most, ...row.flatMap((cell, x) => (cell ? [x + cell.columnSpan] : []))), 0);
    return Array.from({ length: height }, (_, y) => Array.from({ length: width }, (__, x) => grid[y]?.[x]));
  });
}

type Node = DefaultTreeAdapterTypes.Node;

const elements = (node: Node, name: string): DefaultTreeAdapterTypes.Element[] =>
  ('childNodes' in node ? node.childNodes : []).flatMap((child) => ('tagName' in child && child.tagName === name ? [child] : elements(child, name)));

const textOf = (node: Node): string => ('childNodes' in node ? node.childNodes.map(textOf).join('') : 'value' in node ? node.value : '');
