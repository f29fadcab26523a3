/**
 * Lineage as a realm tells it: where the values of an artifact come from. Told by reference, once: what stands in the artifact itself (a fact's source, a row's citations) is
 * named and not repeated. The Runtime records it with the artifact and answers from it; it knows no realm's types.
 */
import { z } from 'zod';
import { contentSource } from './content.schema.js';
import { artifactId, json, sha256Digest, timestamp } from './words.js';

const pointer = z.string().max(1000).regex(/^(?:\/.*)?$/s, 'must be a JSON Pointer');

const count = z.number().int().min(1);

/**
 * A place in a reference; without a finer member, the whole of it. In files: page and box, sheet and cell, line, bytes, part and paragraph (`contentSource`). In record files: bytes,
 * and the `record` (from 1) and `field` that they are. In an artifact's content: `pointer`; of JSON lines its first part is the line, from 0. In an external table: `row_key` and `field`.
 */
export const sourceRegion = contentSource.extend({
  reference: artifactId,
  /** Of the reference as it was read: another hash is another source. */
  content_hash: sha256Digest.optional(),
  record: z.number().int().min(1).optional(),
  /** The last of several, where more than one are named: `row` to `row_end`, `record` to `record_end`. */
  row_end: z.number().int().min(1).optional(),
  record_end: z.number().int().min(1).optional(),
  /** Of many that lie apart, exactly which from `row` to `row_end`, or from `record` to `record_end`, in order: one by itself, or the first and last of neighbours. */
  numbers: z.array(z.union([count, z.tuple([count, count])])).optional(),
  /** The bytes of each of `numbers`, the end excluded. */
  spans: z.array(z.tuple([z.number().int().min(0), z.number().int().min(0)])).optional(),
  field: z.string().max(300).optional(),
  /** Of the layout that the bytes were read by. */
  layout_hash: sha256Digest.optional(),
  /** The row's key, column by column. */
  row_key: z.record(z.string(), json).optional(),
  /** Of external data: when the snapshot that was read was taken. */
  as_of: timestamp.optional(),
});
export type SourceRegion = z.infer<typeof sourceRegion>;

/** OpenLineage's transformation subtypes; absent: `identity`. `identity`, `transformation`, `aggregation` make the value; the others decide whether or where it appears. */
export const lineageKind = z.enum(['identity', 'transformation', 'aggregation', 'join', 'filter', 'group_by', 'sort', 'window', 'conditional']);
export type LineageKind = z.infer<typeof lineageKind>;

/** A value of the artifact, by its JSON Pointer, and what it was made from. */
export const valueLineage = z.object({ target: pointer, from: z.array(sourceRegion).min(1).max(100), kind: lineageKind.optional() });

/**
 * Members that say themselves where they come from, however many there are. `path`: a JSON Pointer whose parts may be `*`, any member (`/facts/*`; of JSON lines the first part is the line);
 * `source`: pointer from such a member to its region, or list of regions (`/source`; empty: the member is one). A region without `reference` is in `reference`; `artifact_id` is read as `reference`.
 */
export const memberLineage = z.object({ path: pointer, source: pointer, reference: artifactId.optional(), kind: lineageKind.optional() });
export type MemberLineage = z.infer<typeof memberLineage>;

/** A column of the artifact's table, and the columns it was made from, each of a reference. */
export const columnLineage = z.object({
  column: z.string().max(300),
  from: z.array(z.object({ reference: artifactId, column: z.string().max(300), kind: lineageKind.optional() })).max(200),
  /** How, in the words of the query or mapping. */
  expression: z.string().max(1000).optional(),
});
export type ColumnLineage = z.infer<typeof columnLineage>;

/** What is told of an artifact; at most 64 KiB of JSON. */
export const artifactLineage = z.object({
  values: z.array(valueLineage).max(500).optional(),
  members: z.array(memberLineage).max(50).optional(),
  /** Paths to `contentTable`s: their cells' places follow from `cell_sources`, `row_sources` and columns, in `reference`. */
  tables: z.array(z.object({ path: pointer, reference: artifactId })).max(20).optional(),
  /** The artifact is a `contentDataset`: each cell's bytes follow from it (`cellRange`). A cell's pointer is `/records/<record, from 1>/<column>`. */
  dataset: z.literal(true).optional(),
  columns: z.array(columnLineage).max(2000).optional(),
  /** Columns that every row depends on: of joins, filters, groups and orders. */
  all_columns: z.array(z.object({ reference: artifactId, column: z.string().max(300), kind: lineageKind })).max(200).optional(),
});
export type ArtifactLineage = z.infer<typeof artifactLineage>;

export const MAX_LINEAGE_BYTES = 64 * 1024;
