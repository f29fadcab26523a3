import { boxOf, type Line, type Segment } from './pdf-lines.js';

/** Lines that share columns: `cells[row][column]` are the segments that make up a cell. */
export interface AlignedTable {
  readonly lines: readonly Line[];
  readonly cells: readonly (readonly Segment[])[][];
}

/** Lines of one table follow each other within this many line heights. */
const ROW_GAP = 3.2;
const MIN_ROWS = 2;
/** A page holds no more; it bounds the work that a hostile one can ask for. */
const MAX_ROWS = 300;
/** Lines that may be dropped from the end of a run before it is given up. */
const MAX_TRIES = 40;

/**
 * Tables by column alignment. From `start`, takes the lines that have several segments each (a line with one segment is taken as the
 * continuation of a cell when it stands under one column only and close), and tries the columns that their left-to-right extents leave
 * free between them. Answers undefined where the lines do not share columns.
 */
export function tableAt(lines: readonly Line[], start: number): AlignedTable | undefined {
  const run = candidateRun(lines, start);
  for (let length = run.length; length >= MIN_ROWS; length--) {
    const table = align(run.slice(0, length));
    if (table) return table;
    if (run.length - length > MAX_TRIES) return undefined;
  }
  return undefined;
}

function candidateRun(lines: readonly Line[], start: number): Line[] {
  const run: Line[] = [];
  for (let at = start; at < lines.length && run.length < MAX_ROWS; at++) {
    const line = lines[at]!;
    const above = run.at(-1);
    if (above && (line.page !== above.page || above.y - line.y > ROW_GAP * Math.max(line.height, above.height))) break;
    if (line.segments.length < 2 && (!above || above.y - line.y > 1.6 * line.height)) break;
    run.push(line);
  }
  while (run.length > 0 && run.at(-1)!.segments.length < 2) run.pop();
  return run;
}

function align(run: readonly Line[]): AlignedTable | undefined {
  const full = run.filter((line) => line.segments.length >= 2);
  if (full.length < MIN_ROWS) return undefined;
  const columns = columnsOf(full);
  if (columns.length < 2) return undefined;
  const rows: Segment[][][] = [];
  const kept: Line[] = [];
  for (const line of run) {
    const cells = placeCells(line, columns);
    if (cells === undefined) return undefined;
    const filled = cells.filter((cell) => cell.length > 0).length;
    if (filled === 1 && line.segments.length === 1 && rows.length > 0) cells.forEach((cell, at) => rows.at(-1)![at]!.push(...cell));
    else rows.push(cells);
    kept.push(line);
  }
  return isTabular(rows, columns.length) ? { lines: kept, cells: rows } : undefined;
}

type Extent = [number, number];

/** Extents of all segments joined where they overlap: what is left between them are the columns' gutters. */
function columnsOf(lines: readonly Line[]): Extent[] {
  const extents = lines.flatMap((line) => line.segments.map((s): Extent => [s.x0, s.x1])).toSorted((a, b) => a[0] - b[0]);
  const columns: Extent[] = [];
  for (const [from, to] of extents) {
    const last = columns.at(-1);
    if (last && from <= last[1] + 1) last[1] = Math.max(last[1], to);
    else columns.push([from, to]);
  }
  return columns;
}

function placeCells(line: Line, columns: readonly Extent[]): Segment[][] | undefined {
  const cells: Segment[][] = columns.map(() => []);
  for (const segment of line.segments) {
    const over = columns.flatMap(([from, to], at) => (segment.x0 < to && segment.x1 > from ? [at] : []));
    if (over.length !== 1) return undefined;
    cells[over[0]!]!.push(segment);
  }
  return cells;
}

/** Most rows must fill most columns, and cells must not be lines of prose: two columns of running text are no table. */
function isTabular(rows: readonly Segment[][][], width: number): boolean {
  const filled = rows.reduce((sum, row) => sum + row.filter((cell) => cell.length > 0).length, 0);
  if (rows.length < MIN_ROWS || filled < rows.length * Math.max(2, width * 0.5)) return false;
  const texts = rows.flatMap((row) => row.map((cell) => cell.map((s) => s.text).join(' ').length)).filter((length) => length > 0).toSorted((a, b) => a - b);
  const median = texts[Math.floor(texts.length / 2)] ?? 0;
  return !(width <= 3 && median > 38 && rows.length >= 4);
}

export const cellText = (segments: readonly Segment[]): string => segments.map((s) => s.text).join(' ').replace(/\s+/g, ' ').trim();

export const tableBox = (table: AlignedTable): [number, number, number, number] => boxOf(table.lines.flatMap((line) => line.segments));
