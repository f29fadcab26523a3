import type { ContentCell, ContentTable } from '@symphainy/contracts';

/** A printed cell and its extent; its other places in the grid are undefined. */
export interface GridCell {
  readonly text: string;
  readonly rowSpan: number;
  readonly columnSpan: number;
}

/** A table as its source prints it, headings included: its stated cells where it has them, else its columns' names above its rows. */
export function gridOf(table: ContentTable): (GridCell | undefined)[][] {
  if (table.cells !== undefined) return statedGrid(table.cells);
  const heading = table.columns.map((column, at) => (isGiven(column.name, at) ? '' : column.name));
  const rows = table.rows.map((row) => row.map((cell, at) => shown(cell, table.columns[at]?.unit)));
  return [...(heading.every((name) => name === '') ? [] : [heading]), ...rows].map((row) => row.map((text) => ({ text, rowSpan: 1, columnSpan: 1 })));
}

function statedGrid(cells: NonNullable<ContentTable['cells']>): (GridCell | undefined)[][] {
  const height = cells.reduce((most, cell) => Math.max(most, cell.row + (cell.row_span ?? 1) - 1), 0);
  const width = cells.reduce((most, cell) => Math.max(most, cell.column + (cell.column_span ?? 1) - 1), 0);
  const grid: (GridCell | undefined)[][] = Array.from({ length: height }, () => Array.from({ length: width }, () => undefined));
  for (const cell of cells) grid[cell.row - 1]![cell.column - 1] = { text: cell.text, rowSpan: cell.row_span ?? 1, columnSpan: cell.column_span ?? 1 };
  return grid;
}

/** Names that readers give to columns without a heading. */
const isGiven = (name: string, at: number): boolean => name === `column_${at + 1}`;

function shown(cell: ContentCell, unit: string | undefined): string {
  if (cell === null) return '';
  const text = String(cell);
  if (unit === undefined) return text;
  return unit === '%' ? `${text}%` : text.startsWith('-') ? `-${unit}${text.slice(1)}` : unit + text;
}
