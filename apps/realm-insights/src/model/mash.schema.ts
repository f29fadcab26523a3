import { z } from 'zod';
import { columnType, words } from '@symphainy/contracts';
import { dataReference } from '@symphainy/realm-sdk';
import { mashMapping } from './mapping.schema.js';

const count = z.number().int().min(0);

/** A reference that takes part, under the name that the query gives it. */
export const mashSource = z.strictObject({
  name: z.string().max(60).regex(/^[a-z][a-z0-9_]*$/, 'must be a lower-case name').describe('the name that the query uses'),
  reference: dataReference().describe('a CSV, JSON, JSON lines or Parquet file, a document (content.ingest), a dataset (content.decode), the rows of another mash, or a table outside (solution.describe_external)'),
  table: z.string().max(200).optional().describe('documents: the table, by id or name; default: the one with the most rows'),
  delimiter: z.string().min(1).max(4).optional().describe('CSV; default: told from the content'),
  header: z.boolean().optional().describe('CSV: whether the first line has the columns’ names; default true'),
});
export type MashSource = z.infer<typeof mashSource>;

export const mashPayload = z.strictObject({
  query_type: z.literal('relational').default('relational').describe('relational: rows are joined by their values'),
  sources: z.array(mashSource).min(1).max(50),
  sql: z.string().min(1).max(20_000).optional().describe('one SELECT over the sources; give this, a mapping, or a saved mapping'),
  mapping: mashMapping.optional().describe('what to join, filter and compute, as data'),
  saved_mapping: dataReference().optional().describe('a JSON file with a mapping'),
  offset: count.max(1_000_000_000).default(0).describe('rows to leave out at the beginning'),
  limit: z.number().int().min(1).max(10_000_000).default(100_000).describe('rows at most; all are counted'),
  format: z.enum(['ndjson', 'parquet']).default('ndjson'),
});
export type MashPayload = z.infer<typeof mashPayload>;

const columns = z.array(z.object({ name: z.string(), type: columnType }));

const sourceFilter = z.object({ column: z.string(), op: z.enum(['eq', 'ne', 'lt', 'le', 'gt', 'ge']), values: z.array(z.string()), type: z.enum(['text', 'integer', 'decimal']) });

/** What `plan` hands on: the query, and what it needs of its sources. */
export const mashPlan = z.object({ sql: z.string(), needs: z.object({ names: z.array(z.string()).optional(), filters: z.record(z.string(), z.array(sourceFilter)) }) });

/** What a mash answers. Rows are in the artifact `rows`; each has `_row`, its columns, and `_sources`, where it comes from. */
export const mashOutput = z.object({
  /** Artifact `insights.mash`: the query as it was run, the sources as they were read, columns and counts. */
  mash: z.string(),
  rows: z.string(),
  columns,
  row_count: count,
  total_rows: count,
  truncated: z.boolean(),
  /** The first rows. */
  preview: z.array(z.record(z.string(), words.json)),
});
