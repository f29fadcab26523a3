/**
 * A dataset: records of a large file as rows, in parts of JSON lines. The content realm writes it (`content.decode`); it is queried where it lies, and each of its
 * values leads back to its bytes: `cellRange` (cell-place.ts) is the whole of that, and needs nothing but the dataset and the row.
 */
import { z } from 'zod';
import { artifactId } from './artifact.schema.js';
import { columnType } from './content.schema.js';
import { jsonObject, sha256Digest } from './words.js';

const count = z.number().int().min(0);

export const datasetColumn = z.object({
  name: z.string(),
  type: columnType,
  /** Decimal and integer columns: digits in all, and those after the point. */
  digits: count.optional(),
  scale: z.number().int().optional(),
  /** From the row's `_offset`. Where tables take only the room of their actual count, the place with every table empty, and `moves` is added. */
  offset: z.number().int(),
  length: count,
  /** For each 1 of the count in `column`, so many bytes; a count that is absent or above `max` is 0. */
  moves: z.array(z.object({ column: z.string(), bytes: z.number(), max: count })).optional(),
});
export type DatasetColumn = z.infer<typeof datasetColumn>;

/** Rows of one range of the source, as JSON lines: an object of `_record` (from 1), `_offset` and `_length` (the record's bytes in the source), and the columns that have a value. */
export const datasetPart = z.object({ reference: artifactId, records: count, first_record: z.number().int().min(1), byte_start: count, byte_end: count, hash: sha256Digest, size: count, failures: artifactId.optional() });
export type DatasetPart = z.infer<typeof datasetPart>;

/**
 * Artifact type `content.dataset`. Rows may have `_segment` (the group that the record holds) and `_parent` (the `_record` it belongs to), and `_failed`: the
 * columns that did not decode, whose bytes and reasons stand in the part's `failures`, JSON lines of `decodeFailure`. Where bytes were kept: `_kept`, pairs of offset and
 * bytes that the values do not give, and `_block`, `_before`, `_after`, bytes around the record, all as hexadecimal text and only where a program would write others.
 */
export const contentDataset = z.object({
  media_type: z.literal('application/x-ndjson'),
  source: z.object({ reference: artifactId, hash: sha256Digest, size: count }),
  /** Of the layout table and the options that the bytes were read by. */
  layout_hash: sha256Digest,
  options: jsonObject,
  /** Where bytes were kept for encoding: what stood before the first record and behind the last. */
  edges: z.object({ header_hex: z.string(), trailer_hex: z.string() }).optional(),
  record: z.string(),
  columns: z.array(datasetColumn),
  parts: z.array(datasetPart),
  records: count,
  failures: count,
  failure_counts: z.record(z.string(), count),
  /** Exact sums of the decimal columns, as decimal text. */
  totals: z.record(z.string(), z.string()),
});
export type ContentDataset = z.infer<typeof contentDataset>;
