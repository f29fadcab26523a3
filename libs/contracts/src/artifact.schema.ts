import { z } from 'zod';
import { artifactLineage } from './lineage.schema.js';
import { artifactId, json, jsonObject, sha256Digest, stepName, tenantId, timestamp, uuid } from './words.js';

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

export { artifactId };

/** Inline artifact content is kept below this many bytes of canonical JSON; larger content goes to the object store. */
export const MAX_INLINE_BYTES = 16 * 1024;

/**
 * Data that stays where it is, behind a Solution's binding: registered, never copied. Whoever reads it does so through the binding's connector, which holds the credentials; none stand here.
 */
export const externalLocation = z.object({
  kind: z.enum(['table', 'object', 'api']),
  binding: z.string().min(1).max(80).regex(/^[a-z0-9][a-z0-9._-]*$/, 'must be a binding\u2019s name'),
  /** Its name there: `schema.table`, a bucket and key, a path. */
  name: z.string().min(1).max(1000),
  /** What the connector needs besides. */
  options: jsonObject.optional(),
  /** Its state when it was registered (an ETag, a snapshot's id): found otherwise, it is refused. */
  version: z.string().max(200).optional(),
  content_hash: sha256Digest.optional(),
  size: z.number().int().min(0).optional(),
});
export type ExternalLocation = z.infer<typeof externalLocation>;

/** What the rows of tabular data look like. */
export const dataSchema = z.object({
  columns: z.array(z.object({ name: z.string().max(300), type: z.string().max(60).optional(), nullable: z.boolean().optional() })).max(2000),
  /** The Librarian's schema that they fit, `<name>@<version>`. */
  semantic: z.string().max(200).optional(),
});
export type DataSchema = z.infer<typeof dataSchema>;

/** What data means, said beside it: `deterministic` by rule and vocabulary, `expert` by judgement. */
export const projectionOf = z.object({ of: z.array(artifactId).min(1).max(100), kind: z.enum(['deterministic', 'expert']), /** `<name>@<version>` of the schema projected onto. */ schema: z.string().max(200).optional() });

/** What a step hands back: content inline when small, else an object written through the step's ticket; or where external data is. Exactly one of the three. */
export const producedArtifact = z.object({
  name: z.string().max(100).regex(/^[a-z0-9][a-zA-Z0-9._-]*$/),
  /** What it is, e.g. `content.document`, `content.facts`, `insights.profile`. */
  artifact_type: z.string().max(120),
  media_type: z.string().max(200),
  content: json.optional(),
  object: objectRef.optional(),
  external: externalLocation.optional(),
  schema: dataSchema.optional(),
  classification: z.string().max(60).optional(),
  /** Small descriptive values shown in lists (page counts, row counts). */
  summary: jsonObject.optional(),
  /** Artifacts this one was made from. */
  derived_from: z.array(artifactId).max(1000).optional(),
  /** Where its values come from. */
  lineage: artifactLineage.optional(),
  /** It is a semantic projection of other references. */
  projection: projectionOf.optional(),
  /** It is a `contentEmbeddings` whose chunks may be found by whoever may read it: the tenant's search index takes them up. */
  searchable: z.literal(true).optional(),
});
export type ProducedArtifact = z.infer<typeof producedArtifact>;

/** A recorded artifact. `content_hash` is of the canonical JSON of `content`, the object's own hash, or of the canonical JSON of an external location. */
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
  /** Who registered it, and the realm whose step made it. */
  owner: z.object({ user_id: z.string(), realm: z.string() }),
  kind: z.enum(['inline', 'object', 'external_table', 'external_object', 'external_api']),
  artifact_type: z.string(),
  media_type: z.string(),
  /** Bytes; of external data only where it was stated. */
  size: z.number().int().min(0).optional(),
  content_hash: sha256Digest,
  classification: z.string().optional(),
  external: externalLocation.optional(),
  schema: dataSchema.optional(),
  summary: jsonObject.optional(),
  projection: projectionOf.optional(),
  provenance: z.object({
    execution_id: uuid,
    session_id: uuid,
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
