import type { DraftBuilder } from '../../../model/draft-document.js';
import { isCapitalHeading, keyValue, markedItem, IndentLevels } from '../../../text/line-structure.js';
import { columnNames, isHeading } from '../parse-csv.js';
import { boxOf, lineText, type Line, type Segment } from './pdf-lines.js';
import { cellText, tableAt, tableBox, type AlignedTable } from './pdf-tables.js';

/** Lines of one paragraph stand within this many line heights of each other. */
const PARAGRAPH_GAP = 1.75;
const HEADING_RATIO = 1.12;
const HEADING_LENGTH = 160;
/** Points. */
const MARGIN_ROOM = 60;

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
    lines: readonly Line[],
  ) {
    const sizes = sizeCounts(lines);
    this.body = [...sizes].reduce((most, entry) => (entry[1] > most[1] ? entry : most), [0, 0])[0];
    this.right = lines.reduce((most, line) => Math.max(most, line.segments.at(-1)!.x1), 0);
    this.headings = [...sizes.keys()].filter((size) => size > this.body * HEADING_RATIO).toSorted((a, b) => b - a);
  }

  page(lines: readonly Line[]): void {
    const ordered = unfoldColumns(lines);
    for (let at = 0; at < ordered.length; at++) {
      const line = joinMark(ordered[at]!);
      const table = line.segments.length >= 2 && !this.isPair(line) ? tableAt(ordered, at) : undefined;
      if (table) {
        this.flush();
        this.table(table);
        at += table.lines.length - 1;
      } else {
        this.line(line);
      }
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
    if (line.page !== above.page || above.y - line.y > PARAGRAPH_GAP * Math.max(above.height, line.height) || above.y < line.y) return true;
    if (Math.abs(line.height - above.height) > 0.8) return true;
    return markedItem(lineText(line)) !== undefined || isFormLine(line) || isCapitals(line);
  }

  /** A line of the form `key: value` that ends well before the right margin: one that reaches it goes on in the next line. */
  private isPair(line: Line): boolean {
    if (isFormLine(line)) return true;
    return line.segments.length === 1 && line.segments[0]!.x1 < this.right - MARGIN_ROOM && keyValue(lineText(line)) !== undefined;
  }

  /** Large type over one or two lines is a heading; a whole paragraph in it is a paragraph. */
  private headingLevel(lines: readonly Line[], text: string): number | undefined {
    const rank = this.headings.indexOf(sizeOf(lines[0]!));
    if (/^page \d+/i.test(text) || text.length > HEADING_LENGTH || !/\p{L}/u.test(text)) return undefined;
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

  /** A form set in columns (`Location:  Port Alden   Number:  7`) states pairs, not rows. */
  private form(pairs: readonly { key: Segment[]; value: Segment[] }[], page: number): void {
    for (const { key, value } of pairs) {
      const name = cellText(key).replace(/\s*:$/, '');
      this.builder.block({ type: 'key_value', text: `${name}: ${cellText(value)}`, key: name, value: cellText(value), source: { page, box: boxOf([...key, ...value]) } });
    }
  }

  private table(table: AlignedTable): void {
    const pairs = formPairs(table);
    if (pairs) return this.form(pairs, table.lines[0]!.page);
    const { page } = table.lines[0]!;
    const texts = table.cells.map((row) => row.map(cellText));
    const headed = isHeading(texts[0]!, texts.slice(1));
    const body = table.cells.slice(headed ? 1 : 0);
    const place = (segments: readonly Segment[]) => (segments.length === 0 ? { page } : { page, box: boxOf(segments) });
    const first = headed ? 2 : 1;
    this.builder.table({
      name: 'table',
      columns: columnNames(headed ? texts[0]! : [], texts[0]!.length).map((name) => ({ name })),
      rows: texts.slice(headed ? 1 : 0).map((row) => row.map((cell) => cell || null)),
      row_sources: body.map((row, at) => ({ ...place(row.flat()), row: at + first })),
      cell_sources: body.map((row, at) => row.map((cell, column) => ({ ...place(cell), row: at + first, column: column + 1 }))),
      source: { page, box: tableBox(table) },
    });
  }
}

/** `Key:` in one place and its value in another, as forms are set. */
const isFormLine = (line: Line): boolean => line.segments.length === 2 && line.segments[0]!.text.endsWith(':') && line.segments[0]!.text.length <= 50;

const isCapitals = (line: Line): boolean => line.segments.length === 1 && isCapitalHeading(lineText(line)) && markedItem(lineText(line)) === undefined;

/** Share of a table's first, third, … cells that must end with a colon for it to be a form. */
const FORM_SHARE = 0.7;

function formPairs(table: AlignedTable): { key: Segment[]; value: Segment[] }[] | undefined {
  const slots = table.cells.flatMap((row) => row.flatMap((cell, at) => (at % 2 === 0 && cell.length > 0 ? [{ key: [...cell], value: [...(row[at + 1] ?? [])] }] : [])));
  const named = slots.filter(({ key }) => cellText(key).endsWith(':'));
  if (table.cells[0]!.length % 2 !== 0 || named.length < slots.length * FORM_SHARE) return undefined;
  return named.filter(({ value }) => value.length > 0);
}

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

/** A word divided at the end of a line is put together again. */
const joinLines = (texts: readonly string[]): string => texts.reduce((joined, text) => (joined === '' ? text : /\p{Ll}-$/u.test(joined) && /^\p{Ll}/u.test(text) ? joined.slice(0, -1) + text : `${joined} ${text}`), '');

const MIN_COLUMN_LINES = 8;

/** A page set in two columns of running text is read column by column. */
function unfoldColumns(lines: readonly Line[]): readonly Line[] {
  const pairs = lines.filter((line) => line.segments.length === 2 && line.segments.every((s) => s.text.length > 25));
  if (pairs.length < MIN_COLUMN_LINES) return lines;
  const gutter = (Math.max(...pairs.map((l) => l.segments[0]!.x1)) + Math.min(...pairs.map((l) => l.segments[1]!.x0))) / 2;
  if (!pairs.every((l) => l.segments[0]!.x1 <= gutter && l.segments[1]!.x0 >= gutter)) return lines;
  const top = Math.max(...pairs.map((l) => l.y));
  const bottom = Math.min(...pairs.map((l) => l.y));
  const inside = (line: Line): boolean => line.y <= top && line.y >= bottom && line.segments.every((s) => s.x1 <= gutter || s.x0 >= gutter);
  const side = (keep: (s: Segment) => boolean): Line[] => lines.filter(inside).map((line) => ({ ...line, segments: line.segments.filter(keep) })).filter((line) => line.segments.length > 0);
  const above = lines.filter((line) => !inside(line) && line.y > bottom);
  const below = lines.filter((line) => !inside(line) && line.y <= bottom);
  return [...above, ...side((s) => s.x1 <= gutter), ...side((s) => s.x0 >= gutter), ...below];
}
