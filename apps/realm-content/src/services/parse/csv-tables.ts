import { plainDate } from '../../text/plain-dates.js';
import { commonest, type CsvRecord } from './csv-recovery.js';
import { isHeading, isNumeric } from './table-headings.js';

/** Records that are one table, and the line that names it. */
export interface CsvSection {
  readonly title?: CsvRecord;
  readonly records: readonly CsvRecord[];
}

interface Growing {
  readonly title?: CsvRecord;
  readonly records: CsvRecord[];
}

/** Rows below a heading that are looked at. */
const SAMPLE = 50;

/**
 * The tables of one delimited text. Another one begins behind a blank line, where its records are of another width, or begin with a heading: the one above again, or one over columns of another kind. Without a blank line it begins where the
 * width changes with a heading that has numbers below it. A line of one cell above it is its title. All else is one table, however uneven.
 */
export function tablesOf(records: readonly CsvRecord[], blank: readonly CsvRecord[]): CsvSection[] {
  const sections: Growing[] = [];
  for (const part of partsOf(records, new Set(blank.map(({ row }) => row)))) {
    const above = sections.at(-1);
    if (above === undefined || isAnother(above.records, part.records)) sections.push(part);
    else for (const record of part.title === undefined ? part.records : [part.title, ...part.records]) above.records.push(record);
  }
  return sections.length === 0 ? [{ records: [] }] : sections.flatMap(dividedAtHeadings);
}

/** What stands between blank lines, titles taken off: a line of one cell above a wider one, or by itself above the next part. The first part has none; what stands above a text's only table is told apart before. */
function partsOf(records: readonly CsvRecord[], afterBlank: ReadonlySet<number>): Growing[] {
  const islands: CsvRecord[][] = [];
  for (const record of records) {
    if (islands.length === 0 || afterBlank.has(record.row)) islands.push([record]);
    else islands.at(-1)!.push(record);
  }
  const parts: Growing[] = [];
  for (let at = 0; at < islands.length; at++) {
    const island = islands[at]!;
    const isTitle = at > 0 && island.length === 1 && island[0]!.cells.length === 1 && at + 1 < islands.length;
    if (isTitle) parts.push({ title: island[0]!, records: islands[++at]! });
    else parts.push(at > 0 && island[0]!.cells.length === 1 && (island[1]?.cells.length ?? 0) > 1 ? { title: island[0]!, records: island.slice(1) } : { records: island });
  }
  return parts;
}

/** Whether records behind a blank line are a table of their own. */
function isAnother(above: readonly CsvRecord[], below: readonly CsvRecord[]): boolean {
  const [heading, ...body] = below;
  const width = evenWidth(below);
  if (width < 2 || body.length === 0) return false;
  const before = commonest(above.map(({ cells }) => cells.length));
  if (above.length === 1) return before !== width && isClearHeading(heading!, body);
  if (before < 2) return false;
  return before === width ? isClearHeading(heading!, body) && (isSameHeading(above[0]!, heading!) || kindsDiffer(above.slice(1), body)) : true;
}

/** How many cells nearly all records have, the first among them; else 0. */
function evenWidth(records: readonly CsvRecord[]): number {
  const width = records[0]!.cells.length;
  return records.filter(({ cells }) => cells.length === width).length >= records.length * 0.9 ? width : 0;
}

const MAX_LABEL = 60;

/** Labels in every column, all different, none of them a number or a date. */
function isClearHeading({ cells }: CsvRecord, body: readonly CsvRecord[]): boolean {
  const labels = cells.map((cell) => cell.trim());
  if (new Set(labels).size < labels.length || !labels.every((label) => /\p{L}/u.test(label) && label.length <= MAX_LABEL && plainDate(label) === undefined)) return false;
  return isHeading(cells, body.slice(0, SAMPLE).map((record) => record.cells));
}

const isSameHeading = (one: CsvRecord, other: CsvRecord): boolean => one.cells.every((cell, at) => cell.trim() === other.cells[at]?.trim());

/** Some column has nothing but numbers in the one, and none in the other. */
function kindsDiffer(above: readonly CsvRecord[], below: readonly CsvRecord[]): boolean {
  const [one, other] = [numbersIn(above.slice(-SAMPLE)), numbersIn(below.slice(0, SAMPLE))];
  return one.some((share, at) => share !== undefined && other[at] !== undefined && Math.abs(share - other[at]) === 1);
}

/** Of each column the share of its filled cells that are numbers; undefined where fewer than two are filled. */
function numbersIn(records: readonly CsvRecord[]): (number | undefined)[] {
  return (records[0]?.cells ?? []).map((_, at) => {
    const filled = records.map(({ cells }) => cells[at] ?? '').filter((cell) => cell.trim() !== '');
    return filled.length < 2 ? undefined : filled.filter(isNumeric).length / filled.length;
  });
}

/** Records that follow each other and have one width. */
interface Run {
  readonly first: number;
  readonly length: number;
  readonly width: number;
}

const FEWEST_BELOW = 2;

function dividedAtHeadings(section: Growing): CsvSection[] {
  const { records } = section;
  const runs = runsOf(records);
  const found: CsvSection[] = [];
  let from = { title: section.title, first: 0 };
  runs.forEach((run, at) => {
    const isTitled = runs[at - 1]?.width === 1 && runs[at - 1]!.length === 1;
    const above = runs[isTitled ? at - 2 : at - 1];
    if (above === undefined || above.first !== from.first || above.length < 2 || above.width < 2 || above.width === run.width || !headsNumbers(records, run)) return;
    found.push(sectionOf(from.title, records.slice(from.first, above.first + above.length)));
    from = { title: isTitled ? records[run.first - 1] : undefined, first: run.first };
  });
  return [...found, sectionOf(from.title, found.length === 0 ? records : records.slice(from.first))];
}

const sectionOf = (title: CsvRecord | undefined, records: readonly CsvRecord[]): CsvSection => ({ ...(title === undefined ? {} : { title }), records });

function runsOf(records: readonly CsvRecord[]): Run[] {
  const runs: Run[] = [];
  let first = 0;
  for (let at = 1; at <= records.length; at++) {
    if (records[at]?.cells.length === records[first]!.cells.length) continue;
    runs.push({ first, length: at - first, width: records[first]!.cells.length });
    first = at;
  }
  return runs;
}

/** A heading over a column of numbers. */
function headsNumbers(records: readonly CsvRecord[], { first, length, width }: Run): boolean {
  if (width < 2 || length <= FEWEST_BELOW) return false;
  const body = records.slice(first + 1, first + Math.min(length, SAMPLE));
  return isClearHeading(records[first]!, body) && numbersIn(body).includes(1);
}
