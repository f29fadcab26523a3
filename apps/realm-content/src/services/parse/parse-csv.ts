import { parse, type Info } from 'csv-parse/sync';
import { CsvError } from 'csv-parse/sync';
import { failure } from '@symphainy/contracts';
import { DraftBuilder, type DraftDocument } from '../../model/draft-document.js';
import { breathe } from '../../model/breathing.js';
import { decodeTextFile, type DecodedText } from '../../text/decoded-text.js';

const DELIMITERS = [',', ';', '\t', '|'] as const;
const SAMPLE = 64 * 1024;

/**
 * Delimited text as one table. The delimiter is the one that divides the sampled lines most evenly (or the one asked for); the first row
 * is the heading when its cells are all filled, all different, none a number, and some column below it differs in kind or none repeats them.
 * Rows that are too short are filled with null, longer ones widen the table. Each row names its line and bytes.
 */
export async function parseCsv(bytes: Uint8Array, options: { readonly encoding?: string | undefined; readonly delimiter?: string | undefined }): Promise<DraftDocument> {
  const decoded = decodeTextFile(bytes, options.encoding);
  const delimiter = options.delimiter ?? detectDelimiter(decoded.text.slice(0, SAMPLE));
  const records = readRecords(decoded, delimiter);
  await breathe();
  const builder = new DraftBuilder('csv');
  const headed = records.length > 0 && isHeading(records[0]!.cells, records.slice(1, 51).map((r) => r.cells));
  const body = headed ? records.slice(1) : records;
  const width = records.reduce((most, record) => Math.max(most, record.cells.length), 0);
  const columns = columnNames(headed ? records[0]!.cells : [], width).map((name) => ({ name }));
  builder.metadata({ encoding: decoded.encoding, delimiter, heading: headed });
  builder.table({
    name: 'table',
    columns,
    rows: body.map(({ cells }) => columns.map((_, at) => (cells[at] === undefined || cells[at] === '' ? null : cells[at]))),
    row_sources: body.map((record) => ({ row: record.row, ...decoded.sourceOf(record.start, record.end) })),
    source: decoded.sourceOf(0, decoded.text.length),
  });
  return builder.done();
}

interface CsvRecord {
  readonly cells: string[];
  /** From 1, the heading counted. */
  readonly row: number;
  readonly start: number;
  readonly end: number;
}

interface Raw {
  readonly record: string[];
  readonly raw: string;
}

/** The parser hands back each record's raw text, so positions follow by adding lengths. */
function readRecords(decoded: DecodedText, delimiter: string): CsvRecord[] {
  const records: CsvRecord[] = [];
  let at = 0;
  for (const { record, raw } of parseRaw(decoded.text, delimiter)) {
    const start = at;
    at += raw.length;
    const end = start + raw.replace(/[\r\n]+$/, '').length;
    if (record.length === 1 && record[0]!.trim() === '') continue;
    records.push({ cells: record, row: records.length + 1, start, end });
  }
  return records;
}

function parseRaw(text: string, delimiter: string): Raw[] {
  const options = { delimiter, raw: true, relax_column_count: true, relax_quotes: true, skip_empty_lines: false, record_delimiter: ['\r\n', '\n', '\r'] };
  try {
    return parse(text, options) as unknown as Raw[];
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    const line = (error as CsvError & Partial<Info>).lines;
    throw failure('content.corrupt', { message: `the CSV does not parse near line ${line ?? '?'}: a quoted field is never closed`, field: '/source', cause: error });
  }
}

/** Most fields a line, most evenly; quoted text does not count. */
export function detectDelimiter(sample: string): string {
  const lines = sample.replace(/"(?:[^"]|"")*"/g, '').split(/\r\n|\r|\n/).filter((line) => line.trim() !== '').slice(0, 100);
  const score = (delimiter: string): number => {
    const counts = lines.map((line) => line.split(delimiter).length);
    const typical = counts.toSorted((a, b) => a - b)[Math.floor(counts.length / 2)] ?? 1;
    return typical < 2 ? 0 : (counts.filter((count) => count === typical).length / counts.length) * 100 + typical;
  };
  return DELIMITERS.reduce<string>((best, delimiter) => (score(delimiter) > score(best) ? delimiter : best), ',');
}

const isNumeric = (cell: string): boolean => /^[-+]?[$€£]?[\d.,]*\d[%]?$/.test(cell.trim()) && cell.trim() !== '';

export function isHeading(first: readonly string[], body: readonly (readonly string[])[]): boolean {
  if (first.length === 0 || first.every((cell) => cell.trim() === '') || first.some((cell) => isNumeric(cell) || cell.length > 120)) return false;
  if (body.length === 0) return first.every((cell) => cell.trim() !== '');
  const filled = first.filter((cell) => cell.trim() !== '');
  if (new Set(filled.map((cell) => cell.trim().toLowerCase())).size < filled.length && !body.some((row) => row.some(isNumeric))) return false;
  return filled.length >= first.length * 0.5 && !body.some((row) => row.length === first.length && row.every((cell, at) => cell === first[at]));
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
