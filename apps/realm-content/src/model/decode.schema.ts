import { z } from 'zod';
import { dataReference } from '@symphainy/realm-sdk';
import { mainframeOptions } from './mainframe.schema.js';

export const decodePayload = z.strictObject({
  /** The file: an upload, or any artifact with bytes. */
  source: dataReference(),
  copybook: dataReference(),
  /** The members that the copybook copies, by name. */
  library: z.array(z.strictObject({ member: z.string().min(1).max(120), copybook: dataReference() })).max(200).default([]),
  /** Keeps beside each row the bytes that its values do not give (`_kept`, `_before`, `_after`, `_block`), so that `content.encode` gives the file again byte for byte. */
  keep_bytes: z.boolean().default(false),
  /** Makes besides the rows their trees: a line for each record that belongs to none, those that belong to it within (`_children`). Asks for `options.segments.parents`. */
  trees: z.boolean().default(false),
  options: mainframeOptions.prefault({}),
});
export type DecodePayload = z.infer<typeof decodePayload>;

const count = z.number().int().min(0);

/** What `content.decode` answers: the dataset's artifact, the layout's, and what was counted. */
export const decodeOutput = z.object({
  dataset: z.string(),
  layout: z.string(),
  record: z.string(),
  records: count,
  /** Fields that did not decode, in all and by reason. */
  failures: count,
  failure_counts: z.record(z.string(), count),
  /** Exact sums of the decimal columns. */
  totals: z.record(z.string(), z.string()),
  parts: count,
  /** The trees' artifact, and how many there are. */
  trees: z.string().optional(),
  tree_count: count.optional(),
});
