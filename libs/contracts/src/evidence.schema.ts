/**
 * Evidence: what an auditor who trusts nobody is given. The log's Merkle tree is sealed by signed checkpoints; an evidence bundle carries
 * stored bytes, their proofs and the policy they ran under. Byte by byte: docs/reference/log-format.md.
 */
import { z } from 'zod';
import { artifactId, objectRef } from './artifact.schema.js';
import { candidate } from './candidate.schema.js';
import { cedarPolicy, verdict, verdictRole } from './policy.schema.js';
import { streamKind } from './wal.schema.js';
import { intentType, jsonObject, sha256Digest, tenantId, timestamp, userId, uuid } from './words.js';

/** SHA-256 of a statement's canonical JSON, and an Ed25519 signature (base64url) over those 32 bytes. */
const signature = { hash: sha256Digest, signature: z.string(), key_id: z.string() };

/** The root of a tenant's Merkle tree at a size. */
export const checkpoint = z.object({
  type: z.literal('symphainy.checkpoint.v1'),
  tenant_id: tenantId,
  tree_size: z.number().int().min(0),
  root: sha256Digest,
  /** The checkpoint signed before this one, with its hash; absent for the first. */
  previous: z.object({ tree_size: z.number().int(), root: sha256Digest, hash: sha256Digest }).optional(),
  sealed_at: timestamp,
  /** Writers whose frames were sealed since the previous checkpoint: all their frames up to this position are in the tree. */
  position: z.record(z.string(), z.number().int()),
});
export type Checkpoint = z.infer<typeof checkpoint>;

export const signedCheckpoint = z.object({ checkpoint, ...signature });
export type SignedCheckpoint = z.infer<typeof signedCheckpoint>;

/** Shows that the tree of an earlier checkpoint is the beginning of a later one (RFC 6962, section 2.1.2). */
export const consistencyProof = z.object({ earlier: signedCheckpoint, proof: z.array(sha256Digest) });
export type ConsistencyProof = z.infer<typeof consistencyProof>;

/**
 * A leaf of the tree with its inclusion proof (RFC 6962, section 2.1.1). Its bytes are canonical JSON: `["head", stream_id, seq, hash]` for a stream
 * up to frame `seq`; `["members", session_id, seq, hash]` for the executions of a session, `seq` their number and `hash` their running hash.
 */
export const sealedLeaf = z.object({ index: z.number().int().min(0), seq: z.number().int().min(0), hash: sha256Digest, proof: z.array(sha256Digest) });
export type SealedLeaf = z.infer<typeof sealedLeaf>;

/** A stream from its first frame to the one its leaf binds. `body`: the stored bytes, base64. */
export const evidenceStream = z.object({
  stream_id: uuid,
  kind: streamKind,
  frames: z.array(z.object({ seq: z.number().int(), at: timestamp, body: z.base64(), hash: sha256Digest })),
  leaf: sealedLeaf,
});
export type EvidenceStream = z.infer<typeof evidenceStream>;

/** An entry of a governance bundle that is shown, or only its digest. */
export const disclosedEntry = z.union([z.object({ salt: sha256Digest, entry: jsonObject }), z.object({ digest: sha256Digest })]);

/** A signed governance bundle of which only what concerns the tenant is shown; its hash still follows from what is there. */
export const disclosedBundle = z.object({ head: jsonObject, lists: z.record(z.string(), z.array(disclosedEntry)), ...signature });
export type DisclosedBundle = z.infer<typeof disclosedBundle>;

export const evidenceBundle = z.object({
  type: z.literal('symphainy.evidence.v1'),
  subject: z.object({ kind: z.enum(['execution', 'session']), id: uuid, tenant_id: tenantId }),
  exported_at: timestamp,
  exported_by: userId,
  /** What all proofs lead to. */
  checkpoint: signedCheckpoint,
  /** Earlier checkpoints that this one grew from: the one signed before it, and the one asked for. */
  consistency: z.array(consistencyProof),
  /** The execution and its session; for a session, the session and all its executions. */
  streams: z.array(evidenceStream),
  /** Of a session: all its executions, in the order in which they were sealed: none is left out, none added. */
  members: z.object({ session_id: uuid, executions: z.array(uuid), leaf: sealedLeaf.optional() }).optional(),
  /** Streams that the records name and that are not part of the bundle: where they stand in the same tree. */
  related: z.array(z.object({ stream_id: uuid, relation: z.enum(['parent', 'child', 'source']), leaf: sealedLeaf })),
  artifacts: z.array(z.object({ artifact_id: artifactId, artifact_type: z.string(), content_hash: sha256Digest, object: objectRef.optional(), derived_from: z.array(artifactId) })),
  /** The governance bundles that decisions were made under. */
  bundles: z.array(disclosedBundle),
  /** Bytes of artifacts that are objects, base64, by hash; only when asked for. */
  objects: z.record(z.string(), z.base64()),
  /** Public keys (raw, base64url) as the runtime knows them. A verifier trusts the checkpoint keys it was given elsewhere, not these. */
  keys: z.object({ checkpoint: z.record(z.string(), z.string()), bundle: z.record(z.string(), z.string()) }),
});
export type EvidenceBundle = z.infer<typeof evidenceBundle>;

/** `signature` is over the hash of the bundle's canonical JSON without the member `export`. */
export const exportedEvidence = evidenceBundle.extend({ export: z.object(signature) });
export type ExportedEvidence = z.infer<typeof exportedEvidence>;

/** What recorded intents are decided under again: a bundle's policies, with some put in (by id) and some taken out. */
export const policyCandidate = z.strictObject({
  /** Whose policies, tenants and identities to begin with. Default: the bundle in force. */
  bundle_hash: sha256Digest.optional(),
  /** A staged candidate, whose changes are made first. */
  candidate_id: candidate.shape.candidate_id.optional(),
  put: z.array(cedarPolicy).max(1000).default([]),
  remove: z.array(cedarPolicy.shape.id).max(1000).default([]),
});
export type PolicyCandidate = z.infer<typeof policyCandidate>;

/** An intent that the candidate decides otherwise than was recorded. */
export const policyFlip = z.object({
  execution_id: uuid,
  intent_type: intentType,
  user_id: userId,
  created_at: timestamp,
  recorded: verdict.shape.decision,
  candidate: verdict.shape.decision,
  /** The roles whose verdicts differ, each with the policies that determined it. */
  verdicts: z.array(z.object({ role: verdictRole, recorded: verdict, candidate: verdict })),
});
export type PolicyFlip = z.infer<typeof policyFlip>;

export const redecisionReport = z.object({
  /** What the candidate was built from. */
  base: z.object({ bundle_hash: sha256Digest, bundle_version: z.number().int() }),
  /** Recorded intents of the period that policy had decided; those refused before policy was asked are not among them. */
  considered: z.number().int(),
  /** Decided alike, by the same policies. */
  equal: z.number().int(),
  /** The same decision, by other policies or with a role's verdict changed. */
  shifted: z.number().int(),
  flips: z.array(policyFlip),
  next_cursor: z.string().optional(),
});
export type RedecisionReport = z.infer<typeof redecisionReport>;
