import * as XLSX from '@e965/xlsx';
import { failure, type ContentCell, type TableIrregularity } from '@symphainy/contracts';
import { breathe } from '../../model/breathing.js';
import { DraftBuilder, withinTable, type DraftDocument } from '../../model/draft-document.js';
import { withinLimit } from '../../model/limits.js';
import { sharedHeadingRows, type SpanningCell } from './heading-rows.js';
import { coreProperties, PROPERTY_PARTS } from './office/core-properties.js';
import { OfficePackage } from './office/office-package.js';
import { addChart } from './office/charts.js';
import { chartsOf } from './office/xlsx-charts.js';
import { uncalculatedCells, type CellsBySheet } from './office/xlsx-formulas.js';
import { columnNames, isHeading } from './table-headings.js';
import { joinedLabels } from './printed-table.js';
import { tableRegions, type Region } from './sheet-regions.js';

/**
 * XLSX: each island of filled cells on a sheet is a table (a lone line of text above it, its name); single cells are paragraphs. Comments and
 * charts follow the cells of their sheet. Hidden sheets are read like others, and named in the metadata. Formulas count by their stored values; where the file holds none the cell is the formula's text, and the metadata (`formulas_without_value`) and the table's irregularities say so.
 * Merged cells repeat theirs, headings of several rows name their columns together, dates follow the cell's number format and the workbook's epoch, free of any time zone. What the file says of itself and where cells lead to (`links`) are metadata. Rows name sheet and row; a cell's address follows from its row and the table's range.
 */
export async function parseXlsx(bytes: Uint8Array): Promise<DraftDocument> {
  const uncalculated = uncalculatedCells(bytes);
  const book = readBook(bytes, uncalculated.size > 0);
  await breathe();
  const builder = new DraftBuilder('xlsx');
  const { title, members } = coreProperties(new OfficePackage(bytes, PROPERTY_PARTS, 'XLSX'));
  builder.title(title);
  const hidden = book.SheetNames.filter((_, at) => (book.Workbook?.Sheets?.[at]?.Hidden ?? 0) > 0);
  builder.metadata({ ...members, sheets: book.SheetNames, hidden_sheets: hidden.length === 0 ? undefined : hidden, formulas_without_value: told(uncalculated), links: linksOf(book) });
  const charts = chartsOf(bytes);
  const date1904 = book.Workbook?.WBProps?.date1904 === true;
  for (const name of book.SheetNames) {
    const sheet = book.Sheets[name];
    const open = uncalculated.get(name) ?? NONE;
    if (sheet) addSheet(builder, { name, cells: sheetCells(sheet, date1904, open), merges: sheet['!merges'] ?? [], uncalculated: open });
    if (sheet) addComments(builder, name, sheet);
    for (const chart of charts.get(name) ?? []) addChart(builder, { sheet: name }, chart);
    await breathe();
  }
  return builder.done();
}

const NONE: ReadonlySet<string> = new Set();
const MAX_TOLD = 100;

/** How many there are, and the first of them; undefined: every formula has its value. */
function told(uncalculated: CellsBySheet): { count: number; cells: { sheet: string; cell: string }[] } | undefined {
  const cells = [...uncalculated].flatMap(([sheet, open]) => [...open].map((cell) => ({ sheet, cell })));
  return cells.length === 0 ? undefined : { count: cells.length, cells: cells.slice(0, MAX_TOLD) };
}

/** Texts of formulas, and cells that hold nothing else, are read only where they are wanted. */
function readBook(bytes: Uint8Array, formulas: boolean): XLSX.WorkBook {
  try {
    return XLSX.read(bytes, { type: 'array', dense: true, cellNF: true, cellFormula: formulas, sheetStubs: formulas, cellHTML: false, cellText: false });
  } catch (error) {
    const locked = error instanceof Error && /password|encrypt/i.test(error.message);
    if (locked) throw failure('content.password_protected', { field: '/source', cause: error });
    throw failure('content.corrupt', { message: 'the XLSX cannot be read: one of its parts is missing or damaged', field: '/source', cause: error });
  }
}

/** Cells by row and column from 0, holes where nothing stands. */
export type Cells = readonly (readonly (ContentCell | undefined)[] | undefined)[];

function sheetCells(sheet: XLSX.WorkSheet, date1904: boolean, uncalculated: ReadonlySet<string>): Cells {
  const rows = (sheet['!data'] ?? []) as (XLSX.CellObject | undefined)[][];
  let filled = 0;
  const cells = rows.map((row, r) => {
    filled += row?.length ?? 0;
    withinLimit('cells', filled);
    return row?.map((cell, c) => (cell === undefined ? undefined : uncalculated.size > 0 && uncalculated.has(XLSX.utils.encode_cell({ r, c })) ? `=${cell.f ?? ''}` : cellValue(cell, date1904)));
  });
  for (const { s, e } of sheet['!merges'] ?? []) withinLimit('cells', (filled += spreadMerged(cells, s, e)));
  return cells;
}

const MAX_MERGED_CELLS = 10_000;

/** A merged block shows its first cell's value all over; whole-sheet merges are dressing and stay one cell. Answers how many cells it filled. */
function spreadMerged(cells: (ContentCell | undefined)[][], from: XLSX.CellAddress, to: XLSX.CellAddress): number {
  const value = cells[from.r]?.[from.c];
  const size = (to.r - from.r + 1) * (to.c - from.c + 1);
  if (value === undefined || value === null || size > MAX_MERGED_CELLS) return 0;
  for (let r = from.r; r <= to.r; r++) for (let c = from.c; c <= to.c; c++) (cells[r] ??= [])[c] = value;
  return size;
}

function cellValue(cell: XLSX.CellObject, date1904: boolean): ContentCell | undefined {
  if (cell.t === 'z' || cell.v === undefined) return undefined;
  if (cell.t === 'e') return cell.w ?? ERRORS[Number(cell.v)] ?? '#ERROR!';
  if (cell.t === 'n' && ELAPSED.test(String(cell.z ?? ''))) return elapsedText(Number(cell.v));
  if (cell.t === 'n' && cell.z !== undefined && formats.is_date(String(cell.z))) return dateText(Number(cell.v), date1904);
  if (typeof cell.v === 'string') return cell.v.trim() === '' ? undefined : cell.v;
  return typeof cell.v === 'number' || typeof cell.v === 'boolean' ? cell.v : String(cell.v);
}

/** The library's number-format module, which its declaration leaves untyped. */
const formats = XLSX.SSF as {
  is_date(format: string): boolean;
  parse_date_code(serial: number, options: { date1904: boolean }): { y: number; m: number; d: number; H: number; M: number; S: number } | null;
};

const ERRORS: Readonly<Record<number, string>> = { 0: '#NULL!', 7: '#DIV/0!', 15: '#VALUE!', 23: '#REF!', 29: '#NAME?', 36: '#NUM!', 42: '#N/A' };

/** `2026-03-31`, `2026-03-31T14:30:00`, or `14:30:00` for a time of day. */
function dateText(serial: number, date1904: boolean): ContentCell {
  const date = formats.parse_date_code(serial, { date1904 });
  if (date === null) return serial;
  const time = `${two(date.H)}:${two(date.M)}:${two(Math.floor(date.S))}`;
  if (serial < 1) return time;
  const day = `${String(date.y).padStart(4, '0')}-${two(date.m)}-${two(date.d)}`;
  return Number.isInteger(serial) ? day : `${day}T${time}`;
}

const two = (value: number): string => String(value).padStart(2, '0');

/** Formats of hours, minutes or seconds that count on past a day: what they show is a length of time. */
const ELAPSED = /\[(h+|m+|s+)\]/i;

/** `30:00:00`. */
function elapsedText(days: number): string {
  const seconds = Math.round(Math.abs(days) * 86_400);
  return `${days < 0 ? '-' : ''}${two(Math.floor(seconds / 3600))}:${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}`;
}

interface Sheet {
  readonly name: string;
  readonly cells: Cells;
  readonly merges: readonly XLSX.Range[];
  /** Cells that hold a formula's text, because the file holds no value of it. */
  readonly uncalculated: ReadonlySet<string>;
}

function addSheet(builder: DraftBuilder, whole: Sheet): void {
  const { name: sheet, cells } = whole;
  for (const region of tableRegions(cells)) {
    const { title, ...body } = splitTitle(region, cells);
    if (title !== undefined) builder.block({ type: 'heading', level: 2, text: title, source: { sheet, cell: XLSX.utils.encode_cell({ r: region.top, c: region.left }) } });
    if (body.bottom === body.top && body.right === body.left) addLoose(builder, sheet, body, cells);
    else addTable(builder, whole, body, title ?? sheet);
  }
}

const rowOf = (cells: Cells, row: number, region: Region): (ContentCell | undefined)[] => Array.from({ length: region.right - region.left + 1 }, (_, at) => cells[row]?.[region.left + at]);

/** A first line with a single text above lines of more is the table's title, also where it is merged over them. */
function splitTitle(region: Region, cells: Cells): Region & { title?: string } {
  const first = rowOf(cells, region.top, region).filter((cell) => cell !== undefined && cell !== null);
  const single = new Set(first).size === 1 && typeof first[0] === 'string';
  const wide = region.right > region.left && region.bottom - region.top >= 2;
  return single && wide ? { ...region, top: region.top + 1, title: first[0] as string } : region;
}

function addLoose(builder: DraftBuilder, sheet: string, { top, left }: Region, cells: Cells): void {
  builder.block({ type: 'paragraph', text: String(cells[top]?.[left] ?? ''), source: { sheet, cell: XLSX.utils.encode_cell({ r: top, c: left }), row: top + 1 } });
}

const MOST_LINKS = 1_000;

/** Where cells lead to. */
function linksOf(book: XLSX.WorkBook): { sheet: string; cell: string; target: string }[] | undefined {
  const links: { sheet: string; cell: string; target: string }[] = [];
  for (const sheet of book.SheetNames) {
    for (const [r, row] of (book.Sheets[sheet]?.['!data'] ?? []).entries()) {
      for (const [c, cell] of (row ?? []).entries()) if (cell?.l?.Target !== undefined && links.length < MOST_LINKS) links.push({ sheet, cell: XLSX.utils.encode_cell({ r, c }), target: cell.l.Target });
    }
  }
  return links.length === 0 ? undefined : links;
}

/** What people wrote beside cells, in the order of the cells, each naming its cell. */
function addComments(builder: DraftBuilder, sheet: string, { '!data': rows = [] }: XLSX.WorkSheet): void {
  for (const [r, row] of rows.entries()) {
    for (const [c, cell] of (row ?? []).entries()) {
      for (const { a: author, t: text } of cell?.c ?? []) if (text) builder.block({ type: 'paragraph', text: author ? `[author: ${author}]: ${text.trim()}` : text.trim(), source: { sheet, cell: XLSX.utils.encode_cell({ r, c }), row: r + 1 } });
    }
  }
}

function addTable(builder: DraftBuilder, { name: sheet, cells, merges, uncalculated }: Sheet, region: Region, name: string): void {
  const [height, width] = [region.bottom - region.top + 1, region.right - region.left + 1];
  withinTable(height, width);
  const rows = Array.from({ length: height }, (_, at) => rowOf(cells, region.top + at, region));
  const labels = headingLabels(rows, merges, region);
  const headings = labels.length;
  const body = rows.slice(headings);
  builder.table({
    name,
    columns: columnNames(joinedLabels(labels, width), width).map((column) => ({ name: column })),
    rows: body.map((row) => row.map((cell) => cell ?? null)),
    row_sources: body.map((_, at) => ({ sheet, row: region.top + headings + 1 + at })),
    irregularities: irregularitiesOf(sheet, region, uncalculated),
    source: { sheet, cell: XLSX.utils.encode_range({ s: { r: region.top, c: region.left }, e: { r: region.bottom, c: region.right } }), row: region.top + 1 },
  });
}

type Row = (ContentCell | undefined)[];

const textsOf = (row: Row): string[] => row.map((cell) => (cell === undefined || cell === null ? '' : String(cell)));

const SAMPLE_ROWS = 56;

/** The first rows, as far as they name the columns, each label in all places that it spans: texts, or numbers that are years. */
function headingLabels(rows: readonly Row[], merges: readonly XLSX.Range[], region: Region): string[][] {
  const isLabel = (cell: ContentCell | undefined): boolean => cell === undefined || typeof cell === 'string' || (typeof cell === 'number' && /^(19|20)\d\d$/.test(String(cell)));
  if (region.right === region.left || rows.length < 2 || !rows[0]!.every(isLabel)) return [];
  const texts = rows.slice(0, SAMPLE_ROWS).map(textsOf);
  const cells = spanning(texts, merges, region);
  const shared = sharedHeadingRows(cells, rows.length, texts[0]!.length);
  if (shared > 0) return spread(cells, shared, texts[0]!.length);
  const first = texts[0]!.map((text, at) => (cells.some(({ row, column, wide }) => row === 0 && column < at && at < column + wide) ? '' : text));
  return isHeading(first, texts.slice(1, 51)) ? [texts[0]!] : [];
}

function spread(cells: readonly SpanningCell[], height: number, width: number): string[][] {
  const labels = Array.from({ length: height }, () => Array.from({ length: width }, () => ''));
  for (const { row, column, high, wide, text } of cells) for (let y = row; y < Math.min(row + high, height); y++) for (let x = column; x < Math.min(column + wide, width); x++) labels[y]![x] ||= text;
  return labels;
}

/** The cells of the first rows, merged ones once; a label with blanks at its right above a row without blanks stands for them as well. */
function spanning(texts: readonly string[][], merges: readonly XLSX.Range[], { top, left, right }: Region): SpanningCell[] {
  const within = merges.filter(({ s, e }) => s.r >= top && s.r < top + texts.length && s.c >= left && e.c <= right);
  const covered = new Set(within.flatMap(({ s, e }) => Array.from({ length: (Math.min(e.r, top + texts.length) - s.r + 1) * (e.c - s.c + 1) }, (_, at) => `${s.r - top + Math.floor(at / (e.c - s.c + 1))}:${s.c - left + (at % (e.c - s.c + 1))}`)));
  const merged = within.map(({ s, e }) => ({ row: s.r - top, column: s.c - left, high: e.r - s.r + 1, wide: e.c - s.c + 1, text: texts[s.r - top]![s.c - left] ?? '' }));
  const single = texts.flatMap((row, y) => row.flatMap((text, x) => (covered.has(`${y}:${x}`) || text === '' ? [] : [{ row: y, column: x, high: 1, wide: 1 + blanksAfter(texts, y, x), text }])));
  return [...merged, ...single];
}

function blanksAfter(texts: readonly string[][], y: number, x: number): number {
  if (y !== 0 || x === 0 || texts[1]?.every((text) => text !== '') !== true) return 0;
  const next = texts[0]!.findIndex((text, at) => at > x && text !== '');
  return (next < 0 ? texts[0]!.length : next) - x - 1;
}

const MAX_IRREGULARITIES = 1000;

function irregularitiesOf(sheet: string, { top, bottom, left, right }: Region, uncalculated: ReadonlySet<string>): TableIrregularity[] {
  const places = [...uncalculated].map((cell) => ({ cell, ...XLSX.utils.decode_cell(cell) })).filter(({ r, c }) => r >= top && r <= bottom && c >= left && c <= right);
  return places.slice(0, MAX_IRREGULARITIES).map(({ cell, r }) => ({ kind: 'uncalculated_formula', source: { sheet, cell, row: r + 1 } }));
}
