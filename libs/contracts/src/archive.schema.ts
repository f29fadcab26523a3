/** How streams stand in the archive: sealed segments as objects, and what says where they are. */
import { z } from 'zod';
import { objectRef } from './artifact.schema.js';
import { sha256Digest, tenantId, timestamp, uuid } from './words.js';

/**
 * A sealed run of an execution's frames, stored as one object (canonical JSON). `previous` is the chain hash before its first frame, `root` that of its last:
 * frames verify from one to the other, so a segment verifies alone, and segments whose roots join verify together.
 */
export const streamSegment = z.object({
  form: z.literal('symphainy-segment-1'),
  tenant_id: tenantId,
  stream_id: uuid,
  kind: z.literal('execution'),
  from_seq: z.number().int().min(0),
  to_seq: z.number().int().min(0),
  previous: sha256Digest,
  root: sha256Digest,
  /** [at, hash, body as base64, writer, n] of each frame in order. */
  frames: z.array(z.tuple([timestamp, sha256Digest, z.string(), z.string(), z.number().int()])),
});
export type StreamSegment = z.infer<typeof streamSegment>;

/** Where an archived stream is: what stands in the log in its place says this, and so does the tenant's archive record. */
export const archivedStream = z.object({
  stream_id: uuid,
  head_seq: z.number().int().min(0),
  head_hash: sha256Digest,
  /** In order; each one's `previous` is the `root` of the one before it. */
  segments: z.array(z.object({ object: objectRef, from_seq: z.number().int(), to_seq: z.number().int(), previous: sha256Digest, root: sha256Digest })).min(1),
});
export type ArchivedStream = z.infer<typeof archivedStream>;
