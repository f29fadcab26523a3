import type { Column, Placed } from './pdf-columns.js';
import { cellText, isNumberText, isYearText, type PrintedCell, type PrintedTable } from './pdf-grid.js';
import type { Line, Segment } from './pdf-lines.js';
import type { Rules } from './pdf-rules.js';

interface OpenCell {
  row: number;
  from: number;
  to: number;
  rowSpan: number;
  segments: Segment[];
}

/** Lines closer than this many heights may belong to one row. */
const TIGHT = 1.45;
const HEAD_LINES = 8;
const RECORD_LINES = 4;

/** Rows of aligned lines: lines of a heading are joined column by column, lines that only go on with cells of the row above (or below) join it. */
export function printedRows(lines: readonly Line[], placed: readonly Placed[][], columns: readonly Column[], rules: Rules): PrintedTable {
  const head = headLines(placed, columns.length);
  const cells: OpenCell[] = [];
  let row = -1;
  let levelStart = 0;
  placed.forEach((items, at) => {
    const joins = at > 0 && (at < head ? joinsHeading(lines, placed, at, rules) : at > head && continuesRow(lines, placed, at, rules));
    if (!joins) {
      row++;
      levelStart = cells.length;
    }
    for (const item of items) addTo(cells, levelStart, row, item);
  });
  return { page: lines[0]!.page, rows: row + 1, columns: columns.length, cells: cells.map(closed).toSorted((a, b) => a.row - b.row || a.column - b.column) };
}

const closed = (cell: OpenCell): PrintedCell => ({ row: cell.row, column: cell.from, rowSpan: cell.rowSpan, columnSpan: cell.to - cell.from + 1, segments: cell.segments });

/** A segment goes to the cell of its row that covers the same columns, widening it where it must. */
function addTo(cells: OpenCell[], levelStart: number, row: number, { segment, from, to }: Placed): void {
  const same = cells.slice(levelStart).filter((cell) => cell.row === row && cell.from <= to && cell.to >= from);
  if (same.length === 0) return void cells.push({ row, from, to, rowSpan: 1, segments: [segment] });
  const [first, ...others] = same;
  first!.from = Math.min(first!.from, from);
  first!.to = Math.max(first!.to, to);
  first!.segments.push(segment);
  for (const other of others) {
    first!.to = Math.max(first!.to, other.to);
    first!.segments.push(...other.segments);
    cells.splice(cells.indexOf(other), 1);
  }
}

/** How many lines stand above the first that holds data: a number that is no year, outside the first column. */
function headLines(placed: readonly Placed[][], width: number): number {
  const isData = (items: readonly Placed[]): boolean => {
    const beyond = items.filter(({ from }) => from > 0);
    const numbers = beyond.filter(({ segment }) => isNumberText(cellText([segment])) && !isYearText(cellText([segment])));
    return numbers.length > 0 && numbers.length >= Math.min(beyond.length, width - 1) * 0.4;
  };
  const first = placed.slice(0, HEAD_LINES).findIndex(isData);
  return first < 0 || isStackOfRecords(placed.slice(0, first)) ? 0 : first;
}

/** Lines that each begin in the first column and go on in others are records without numbers; a heading's first column takes fewer. */
const isStackOfRecords = (lines: readonly Placed[][]): boolean => lines.filter((items) => items.length > 1 && items.some(({ from }) => from === 0)).length >= RECORD_LINES;

/** A line of a heading goes on with the one above when it is close, no rule parts them, and the one above spans nothing that this divides. */
function joinsHeading(lines: readonly Line[], placed: readonly Placed[][], at: number, rules: Rules): boolean {
  const [above, line] = [lines[at - 1]!, lines[at]!];
  if (above.y - line.y > TIGHT * Math.max(above.height, line.height)) return false;
  if (ruleBetween(above, line, rules)) return false;
  const upper = placed[at - 1]!;
  const lower = placed[at]!;
  return !upper.some((wide) => wide.to > wide.from && lower.filter((item) => item.from >= wide.from && item.to <= wide.to).length > 1) && !allYears(lower);
}

const allYears = (items: readonly Placed[]): boolean => items.length > 1 && items.slice(1).every(({ segment }) => isYearText(cellText([segment])));

const ruleBetween = (above: Line, line: Line, rules: Rules): boolean => {
  const [x0, x1] = [line.segments[0]!.x0, line.segments.at(-1)!.x1];
  return rules.h.some((h) => h.y < above.y - 0.5 && h.y > line.y + line.height * 0.5 && h.x0 < x1 && h.x1 > x0);
};

/** A line below the heading goes on with the row above it. */
function continuesRow(lines: readonly Line[], placed: readonly Placed[][], at: number, rules: Rules): boolean {
  const [above, line] = [lines[at - 1]!, lines[at]!];
  const gap = above.y - line.y;
  if (gap > TIGHT * Math.max(above.height, line.height) || ruleBetween(above, line, rules)) return false;
  const items = placed[at]!;
  const texts = items.map(({ segment }) => cellText([segment]));
  if (texts.some(isNumberText)) return completesLabel(placed, at);
  if (items.every(({ from }) => from > 0)) return items.every((item) => placed[at - 1]!.some((other) => other.from <= item.to && other.to >= item.from));
  if (items.length !== 1) return false;
  return placed[at - 1]!.length > 1 && /^[\p{Ll}(]/u.test(texts[0]!) && !nextCompletes(placed, at);
}

/** A label alone on its line whose numbers stand on the next one. */
function completesLabel(placed: readonly Placed[][], at: number): boolean {
  const upper = placed[at - 1]!;
  const lower = placed[at]!;
  if (upper.length !== 1 || upper[0]!.from > 0 || lower[0]!.from > 0 || lower.length < 2) return false;
  const text = cellText([lower[0]!.segment]);
  const label = cellText([upper[0]!.segment]);
  if (/[:;.]$/.test(label)) return false;
  return /^[\p{Ll}(]/u.test(text) || /(,|-|–|\/|\b(and|of|the|or|for|in|to|with|by|from))$/i.test(label);
}

const nextCompletes = (placed: readonly Placed[][], at: number): boolean => at + 1 < placed.length && completesLabel(placed, at + 1);
