/**
 * Evidence: what an auditor who trusts nobody is given. The log's Merkle tree is sealed by signed checkpoints; an evidence bundle carries
 * stored bytes, their proofs and the policy they ran under. Byte by byte: docs/reference/log-format.md.
 */
import { z } from 'zod';
import { artifactId, objectRef } from './artifact.schema.js';
import { bundleChange, candidate, governanceList } from './candidate.schema.js';
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

/** What recorded intents are decided under again: a bundle with changes of any lists, then with policies put in (by id) and taken out. */
export const policyCandidate = z.strictObject({
  /** The bundle to begin with. Default: the one in force. */
  bundle_hash: sha256Digest.optional(),
  /** A staged candidate, whose changes are made first. */
  candidate_id: candidate.shape.candidate_id.optional(),
  /** Made next, as `governance.stage_bundle` takes them. */
  changes: z.array(bundleChange).max(2000).default([]),
  put: z.array(cedarPolicy).max(1000).default([]),
  remove: z.array(cedarPolicy.shape.id).max(1000).default([]),
});
export type PolicyCandidate = z.infer<typeof policyCandidate>;

/** What refuses an intent beside policy: its capability is retired (`intent.retired`), its saga breaks a bound (`saga.not_allowed`), its tenant's rules of traffic (`tenant.quota_spent`, `session.closed`), its idempotency key (`intent.duplicate`). */
export const intentBar = z.object({ code: z.string(), message: z.string(), /** Of a bound: the rule that the saga breaks. */ rule_id: z.string().optional() });
export type IntentBar = z.infer<typeof intentBar>;

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
  /** What barred it when it came, and what bars it under the candidate; absent where policy decided. */
  bars: z.object({ recorded: intentBar.optional(), candidate: intentBar.optional() }).optional(),
});
export type PolicyFlip = z.infer<typeof policyFlip>;

/**
 * Why a difference is not among what intents are decided by again. `moment`: it bounds what runs or comes at one moment, which no record tells. `unrecorded`: it lets in what was turned
 * away before there was an intent. `as_recorded`: what it would make of an intent (classes of its data, grants, the form of its payload) is taken as it was recorded. `later`: it is looked at after acceptance.
 */
export const notRedecidedReason = z.enum(['moment', 'unrecorded', 'as_recorded', 'later']);
export const notRedecided = z.object({ list: governanceList, key: z.string(), /** JSON Pointer within the entry; absent: the whole entry. */ field: z.string().optional(), reason: notRedecidedReason });
export type NotRedecided = z.infer<typeof notRedecided>;

export const redecisionReport = z.object({
  /** What the candidate was built from. */
  base: z.object({ bundle_hash: sha256Digest, bundle_version: z.number().int() }),
  /** Recorded intents of the period that policy, a bound of sagas or a retirement had decided; those refused for another reason before policy was asked are not among them. */
  considered: z.number().int(),
  /** Decided alike, by the same policies or the same bar. */
  equal: z.number().int(),
  /** The same decision, by other policies or another bar, or with a role's verdict changed. */
  shifted: z.number().int(),
  flips: z.array(policyFlip),
  /** Of which it cannot be told: executions that were barred, are not any more, and whose payload is sealed; and those that cannot be read out of the archive, which are not among `considered`. */
  undecided: z.array(uuid),
  /** What differs between the bundle in force and the candidate, could mean something for the tenant's intents, and is no part of the decisions above. */
  not_redecided: z.array(notRedecided),
  next_cursor: z.string().optional(),
});
export type RedecisionReport = z.infer<typeof redecisionReport>;
