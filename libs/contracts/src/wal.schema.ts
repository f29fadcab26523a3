/**
 * The write-ahead log's grammar. A frame is one append: one row, one hash, one bus message, one or more records of one stream.
 * A stream is a session's lifecycle or an execution's life.
 */
import { z } from 'zod';
import { archivedStream } from './archive.schema.js';
import { accessAction } from './access.schema.js';
import { artifact, artifactId, dataReference, domainEvent, objectRef, stateChange } from './artifact.schema.js';
import { determinism, parentClose } from './capability.schema.js';
import { intent } from './intent.schema.js';
import { policyDecision } from './policy.schema.js';
import { wireError } from './problem.schema.js';
import { caller, session } from './session.schema.js';
import { intentType, json, jsonObject, realmName, sha256Digest, stepName, tenantId, timestamp, userId, uuid, waitingFor } from './words.js';

const at = { at: timestamp };
const step = { step: stepName, attempt: z.number().int().min(1) };

/** The execution of the operation (`runtime.cancel`, …) that caused a record. */
const operation = uuid.optional();

/** Who caused a record: a person or service of a tenant, a realm's build, or a runtime instance. */
export const actor = z.string().max(300);

/** Ids of the subject keys that personal values in the record, and what follows from them, are sealed under; absent: there are none. */
const sealed = { sealed_under: z.array(uuid).min(1).max(1000).optional() };

const record = <T extends string, S extends z.ZodRawShape>(type: T, shape: S) => z.object({ type: z.literal(type), ...at, actor, ...shape });

export const walRecord = z.discriminatedUnion('type', [
  record('session_created', { session: session.omit({ active_sagas: true, closed_at: true }), caller }),
  record('session_closed', { reason: z.string().max(500) }),

  record('intent_received', { intent, caller, correlation_id: z.string().max(120), causation_id: z.string().max(200).optional(), parent: z.object({ execution_id: uuid, step: stepName, attempt: z.number().int(), /** How many executions stand above: 1 for the child of one that has no parent. Absent in older records. */ depth: z.number().int().min(1).optional() }).optional(), /** The holder of its idempotency key, where keys are only observed: under `enforce` there were no execution of its own. */ duplicate_of: z.object({ execution_id: uuid, same_request: z.boolean() }).optional(), ...sealed }),
  record('intent_rejected', { error: wireError }),
  /**
   * With `intent_received` before it, all that the decision read. `data`: absent when the payload names none; `session_user_id`: absent when it is the
   * caller. `own_targets`: whether the executions that the payload names are all the caller's own; absent when it names none. `second_person`: false where
   * they are not, and one of them may all the same have been asked for by the caller's person (`mayBeOnePerson`).
   */
  record('policy_evaluated', {
    decision: policyDecision,
    data: z
      .object({
        classifications: z.array(z.string()),
        references: z.array(z.string()),
        /** Of the runtime that accepted; absent: it names none. */
        region: z.string().max(60).optional(),
        /** Of the tenant's bounded classes: which are masked, and which withheld, for the whole execution. */
        boundary: z.object({ masked: z.array(z.string()), withheld: z.array(z.string()), /** Fields of these classes, by the type of their artifacts. */ fields: z.array(z.object({ artifact_type: z.string(), path: z.string(), classification: z.string() })).optional() }).optional(),
      })
      .optional(),
    session_user_id: userId.optional(),
    own_targets: z.boolean().optional(),
    second_person: z.literal(false).optional(),
    /** The grants that covered what was asked; absent when none did. */
    grants: z.array(uuid).optional(),
    /** In the audit stream: access to a recorded execution was decided, beside any intent. */
    access: z.object({ action: accessAction, execution_id: uuid, artifact_id: artifactId.optional(), capability: z.object({ name: intentType, realm: realmName, determinism }), by: caller }).optional(),
  }),
  record('capability_resolved', { capability: intentType, version: z.string(), realm: realmName, bundle_hash: sha256Digest, children: z.array(intentType) }),
  record('saga_started', { saga: intentType, saga_hash: sha256Digest }),

  record('step_started', {
    ...step,
    kind: z.string().max(20),
    /** Of a nested step: the parallel or choice that it belongs to, and the branch or the case's label. */
    within: stepName.optional(),
    branch: z.string().max(80).optional(),
    /** Of a map: how much there is to do. */
    map: z.object({ items: z.number().int().min(0), chunk_size: z.number().int().min(1) }).optional(),
  }),
  /** What its handler says of how far it is. `waiting_for`: nobody of the realm has taken it since that moment, and it is waited for (`handler`: the realm is there, in builds that lack this handler); the next one without it says that it was taken. Of a step that is being undone, `attempt` counts that. */
  record('step_progress', { ...step, progress: jsonObject, waiting_for: waitingFor.optional() }),
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
    /** Classes of what a child's result was made from. */
    classes: z.array(z.string().max(60)).optional(),
    ...sealed,
  }),
  record('step_failed', { ...step, error: wireError, handler_build: z.string().max(120).optional() }),
  record('step_retry_scheduled', { step: stepName, next_attempt: z.number().int(), due_at: timestamp, delay_ms: z.number().int() }),

  /**
   * Without `step` it came before a step waited for it, and is kept: the `kept`-th of its execution. With both, a step that begins to wait takes it, and says who it was once more.
   * `result`: of one that is kept whose data is itself a step's result.
   */
  record('signal_received', {
    signal: z.string().max(80),
    step: stepName.optional(),
    kept: z.number().int().min(1).optional(),
    data: json,
    result: z.object({ output: json.optional(), outcome: z.string().optional(), artifacts: z.array(artifact), events: z.array(domainEvent), state_changes: z.array(stateChange) }).optional(),
    by: caller,
    operation,
    ...sealed,
  }),
  record('timer_set', { step: stepName, due_at: timestamp }),
  record('timer_fired', { step: stepName, due_at: timestamp }),
  /** What an agent's step says of itself, beside its result. Replays take it from here; only a reasoner that is `deterministic` is asked again. */
  record('agent_output', { ...step, model: z.string().max(200), deterministic: z.literal(true).optional(), prompt_hash: sha256Digest, facts: z.array(json), citations: z.array(json), verdict: json }),

  /** Durable before an effect is sent; `key` is what the outside system is given. */
  record('effect_intended', { ...step, key: sha256Digest, binding: z.string().max(80), request_hash: sha256Digest }),
  record('effect_previewed', { ...step, preview: json, preview_hash: sha256Digest }),
  /** From here on the effect waits for the signal `approve.<step>`, whatever the tenant demands later. */
  record('approval_requested', { ...step, preview_hash: sha256Digest.optional() }),
  record('effect_approved', { ...step, by: caller, preview_hash: sha256Digest.optional(), reason: z.string().max(500), operation }),
  record('effect_completed', { ...step, key: sha256Digest, receipt: json }),
  /** Whether it happened is not known: the execution is stuck until an operator says. */
  record('effect_unknown', { ...step, key: sha256Digest, error: wireError }),
  record('effect_resolved', { ...step, key: sha256Digest, happened: z.boolean(), receipt: json.optional(), by: caller, reason: z.string().max(500), operation, ...sealed }),

  /** One chunk of a map, one try of it: how many items went well, which did not, and where the results are. */
  record('chunk_completed', {
    ...step,
    chunk: z.number().int().min(0),
    chunk_attempt: z.number().int().min(1),
    items: z.number().int(),
    succeeded: z.number().int(),
    /** Items to be tried again (`retry`) or given up (`dead`), by their index in the whole map. */
    failed: z.array(z.object({ index: z.number().int(), code: z.string().max(120), fate: z.enum(['retry', 'dead']) })),
    output_hash: sha256Digest,
    results: artifact.optional(),
    failures: artifact.optional(),
    handler_build: z.string().max(120),
    duration_ms: z.number(),
    /** When the failed items are due again. */
    retry_due_at: timestamp.optional(),
  }),
  /** As a whole. `map.chunk_abandoned`: it was out when its execution was given up; nothing that it answers counts, and its items count as not done. */
  record('chunk_failed', { ...step, chunk: z.number().int().min(0), chunk_attempt: z.number().int().min(1), error: wireError, retry_due_at: timestamp.optional() }),
  record('chunk_compensated', { ...step, chunk: z.number().int().min(0) }),

  record('compensation_requested', { by: caller, reason: z.string().max(500), operation }),
  record('compensation_started', { ...step }),
  record('compensation_completed', { ...step, handler_build: z.string().max(120), duration_ms: z.number(), output: json.optional() }),
  /** Without `retry_due_at` nothing more is tried: the execution is stuck until an operator retries, skips or terminates. */
  record('compensation_failed', { ...step, error: wireError, retry_due_at: timestamp.optional() }),
  record('compensation_skipped', { step: stepName, by: caller, reason: z.string().max(500), operation }),

  record('paused', { by: caller, reason: z.string().max(500), operation }),
  record('resumed', { by: caller, reason: z.string().max(500), operation }),
  /** An execution that had ended, or is stuck, goes on: `retry` its failed steps, or `continue_from` a step, which with all that follows is run again. */
  record('reopened', { by: caller, mode: z.enum(['retry', 'continue_from']), from_step: stepName, /** Of `continue_from`: every step, already started, that is forgotten. */ forget: z.array(stepName).optional(), reason: z.string().max(500), operation }),
  /** A deadline passed. `enforced`: the execution fails for it. */
  record('deadline_missed', { deadline: timestamp, enforced: z.boolean() }),
  record('schedule_fired', { step: stepName, firing: z.number().int().min(1), due_at: timestamp, execution_id: uuid, missed: z.number().int().min(0) }),
  record('operation_applied', { step: stepName, target: uuid, outcome: z.enum(['done', 'unchanged', 'refused']), error: wireError.optional() }),
  record('child_accepted', { ...step, child_execution_id: uuid, intent_type: intentType }),
  /** With the answer, which a replay gives again: inline when it is small, else in `object`; `error`: it was a refusal. Records from before answers were kept have none. */
  record('tool_invoked', { ...step, chunk: z.number().int().min(0).optional(), tool: z.string().max(80), request_hash: sha256Digest, response_hash: sha256Digest.optional(), response: json.optional(), object: objectRef.optional(), error: wireError.optional() }),
  record('reference_hydrated', { ...step, reference: z.string().max(300), object: objectRef.optional(), classification: z.string().max(60).optional(), /** Its values were not given; of its content with `masked_fields` those of these fields. */ masked: z.literal(true).optional(), masked_fields: z.array(z.string()).optional(), ...sealed }),
  record('reference_registered', { reference: dataReference }),
  /** In a tenant's archive stream: an ended execution's stream went to the object store; `observed`: it would have, and stays. */
  record('stream_archived', { archived: archivedStream, ended_at: timestamp, mode: z.enum(['observed', 'enforced']) }),
  /** In the audit stream: a capability's promise to be deterministic was checked on a recorded execution; `diverged` names its steps. */
  record('determinism_checked', { execution_id: uuid, capability: intentType, compared: z.number().int(), diverged: z.array(z.object({ step: stepName, field: z.string().max(500) })), by: caller }),
  /**
   * An execution whose owner was lost was folded and validated by its new one, as the tenant's switch `auto_replay` asks. `problems`: where the log is not whole, or drifts apart from what was kept
   * beside it while the execution ran. In the audit stream; under `enforce` and with problems in the execution's own as well, where whoever watches it sees it.
   */
  record('replay_checked', { execution_id: uuid, mode: z.enum(['observe', 'enforce']), problems: z.array(z.string().max(500)).max(20) }),
  /** A hydration, a tool, a token; an artifact that does not fit its data contract (its step fails only where that is enforced); what a legal hold keeps in the log. */
  record('access_refused', { step: stepName.optional(), what: z.string().max(300), error: wireError }),
  record('cancel_requested', { by: caller, reason: z.string().max(500), operation }),
  /** A new owner: the old one is gone, or the execution was parked and is due again, or it had ended and is reopened. */
  record('adopted', { from_writer: z.string(), from_epoch: z.number().int(), reason: z.enum(['owner_lost', 'parked', 'reopened']).optional() }),

  record('saga_completed', {}),
  record('saga_failed', { step: stepName, error: wireError }),
  record('execution_completed', { output_hash: sha256Digest.optional() }),
  record('execution_failed', { error: wireError }),
  record('execution_cancelled', { reason: z.string().max(500) }),
  /** Ended by an operator at once: nothing is awaited and nothing compensated. `children`: those that were running, and what is asked of each. */
  record('execution_terminated', { by: caller, reason: z.string().max(500), operation, children: z.array(z.object({ step: stepName, execution_id: uuid, close: parentClose })).min(1).optional() }),
]);
export type WalRecord = z.infer<typeof walRecord>;
export type WalRecordType = WalRecord['type'];

/** The types there are, for whoever asks for records of one. */
export const walRecordType: z.ZodEnum<{ [T in WalRecordType]: T }> = z.enum(walRecord.options.map((option) => option.shape.type.value)) as never;

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

/**
 * A committed frame on its way to Smart City for subscribers and for Nurse, with what its execution's intent was. Its records were checked when they were
 * written; of a frame too large for a message they come without their contents (`omitted`).
 */
export const subscribedFrame = frame.omit({ hash: true, records: true }).extend({
  records: z.array(z.looseObject({ type: z.string(), at: timestamp, actor, omitted: z.literal(true).optional() })).min(1),
  about: z.object({ intent_type: intentType.optional(), session_id: uuid.optional(), user_id: userId.optional(), correlation_id: z.string().optional() }),
});
export type SubscribedFrame = z.infer<typeof subscribedFrame>;
