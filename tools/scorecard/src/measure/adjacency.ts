import type { GridCell } from '@symphainy/realm-content';

/** A grid as rows of cells; places that a spanning cell covers, and blanks, are undefined. */
export type Grid = readonly (readonly (GridCell | undefined)[])[];

/**
 * The measure of the ICDAR 2013 table competition (Göbel et al., A methodology for evaluating algorithms for table understanding in PDF
 * documents, 2012): a table is the set of its pairs of neighbouring cells, each pair two texts and a direction; blank cells are stepped over.
 */
export function adjacencies(grid: Grid): string[] {
  const width = grid.reduce((most, row) => Math.max(most, row.length), 0);
  const owner = occupancy(grid, width);
  const pairs: string[] = [];
  grid.forEach((row, y) => row.forEach((cell, x) => {
    if (!cell || cellText(cell.text) === '') return;
    const across = new Set<GridCell>();
    for (let dy = 0; dy < cell.rowSpan; dy++) add(across, next(owner, y + dy, x + cell.columnSpan, 0, 1));
    const down = new Set<GridCell>();
    for (let dx = 0; dx < cell.columnSpan; dx++) add(down, next(owner, y + cell.rowSpan, x + dx, 1, 0));
    for (const other of across) pairs.push(`${cellText(cell.text)}\u0001→\u0001${cellText(other.text)}`);
    for (const other of down) pairs.push(`${cellText(cell.text)}\u0001↓\u0001${cellText(other.text)}`);
  }));
  return pairs;
}

const add = (set: Set<GridCell>, cell: GridCell | undefined): void => void (cell && set.add(cell));

function next(owner: readonly (readonly (GridCell | undefined)[])[], y: number, x: number, dy: number, dx: number): GridCell | undefined {
  for (let [row, column] = [y, x]; row < owner.length && column < (owner[row]?.length ?? 0); row += dy, column += dx) if (owner[row]![column]) return owner[row]![column];
  return undefined;
}

function occupancy(grid: Grid, width: number): (GridCell | undefined)[][] {
  const owner: (GridCell | undefined)[][] = grid.map(() => Array.from({ length: width }, () => undefined));
  grid.forEach((row, y) => row.forEach((cell, x) => {
    if (!cell || cellText(cell.text) === '') return;
    for (let dy = 0; dy < cell.rowSpan && y + dy < owner.length; dy++) for (let dx = 0; dx < cell.columnSpan && x + dx < width; dx++) owner[y + dy]![x + dx] = cell;
  }));
  return owner;
}

/** White space and the look of dashes and quotes do not tell texts apart. */
export const cellText = (text: string): string => text.normalize('NFKC').replace(/[\s\u00ad\u200b]+/g, '').replace(/[‐-―−]/g, '-').replace(/[‘’]/g, "'").replace(/[“”]/g, '"').toLowerCase();

export const plainGrid = (rows: readonly (readonly string[])[]): Grid => rows.map((row) => row.map((text) => (text.trim() === '' ? undefined : { text, rowSpan: 1, columnSpan: 1 })));
