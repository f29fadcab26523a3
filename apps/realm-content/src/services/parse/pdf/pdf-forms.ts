import { cellText, type PrintedCell, type PrintedTable } from './pdf-grid.js';
import type { Line, Segment } from './pdf-lines.js';

/** `Key:` in one place and its value in another, as forms are set. */
export const isPairLine = (line: Line): boolean => line.segments.length === 2 && line.segments[0]!.text.endsWith(':') && line.segments[0]!.text.length <= 50;

/** Share of a table's first, third, … cells that must end with a colon for it to be a form. */
const FORM_SHARE = 0.7;

export interface FormPair {
  readonly key: readonly Segment[];
  readonly value: readonly Segment[];
}

/** The pairs of a form set in columns (`Location:  Port Alden   Number:  7`); undefined where a table is none. */
export function formPairs(table: PrintedTable): FormPair[] | undefined {
  if (table.columns % 2 !== 0) return undefined;
  const at = (row: number, column: number): PrintedCell | undefined => table.cells.find((cell) => cell.row === row && cell.column === column);
  const keys = table.cells.filter((cell) => cell.column % 2 === 0);
  const named = keys.filter((cell) => cellText(cell.segments).endsWith(':'));
  if (named.length === 0 || named.length < keys.length * FORM_SHARE) return undefined;
  return named.map((cell) => ({ key: cell.segments, value: at(cell.row, cell.column + 1)?.segments ?? [] })).filter(({ value }) => value.length > 0);
}
