import { z } from 'zod';
import { contentKind } from '@symphainy/contracts';
import { dataReference } from '@symphainy/realm-sdk';
import { mainframeOptions } from './mainframe.schema.js';

/** How a file is to be read; every member has a default, told from the content where that is possible. */
export const ingestOptions = mainframeOptions.extend({
  /** Text formats: an encoding's name; default: told from the bytes. */
  encoding: z.string().max(40).optional(),
  /** CSV: default: told from the content. */
  delimiter: z.string().min(1).max(4).optional(),
  /** PDF: what opens an encrypted file. It stands in the intent's payload, and so in the log. */
  password: z.string().max(128).optional(),
});

export const ingestPayload = z.strictObject({
  /** The file: an upload, or any artifact with bytes. */
  source: dataReference(),
  /** The copybook of a mainframe file. */
  copybook: dataReference().optional(),
  options: ingestOptions.prefault({}),
});
export type IngestPayload = z.infer<typeof ingestPayload>;
export type IngestOptions = z.infer<typeof ingestOptions>;

const count = z.number().int().min(0);

/** What a detector found: where (a JSON Pointer into the document, ending in a column's name for a table), in how many of how many values. */
const detectedData = z.object({ detector: z.string(), classification: z.enum(['personal', 'restricted']), where: z.string(), values: count, hits: count });

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
  /** What shows itself as personal: the document carries the class it asks for. */
  detected: z.array(detectedData).optional(),
});
export type IngestOutput = z.infer<typeof ingestOutput>;

/** Outputs of the steps, as later steps read them. */
export const identifyOutput = z.object({ kind: contentKind, media_type: z.string(), size: count, encoding: z.string().optional() });
export const parseOutput = z.object({ parsed: z.string(), layout: z.string().optional(), detected: z.array(detectedData).optional() });
export const normaliseOutput = ingestOutput.omit({ facts_artifact: true, embeddings: true, facts: true, chunks: true });
export const factsOutput = z.object({ facts_artifact: z.string(), facts: count, omitted: count.optional() });

export const parseAndEmbedPayload = ingestPayload.extend({
  /** Characters after which a chunk ends; a longer paragraph is divided at sentences after twice as many. */
  chunk_characters: z.number().int().min(100).max(8_000).default(800),
});
export type ParseAndEmbedPayload = z.infer<typeof parseAndEmbedPayload>;

/** What `content.parse_and_embed` answers: the document, its normalised fields, and its chunks with their vectors. */
export const parseAndEmbedOutput = z.object({
  document: z.string(),
  /** The facts, each by its canonical name where one fits. */
  normalized_fields: z.string(),
  embeddings: z.string(),
  kind: contentKind,
  /** The algorithm or model of the vectors. */
  model: z.string(),
  dimensions: count,
  chunks: count,
  /** Chunks beyond the limit. */
  omitted: count.optional(),
  facts: count,
});
