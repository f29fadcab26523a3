import { isNumeric } from './table-headings.js';

/** A cell of a table with spans: its first place (from 0), how far it reaches, its text. */
export interface SpanningCell {
  readonly row: number;
  readonly column: number;
  readonly high: number;
  readonly wide: number;
  readonly text: string;
}

const MOST_HEADING_ROWS = 5;
const SAMPLE_ROWS = 50;

type Grid = readonly (readonly (SpanningCell | undefined)[])[];

/**
 * How many of a table's first rows name its columns together, where no mark says so: two or more where a label spans columns that the row below divides, else 0. That the lower row names columns and is
 * no first row of data must show: in a label that reaches down into it, in a label of its own where nothing stands above, in labels that repeat under others, or in numbers below it.
 */
export function sharedHeadingRows(cells: readonly SpanningCell[], height: number, width: number): number {
  const grid = gridOf(cells, Math.min(height, MOST_HEADING_ROWS + SAMPLE_ROWS), width);
  let depth = 1;
  while (depth <= MOST_HEADING_ROWS && depth < height - 1 && goesOn(grid, depth, width)) depth++;
  return depth > 1 && isNamed(grid, depth) && isShown(grid, depth) ? depth : 0;
}

function gridOf(cells: readonly SpanningCell[], height: number, width: number): Grid {
  const grid: (SpanningCell | undefined)[][] = Array.from({ length: height }, () => Array.from({ length: width }, () => undefined));
  for (const cell of cells) for (let y = cell.row; y < Math.min(cell.row + cell.high, height); y++) for (let x = cell.column; x < Math.min(cell.column + cell.wide, width); x++) grid[y]![x] ??= cell;
  return grid;
}

/** A label of the row above reaches into this one, or spans columns that this one divides. */
function goesOn(grid: Grid, depth: number, width: number): boolean {
  const above = grid[depth - 1]!;
  return above.some((cell, x) => {
    if (cell === undefined || cell.text === '') return false;
    if (cell.row + cell.high > depth) return cell.wide < width;
    return cell.wide > 1 && cell.wide < width && cell.column === x && grid[depth]!.slice(x, x + cell.wide).every((below) => (below?.text ?? '') !== '' && below!.wide < cell.wide);
  });
}

const isLabel = (text: string): boolean => text.length <= 120 && (!isNumeric(text) || /^(19|20)\d\d$/.test(text.trim()));

/** No number stands among the labels, each column has one, and no two under one label are the same. */
function isNamed(grid: Grid, depth: number): boolean {
  const rows = grid.slice(0, depth);
  const columns = Array.from({ length: rows[0]!.length }, (_, x) => rows.map((row) => row[x]?.text ?? '').filter((text) => text !== ''));
  if (!columns.slice(1).every((labels) => labels.length > 0) || !columns.every((labels) => labels.every(isLabel))) return false;
  const names = columns.map((labels) => labels.join('\n')).filter((name) => name !== '');
  return new Set(names).size === names.length;
}

function isShown(grid: Grid, depth: number): boolean {
  const [last, above] = [grid[depth - 1]!, grid[depth - 2]!];
  const divided = last.flatMap((cell, x) => (cell !== undefined && cell.row === depth - 1 && (above[x]?.wide ?? 1) > 1 ? [x] : []));
  const labels = divided.map((x) => last[x]!.text);
  const reaches = last.some((cell) => cell !== undefined && cell.row < depth - 1);
  const begins = last.some((cell, x) => (cell?.text ?? '') !== '' && (above[x]?.text ?? '') === '');
  return reaches || begins || new Set(labels).size < labels.length || (divided.some((x) => grid.slice(depth).some((row) => isNumeric(row[x]?.text ?? ''))) && labels.every((text) => !isNumeric(text)));
}
