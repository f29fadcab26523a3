import type { ContentCell, ContentSource } from '@symphainy/contracts';
import type { DraftBuilder } from '../../../model/draft-document.js';
import { isCapitalHeading, keyValue, markedItem, IndentLevels } from '../../../text/line-structure.js';
import { columnNames } from '../table-headings.js';
import { joinedLabels } from '../printed-table.js';
import { formPairs, isPairLine, type FormPair } from './pdf-forms.js';
import { cellText, joinLines, tableBox, type PrintedTable } from './pdf-grid.js';
import { boxOf, lineText, type Line, type Segment } from './pdf-lines.js';
import type { PageItem } from './pdf-order.js';
import { filledGrid, headingRows } from './pdf-headings.js';

/** Lines of one paragraph stand within this many line heights of each other. */
const PARAGRAPH_GAP = 1.75;
const HEADING_RATIO = 1.12;
const HEADING_LENGTH = 160;
/** Points. */
const MARGIN_ROOM = 60;
/** What pages are counted by: `7`, `A-3`, `Page 3 of 12`. Set apart and in capitals, and yet no heading. */
const PAGE_LABEL = /^(page )?[a-z]?[-–. ]?\d{1,4}( of \d{1,4})?$/i;

/** Reads a document's lines into blocks and tables: headings are set larger than most text, lists begin with a mark, paragraphs are what is left. */
export class PdfBlocks {
  private readonly body: number;
  private readonly headings: readonly number[];
  /** Where lines of text end at the right. */
  private readonly right: number;
  private readonly indents = new IndentLevels(8);
  private open: Line[] = [];

  constructor(
    private readonly builder: DraftBuilder,
    items: readonly PageItem[],
  ) {
    const lines = items.flatMap((item) => ('line' in item ? [item.line] : []));
    const sizes = sizeCounts(lines);
    this.body = [...sizes].reduce((most, entry) => (entry[1] > most[1] ? entry : most), [0, 0])[0];
    this.right = lines.reduce((most, line) => Math.max(most, line.segments.at(-1)!.x1), 0);
    this.headings = [...sizes.keys()].filter((size) => size > this.body * HEADING_RATIO).toSorted((a, b) => b - a);
  }

  page(items: readonly PageItem[]): void {
    for (const item of items) {
      if ('line' in item) this.line(joinMark(item.line));
      else (this.flush(), this.table(item.table));
    }
    this.flush();
  }

  private line(line: Line): void {
    if (this.open.length > 0 && this.begins(line)) this.flush();
    const ends = this.open.length === 0 && (this.isPair(line) || isCapitals(line));
    this.open.push(line);
    if (ends) this.flush();
  }

  private begins(line: Line): boolean {
    const above = this.open.at(-1)!;
    if (line.page !== above.page || above.y - line.y > PARAGRAPH_GAP * Math.max(above.height, line.height) || above.y < line.y || isBeside(above, line)) return true;
    if (Math.abs(line.height - above.height) > 0.8) return true;
    return markedItem(lineText(line)) !== undefined || isPairLine(line) || isCapitals(line);
  }

  /** A line of the form `key: value` that ends well before the right margin: one that reaches it goes on in the next line. */
  private isPair(line: Line): boolean {
    if (isPairLine(line)) return true;
    return line.segments.length === 1 && line.segments[0]!.x1 < this.right - MARGIN_ROOM && keyValue(lineText(line)) !== undefined;
  }

  /** Large type over one or two lines is a heading; a whole paragraph in it is a paragraph. */
  private headingLevel(lines: readonly Line[], text: string): number | undefined {
    const rank = this.headings.indexOf(sizeOf(lines[0]!));
    if (/^page \d+/i.test(text) || PAGE_LABEL.test(text) || text.length > HEADING_LENGTH || !/\p{L}/u.test(text)) return undefined;
    if (rank >= 0 && lines.length <= 2 && !/[.;,:]$/.test(text)) return Math.min(rank + 1, 6);
    return lines.length === 1 && isCapitals(lines[0]!) ? Math.min(this.headings.length + 1, 6) : undefined;
  }

  private flush(): void {
    const lines = this.open.splice(0);
    if (lines.length === 0) return;
    const segments = lines.flatMap((line) => line.segments);
    const source = { page: lines[0]!.page, box: boxOf(segments) };
    const text = joinLines(lines.map(lineText));
    const level = this.headingLevel(lines, text);
    if (level !== undefined) {
      if (level === 1) this.builder.title(text);
      this.indents.reset();
      return this.builder.block({ type: 'heading', level, text, source });
    }
    const item = markedItem(text);
    if (item) return this.builder.block({ type: 'list_item', text: item.text, marker: item.marker, level: this.indents.level(segments[0]!.x0), source });
    const pair = lines.length === 1 ? keyValue(text) : undefined;
    this.builder.block(pair ? { type: 'key_value', text, key: pair.key, value: pair.value, source } : { type: 'paragraph', text, source });
  }

  /** A form set in columns states pairs, not rows. */
  private form(pairs: readonly FormPair[], page: number): void {
    for (const { key, value } of pairs) {
      const name = cellText(key).replace(/\s*:$/, '');
      this.builder.block({ type: 'key_value', text: `${name}: ${cellText(value)}`, key: name, value: cellText(value), source: { page, box: boxOf([...key, ...value]) } });
    }
  }

  private table(table: PrintedTable): void {
    const { page } = table;
    const pairs = formPairs(table);
    if (pairs) return this.form(pairs, page);
    const grid = filledGrid(table);
    const texts = grid.map((row) => row.map((segments) => cellText(segments)));
    const headed = headingRows(table, texts);
    const place = (segments: readonly Segment[]): ContentSource => (segments.length === 0 ? { page } : { page, box: boxOf(segments) });
    const body = grid.slice(headed);
    this.builder.table({
      name: 'table',
      columns: columnNames(joinedLabels(texts.slice(0, headed), table.columns), table.columns).map((name) => ({ name })),
      rows: texts.slice(headed).map((row) => row.map((cell): ContentCell => cell || null)),
      row_sources: body.map((row, at) => ({ ...place(row.flat()), row: at + headed + 1 })),
      cell_sources: body.map((row, at) => row.map((cell, column) => ({ ...place(cell), row: at + headed + 1, column: column + 1 }))),
      cells: table.cells.map((cell) => ({ row: cell.row + 1, column: cell.column + 1, ...(cell.rowSpan > 1 ? { row_span: cell.rowSpan } : {}), ...(cell.columnSpan > 1 ? { column_span: cell.columnSpan } : {}), text: cellText(cell.segments), source: place(cell.segments) })),
      source: { page, box: [...tableBox(table)] },
    });
  }
}

/** Set apart on one height: another column. */
const isBeside = (above: Line, line: Line): boolean => above.y - line.y < 1 && (line.segments[0]!.x0 > above.segments.at(-1)!.x1 || line.segments.at(-1)!.x1 < above.segments[0]!.x0);

const isCapitals = (line: Line): boolean => line.segments.length === 1 && isCapitalHeading(lineText(line)) && markedItem(lineText(line)) === undefined;

const sizeOf = (line: Line): number => Math.round(line.height * 2) / 2;

function sizeCounts(lines: readonly Line[]): Map<number, number> {
  const counts = new Map<number, number>();
  for (const line of lines) counts.set(sizeOf(line), (counts.get(sizeOf(line)) ?? 0) + lineText(line).length);
  return counts;
}

/** A list mark set apart from its text (`3.` and then a tab) belongs to it. */
function joinMark(line: Line): Line {
  const [first, second, ...rest] = line.segments;
  if (first === undefined || second === undefined || rest.length > 0 || !/^(\(?\d{1,3}(\.\d{1,3})*[.)]|\(?[a-z][.)]|[ivx]+[.)]|[-–•◦▪●*])$/i.test(first.text)) return line;
  const joined: Segment = { ...first, text: `${first.text} ${second.text}`, x1: second.x1, box: boxOf([first, second]) };
  return { ...line, segments: [joined] };
}
