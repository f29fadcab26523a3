/** Erasure of a data subject. */
import { z } from 'zod';
import { artifactId } from './artifact.schema.js';
import { uuid } from './words.js';

/** The payload of `runtime.erase`. */
export const erasurePayload = z.strictObject({
  /** Whose data: as contracts and uploads name them. Recorded as a pseudonym, or sent as one. */
  subject: z.string().min(1).max(300).meta({ format: 'data-subject' }),
  /** Why, for whoever asks later. No personal data. */
  reason: z.string().min(1).max(500),
});
export type ErasurePayload = z.infer<typeof erasurePayload>;

/** What an erasure did: the output of `runtime.erase`. */
export const erasureReport = z.object({
  /** The pseudonym. */
  subject: z.string(),
  /** The key that was destroyed; absent: there was none, or no longer. */
  key_id: uuid.optional(),
  /** Files that held the subject's records beside those of others: each was written anew without them, and its old key destroyed. */
  rewritten: z.array(z.object({ old: artifactId, new: artifactId, removed: z.number().int().min(0) })),
});
export type ErasureReport = z.infer<typeof erasureReport>;

/** What `runtime.rewrap_keys` did: the tenant's living keys of data subjects that were wrapped anew, and those that were as they should be. */
export const rewrapReport = z.object({ rewrapped: z.number().int().min(0), unchanged: z.number().int().min(0) });
