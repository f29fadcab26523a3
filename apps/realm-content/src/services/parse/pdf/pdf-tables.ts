import { columnsOf, placeLine, type Column, type Placed } from './pdf-columns.js';
import { cellText, isNumberText, type PrintedTable } from './pdf-grid.js';
import type { Line } from './pdf-lines.js';
import { printedRows } from './pdf-rows.js';
import type { Rules } from './pdf-rules.js';

/** Lines that share columns. */
export interface AlignedTable {
  readonly lines: readonly Line[];
  readonly printed: PrintedTable;
}

/** Lines of one table follow each other within this many line heights. */
const ROW_GAP = 3.4;
/** A line of one segment goes on with a table only when it stands so close. */
const LONE_GAP = 2.2;
const MIN_ROWS = 2;
/** A page holds no more; it bounds the work that a hostile one can ask for. */
const MAX_ROWS = 300;

/**
 * Tables by alignment alone. From `start`, takes the lines that have several segments each, with single ones between them (headings of
 * groups, cells that go on), finds the columns they share, and asks whether it is a table at all. Answers undefined where it is not.
 */
export function tableAt(lines: readonly Line[], start: number, rules: Rules): AlignedTable | undefined {
  const run = candidateRun(lines, start);
  for (let length = run.length; length >= MIN_ROWS; length = shorter(run, length)) {
    const table = align(run.slice(0, length), rules);
    if (table) return table;
  }
  return undefined;
}

/** Half of what was tried, ending with a line of several segments. */
function shorter(run: readonly Line[], length: number): number {
  let next = Math.floor(length / 2);
  while (next >= MIN_ROWS && run[next - 1]!.segments.length < 2) next--;
  return next;
}

function candidateRun(lines: readonly Line[], start: number): Line[] {
  const run: Line[] = [];
  let alone = 0;
  for (let at = start; at < lines.length && run.length < MAX_ROWS; at++) {
    const line = lines[at]!;
    const above = run.at(-1);
    const gap = above ? above.y - line.y : 0;
    const height = Math.max(line.height, above?.height ?? 0, 1);
    if (above && (line.page !== above.page || gap > ROW_GAP * height || gap < 0)) break;
    alone = line.segments.length < 2 ? alone + 1 : 0;
    if (alone > 3 || (alone > 0 && (!above || gap > LONE_GAP * height))) break;
    run.push(line);
  }
  while (run.length > 0 && run.at(-1)!.segments.length < 2 && !continues(run)) run.pop();
  return run;
}

/** A last line of one segment that ends a cell of the row above: close under it, and begun small. */
function continues(run: readonly Line[]): boolean {
  const [above, last] = [run.at(-2), run.at(-1)!];
  return above !== undefined && above.segments.length >= 2 && above.y - last.y <= 1.35 * last.height && /^[\p{Ll}(]/u.test(last.segments[0]!.text) && above.segments.some((s) => last.segments[0]!.x0 < s.x1 && last.segments[0]!.x1 > s.x0 && last.segments[0]!.x0 >= s.x0 - 2);
}

function align(run: readonly Line[], rules: Rules): AlignedTable | undefined {
  const full = run.filter((line) => line.segments.length >= 2);
  if (full.length < MIN_ROWS) return undefined;
  const columns = columnsOf(full);
  if (columns.length < 2) return undefined;
  const placed = run.map((line) => placeLine(line, columns));
  if (!isTabular(placed, columns)) return undefined;
  return { lines: run, printed: printedRows(run, placed, columns, rules) };
}

/** Most rows must fill most columns, and cells must not be lines of prose: two columns of running text are no table, nor is text with wide blanks. */
function isTabular(rows: readonly Placed[][], columns: readonly Column[]): boolean {
  const full = rows.filter((row) => row.length >= 2);
  const filled = full.reduce((sum, row) => sum + row.length, 0);
  if (filled < full.length * Math.max(2, columns.length * 0.4) || full.length < rows.length * 0.34) return false;
  const texts = full.flatMap((row) => row.map(({ segment }) => cellText([segment])));
  if (columns.length === 2 && full.filter((row) => isMark(cellText([row[0]!.segment]))).length > full.length * 0.5) return false;
  const numbers = texts.filter(isNumberText).length / texts.length;
  if (numbers >= 0.25) return true;
  const spanned = full.filter((row) => row.some(({ from, to }) => to > from)).length;
  const lengths = texts.map((text) => text.length).toSorted((a, b) => a - b);
  const median = lengths[Math.floor(lengths.length / 2)] ?? 0;
  return spanned <= full.length * 0.5 && !(columns.length <= 3 && median > 38) && areAligned(full, columns.length);
}

/** A bullet, a number or letter of a list or of a footnote, set apart from its text. */
const isMark = (text: string): boolean => /^([-–•◦▪●*†‡]|\(?(\d{1,2}|[a-z]|[ivx]+)[.)]|[a-z])$/i.test(text);

/** Points by which the edges of a column's cells may differ. */
const EDGE = 4;

/** Of most columns, most cells begin, end or are centred at one place; gaps in running text fall anywhere. */
function areAligned(rows: readonly Placed[][], width: number): boolean {
  const shares = Array.from({ length: width }, (_, column) => {
    const own = rows.flatMap((row) => row.filter(({ from, to }) => from === column && to === column).map(({ segment }) => segment));
    if (own.length < 2) return undefined;
    const share = (place: (s: (typeof own)[number]) => number): number => {
      const places = own.map(place).toSorted((a, b) => a - b);
      return Math.max(...places.map((at) => places.filter((other) => other >= at && other <= at + EDGE).length)) / own.length;
    };
    return Math.max(share((s) => s.x0), share((s) => s.x1), share((s) => (s.x0 + s.x1) / 2));
  }).filter((share) => share !== undefined);
  return shares.length >= 2 && shares.filter((share) => share >= 0.6).length > shares.length * 0.5;
}
