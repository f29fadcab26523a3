import type { ContentGridCell, ContentSource } from '@symphainy/contracts';
import { withinTable, type DraftTable } from '../../model/draft-document.js';
import type { SpanningCell } from './heading-rows.js';
import { columnNames } from './table-headings.js';

/** A cell of a table with spans, once, with its place in the file. */
export interface PrintedCell extends SpanningCell {
  readonly source: ContentSource;
}

export interface PrintedRows {
  readonly name: string;
  readonly cells: readonly PrintedCell[];
  /** One for each row, in order. */
  readonly rows: readonly ContentSource[];
  /** How many rows, from the first, name the columns. */
  readonly headings: number;
  /** Tables stand in its cells. */
  readonly holdsTables?: boolean;
  readonly source: ContentSource;
}

/**
 * A table from its printed cells: spanned cells repeat in the places they cover, headings of several rows name a column from top to bottom, each part
 * once. The cells themselves are kept where columns and rows alone would not show them: where some span or hold tables, or headings repeat or take several rows.
 */
export function printedTable({ name, cells, rows, headings, holdsTables, source }: PrintedRows): DraftTable {
  const width = widthOf(cells);
  withinTable(rows.length, width);
  const grid = placed(cells, rows.length, width);
  const titles = grid.slice(0, headings);
  const labels = joinedLabels(titles.map((row) => row.map((cell) => cell?.text ?? '')), width);
  const names = columnNames(labels, width);
  const isPlain = holdsTables !== true && headings < 2 && cells.every((cell) => cell.high === 1 && cell.wide === 1) && labels.every((label, at) => label === '' || label.replace(/\s+/g, ' ').trim() === names[at]);
  const body = grid.slice(headings);
  const place = (row: number): ContentSource => ({ ...rows[row + headings]!, row: row + headings + 1 });
  return {
    name,
    columns: names.map((column) => ({ name: column })),
    rows: body.map((row) => row.map((cell) => cell?.text || null)),
    row_sources: body.map((_, row) => place(row)),
    cell_sources: body.map((row, at) => row.map((cell, column) => ({ ...(cell?.source ?? rows[at + headings]), row: at + headings + 1, column: column + 1 }))),
    ...(isPlain ? {} : { cells: cells.map(gridCell) }),
    source,
  };
}

export const widthOf = (cells: readonly SpanningCell[]): number => cells.reduce((most, cell) => Math.max(most, cell.column + cell.wide), 0);

/** Headings of several rows name a column from top to bottom, each part once. */
export const joinedLabels = (rows: readonly (readonly string[])[], width: number): string[] =>
  Array.from({ length: rows.length === 0 ? 0 : width }, (_, at) => [...new Set(rows.map((row) => row[at] ?? ''))].filter((text) => text !== '').join(' '));

function placed(cells: readonly PrintedCell[], height: number, width: number): (PrintedCell | undefined)[][] {
  const grid: (PrintedCell | undefined)[][] = Array.from({ length: height }, () => Array.from({ length: width }, () => undefined));
  for (const cell of cells) for (let y = cell.row; y < Math.min(cell.row + cell.high, height); y++) for (let x = cell.column; x < cell.column + cell.wide; x++) grid[y]![x] ??= cell;
  return grid;
}

const gridCell = ({ row, column, high, wide, text, source }: PrintedCell): ContentGridCell => ({ row: row + 1, column: column + 1, ...(high > 1 ? { row_span: high } : {}), ...(wide > 1 ? { column_span: wide } : {}), text, source });
