import { type ContentSource, type TableIrregularity } from '@symphainy/contracts';
import { DraftBuilder, withinTable, type DraftDocument } from '../../model/draft-document.js';
import { breathe } from '../../model/breathing.js';
import { decodeTextFile, type DecodedText } from '../../text/decoded-text.js';
import { lineFailure } from '../../text/line-failure.js';
import { detectDelimiter, dialectOf } from './csv-dialect.js';
import { commonest, readCsvRecords, type BrokenLines, type CsvRead, type CsvRecord } from './csv-recovery.js';
import { tablesOf, type CsvSection } from './csv-tables.js';
import { columnNames, isHeading } from './table-headings.js';

const SAMPLE = 64 * 1024;

/**
 * Delimited text as its tables, which is one unless `tablesOf` tells others. The delimiter is the one that divides the sampled lines most evenly (or the one asked for); a table's first row
 * is the heading when its cells are all filled, all different, none a number, and some column below it differs in kind or none repeats them.
 * Lines before the table (`sep=;`, comments, a title and a blank line) are none of its rows. Rows that are too short are filled with null, longer ones widen the table. Each row names its line and bytes. Lines that a quote
 * without its end spoils are failures with their place and bytes; the others are read.
 */
export async function parseCsv(bytes: Uint8Array, options: { readonly encoding?: string | undefined; readonly delimiter?: string | undefined }): Promise<DraftDocument> {
  const decoded = decodeTextFile(bytes, options.encoding);
  const sample = decoded.text.slice(0, SAMPLE);
  const stated = /^sep=([^\r\n])(?=[\r\n])/i.exec(sample)?.[1];
  const delimiter = options.delimiter ?? stated ?? detectDelimiter(sample);
  const read = readCsvRecords(decoded.text, dialectOf(sample, delimiter));
  await breathe();
  const builder = new DraftBuilder('csv');
  const before = preambleOf(decoded.text, read, stated !== undefined);
  const marked = commentsWithin(decoded.text, read.records, before);
  const records = read.records.slice(before).filter((record) => !marked.has(record));
  const blank = before === 0 ? read.blank : read.blank.filter(({ start }) => start > records[0]!.start);
  for (const record of read.records.slice(stated === undefined ? 0 : 1, before)) addPreamble(builder, decoded, record, delimiter);
  const sections = tablesOf(records, blank);
  const faults = { blank, broken: read.broken };
  const headings = sections.map((section, at) => headingOf(section, faultsWithin(faults, sections, at)));
  builder.metadata({ ...decoded.told, delimiter: shownDelimiter(delimiter), heading: headings[0] !== undefined });
  sections.forEach((section, at) => {
    if (section.title !== undefined) addPreamble(builder, decoded, section.title, delimiter);
    addTable(builder, decoded, { ...section, heading: headings[at], name: at === 0 ? 'table' : (section.title?.cells[0]!.trim() ?? `table_${at + 1}`), isOnly: sections.length === 1, ...faultsWithin(faults, sections, at) });
  });
  for (const lines of read.broken) builder.failure(lineFailure({ ...lines, reason: 'a quoted field is never closed' }, bytes, decoded));
  for (const record of marked) addPreamble(builder, decoded, record, delimiter);
  return builder.done();
}

type Faults = Pick<CsvRead, 'blank' | 'broken'>;

/** Those that stand between a table's first line and the next table's. */
function faultsWithin({ blank, broken }: Faults, sections: readonly CsvSection[], at: number): Faults {
  if (sections.length === 1) return { blank, broken };
  const [records, next] = [sections[at]!.records, sections[at + 1]?.records[0]!.start ?? Infinity];
  const [first, last] = [at === 0 ? 0 : records[0]!.start, at === sections.length - 1 ? Infinity : records.at(-1)!.start];
  return { blank: blank.filter(({ start }) => start >= first && start < last), broken: broken.filter(({ start }) => start >= first && start < next) };
}

/** Where the first line is broken, it was the heading that cannot be read. */
function headingOf({ records }: CsvSection, { broken }: Faults): CsvRecord | undefined {
  const isLost = records.length > 0 && broken.some(({ start }) => start < records[0]!.start);
  return records.length > 0 && !isLost && isHeading(records[0]!.cells, records.slice(1, 51).map(({ cells }) => cells)) ? records[0] : undefined;
}

function addTable(builder: DraftBuilder, decoded: DecodedText, table: CsvSection & Faults & { readonly heading: CsvRecord | undefined; readonly name: string; readonly isOnly: boolean }): void {
  const { records, heading, name, blank, broken } = table;
  const body = heading === undefined ? records : records.slice(1);
  const width = records.reduce((most, record) => Math.max(most, record.cells.length), 0);
  withinTable(body.length, width);
  const columns = columnNames(heading?.cells ?? [], width).map((label) => ({ name: label }));
  builder.table({
    name,
    columns,
    rows: body.map(({ cells }) => columns.map((_, at) => (cells[at] === undefined || cells[at] === '' ? null : cells[at]))),
    row_sources: body.map((record) => placeOf(decoded, record)),
    irregularities: irregularitiesOf(decoded, heading, [...body, ...blank], broken),
    source: table.isOnly ? decoded.sourceOf(0, decoded.text.length) : decoded.sourceOf(records[0]!.start, records.at(-1)!.end),
  });
}

/** Tabs and control characters as programs write them: `\\t`, `\\x01`. */
const shownDelimiter = (delimiter: string): string => delimiter.replaceAll('\t', '\\t').replace(/[\u0000-\u001f]/g, (unit) => `\\x${unit.charCodeAt(0).toString(16).padStart(2, '0')}`);

const placeOf = (decoded: DecodedText, { row, line, start, end }: CsvRecord): ContentSource => ({ row, line, ...decoded.bytesOf(start, end) });

const MAX_IRREGULARITIES = 1000;

/** Labels that are blank or repeat, and rows whose cells are not as many as the heading's (without one: as most rows have). Blank lines at the end of the file are none. */
function irregularitiesOf(decoded: DecodedText, heading: CsvRecord | undefined, rows: readonly CsvRecord[], broken: readonly BrokenLines[]): TableIrregularity[] {
  const place = (record: CsvRecord): ContentSource => placeOf(decoded, record);
  const isBlank = (record: CsvRecord): boolean => record.cells.every((cell) => cell.trim() === '');
  const last = rows.reduce((end, record) => (isBlank(record) && record.cells.length === 1 ? end : Math.max(end, record.end)), 0);
  const expected = heading?.cells.length ?? commonest(rows.map(({ cells }) => cells.length));
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
  const spoilt = broken.map(({ start, end }): TableIrregularity => ({ kind: 'unclosed_quote', source: decoded.sourceOf(start, end) }));
  return [...labels, ...found.concat(spoilt).toSorted((a, b) => a.source.line! - b.source.line!)].slice(0, MAX_IRREGULARITIES);
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
