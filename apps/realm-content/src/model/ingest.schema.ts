import { z } from 'zod';
import { contentKind } from '@symphainy/contracts';
import { dataReference } from '@symphainy/realm-sdk';

/** How a file is to be read; every member has a default, told from the content where that is possible. */
export const ingestOptions = z.strictObject({
  /** Mainframe: how records follow each other. Default `fixed`. */
  record_format: z.enum(['fixed']).optional(),
  /** Mainframe: default `cp037`. */
  code_page: z.string().max(40).optional(),
  /** Mainframe: bytes from one record to the next; default: the layout's length. */
  record_length: z.number().int().min(1).max(16 * 1024 * 1024).optional(),
  /** Mainframe: the level-01 item to read; default: the first that has items under it. */
  record_name: z.string().max(120).optional(),
  copybook_format: z.enum(['fixed', 'free']).optional(),
  /** Mainframe: bytes of each record, or of the file, that the copybook does not describe. */
  record_prefix_bytes: z.number().int().min(0).max(65_536).optional(),
  header_bytes: z.number().int().min(0).optional(),
  trailer_bytes: z.number().int().min(0).optional(),
  /** Mainframe: form of COMP-1 and COMP-2. Default `ibm`. */
  floats: z.enum(['ibm', 'ieee']).optional(),
  /** Mainframe: the item whose value says which of the groups that share a place a record holds. */
  segments: z.strictObject({ field: z.string().max(120), groups: z.record(z.string(), z.string()) }).optional(),
  /** Text formats: an encoding's name; default: told from the bytes. */
  encoding: z.string().max(40).optional(),
  /** CSV: default: told from the content. */
  delimiter: z.string().min(1).max(4).optional(),
});

export const ingestPayload = z.strictObject({
  /** The file: an upload, or any artifact with bytes. */
  source: dataReference(),
  /** The copybook of a mainframe file. */
  copybook: dataReference().optional(),
  options: ingestOptions.prefault({}),
});
export type IngestPayload = z.infer<typeof ingestPayload>;

const count = z.number().int().min(0);

/** What `content.ingest` answers: the artifacts it made, and how much there is in them. */
export const ingestOutput = z.object({
  document: z.string(),
  facts_artifact: z.string(),
  embeddings: z.string(),
  layout: z.string().optional(),
  kind: contentKind,
  title: z.string().optional(),
  pages: count.optional(),
  blocks: count,
  tables: count,
  rows: count,
  facts: count,
  chunks: count,
  failures: count,
});
export type IngestOutput = z.infer<typeof ingestOutput>;

/** Outputs of the steps, as later steps read them. */
export const identifyOutput = z.object({ kind: contentKind, media_type: z.string(), size: count, encoding: z.string().optional() });
export const parseOutput = z.object({ parsed: z.string(), layout: z.string().optional() });
export const normaliseOutput = ingestOutput.omit({ facts_artifact: true, embeddings: true, facts: true, chunks: true });
export const factsOutput = z.object({ facts_artifact: z.string(), facts: count, omitted: count.optional() });
