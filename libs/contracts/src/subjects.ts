/**
 * The subject catalogue: every message between services, its publisher, consumer, request and reply. Nobody writes a subject
 * anywhere else; NATS permissions and the flow test are derived from it. `{name}` marks a token filled in per message.
 */
import { z } from 'zod';
import { artifact, artifactId, externalLocation, objectRef } from './artifact.schema.js';
import { accessAnswer, accessFound, accessQuestion, accessSearch, evaluationsSemantic, hypotheticalRequest, policyExplanation, recordedExplanation } from './access.schema.js';
import { governanceList } from './candidate.schema.js';
import { capability, registeredCapability } from './capability.schema.js';
import { consistencyProof, exportedEvidence, policyCandidate, redecisionReport, signedCheckpoint } from './evidence.schema.js';
import { attemptRef, executionResult, executionStatus, executionView, realmHeartbeat, stepDispatch, stepOutcome } from './execution.schema.js';
import { personalTrace, determinismReport, replayMode, replayReport, sessionReplayReport, unreadableFrame } from './history.schema.js';
import { connector, externalOpened, externalTable } from './external.schema.js';
import { grant, grantAction } from './grant.schema.js';
import { intentSubmission } from './intent.schema.js';
import { operationCommand, operationName, operationReport } from './operation.schema.js';
import { policyPage, policyTrial, policyTrialRequest } from './policy-desk.schema.js';
import { offeredBundle, verificationKeys } from './policy.schema.js';
import { registryPage, registryQuery } from './registry-search.schema.js';
import { lineageSubjects } from './subjects.lineage.js';
import { wireError } from './problem.schema.js';
import { caller, session } from './session.schema.js';
import { committedFrame, frame, logPosition, subscribedFrame } from './wal.schema.js';
import { intentType, json, jsonObject, sha256Digest, stepName, tenantId, timestamp, uuid } from './words.js';

export const planes = ['gateway', 'runtime', 'realm', 'smart-city'] as const;
export type Plane = (typeof planes)[number];

/** `subscriber`: somebody outside, whom a tenant has events delivered to. */
export type Receiver = Plane | 'subscriber';

export interface SubjectEntry {
  readonly publisher: readonly Plane[];
  readonly consumer: Receiver;
  /** One instance of the consumer takes each message (queue group), or all of them do. */
  readonly delivery: 'one' | 'all';
  readonly request: z.ZodType;
  /** Absent: nothing is answered. */
  readonly reply?: z.ZodType;
}

const entry = <Rq extends z.ZodType, Rp extends z.ZodType>(e: { publisher: readonly Plane[]; consumer: Receiver; delivery?: 'one' | 'all'; request: Rq; reply: Rp }) => ({ delivery: 'one' as const, ...e });
const oneWay = <Rq extends z.ZodType>(e: { publisher: readonly Plane[]; consumer: Plane; delivery?: 'one' | 'all'; request: Rq }) => ({ delivery: 'one' as const, ...e });

const page = { limit: z.number().int().min(1).max(1000).default(100), cursor: z.string().max(500).optional() };
export const governanceEntries = z.object({
  list: governanceList,
  bundle: z.object({ version: z.number().int(), hash: sha256Digest, created_at: timestamp }),
  entries: z.array(jsonObject),
  next_cursor: z.string().optional(),
});
export type GovernanceEntries = z.infer<typeof governanceEntries>;

const byExecution = z.object({ caller, execution_id: uuid });

/** Which frames of a tenant Smart City wants: those with a record of these types; without `records`, all of them. */
export const wantedFrames = z.object({ tenant_id: tenantId, records: z.array(z.string().max(60)).optional() });
export type WantedFrames = z.infer<typeof wantedFrames>;

export const submission = z.object({
  caller,
  submission: intentSubmission,
  correlation_id: z.string().max(120),
  /** Answer with the result if the execution ends within this time; 0 answers at acceptance. */
  wait_ms: z.number().int().min(0).max(60_000).default(0),
});
/** How much of its daily quota a tenant has left. */
export const quotaStanding = z.object({ limit: z.number().int(), remaining: z.number().int(), /** Seconds until the tenant's next day. */ reset_s: z.number().int() });
export type QuotaStanding = z.infer<typeof quotaStanding>;

export const submissionReply = z.object({
  execution_id: uuid,
  session_id: uuid,
  status: executionStatus,
  /** The intent had been accepted before: same intent id or idempotency key. */
  duplicate: z.boolean(),
  /** What is left of the tenant's day; absent: it has no daily quota, or the intent takes nothing of it. */
  quota: quotaStanding.optional(),
  /** Present when the execution ended within wait_ms. */
  result: executionResult.optional(),
});

/** A step as it is planned, nested ones after the one that holds them: what a reader shows of steps that have not begun, and what a signal step waits for. */
export const plannedStepView = z.object({ name: stepName, kind: z.string(), within: stepName.optional(), branch: z.string().optional(), signal: z.string().optional() });
export type PlannedStepView = z.infer<typeof plannedStepView>;

export const executionSummary = executionView.pick({ execution_id: true, tenant_id: true, session_id: true, user_id: true, intent_type: true, status: true, created_at: true, ended_at: true, execution_time_ms: true }).extend({ steps_completed: z.number().int(), artifact_count: z.number().int(), record_count: z.number().int(), error_code: z.string().optional() });
export type ExecutionSummary = z.infer<typeof executionSummary>;

export const validationReport = z.object({
  stream_id: uuid,
  kind: z.enum(['session', 'execution']),
  valid: z.boolean(),
  frames: z.number().int(),
  records: z.number().int(),
  head_hash: z.string(),
  /** What was checked, each with how many problems it found. */
  checks: z.array(z.object({ check: z.enum(['chain', 'grammar', 'policy', 'attribution', 'artifacts']), ok: z.boolean(), problems: z.array(z.string()) })),
  ...personalTrace,
});
export type ValidationReport = z.infer<typeof validationReport>;

export const metricsSnapshot = z.object({
  executions: z.object({ accepted: z.number(), completed: z.number(), failed: z.number(), cancelled: z.number(), rejected: z.number(), in_flight: z.number() }),
  /** By `<intent_type>/<step>`: how often, how well and how long. */
  steps: z.record(z.string(), z.object({ completed: z.number(), failed: z.number(), retried: z.number(), success_rate: z.number(), duration_ms: z.object({ p50: z.number(), p95: z.number(), p99: z.number(), mean: z.number() }) })),
  execution_duration_ms: z.record(z.string(), z.object({ count: z.number(), p50: z.number(), p95: z.number(), p99: z.number(), mean: z.number() })),
  state: z.object({ entries: z.number(), bytes: z.number(), gets: z.number(), sets: z.number(), deletes: z.number() }),
  wal: z.object({ frames: z.number(), records: z.number(), bytes: z.number(), records_by_type: z.record(z.string(), z.number()), frames_per_second_1m: z.number() }),
  dispatch: z.object({ sent: z.number(), followed: z.number(), redispatched: z.number(), outcomes_dropped: z.number(), realm_unavailable: z.number() }),
});
export type MetricsSnapshot = z.infer<typeof metricsSnapshot>;

export const subjects = {
  // gateway → runtime
  'runtime.session.create': entry({ publisher: ['gateway', 'smart-city'], consumer: 'runtime', request: z.object({ caller, context: jsonObject.default({}) }), reply: session }),
  'runtime.session.read': entry({ publisher: ['gateway'], consumer: 'runtime', request: z.object({ caller, session_id: uuid }), reply: session }),
  'runtime.session.close': entry({ publisher: ['gateway'], consumer: 'runtime', request: z.object({ caller, session_id: uuid, reason: z.string().max(500).default('closed by its user') }), reply: session }),
  'runtime.session.list': entry({ publisher: ['gateway'], consumer: 'runtime', request: z.object({ caller, ...page }), reply: z.object({ sessions: z.array(session), next_cursor: z.string().optional() }) }),
  'runtime.intent.submit': entry({ publisher: ['gateway', 'smart-city'], consumer: 'runtime', request: submission, reply: submissionReply }),
  /** An upload grant: an accepted `runtime.upload` intent that waits for the signal `uploaded`, and how many bytes it may bring. */
  'runtime.upload.grant': entry({
    publisher: ['gateway'],
    consumer: 'runtime',
    request: z.object({ caller, session_id: uuid, filename: z.string().min(1).max(500), media_type: z.string().max(200), declared_size: z.number().int().min(0).optional(), classification: z.string().max(60).optional(), /** Whose file it is, or, of a table, which column says whose each record is. */ subject: z.string().min(1).max(300).optional(), subject_column: z.string().min(1).max(200).optional(), correlation_id: z.string().max(120) }),
    reply: z.object({ execution_id: uuid, /** The bytes are stored sealed: under which key, and what then stands in the object's reference. */ seal: z.object({ key: z.string().max(100), sealed: objectRef.shape.sealed.unwrap() }).optional(), max_bytes: z.number().int(), /** What `max_bytes` is bound by. */ limited_by: z.enum(['size', 'quota']).default('size') }),
  }),
  'runtime.execution.read': entry({ publisher: ['gateway'], consumer: 'runtime', request: byExecution, reply: executionView }),
  'runtime.execution.result': entry({ publisher: ['gateway'], consumer: 'runtime', request: byExecution, reply: executionResult }),
  'runtime.execution.list': entry({ publisher: ['gateway'], consumer: 'runtime', request: z.object({ caller, session_id: uuid.optional(), intent_type: intentType.optional(), status: executionStatus.optional(), ...page }), reply: z.object({ executions: z.array(executionSummary), next_cursor: z.string().optional() }) }),
  /** The committed frames of one stream from a sequence number on: catch-up for streams that resume. */
  'runtime.execution.frames': entry({ publisher: ['gateway'], consumer: 'runtime', request: z.object({ caller, execution_id: uuid, from_seq: z.number().int().min(0).default(0), limit: z.number().int().min(1).max(1000).default(200) }), reply: z.object({ session_id: uuid, frames: z.array(frame), ended: z.boolean(), /** Fewer than `limit`, because one answer holds no more of them. */ more: z.literal(true).optional() }) }),
  'runtime.execution.replay': entry({ publisher: ['gateway'], consumer: 'runtime', request: byExecution.extend({ mode: replayMode, /** events_only: a page of frames. */ from_seq: z.number().int().min(0).default(0), limit: z.number().int().min(1).max(1000).default(200) }), reply: replayReport }),
  'runtime.session.replay': entry({ publisher: ['gateway'], consumer: 'runtime', request: z.object({ caller, session_id: uuid, mode: replayMode, ...page }), reply: sessionReplayReport }),
  /** Runs the deterministic steps of a recorded execution twice and compares; the verdict is recorded with the tenant's refusals and archives. */
  'runtime.execution.determinism': entry({ publisher: ['gateway'], consumer: 'runtime', request: byExecution, reply: determinismReport }),
  'runtime.execution.validate': entry({ publisher: ['gateway'], consumer: 'runtime', request: byExecution, reply: validationReport }),
  'runtime.execution.cancel': entry({ publisher: ['gateway'], consumer: 'runtime', request: byExecution.extend({ reason: z.string().max(500).default('cancelled by its user') }), reply: executionView }),
  'runtime.execution.signal': entry({ publisher: ['gateway'], consumer: 'runtime', request: byExecution.extend({ signal: z.string().max(80), data: json }), reply: executionView }),
  /** Submits the intent `runtime.<operation>` in the caller's session for operations, and waits for what it did. */
  'runtime.operation.submit': entry({
    publisher: ['gateway'],
    consumer: 'runtime',
    /** `operation_id`: what its execution will be called, so that whoever hears no answer can look for it. */
    request: z.object({ caller, operation_id: uuid.optional(), operation: z.union([operationName, z.literal('schedule')]), payload: jsonObject, idempotency_key: z.string().min(1).max(200).optional(), correlation_id: z.string().max(120), wait_ms: z.number().int().min(0).max(60_000).default(20_000) }),
    reply: z.object({ operation_id: uuid, session_id: uuid, status: executionStatus, report: operationReport.optional(), error: wireError.optional() }),
  }),
  /** The caller's session for a purpose that comes without one: the one opened before, or a new one. */
  'runtime.session.open': entry({ publisher: ['gateway'], consumer: 'runtime', request: z.object({ caller, purpose: z.enum(['operations', 'governance']) }), reply: z.object({ session_id: uuid }) }),
  /** Waits until the change that an execution recorded is in force at every runtime and every gateway. */
  'runtime.governance.await': entry({ publisher: ['gateway'], consumer: 'runtime', request: byExecution.extend({ wait_ms: z.number().int().min(0).max(60_000) }), reply: z.object({ in_force: z.boolean(), bundle: z.object({ version: z.number().int(), hash: z.string() }) }) }),
  /** One list of a governance bundle (the one in force, or any kept one by its hash), as far as it concerns the caller's tenant; or the bundles kept, newest first. */
  'runtime.governance.read': entry({ publisher: ['gateway'], consumer: 'runtime', request: z.object({ caller, list: governanceList, bundle_hash: sha256Digest.optional(), ...page }), reply: governanceEntries }),
  /** The policies of a bundle, as `runtime.governance.read` shows them, each with what it says. */
  'runtime.policy.list': entry({ publisher: ['gateway'], consumer: 'runtime', request: z.object({ caller, bundle_hash: sha256Digest.optional(), ...page }), reply: policyPage }),
  /** What changes of policies and their tests would come to. Nothing is staged, and nothing recorded but a refusal. */
  'runtime.policy.try': entry({ publisher: ['gateway'], consumer: 'runtime', request: z.object({ caller, request: policyTrialRequest }), reply: policyTrial }),
  'runtime.session.validate': entry({ publisher: ['gateway'], consumer: 'runtime', request: z.object({ caller, session_id: uuid }), reply: z.object({ valid: z.boolean(), reports: z.array(validationReport) }) }),
  'runtime.state.read': entry({ publisher: ['gateway'], consumer: 'runtime', request: byExecution, reply: z.object({ execution: executionView, state: jsonObject, source: z.enum(['hot', 'log']) }) }),
  'runtime.state.query': entry({ publisher: ['gateway'], consumer: 'runtime', request: z.object({ caller, prefix: z.string().max(300).default(''), ...page }), reply: z.object({ entries: z.array(z.object({ key: z.string(), value: json, execution_id: uuid, updated_at: timestamp })), next_cursor: z.string().optional() }) }),
  'runtime.wal.query': entry({
    publisher: ['gateway'],
    consumer: 'runtime',
    request: z.object({ caller, session_id: uuid.optional(), execution_id: uuid.optional(), intent_type: intentType.optional(), record_type: z.string().max(60).optional(), correlation_id: z.string().max(120).optional(), after: timestamp.optional(), before: timestamp.optional(), ...page }),
    reply: z.object({ frames: z.array(frame), unreadable: z.array(unreadableFrame).optional(), next_cursor: z.string().optional() }),
  }),
  'runtime.artifact.read': entry({ publisher: ['gateway'], consumer: 'runtime', request: z.object({ caller, artifact_id: artifactId }), reply: artifact.extend({ /** Opens the bytes of an object that is somebody's; for the gateway alone. Absent of a sealed object: they are erased. */ content_key: z.string().max(100).optional(), /** For the gateway alone, which reads what the caller may see of an object there: a masked view. */ masked_url: z.string().optional(), /** For the gateway alone: what such a file is called, which its summary does not show. */ masked_name: z.string().optional() }) }),
  'runtime.artifact.list': entry({ publisher: ['gateway'], consumer: 'runtime', request: z.object({ caller, session_id: uuid.optional(), execution_id: uuid.optional(), artifact_type: z.string().max(120).optional(), ...page }), reply: z.object({ artifacts: z.array(artifact.omit({ content: true })), next_cursor: z.string().optional() }) }),
  ...lineageSubjects,
  'runtime.capability.list': entry({ publisher: ['gateway'], consumer: 'runtime', request: z.object({ caller }), reply: z.object({ bundle_version: z.number().int(), bundle_hash: sha256Digest, capabilities: z.array(capability.extend({ saga_hash: sha256Digest, /** The outermost steps. */ steps: z.array(z.string()), plan: z.array(plannedStepView) })) }) }),
  'runtime.metrics.read': entry({ publisher: ['gateway'], consumer: 'runtime', request: z.object({ caller }), reply: metricsSnapshot }),
  /** Curator's registries: what fits a query, a page of it, with the health of the realms as Smart City tells it now. */
  'runtime.registry.search': entry({ publisher: ['gateway'], consumer: 'runtime', request: z.object({ caller, query: registryQuery, ...page }), reply: registryPage }),
  /** An evidence bundle, sealed as it is asked for. `since`: the size of an earlier checkpoint, to be proven the beginning of this one. Large ones are answered as an object. */
  'runtime.evidence.export': entry({
    publisher: ['gateway'],
    consumer: 'runtime',
    request: z.object({ caller, kind: z.enum(['execution', 'session']), id: uuid, since: z.number().int().min(1).optional(), include_objects: z.boolean().default(false) }),
    reply: z.union([z.object({ evidence: exportedEvidence }), z.object({ object: objectRef })]),
  }),
  /** The tenant's newest checkpoint, signed now if the log went on since; what an auditor keeps elsewhere, to hold later evidence against. */
  'runtime.checkpoint.read': entry({
    publisher: ['gateway'],
    consumer: 'runtime',
    request: z.object({ caller, since: z.number().int().min(1).optional() }),
    reply: z.object({ checkpoint: signedCheckpoint, consistency: consistencyProof.optional(), keys: z.record(z.string(), z.string()) }),
  }),
  /** Decides recorded intents of the caller's tenant again, under a candidate policy. Nothing is executed and nothing recorded. */
  'runtime.policy.redecide': entry({
    publisher: ['gateway'],
    consumer: 'runtime',
    request: z.object({ caller, from: timestamp, to: timestamp, candidate: policyCandidate, limit: z.number().int().min(1).max(10_000).default(1000), cursor: z.string().max(500).optional() }),
    reply: redecisionReport,
  }),
  /** AuthZEN questions of the caller's tenant, answered from the bundle in force. Asking about others needs leave for `runtime.evaluate_access`. */
  'runtime.access.evaluate': entry({
    publisher: ['gateway'],
    consumer: 'runtime',
    request: z.object({ caller, questions: z.array(accessQuestion).max(1000), semantic: evaluationsSemantic.default('execute_all') }),
    reply: z.object({ answers: z.array(accessAnswer) }),
  }),
  'runtime.access.search': entry({ publisher: ['gateway'], consumer: 'runtime', request: z.object({ caller, search: accessSearch }), reply: accessFound }),
  /** Why a request that nobody made would be decided as it would. */
  'runtime.policy.explain': entry({ publisher: ['gateway'], consumer: 'runtime', request: z.object({ caller, request: hypotheticalRequest }), reply: policyExplanation }),
  /** Why a recorded intent was decided as it was. */
  'runtime.decision.explain': entry({ publisher: ['gateway'], consumer: 'runtime', request: byExecution, reply: recordedExplanation }),
  /** The tenant's grants, as the bundle in force has them, newest first. */
  'runtime.grant.list': entry({ publisher: ['gateway'], consumer: 'runtime', request: z.object({ caller, status: grant.shape.status.optional(), action: grantAction.optional(), user_id: z.string().max(200).optional() }), reply: z.object({ grants: z.array(grant) }) }),
  /** A request the gateway refused, recorded where an auditor looks: it never became an intent. */
  'runtime.refusal.record': oneWay({ publisher: ['gateway'], consumer: 'runtime', request: z.object({ tenant_id: tenantId.optional(), user_id: z.string().optional(), code: z.string(), field: z.string().optional(), route: z.string(), correlation_id: z.string(), /** So many more of the last second, of which this is the last: too many came to record each. */ count: z.number().int().min(2).optional(), at: timestamp }) }),

  /** Which executions a gateway forwards: their committed frames are published for `for_ms`, nobody else's are. Said again before that ends. */
  'runtime.watch': oneWay({
    publisher: ['gateway'],
    consumer: 'runtime',
    delivery: 'all',
    request: z.object({ for_ms: z.number().int().min(1).max(60_000), executions: z.array(z.object({ tenant_id: tenantId, execution_id: uuid })).max(1000) }),
  }),

  // runtime → realm, smart-city: steps. Smart City runs `governance.*` steps as their realm.
  'realm.{realm}.{tenant}.step': oneWay({ publisher: ['runtime'], consumer: 'realm', request: stepDispatch }),
  'governance.{tenant}.step': oneWay({ publisher: ['runtime'], consumer: 'smart-city', request: stepDispatch }),
  // realm, smart-city → runtime: outcomes (the reply to a dispatch), heartbeats, hydration, tools
  'runtime.outcome.{instance}.{dispatch}': oneWay({ publisher: ['realm', 'smart-city'], consumer: 'runtime', request: stepOutcome }),
  /** Answered with those of the listed attempts that are over (cancelled, timed out, given up): nobody awaits them, so their realm lets go of them. */
  'runtime.heartbeat.{instance}': entry({ publisher: ['realm', 'smart-city'], consumer: 'runtime', request: realmHeartbeat, reply: z.object({ over: z.array(attemptRef) }) }),
  /** Read a reference: recorded, then answered with a ticket (objects, external data that a connector reaches) or the content (inline). `masked`: what is read is not all that was recorded. */
  'runtime.hydrate': entry({ publisher: ['realm', 'smart-city'], consumer: 'runtime', request: z.object({ token: z.string(), attempt: attemptRef, reference: artifactId }), reply: z.object({ artifact, ticket_url: z.string().optional(), table: externalTable.optional(), masked: z.literal(true).optional() }) }),
  /** Where to write an object: an upload URL for one object of this attempt. */
  'runtime.object.grant': entry({ publisher: ['realm', 'smart-city'], consumer: 'runtime', request: z.object({ token: z.string(), attempt: attemptRef, media_type: z.string() }), reply: z.object({ ticket_url: z.string() }) }),
  'runtime.tool.invoke': entry({ publisher: ['realm', 'smart-city'], consumer: 'runtime', request: z.object({ token: z.string(), attempt: attemptRef, tool: z.string().max(80), request: jsonObject }), reply: z.object({ response: json }) }),

  // runtime → realm: external data, to the realm that hosts its connector
  /** Opens a location to one reader, by a ticket of the host’s own, or only looks whether it is still as it was described. */
  'realm.{realm}.{tenant}.connector': entry({ publisher: ['runtime'], consumer: 'realm', request: z.object({ tenant_id: tenantId, does: z.enum(['open', 'check']), connector, external: externalLocation }), reply: externalOpened }),

  // runtime → runtime: commands to the instance that owns a stream
  'runtime.instance.{instance}.command': entry({
    publisher: ['runtime'],
    consumer: 'runtime',
    request: z.discriminatedUnion('command', [
      z.object({ command: z.literal('cancel'), caller, execution_id: uuid, reason: z.string() }),
      z.object({ command: z.literal('signal'), caller, execution_id: uuid, signal: z.string(), data: json }),
      operationCommand,
      z.object({ command: z.literal('hydrate'), token: z.string(), attempt: attemptRef, reference: artifactId }),
      z.object({ command: z.literal('tool'), token: z.string(), attempt: attemptRef, tool: z.string(), request: jsonObject }),
    ]),
    reply: json,
  }),

  // runtime → gateway, smart-city: committed records
  /** Of executions that are watched (`runtime.watch`). A hint: who misses one reads the log. */
  'events.{tenant}.{session}.{execution}': oneWay({ publisher: ['runtime'], consumer: 'gateway', delivery: 'all', request: committedFrame }),
  /** Committed governance frames, in log order, at least once; answered with the position Smart City has applied, and with what else it wants from now on. No frames: only asks. */
  'smart-city.records': entry({ publisher: ['runtime'], consumer: 'smart-city', request: z.object({ frames: z.array(frame), position: logPosition }), reply: z.object({ applied: logPosition, wants: z.array(wantedFrames).default([]) }) }),
  /** Committed frames that somebody subscribed to, or that Nurse watches, in log order, at least once. Answered when Smart City has stored what is to be delivered. */
  'smart-city.events': entry({ publisher: ['runtime'], consumer: 'smart-city', request: z.object({ frames: z.array(subscribedFrame) }), reply: z.object({ taken: z.number().int() }) }),

  // all → smart-city: the bus lets each service speak under its own name only, and a realm's for its own realm; `{realm}` is `-` for those who are no realm
  'smart-city.register.{service}.{realm}': entry({
    publisher: ['gateway', 'runtime', 'realm', 'smart-city'],
    consumer: 'smart-city',
    request: z.object({ service: z.string(), plane: z.enum(planes), instance: z.string(), build: z.string(), realm: z.string().optional(), capabilities: z.array(registeredCapability).default([]) }),
    reply: z.object({ bundle: offeredBundle.optional(), keys: verificationKeys.optional(), applied: logPosition.optional() }),
  }),
  /** Whether work for each realm gets through, by what its instances said last. */
  'smart-city.realms.read': entry({ publisher: ['runtime'], consumer: 'smart-city', request: z.object({}), reply: z.object({ realms: z.array(z.object({ realm: z.string(), circuit: z.enum(['closed', 'half_open', 'open']) })) }) }),
  /** A runtime's `detail.bundle_version` says which bundle it holds: how Smart City knows that a change is in force everywhere. */
  'smart-city.health.{service}': oneWay({ publisher: ['gateway', 'runtime', 'realm', 'smart-city'], consumer: 'smart-city', delivery: 'all', request: z.object({ service: z.string(), instance: z.string(), status: z.enum(['ok', 'degraded', 'draining']), at: timestamp, detail: jsonObject.default({}) }) }),

  // smart-city → runtime, gateway: to every instance
  'runtime.bundle.push': oneWay({ publisher: ['smart-city'], consumer: 'runtime', delivery: 'all', request: offeredBundle }),
  'runtime.bundle.current': oneWay({ publisher: ['smart-city'], consumer: 'runtime', delivery: 'all', request: z.object({ version: z.number().int(), hash: sha256Digest, at: timestamp, /** How far the Runtime's governance records are applied in it. */ applied: logPosition.optional(), /** Runtimes that have not said that they hold it. */ behind: z.array(z.string()).optional(), /** Gateways that have not said that they verify callers by the keys that go with it. */ gateways_behind: z.array(z.string()).optional() }) }),
  /** Tenants whose submissions the runtimes turn away just now: the gateway turns them away itself, for so long. */
  'gateway.pressure.push': oneWay({
    publisher: ['smart-city'],
    consumer: 'gateway',
    delivery: 'all',
    request: z.object({ tenants: z.array(z.object({ tenant_id: tenantId, code: z.enum(['tenant.overloaded', 'runtime.overloaded']), for_ms: z.number().int().min(1).max(60_000) })).max(1000) }),
  }),
  'gateway.keys.push': oneWay({ publisher: ['smart-city'], consumer: 'gateway', delivery: 'all', request: verificationKeys }),

  // smart-city → subscribers outside
  /** One event for a subscription whose target is its subject: a CloudEvent in its JSON format. The subscriber answers `{"ok":{"received":true}}`; without an answer it comes again. */
  'subscriber.{tenant}.{subscription}.event': entry({ publisher: ['smart-city'], consumer: 'subscriber', request: jsonObject, reply: z.object({ received: z.literal(true) }) }),
} as const satisfies Record<string, SubjectEntry>;

export type Subject = keyof typeof subjects;
export type SubjectRequest<S extends Subject> = z.infer<(typeof subjects)[S]['request']>;
export type SubjectRequestInput<S extends Subject> = z.input<(typeof subjects)[S]['request']>;
export type SubjectReply<S extends Subject> = (typeof subjects)[S] extends { reply: infer R extends z.ZodType } ? z.infer<R> : void;
/** The tokens a subject needs: `'realm.{realm}.step'` needs `realm`. */
export type SubjectTokens<S extends string> = S extends `${string}{${infer Name}}${infer Rest}` ? Name | SubjectTokens<Rest> : never;
export type RpcSubject = { [S in Subject]: (typeof subjects)[S] extends { reply: z.ZodType } ? S : never }[Subject];
export type OneWaySubject = Exclude<Subject, RpcSubject>;
export type TokenValues<S extends string> = { readonly [K in SubjectTokens<S>]: string };

/** The concrete subject: every `{token}` replaced. A value that is no single NATS token (dots, wildcards, spaces) is refused. */
export function subjectFor<S extends Subject>(subject: S, tokens: TokenValues<S>): string {
  const parts = partsOf(subject);
  let text = parts[0]!;
  for (let i = 1; i < parts.length; i += 2) {
    const value = (tokens as Record<string, string | undefined>)[parts[i]!];
    if (value === undefined || !TOKEN.test(value)) throw new Error(`subject ${subject}: "${parts[i]}" is not a subject token`);
    text += value + parts[i + 1]!;
  }
  return text;
}

/** In a subject with `{realm}`, of a service that is no realm. */
export const NO_REALM = '-';

const TOKEN = /^[A-Za-z0-9_-]+$/;

/** Text, token name, text, …: a subject is taken apart once. */
function partsOf(subject: Subject): readonly string[] {
  const known = subjectParts.get(subject) ?? subject.split(/\{(\w+)\}/);
  subjectParts.set(subject, known);
  return known;
}

const subjectParts = new Map<Subject, readonly string[]>();

/** The subscription pattern: given tokens are filled in, the others become wildcards. */
export function patternFor<S extends Subject>(subject: S, tokens: Partial<TokenValues<S>> = {}): string {
  return subject.replace(/\{(\w+)\}/g, (_, name: string) => (tokens as Record<string, string | undefined>)[name] ?? '*');
}
