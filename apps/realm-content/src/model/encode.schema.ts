import { z } from 'zod';
import { dataReference } from '@symphainy/realm-sdk';
import { mainframeOptions } from './mainframe.schema.js';

export const encodePayload = z.strictObject({
  /** The records: a dataset of `content.decode`, or JSON lines in the shape of its rows. */
  rows: dataReference(),
  copybook: dataReference(),
  /** The members that the copybook copies, by name. */
  library: z.array(z.strictObject({ member: z.string().min(1).max(120), copybook: dataReference() })).max(200).default([]),
  /** How the records are to be written; default: of a dataset, how they were read. */
  options: mainframeOptions.optional(),
});
export type EncodePayload = z.infer<typeof encodePayload>;

const count = z.number().int().min(0);

/** What `content.encode` answers: the artifact of the file, and what was written. */
export const encodeOutput = z.object({
  file: z.string(),
  record: z.string(),
  records: count,
  bytes: count,
  /** SHA-256 of the file; absent where it is sealed for data subjects. */
  hash: z.string().optional(),
  /** Of a dataset: whether the file is, byte for byte, the one that it was decoded from. */
  identical: z.boolean().optional(),
});
