/**
 * The write-ahead log's grammar. A frame is one append: one row, one hash, one bus message, one or more records of one stream.
 * A stream is a session's lifecycle or an execution's life.
 */
import { z } from 'zod';
import { artifact, dataReference, domainEvent, objectRef, stateChange } from './artifact.schema.js';
import { intent } from './intent.schema.js';
import { policyDecision } from './policy.schema.js';
import { wireError } from './problem.schema.js';
import { caller, session } from './session.schema.js';
import { intentType, json, jsonObject, realmName, sha256Digest, stepName, tenantId, timestamp, uuid } from './words.js';

const at = { at: timestamp };
const step = { step: stepName, attempt: z.number().int().min(1) };

/** Who caused a record: a person or service of a tenant, a realm's build, or a runtime instance. */
export const actor = z.string().max(300);

const record = <T extends string, S extends z.ZodRawShape>(type: T, shape: S) => z.object({ type: z.literal(type), ...at, actor, ...shape });

export const walRecord = z.discriminatedUnion('type', [
  record('session_created', { session: session.omit({ active_sagas: true, closed_at: true }), caller }),
  record('session_closed', { reason: z.string().max(500) }),

  record('intent_received', { intent, caller, correlation_id: z.string().max(120), causation_id: z.string().max(200).optional(), parent: z.object({ execution_id: uuid, step: stepName, attempt: z.number().int() }).optional() }),
  record('intent_rejected', { error: wireError }),
  record('policy_evaluated', { decision: policyDecision }),
  record('capability_resolved', { capability: intentType, version: z.string(), realm: realmName, bundle_hash: sha256Digest, children: z.array(intentType) }),
  record('saga_started', { saga: intentType, saga_hash: sha256Digest }),

  record('step_started', { ...step, kind: z.string().max(20) }),
  record('step_progress', { ...step, progress: jsonObject }),
  record('step_completed', {
    ...step,
    handler_build: z.string().max(120),
    duration_ms: z.number(),
    output: json.optional(),
    output_hash: sha256Digest.optional(),
    outcome: z.string().optional(),
    artifacts: z.array(artifact),
    events: z.array(domainEvent),
    state_changes: z.array(stateChange),
  }),
  record('step_failed', { ...step, error: wireError, handler_build: z.string().max(120).optional() }),
  record('step_retry_scheduled', { step: stepName, next_attempt: z.number().int(), due_at: timestamp, delay_ms: z.number().int() }),

  record('signal_received', { signal: z.string().max(80), step: stepName, data: json, by: caller }),
  record('child_accepted', { ...step, child_execution_id: uuid, intent_type: intentType }),
  record('tool_invoked', { ...step, tool: z.string().max(80), request_hash: sha256Digest }),
  record('reference_hydrated', { ...step, reference: z.string().max(300), object: objectRef.optional() }),
  record('reference_registered', { reference: dataReference }),
  record('access_refused', { step: stepName.optional(), what: z.string().max(300), error: wireError }),
  record('cancel_requested', { by: caller, reason: z.string().max(500) }),
  record('adopted', { from_writer: z.string(), from_epoch: z.number().int() }),

  record('saga_completed', {}),
  record('saga_failed', { step: stepName, error: wireError }),
  record('execution_completed', { output_hash: sha256Digest.optional() }),
  record('execution_failed', { error: wireError }),
  record('execution_cancelled', { reason: z.string().max(500) }),
]);
export type WalRecord = z.infer<typeof walRecord>;
export type WalRecordType = WalRecord['type'];

/** What one frame's body holds, as canonical JSON. */
export const frameBody = z.object({ records: z.array(walRecord).min(1) });

/** `audit`: refusals that belong to no session or execution, one stream per tenant and runtime instance. */
export const streamKind = z.enum(['session', 'execution', 'audit']);

/**
 * A frame. `hash` = SHA-256(prev ‖ header ‖ SHA-256(body)); `prev` is the hash of the stream's frame before it (32 zero bytes for seq 0);
 * header = canonical JSON of [tenant_id, stream_id, seq, kind, at]; body = the canonical bytes as stored.
 */
export const frame = z.object({
  tenant_id: tenantId,
  stream_id: uuid,
  seq: z.number().int().min(0),
  kind: streamKind,
  at: timestamp,
  hash: sha256Digest,
  records: z.array(walRecord).min(1),
  /** The runtime instance that appended it, and its position among that writer's frames: together the log's reading position. */
  writer: z.string(),
  n: z.number().int().min(1),
});
export type Frame = z.infer<typeof frame>;

/** A reading position: how far each writer's frames have been read. */
export const logPosition = z.record(z.string(), z.number().int().min(0));
export type LogPosition = z.infer<typeof logPosition>;

/** What a committed frame looks like on `events.<tenant>.<session>.<execution>`: a hint; the log is the truth. */
export const committedFrame = frame.omit({ writer: true, n: true }).extend({ session_id: uuid, execution_id: uuid.optional() });
export type CommittedFrame = z.infer<typeof committedFrame>;
