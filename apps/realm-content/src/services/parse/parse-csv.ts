import { failure, type ContentSource, type TableIrregularity } from '@symphainy/contracts';
import { DraftBuilder, withinTable, type DraftDocument } from '../../model/draft-document.js';
import { breathe } from '../../model/breathing.js';
import { decodeTextFile, type DecodedText } from '../../text/decoded-text.js';
import { SEPARATORS } from '../../text/separators.js';
import { csvRecords, UnclosedQuote, type CsvDialect, type CsvRecord as Scanned } from './csv-records.js';

const DELIMITERS = [',', ';', '\t', '|', '^', '~', ...SEPARATORS] as const;
const SAMPLE = 64 * 1024;

/**
 * Delimited text as one table. The delimiter is the one that divides the sampled lines most evenly (or the one asked for); the first row
 * is the heading when its cells are all filled, all different, none a number, and some column below it differs in kind or none repeats them.
 * Lines before the table (`sep=;`, comments, a title and a blank line) are none of its rows. Rows that are too short are filled with null, longer ones widen the table. Each row names its line and bytes.
 */
export async function parseCsv(bytes: Uint8Array, options: { readonly encoding?: string | undefined; readonly delimiter?: string | undefined }): Promise<DraftDocument> {
  const decoded = decodeTextFile(bytes, options.encoding);
  const sample = decoded.text.slice(0, SAMPLE);
  const stated = /^sep=([^\r\n])(?=[\r\n])/i.exec(sample)?.[1];
  const delimiter = options.delimiter ?? stated ?? detectDelimiter(sample);
  const read = readRecords(decoded.text, dialectOf(sample, delimiter));
  await breathe();
  const builder = new DraftBuilder('csv');
  const before = preambleOf(decoded.text, read, stated !== undefined);
  const marked = commentsWithin(decoded.text, read.records, before);
  const records = read.records.slice(before).filter((record) => !marked.has(record));
  const blank = before === 0 ? read.blank : read.blank.filter(({ start }) => start > records[0]!.start);
  for (const record of read.records.slice(stated === undefined ? 0 : 1, before)) addPreamble(builder, decoded, record, delimiter);
  const headed = records.length > 0 && isHeading(records[0]!.cells, records.slice(1, 51).map((r) => r.cells));
  const body = headed ? records.slice(1) : records;
  const width = records.reduce((most, record) => Math.max(most, record.cells.length), 0);
  withinTable(body.length, width);
  const columns = columnNames(headed ? records[0]!.cells : [], width).map((name) => ({ name }));
  builder.metadata({ encoding: decoded.encoding, delimiter: shownDelimiter(delimiter), heading: headed });
  builder.table({
    name: 'table',
    columns,
    rows: body.map(({ cells }) => columns.map((_, at) => (cells[at] === undefined || cells[at] === '' ? null : cells[at]))),
    row_sources: body.map((record) => placeOf(decoded, record)),
    irregularities: irregularitiesOf(decoded, headed ? records[0] : undefined, [...body, ...blank]),
    source: decoded.sourceOf(0, decoded.text.length),
  });
  for (const record of marked) addPreamble(builder, decoded, record, delimiter);
  return builder.done();
}

/** Tabs and control characters as programs write them: `\\t`, `\\x01`. */
const shownDelimiter = (delimiter: string): string => delimiter.replaceAll('\t', '\\t').replace(/[\u0000-\u001f]/g, (unit) => `\\x${unit.charCodeAt(0).toString(16).padStart(2, '0')}`);

interface CsvRecord extends Scanned {
  /** From 1, the heading counted. */
  readonly row: number;
}

const placeOf = (decoded: DecodedText, { row, line, start, end }: CsvRecord): ContentSource => ({ row, line, ...decoded.bytesOf(start, end) });

function readRecords(text: string, dialect: CsvDialect): { records: CsvRecord[]; blank: CsvRecord[] } {
  const records: CsvRecord[] = [];
  const blank: CsvRecord[] = [];
  try {
    for (const record of csvRecords(text, dialect)) (isBlankLine(record) ? blank : records).push({ ...record, row: records.length + 1 });
  } catch (error) {
    if (!(error instanceof UnclosedQuote)) throw error;
    throw failure('content.corrupt', { message: `the CSV does not parse: ${error.message}`, field: '/source', details: { line: error.line }, cause: error });
  }
  return { records, blank };
}

const isBlankLine = ({ cells }: Scanned): boolean => cells.length === 1 && cells[0]!.trim() === '';

const MAX_IRREGULARITIES = 1000;

/** Labels that are blank or repeat, and rows whose cells are not as many as the heading's (without one: as most rows have). Blank lines at the end of the file are none. */
function irregularitiesOf(decoded: DecodedText, heading: CsvRecord | undefined, rows: readonly CsvRecord[]): TableIrregularity[] {
  const place = (record: CsvRecord): ContentSource => placeOf(decoded, record);
  const isBlank = (record: CsvRecord): boolean => record.cells.every((cell) => cell.trim() === '');
  const last = rows.reduce((end, record) => (isBlank(record) && record.cells.length === 1 ? end : Math.max(end, record.end)), 0);
  const expected = heading?.cells.length ?? commonLength(rows);
  const seen = new Set<string>();
  const labels = (heading?.cells ?? []).flatMap((cell, at): TableIrregularity[] => {
    const label = cell.trim();
    const kind = label === '' ? 'blank_label' : seen.has(label) ? 'duplicate_label' : undefined;
    seen.add(label);
    return kind === undefined ? [] : [{ kind, source: { ...place(heading!), column: at + 1 } }];
  });
  const found = rows.filter((record) => record.start < last).toSorted((a, b) => a.start - b.start).flatMap((record): TableIrregularity[] => {
    if (isBlank(record)) return [{ kind: 'blank_row', source: place(record) }];
    const cells = record.cells.length;
    return cells === expected ? [] : [{ kind: cells < expected ? 'short_row' : 'long_row', source: place(record), expected, found: cells }];
  });
  return [...labels, ...found].slice(0, MAX_IRREGULARITIES);
}

function commonLength(rows: readonly CsvRecord[]): number {
  const counts = new Map<number, number>();
  for (const { cells } of rows) counts.set(cells.length, (counts.get(cells.length) ?? 0) + 1);
  return [...counts].reduce((best, next) => (next[1] > best[1] ? next : best), [0, 0])[0];
}

const isComment = (text: string, record: CsvRecord | undefined): boolean => record !== undefined && text[record.start] === '#';

/** How many records stand before the table: what Excel is told by, comments (one alone may be a heading that begins with a number sign), a title with a blank line behind it. */
function preambleOf(text: string, { records, blank }: { readonly records: readonly CsvRecord[]; readonly blank: readonly CsvRecord[] }, stated: boolean): number {
  let at = stated ? 1 : 0;
  let table = at;
  while (isComment(text, records[table])) table++;
  if (table < records.length && (table - at > 1 || records[at]!.cells.length !== records[table]!.cells.length)) at = table;
  const next = records[at + 1];
  const isTitle = records[at]?.cells.length === 1 && next !== undefined && next.cells.length > 1 && records.length > at + 2 && blank.some(({ row }) => row === next.row);
  return isTitle ? at + 1 : at;
}

/** Where comments stand before the table, so do they within it: behind a number sign, with a blank or with another number of cells. */
function commentsWithin(text: string, records: readonly CsvRecord[], before: number): ReadonlySet<CsvRecord> {
  if (before === 0 || !isComment(text, records[before - 1])) return new Set();
  return new Set(records.slice(before + 1).filter((record) => isComment(text, record) && (text[record.start + 1] === ' ' || record.cells.length !== records[before]!.cells.length)));
}

/** A comment is a paragraph, a title the table's name. */
function addPreamble(builder: DraftBuilder, decoded: DecodedText, record: CsvRecord, delimiter: string): void {
  const isRemark = isComment(decoded.text, record);
  const text = isRemark ? decoded.text.slice(record.start, record.end).replace(/^#+\s*/, '') : record.cells.join(delimiter);
  builder.block({ type: isRemark ? 'paragraph' : 'heading', ...(isRemark ? {} : { level: 1 }), text: text.trim(), source: placeOf(decoded, record) });
}

function dialectOf(sample: string, delimiter: string): CsvDialect {
  const quote = detectQuote(sample, delimiter);
  return { delimiter, quote, escape: quote === '"' ? detectEscape(sample, delimiter) : '"', spaced: detectSpaced(sample, delimiter) };
}

const escaped = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');

/** Single quotes, where there are no others, one of them holds a delimiter, and each that begins a field ends one. */
function detectQuote(sample: string, delimiter: string): '"' | "'" {
  if (sample.includes('"') || !sample.includes("'")) return '"';
  const d = escaped(delimiter);
  const lines = sample.split(/\r\n|\r|\n/).slice(0, 1000);
  const fields = lines.flatMap((line) => [...line.matchAll(new RegExp(`(?:^|${d})('(?:[^']|'')*')(?=${d}|$)`, 'g'))].map((match) => match[1]!));
  const begun = lines.reduce((sum, line) => sum + (line.replace(/'(?:[^']|'')*'/g, '').match(new RegExp(`(?:^|${d})'`, 'g'))?.length ?? 0), 0);
  return begun === 0 && fields.some((field) => field.includes(delimiter)) ? "'" : '"';
}

/** A quote behind a delimiter and blanks opens a field only where blanks follow every delimiter. */
function detectSpaced(sample: string, delimiter: string): boolean {
  const d = escaped(delimiter);
  if (delimiter.trim() === '' || !new RegExp(`${d} +"`).test(sample)) return false;
  const plain = sample.replace(/"(?:[^"]|"")*"/g, '"').replace(new RegExp(`${d}$`), '');
  return !new RegExp(`${d}(?! )`).test(plain);
}

/** A backslash before a quote that closes nothing shows that the file escapes by backslashes; with doubled quotes beside it, by either. */
function detectEscape(sample: string, delimiter: string): CsvDialect['escape'] {
  const ends = ['\r', '\n', '"', delimiter];
  const at = [...sample.matchAll(/\\"(?=[^])/g)].find((match) => !ends.some((end) => sample.startsWith(end, match.index + 2)));
  if (at === undefined) return '"';
  return /[^\\,;|\t\r\n]""[^,;|\t\r\n]/.test(sample) ? 'both' : '\\';
}

/** Most fields a line, most evenly; quoted text does not count. */
export function detectDelimiter(sample: string): string {
  const lines = sample.replace(/"(?:[^"]|"")*"/g, '').split(/\r\n|\r|\n/).filter((line) => line.trim() !== '').slice(0, 100);
  const score = (delimiter: string): number => {
    const counts = lines.map((line) => line.split(delimiter).length);
    const typical = counts.toSorted((a, b) => a - b)[Math.floor(counts.length / 2)] ?? 1;
    return typical < 2 ? 0 : (counts.filter((count) => count === typical).length / counts.length) * 100 + typical;
  };
  const best = DELIMITERS.reduce<string>((found, delimiter) => (score(delimiter) > score(found) ? delimiter : found), ',');
  return score(best) < 100 && score(':') > 100 && lines.length > 1 && !lines.some(isColonText) ? ':' : best;
}

/** Colons also stand behind keys, and in times and addresses; they part fields only where nothing else does, in every line alike. */
const isColonText = (line: string): boolean => /: |:\/\//.test(line) || /^\s*\d{1,2}:\d\d(:\d\d)?\s*$/.test(line);

export const isNumeric = (cell: string): boolean => /^[-+]?[$€£]?[\d.,]*\d[%]?$/.test(cell.trim()) && cell.trim() !== '';

/** Years head columns: `Scenario, 2007, 2008, 2009`, over rows that begin with a text. */
const isYearRow = (first: readonly string[]): boolean => first.length > 2 && !isNumeric(first[0]!) && first.slice(1).every((cell) => /^(19|20)\d\d$/.test(cell.trim())) && new Set(first).size === first.length;

export function isHeading(first: readonly string[], body: readonly (readonly string[])[]): boolean {
  if (isYearRow(first) && body.length > 0) return true;
  if (first.length === 0 || first.every((cell) => cell.trim() === '') || first.some((cell) => isNumeric(cell) || cell.length > 120)) return false;
  if (body.length === 0) return first.every((cell) => cell.trim() !== '');
  const filled = first.filter((cell) => cell.trim() !== '');
  if (new Set(filled.map((cell) => cell.trim().toLowerCase())).size < filled.length && !body.some((row) => row.some(isNumeric))) return false;
  if (isRecurring(first, body)) return false;
  return filled.length >= first.length * 0.5 && !body.some((row) => row.length === first.length && row.every((cell, at) => cell === first[at]));
}

/** Labels are not found again in their own columns; where two and half of all cells are, the row is one like the others. */
function isRecurring(first: readonly string[], body: readonly (readonly string[])[]): boolean {
  const again = first.filter((cell, at) => cell.trim() !== '' && body.some((row) => row[at] === cell)).length;
  return again >= 2 && again * 2 >= first.length;
}

/** Headings as columns: blanks become `column_3`, repeats `Name_2`. */
export function columnNames(heading: readonly string[], width: number): string[] {
  const used = new Map<string, number>();
  return Array.from({ length: width }, (_, at) => {
    const name = heading[at]?.replace(/\s+/g, ' ').trim() || `column_${at + 1}`;
    const times = (used.get(name) ?? 0) + 1;
    used.set(name, times);
    return times === 1 ? name : `${name}_${times}`;
  });
}
