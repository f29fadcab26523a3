import { isHeading } from '../table-headings.js';
import { isNumberText, isYearText, type PrintedTable } from './pdf-grid.js';
import type { Segment } from './pdf-lines.js';

const MAX_HEADING_ROWS = 5;

/** The segments of each place of the grid, spanning cells in each place that they cover. */
export function filledGrid(table: PrintedTable): Segment[][][] {
  const grid: Segment[][][] = Array.from({ length: table.rows }, () => Array.from({ length: table.columns }, () => []));
  for (const cell of table.cells) for (let dy = 0; dy < cell.rowSpan; dy++) for (let dx = 0; dx < cell.columnSpan; dx++) grid[cell.row + dy]?.[cell.column + dx]?.push(...cell.segments);
  return grid;
}

/** How many of the first rows are headings: those above the first row of numbers where the table has numbers, else the first where it looks like one. */
export function headingRows(table: PrintedTable, texts: readonly (readonly string[])[]): number {
  const isData = (row: readonly string[]): boolean => row.slice(1).some((text) => isNumberText(text) && !isYearText(text) && /\d/.test(text));
  const first = texts.findIndex(isData);
  const spanned = table.cells.some((cell) => cell.row === 0 && cell.columnSpan > 1);
  if (first > 1 && first <= MAX_HEADING_ROWS && (spanned || isHeading(texts[first - 1]!, texts.slice(first)))) return spanned ? headingDepth(table, first) : 1;
  return texts.length > 1 && isHeading(texts[0]!, texts.slice(1)) ? 1 : 0;
}

/** Under a heading that spans, its parts are headings too; a row that holds nothing but a label begins the body. */
function headingDepth(table: PrintedTable, first: number): number {
  for (let row = 1; row < first; row++) if (table.cells.filter((cell) => cell.row === row).every((cell) => cell.column === 0)) return row;
  return first;
}
