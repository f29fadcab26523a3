import { contentDocument, contentSource, contentTable, type ContentCell, type ContentSource } from '@symphainy/contracts';
import { z } from 'zod';

/** A finding's place: the cell's own, with the column's name, since positions are hard to read. */
export const source = contentSource.extend({ column_name: z.string().optional() });
export type Source = z.infer<typeof source>;

/** Cells and their places are taken as the content realm wrote them: checking millions one by one would cost more than profiling them. */
const table = contentTable.extend({
  rows: z.custom<ContentCell[][]>((rows) => Array.isArray(rows) && rows.every(Array.isArray), 'rows must be lists of cells'),
  row_sources: z.custom<ContentSource[]>(Array.isArray).optional(),
  cell_sources: z.custom<ContentSource[][]>(Array.isArray).optional(),
});
export type Table = z.infer<typeof table>;

/** The part of a `content.document` that profiling reads. */
export const tabularDocument = contentDocument.pick({ kind: true, title: true }).extend({ tables: z.array(table) });
export type TabularDocument = z.infer<typeof tabularDocument>;

/** A cell's own address: the cell's place where there is one, else the row's with the column's bytes added, else position in the table. */
export function cellSource(of: Table, row: number, columnIndex: number): Source {
  const column = of.columns[columnIndex];
  const { box: _box, byte_start: _start, byte_end: _end, line: _line, ...whole } = of.source;
  const inRow = of.row_sources?.[row] ?? { row: row + 1 };
  const bytes = inRow.byte_start !== undefined && column?.offset !== undefined && column.length !== undefined ? { byte_start: inRow.byte_start + column.offset, byte_end: inRow.byte_start + column.offset + column.length } : {};
  return { ...whole, ...inRow, column: columnIndex + 1, ...bytes, ...of.cell_sources?.[row]?.[columnIndex], ...(column === undefined ? {} : { column_name: column.name }) };
}
