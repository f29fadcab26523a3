import { json } from './json.schema.js';
import { z } from 'zod';

/** Where something stands in its source: page, box, sheet and cell, record and byte range, line. */
export const source = z.record(z.string(), json);
export type Source = z.infer<typeof source>;

const column = z.union([z.object({ name: z.string().nullish().transform((name) => name ?? ''), type: z.string().optional() }), z.string().transform((name) => ({ name, type: undefined }))]);

/** A table of a `content.document`. Rows may be ragged: what is missing or in excess is a finding, not an error. */
export const table = z.object({
  id: z.string(),
  name: z.string().nullish(),
  columns: z.array(column),
  rows: z.array(z.array(json)),
  /** Per row: its source, or a source per cell. */
  row_sources: z.array(z.union([source, z.array(source)])).optional(),
  source: source.optional(),
});
export type Table = z.infer<typeof table>;

/** The part of a `content.document` that profiling reads. */
export const tabularDocument = z.object({ kind: z.string(), title: z.string().nullish(), tables: z.array(table).default([]) });
export type TabularDocument = z.infer<typeof tabularDocument>;

/** A cell's own address: its row's and table's address, with the data row (from 1) and the column's name. */
export function cellSource(of: Table, row: number, columnIndex: number): Source {
  const own = of.row_sources?.[row];
  const found = Array.isArray(own) ? own[columnIndex] : own;
  const { box: _box, ...place } = of.source ?? {};
  return { ...place, row: row + 1, column: of.columns[columnIndex]?.name || `#${columnIndex + 1}`, ...found };
}
