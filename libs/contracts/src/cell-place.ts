/** Where the values of tables and datasets stand in their sources. No schemas here: the console takes these functions, and nothing else of this library, into the browser. */
import type { ContentDataset } from './content-dataset.schema.js';
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

/** A row as it stands in a part. */
export interface DatasetRow {
  readonly _record: number;
  readonly _offset: number;
  readonly _length: number;
  readonly [column: string]: unknown;
}

/** A value's bytes: in the object of `hash`, from `byte_start` up to, but without, `byte_end`, read as `field` of the layout of `layout_hash`. */
export interface CellRange {
  readonly reference: string;
  readonly hash: string;
  readonly byte_start: number;
  readonly byte_end: number;
  readonly field: string;
  readonly layout_hash: string;
}

/** Where a row's value stands in the source; undefined: the dataset has no such column. */
export function cellRange(dataset: Pick<ContentDataset, 'source' | 'layout_hash' | 'columns'>, row: DatasetRow, name: string): CellRange | undefined {
  const column = dataset.columns.find((c) => c.name === name);
  if (column === undefined) return undefined;
  const moved = (column.moves ?? []).reduce((sum, { column: counter, bytes, max }) => {
    const times = Number(row[counter] ?? 0);
    return times >= 0 && times <= max ? sum + times * bytes : sum;
  }, 0);
  const start = row._offset + column.offset + moved;
  const end = Math.min(start + column.length, row._offset + row._length);
  return { reference: dataset.source.reference, hash: dataset.source.hash, byte_start: start, byte_end: Math.max(start, end), field: name, layout_hash: dataset.layout_hash };
}
