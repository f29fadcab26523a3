import type { ContentColumn, ContentSource, ContentTable } from './content.schema.js';

/** What a cell's place follows from. */
export type PlacedTable = Pick<ContentTable, 'source' | 'row_sources' | 'cell_sources'> & { readonly columns: readonly Pick<ContentColumn, 'name' | 'offset' | 'length'>[] };

/** Where a table's cell (rows and columns from 0) stands in the source: its own place where it has one, else its row's; in a fixed record its bytes follow from the row's and the column's, in a sheet its address. */
export function cellPlace(table: PlacedTable, row: number, column: number): ContentSource {
  const own = table.cell_sources?.[row]?.[column];
  if (own) return own;
  const rowSource = table.row_sources?.[row] ?? table.source;
  const { offset, length } = table.columns[column] ?? {};
  const address = sheetAddress(table, rowSource, column);
  if (address !== undefined) return { ...rowSource, column: column + 1, cell: address };
  if (offset === undefined || length === undefined || rowSource.byte_start === undefined) return { ...rowSource, column: column + 1 };
  return { ...rowSource, column: column + 1, byte_start: rowSource.byte_start + offset, byte_end: rowSource.byte_start + offset + length };
}

/** The address of a sheet's cell: its row, and its column counted from the table's first (`B2:F20`). */
function sheetAddress(table: PlacedTable, rowSource: ContentSource, column: number): string | undefined {
  const first = /^([A-Z]+)\d/.exec(table.source.cell ?? '')?.[1];
  if (first === undefined || rowSource.sheet === undefined || rowSource.row === undefined) return undefined;
  let number = [...first].reduce((sum, letter) => sum * 26 + letter.charCodeAt(0) - 64, 0) + column;
  let letters = '';
  for (; number > 0; number = Math.floor((number - 1) / 26)) letters = String.fromCharCode(65 + ((number - 1) % 26)) + letters;
  return `${letters}${rowSource.row}`;
}
