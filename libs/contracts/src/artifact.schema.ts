import { z } from 'zod';
import { json, jsonObject, sha256Digest, stepName, tenantId, timestamp, uuid } from './words.js';

/** Bytes in the object store, named by their content. */
export const objectRef = z.object({
  /** SHA-256 of the bytes as they are stored. */
  hash: sha256Digest,
  /** Of the bytes as they are read. */
  size: z.number().int().min(0),
  media_type: z.string().max(200),
  /**
   * The stored bytes are ciphertext of `size` plain ones: under a key of this object's own, which is wrapped under the subjects' keys. `mac`: keyed digest of the plain bytes, for
   * whoever compares two objects; it confirms nothing to others.
   */
  sealed: z.object({ keys: z.array(uuid).min(1).max(1000), wrapped: z.string().max(200), mac: z.string().max(64).optional(), /** Its records are of several subjects, each named in this column (or member, of JSON lines). */ subject_column: z.string().max(200).optional() }).optional(),
});
export type ObjectRef = z.infer<typeof objectRef>;

/**
 * `<execution_id>/<step>/<name>`: an artifact is addressed by the execution, step and name it came from, so resolving it is reading
 * that execution's stream (exact, and bound to the tenant by the stream's key).
 */
export const artifactId = z.string().max(260).regex(/^[0-9a-f-]{36}\/[a-z][a-z0-9_-]*\/[a-z0-9][a-zA-Z0-9._-]*$/, 'must read <execution_id>/<step>/<name>');

/** Inline artifact content is kept below this many bytes of canonical JSON; larger content goes to the object store. */
export const MAX_INLINE_BYTES = 16 * 1024;

/** What a step hands back: content inline when small, else an object written through the step's ticket. */
export const producedArtifact = z.object({
  name: z.string().max(100).regex(/^[a-z0-9][a-zA-Z0-9._-]*$/),
  /** What it is, e.g. `content.document`, `content.facts`, `insights.profile`. */
  artifact_type: z.string().max(120),
  media_type: z.string().max(200),
  content: json.optional(),
  object: objectRef.optional(),
  classification: z.string().max(60).optional(),
  /** Small descriptive values shown in lists (page counts, row counts). */
  summary: jsonObject.optional(),
  /** Artifacts this one was made from. */
  derived_from: z.array(artifactId).max(1000).optional(),
});
export type ProducedArtifact = z.infer<typeof producedArtifact>;

/** A recorded artifact. `content_hash` is of the canonical JSON of `content`, or the object's own hash. */
export const artifact = producedArtifact.extend({
  artifact_id: artifactId,
  execution_id: uuid,
  step: stepName,
  content_hash: sha256Digest,
});
export type Artifact = z.infer<typeof artifact>;

/** A reference to data that takes part in execution: who, what, where, content hash, classification. Never the data. */
export const dataReference = z.object({
  reference_id: artifactId,
  tenant_id: tenantId,
  kind: z.enum(['object', 'inline']),
  media_type: z.string(),
  size: z.number().int().min(0),
  content_hash: sha256Digest,
  classification: z.string(),
  provenance: z.object({
    execution_id: uuid,
    step: stepName,
    intent_type: z.string(),
    user_id: z.string(),
    handler_build: z.string().optional(),
    derived_from: z.array(artifactId),
    recorded_at: timestamp,
  }),
});
export type DataReference = z.infer<typeof dataReference>;

/** Something that happened in a domain, as a step reports it. */
export const domainEvent = z.object({ type: z.string().max(120), data: jsonObject });
export type DomainEvent = z.infer<typeof domainEvent>;

/** A change of durable, queryable state that a step proposes and the Runtime records. `null` removes the key. */
export const stateChange = z.object({ key: z.string().min(1).max(300), value: json });
export type StateChange = z.infer<typeof stateChange>;
