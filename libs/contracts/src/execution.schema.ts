import { z } from 'zod';
import { artifact, domainEvent, producedArtifact, stateChange } from './artifact.schema.js';
import { intent } from './intent.schema.js';
import { policyDecision } from './policy.schema.js';
import { wireError } from './problem.schema.js';
import { intentType, json, jsonObject, sha256Digest, stepName, tenantId, timestamp, userId, uuid, waitingFor } from './words.js';

/** What a step sees of its execution. Immutable; state, hydration and tools are reached through the Runtime with the token. */
export const executionContext = z.object({
  execution_id: uuid,
  intent,
  session: z.object({ session_id: uuid, tenant_id: tenantId, user_id: userId }),
  tenant_id: tenantId,
  user_id: userId,
  policy_context: policyDecision,
  correlation_id: z.string().max(120),
  created_at: timestamp,
});
export type ExecutionContext = z.infer<typeof executionContext>;

/** What a handler returns: artifacts, events and state changes; it causes no effect. `outcome` is a label that a choice can read. */
export const stepResult = z.object({
  output: json.optional(),
  artifacts: z.array(producedArtifact).max(1000).default([]),
  events: z.array(domainEvent).max(1000).default([]),
  state_changes: z.array(stateChange).max(1000).default([]),
  outcome: z.string().max(80).optional(),
  /** Of an agent's step: what it reasoned with. */
  agent: z.object({ model: z.string().max(200), /** The reasoner is a pure function of the prompt and the facts: a full replay asks it again. */ deterministic: z.literal(true).optional(), prompt_hash: sha256Digest, facts: z.array(json).default([]), citations: z.array(json).default([]), verdict: json }).optional(),
});
export type StepResult = z.infer<typeof stepResult>;

/** Which attempt of which step a message speaks of; `epoch` counts the execution's owners: 1, and one more for each adoption. */
export const attemptRef = z.object({ tenant_id: tenantId, execution_id: uuid, step: stepName, attempt: z.number().int().min(1), epoch: z.number().int().min(1), /** Of a map: the chunk, whose tries `attempt` then counts. */ chunk: z.number().int().min(0).optional(), /** What is asked of the step; absent: to run. */ phase: z.enum(['preview', 'compensate']).optional() });
export type AttemptRef = z.infer<typeof attemptRef>;

/** A step that may follow one that is dispatched without a dispatch of its own: its first attempt, with the outputs that `needs` names. */
export const followOn = z.object({ step: stepName, needs: z.array(stepName), timeout_ms: z.number().int().min(1) });
export type FollowOn = z.infer<typeof followOn>;

/** Runtime → realm: run this attempt. Deliberately lean: it crosses the bus for every step. */
export const stepDispatch = z.object({
  attempt: attemptRef,
  capability: intentType,
  /** Opaque to the realm; the Runtime alone mints and checks it. */
  token: z.string(),
  context: executionContext,
  /** Outputs of the steps this one needs, by step name. */
  inputs: z.record(z.string(), json),
  /** The attempt's result is worthless after this moment. */
  deadline: timestamp,
  /** Of an effect: the key that the outside system is given. */
  effect_key: sha256Digest.optional(),
  /** Of a map: the items of this chunk, given, or as a range of bytes of JSON lines in `reference`; `indices`: only these (a retry), else all. */
  chunk: z.object({ from: z.number().int(), to: z.number().int(), indices: z.array(z.number().int()).optional(), items: z.array(json).optional(), reference: z.string().optional(), byte_start: z.number().int().optional(), byte_end: z.number().int().optional() }).optional(),
  /** Of a compensation: what the step returned. */
  completed: z.object({ output: json.optional() }).optional(),
  /** A replay asks: the result is compared and recorded nowhere. */
  replay: z.literal(true).optional(),
  /** Steps that the realm may go on with by itself, in this order, while each returns plainly and soon (decision 0016); a realm that does not is sent them in their turn. */
  follow_on: z.array(followOn).optional(),
});
export type StepDispatch = z.infer<typeof stepDispatch>;

const attemptOutcome = z.object({
  attempt: attemptRef,
  handler_build: z.string().max(120),
  duration_ms: z.number().min(0),
  result: stepResult.optional(),
  /** Of a map's chunk, beside `result`, whose artifacts hold results and failures: items by their index in the whole map. */
  chunk: z.object({ succeeded: z.number().int(), failed: z.array(z.object({ index: z.number().int(), code: z.string().max(120), retryable: z.boolean() })), output_hash: sha256Digest }).optional(),
  error: wireError.optional(),
  /** The realm goes on by itself with this step; what it answers for it carries the same `run`. */
  followed_by: z.object({ step: stepName, run: z.string().max(80) }).optional(),
  /** Of a step that was not dispatched but followed: in which run. `declined`: it was not run to its end, and waits for its dispatch. */
  following: z.object({ run: z.string().max(80), declined: z.literal(true).optional() }).optional(),
});

/** Realm → runtime: what became of an attempt. `handler_build` names the code that ran. `along`: outcomes of the steps that followed it at once, in their order; each counts as if it had come by itself. */
export const stepOutcome = attemptOutcome.extend({ along: z.array(attemptOutcome).optional() });
export type StepOutcome = z.infer<typeof stepOutcome>;

/** Realm → the runtime that dispatched: attempts still under way after a second, with progress where a handler reported it. */
export const realmHeartbeat = z.object({
  realm_instance: z.string(),
  running: z.array(z.object({ attempt: attemptRef, progress: jsonObject.optional() })),
});
export type RealmHeartbeat = z.infer<typeof realmHeartbeat>;

/** `stuck`: an operator must act; `rejected`, `completed`, `failed`, `cancelled` and `terminated` are ends. */
export const executionStatus = z.enum(['rejected', 'running', 'paused', 'compensating', 'stuck', 'completed', 'failed', 'cancelled', 'terminated']);
export type ExecutionStatus = z.infer<typeof executionStatus>;
/** Statuses after which nothing happens by itself; an operator may bring such an execution back. */
export const endedStatus = executionStatus.extract(['rejected', 'completed', 'failed', 'cancelled', 'terminated']);
export const isEnded = (status: ExecutionStatus): boolean => endedStatus.safeParse(status).success;

export const stepStatus = z.enum(['running', 'waiting_retry', 'completed', 'failed', 'unknown', 'abandoned', 'compensating', 'compensated', 'compensation_failed', 'compensation_skipped']);

export const stepView = z.object({
  name: stepName,
  kind: z.string(),
  status: stepStatus,
  attempts: z.number().int(),
  started_at: timestamp,
  completed_at: timestamp.optional(),
  duration_ms: z.number().optional(),
  progress: jsonObject.optional(),
  /** Nobody of its realm has taken it since that moment: it is waited for, however long that takes. `handler`: its realm is there, in builds that have none of that name. */
  waiting_for: waitingFor.optional(),
  error: wireError.optional(),
  /** The parallel or choice that it belongs to, and the branch or the case's label. */
  within: stepName.optional(),
  branch: z.string().optional(),
  outcome: z.string().optional(),
  /** When a timer or retry is due. */
  due_at: timestamp.optional(),
  /** Of a map. */
  items: z.object({ total: z.number().int(), succeeded: z.number().int(), retrying: z.number().int(), dead: z.number().int(), chunks: z.number().int(), chunks_done: z.number().int() }).optional(),
});
export type StepView = z.infer<typeof stepView>;

/** An execution as its readers see it: the fold of its stream, without step outputs. */
export const executionView = z.object({
  execution_id: uuid,
  tenant_id: tenantId,
  session_id: uuid,
  user_id: userId,
  intent_type: intentType,
  status: executionStatus,
  steps: z.array(stepView),
  decision: policyDecision.optional(),
  artifacts: z.array(artifact.omit({ content: true })),
  parent: z.object({ execution_id: uuid, step: stepName }).optional(),
  correlation_id: z.string(),
  created_at: timestamp,
  ended_at: timestamp.optional(),
  execution_time_ms: z.number().optional(),
  error: wireError.optional(),
  /** Why it is stuck, and what an operator may do about it. */
  attention: z.object({ step: stepName, what: z.enum(['effect_unknown', 'compensation_failed', 'approval']), error: wireError.optional(), operations: z.array(z.string()) }).optional(),
  /** Signals that came before a step waited for them, and that no step has taken, the oldest first. */
  signals_kept: z.array(z.object({ signal: z.string(), by: userId, at: timestamp })).optional(),
  /** Records in the stream, and its last frame. */
  records: z.number().int(),
  head: z.object({ seq: z.number().int(), hash: z.string() }),
});
export type ExecutionView = z.infer<typeof executionView>;

/** The result of an execution. */
export const executionResult = z.object({
  execution_id: uuid,
  success: z.boolean(),
  /** The last step's output. */
  output: json.optional(),
  artifacts: z.array(artifact),
  events: z.array(domainEvent),
  state_changes: z.array(stateChange),
  error: wireError.optional(),
  execution_time_ms: z.number(),
});
export type ExecutionResult = z.infer<typeof executionResult>;
