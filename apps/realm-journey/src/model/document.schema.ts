import { words } from '@symphainy/contracts';
import { z } from 'zod';

export const source = z.record(z.string(), words.json);
export type Source = z.infer<typeof source>;

export const block = z.object({
  id: z.string(),
  type: z.string(),
  level: z.number().nullish(),
  text: z.string().nullish().transform((text) => text ?? ''),
  /** The list marker, when the parser kept it apart from the text: `1.`, `a)`, `•`. */
  marker: z.string().nullish(),
  source: source.default({}),
});
export type Block = z.infer<typeof block>;

const column = z.union([z.object({ name: z.string().nullish().transform((name) => name ?? '') }), z.string().transform((name) => ({ name }))]);
export const table = z.object({
  id: z.string(),
  name: z.string().nullish(),
  columns: z.array(column),
  rows: z.array(z.array(words.json)),
  row_sources: z.array(z.union([source, z.array(source)])).optional(),
  source: source.default({}),
});
export type Table = z.infer<typeof table>;

/** The part of a `content.document` in which procedures stand. */
export const proceduralDocument = z.object({ kind: z.string(), title: z.string().nullish(), blocks: z.array(block), tables: z.array(table).default([]) });
export type ProceduralDocument = z.infer<typeof proceduralDocument>;
