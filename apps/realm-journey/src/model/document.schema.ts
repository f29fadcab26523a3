import { contentBlock, contentDocument, contentSource, contentTable, type ContentBlock, type ContentCell, type ContentSource } from '@symphainy/contracts';
import { z } from 'zod';

export const source = contentSource;
export type Source = ContentSource;
export type Block = ContentBlock;

/** Cells and their places are taken as the content realm wrote them. */
const table = contentTable.extend({
  rows: z.custom<ContentCell[][]>((rows) => Array.isArray(rows) && rows.every(Array.isArray), 'rows must be lists of cells'),
  row_sources: z.custom<ContentSource[]>(Array.isArray).optional(),
  cell_sources: z.custom<ContentSource[][]>(Array.isArray).optional(),
});
export type Table = z.infer<typeof table>;

/** The part of a `content.document` in which procedures stand. */
export const proceduralDocument = contentDocument.pick({ kind: true, title: true }).extend({ blocks: z.array(contentBlock), tables: z.array(table) });
export type ProceduralDocument = z.infer<typeof proceduralDocument>;
