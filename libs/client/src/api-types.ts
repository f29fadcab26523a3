import type { ApiKeyRecord, ApiKeyScope, Artifact, CedarPolicy, DataReference, ExecutionResult, ExecutionStatus, ExecutionView, ExecutionsQuery, Frame, GovernanceEntries, GrantRequest, Json, LineageEdge, OperationName, OperationReport, SchedulePayload, SubjectReply } from '@symphainy/contracts';

export interface Page {
  /** 1 to 1000; default 100. */
  readonly limit?: number;
  /** `next_cursor` of the page before. */
  readonly cursor?: string;
}

export interface ExecutionQuery extends Page {
  readonly session_id?: string;
  readonly intent_type?: string;
  readonly status?: ExecutionStatus;
}

export interface ArtifactQuery extends Page {
  readonly session_id?: string;
  readonly execution_id?: string;
  readonly artifact_type?: string;
}

export interface WalQuery extends Page {
  readonly session_id?: string;
  readonly execution_id?: string;
  readonly intent_type?: string;
  readonly record_type?: string;
  readonly correlation_id?: string;
  /** RFC 3339 in UTC with milliseconds. */
  readonly after?: string;
  readonly before?: string;
}

/** An intent as a caller sends it; the platform fills in identity and time. */
export interface Submission {
  readonly intent_type: string;
  readonly session_id: string;
  readonly payload?: { readonly [key: string]: Json };
  readonly metadata?: { readonly [key: string]: Json };
  readonly intent_id?: string;
  readonly idempotency_key?: string;
  /** RFC 3339: when it should have ended; the tenant’s `sla` switch says what then happens. */
  readonly deadline?: string;
  readonly solution_context?: { readonly solution: string; readonly goals?: readonly string[]; readonly constraints?: readonly string[]; readonly risk?: 'low' | 'medium' | 'high' };
}

/** What acceptance answers. */
export interface Accepted {
  readonly execution_id: string;
  readonly session_id: string;
  readonly status: ExecutionStatus;
  readonly duplicate: boolean;
  readonly links: { readonly self: string; readonly status: string; readonly result: string; readonly events: string };
}

export type StatusView = Pick<ExecutionView, 'execution_id' | 'session_id' | 'intent_type' | 'status' | 'steps' | 'created_at' | 'ended_at' | 'execution_time_ms' | 'error'>;
export type SessionPage = SubjectReply<'runtime.session.list'>;
export type SessionValidation = SubjectReply<'runtime.session.validate'>;
export type ExecutionPage = SubjectReply<'runtime.execution.list'>;
export type StateView = SubjectReply<'runtime.state.read'>;
export type StateEntries = SubjectReply<'runtime.state.query'>;
export type WalPage = SubjectReply<'runtime.wal.query'>;
export type ArtifactEntry = Omit<Artifact, 'content'>;
export type ArtifactPage = SubjectReply<'runtime.artifact.list'>;
export type CapabilityList = SubjectReply<'runtime.capability.list'>;
export type CapabilityEntry = CapabilityList['capabilities'][number];

export interface FramesPage {
  readonly execution_id: string;
  readonly session_id: string;
  readonly frames: readonly Frame[];
  readonly next_seq: number;
  readonly ended: boolean;
}

/** An execution after an operation on it; the operation is an execution of its own. */
export type Operated = ExecutionView & { readonly operation_id: string };

export interface BulkOperation {
  readonly operation: OperationName;
  readonly query: Partial<ExecutionsQuery>;
  /** Only say which executions it would be applied to. */
  readonly dry_run?: boolean;
  readonly reason?: string;
  /** What the operation wants beside its reason: `step`, `signal`, `data`, … */
  readonly arguments?: { readonly [key: string]: Json };
}

export interface BulkOutcome {
  readonly operation_id: string;
  readonly status: ExecutionStatus;
  readonly report?: OperationReport;
}

/** What a schedule submits, when, and as whom. */
export type ScheduleOrder = Pick<SchedulePayload, 'cron' | 'as'> & Partial<Pick<SchedulePayload, 'time_zone' | 'missed' | 'until' | 'max_firings'>> & { readonly intent: Partial<SchedulePayload['intent']> & { readonly intent_type: string } };

export interface ScheduleView {
  readonly schedule_id: string;
  readonly session_id: string;
  readonly status: ExecutionStatus;
  /** What refused its last firing; of one that failed, why. */
  readonly error_code?: string;
}

export interface SchedulePage {
  readonly schedules: readonly ScheduleView[];
  readonly next_cursor?: string;
}

export interface EvidenceOptions {
  /** `tree_size` of a checkpoint kept from before, to be proven the beginning of the evidence's own. */
  readonly since?: number;
  /** With the bytes of artifacts that are objects. */
  readonly objects?: boolean;
}

export type CheckpointAnswer = SubjectReply<'runtime.checkpoint.read'>;

/** Which intents, by the time they came (default: all), and what to decide them under. */
export interface RedecideRequest {
  /** RFC 3339 in UTC with milliseconds. */
  readonly from?: string;
  readonly to?: string;
  readonly candidate?: { readonly bundle_hash?: string; readonly candidate_id?: string; readonly put?: readonly CedarPolicy[]; readonly remove?: readonly string[] };
  /** 1 to 10,000; default 1000. */
  readonly limit?: number;
  readonly cursor?: string;
}

/** A list of the governance bundle, or `bundles`: what was in force before. */
export type GovernanceList = 'tenants' | 'identities' | 'policies' | 'capabilities' | 'bundles' | (string & {});
export type { GovernanceEntries };

/** What became of a change of governance. */
export interface GovernanceChange {
  readonly result: ExecutionResult;
  /** Every runtime that holds a lease decided by it before the wait was over. */
  readonly in_force: boolean;
  /** In force at the runtime that answered. Absent while it was not asked. */
  readonly bundle?: { readonly version: number; readonly hash: string };
}

/** What is told of a key: never its hash. */
export type ApiKeyView = Omit<ApiKeyRecord, 'key_hash'>;
export type IssuedKey = ApiKeyView & { /** The key itself. It is in this answer and nowhere else. */ readonly api_key: string };

export interface KeyOrder {
  readonly user_id: string;
  /** Default: the caller’s. */
  readonly tenant_id?: string;
  /** Default: one that the platform draws. */
  readonly key_id?: string;
  /** Default: never. */
  readonly expires_in_s?: number;
  readonly scope?: ApiKeyScope;
}

export interface KeyRotation {
  readonly tenant_id?: string;
  readonly new_key_id?: string;
  readonly expires_in_s?: number;
  /** How long the old key still holds. Default: not at all. */
  readonly overlap_s?: number;
}

export type GrantOrder = Pick<GrantRequest, 'actions' | 'reason'> & Partial<Pick<GrantRequest, 'scope' | 'duration_s'>>;

export interface ReferenceQuery extends Page {
  readonly session_id?: string;
  readonly kind?: DataReference['kind'];
  /** Only semantic projections of this reference. */
  readonly projects?: string;
  readonly projection?: 'deterministic' | 'expert';
}
export type ReferencePage = SubjectReply<'runtime.reference.list'>;
export type ResolvedReference = SubjectReply<'runtime.reference.resolve'>;

export interface LineageQuery extends Page {
  /** Default `up`. */
  readonly direction?: 'up' | 'down';
  /** 1 to 100; default 10. */
  readonly depth?: number;
  readonly as_of?: string;
  /** As it was when this execution ended. */
  readonly run?: string;
  readonly kinds?: readonly LineageEdge['kind'][];
}

/** What came of a place; the moment: default now. */
export interface DerivedQuery extends TraceQuery {
  readonly as_of?: string;
  /** As it was when this execution ended. */
  readonly run?: string;
}

export interface TraceQuery {
  /** 1 to 50; default 10. */
  readonly depth?: number;
  /** 1 to 1000; default 200. */
  readonly limit?: number;
}
