import { lineOf, type Line, type PlacedText, type Segment } from './pdf-lines.js';

/** A column of an aligned table: what its own cells cover of the page's width. */
export interface Column {
  x0: number;
  x1: number;
}

/** A segment and the columns that it covers. */
export interface Placed {
  readonly segment: Segment;
  readonly from: number;
  readonly to: number;
}

interface Growing extends Column {
  readonly lines: Set<Line>;
}

/** Segments that overlap by less are neighbours. */
const TOUCH = 1;
/** A column of so few cells is more likely a part of its neighbour, set off. */
const FEW = 2;

/**
 * The columns that lines share. Narrow segments come first and make columns, wider ones widen the column they lie over; what lies over several
 * spans them. Neighbours that never stand in one line, one of them with hardly a cell, are one column.
 */
export function columnsOf(lines: readonly Line[]): Column[] {
  const segments = lines.flatMap((line) => line.segments.map((segment) => ({ line, segment }))).toSorted((a, b) => widthOf(a.segment) - widthOf(b.segment) || a.segment.x0 - b.segment.x0 || b.segment.y - a.segment.y);
  const columns: Growing[] = [];
  const spanning: { line: Line; segment: Segment }[] = [];
  for (const { line, segment } of segments) {
    const over = columns.filter((column) => overlaps(column, segment));
    if (over.length > 1) spanning.push({ line, segment });
    else if (over.length === 1) grow(over[0]!, segment, line);
    else columns.push({ x0: segment.x0, x1: segment.x1, lines: new Set([line]) });
  }
  return mergeStrays(columns.toSorted((a, b) => a.x0 - b.x0), spanning.map((one) => one.segment)).map(({ x0, x1 }) => ({ x0, x1 }));
}

const widthOf = (segment: Segment): number => segment.x1 - segment.x0;
const overlaps = (column: Column, segment: Column): boolean => segment.x0 < column.x1 - TOUCH && segment.x1 > column.x0 + TOUCH;

function grow(column: Growing, segment: Segment, line: Line): void {
  column.x0 = Math.min(column.x0, segment.x0);
  column.x1 = Math.max(column.x1, segment.x1);
  column.lines.add(line);
}

function mergeStrays(columns: Growing[], spanning: readonly Segment[]): Growing[] {
  for (let at = 0; at + 1 < columns.length; ) {
    const [left, right] = [columns[at]!, columns[at + 1]!];
    const together = [...left.lines].some((line) => right.lines.has(line));
    const few = Math.min(left.lines.size, right.lines.size) <= FEW;
    const bridged = spanning.some((s) => overlaps(left, s) && overlaps(right, s) && !columns.some((c) => c !== left && c !== right && overlaps(c, s)));
    const close = right.x0 - left.x1 < 12;
    if (!together && (left.x1 > right.x0 || (few && (bridged || close)))) columns.splice(at, 2, { x0: Math.min(left.x0, right.x0), x1: Math.max(left.x1, right.x1), lines: new Set([...left.lines, ...right.lines]) });
    else at++;
  }
  return columns;
}

/** Where a line's segments stand: in the columns that they lie over, else in the nearest one. Two segments of one column stay apart. */
export function placeLine(line: Line, columns: readonly Column[]): Placed[] {
  return line.segments.flatMap((segment) => cutAtColumns(line.page, segment, columns)).map((segment) => {
    const over = columnsUnder(segment, columns);
    if (over.length > 0) return { segment, from: over[0]!, to: over.at(-1)! };
    const nearest = columns.reduce((best, column, at) => (distance(column, segment) < distance(columns[best]!, segment) ? at : best), 0);
    return { segment, from: nearest, to: nearest };
  });
}

const columnsUnder = (part: Column, columns: readonly Column[]): number[] => columns.flatMap((column, at) => (overlaps(column, part) ? [at] : []));

/** A blank of this many heights between two pieces over different columns parts two cells that stand close. */
const CUT_GAP = 0.35;

/** A segment over several columns is several cells where it was drawn in pieces that lie over one column each, apart from each other. */
function cutAtColumns(page: number, segment: Segment, columns: readonly Column[]): Segment[] {
  const pieces = segment.pieces.filter((piece) => piece.text.trim() !== '');
  if (pieces.length < 2 || columnsUnder(segment, columns).length < 2) return [segment];
  const groups: { readonly column: number; readonly pieces: PlacedText[] }[] = [];
  for (const piece of pieces) {
    const over = columnsUnder(piece, columns);
    if (over.length > 1) return [segment];
    const last = groups.at(-1);
    const column = over[0] ?? last?.column ?? 0;
    if (last?.column === column) last.pieces.push(piece);
    else if (last && piece.x0 - last.pieces.at(-1)!.x1 < CUT_GAP * piece.height) return [segment];
    else groups.push({ column, pieces: [piece] });
  }
  return groups.flatMap((group) => lineOf(page, group.pieces, Infinity).segments);
}

const distance = (column: Column, segment: Segment): number => Math.max(column.x0 - segment.x1, segment.x0 - column.x1, 0);
