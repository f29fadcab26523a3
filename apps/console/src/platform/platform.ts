/**
 * What the console asks of the platform: a narrow view of the gateway's client, so that pages name their needs and nothing else.
 */
import type { Artifact, Caller, Capability, ExecutionStatus, ExecutionSummary, ExecutionView, IntentSubmission, Session, ValidationReport } from '@symphainy/contracts';
import type { TimelineFrame } from '../timeline/timeline.model.js';

export type Me = Pick<Caller, 'tenant_id' | 'user_id' | 'roles'>;

/** A capability as the gateway lists it: with the names of its saga's steps. */
export type CapabilityEntry = Capability & { readonly steps: readonly string[] };

export interface ExecutionQuery {
  readonly sessionId?: string;
  readonly intentType?: string;
  readonly status?: ExecutionStatus;
  readonly limit?: number;
  readonly cursor?: string;
}

export interface ExecutionPage {
  readonly executions: readonly ExecutionSummary[];
  readonly next_cursor?: string;
}

export interface UploadReceipt {
  readonly reference: string;
  readonly execution_id: string;
  readonly size: number;
  readonly hash: string;
  readonly media_type: string;
}

export interface Watch {
  readonly fromSeq: number;
  readonly signal: AbortSignal;
  /** The stream is open (again). */
  readonly onOpen: () => void;
  /** The stream broke and is being opened again. */
  readonly onRetry: () => void;
}

export interface Platform {
  me(): Promise<Me>;
  sessions(): Promise<readonly Session[]>;
  createSession(): Promise<Session>;
  executions(query: ExecutionQuery): Promise<ExecutionPage>;
  execution(executionId: string): Promise<ExecutionView>;
  validation(executionId: string): Promise<ValidationReport>;
  capabilities(): Promise<readonly CapabilityEntry[]>;
  /** Answers with the execution's id at acceptance. */
  submit(submission: Pick<IntentSubmission, 'intent_type' | 'session_id' | 'payload'>): Promise<string>;
  cancel(executionId: string): Promise<void>;
  /** The latest artifacts, newest first, without content. */
  artifacts(): Promise<readonly Omit<Artifact, 'content'>[]>;
  artifact(artifactId: string): Promise<Artifact>;
  content(artifactId: string): Promise<Blob>;
  /** `onProgress` gets the share sent, 0 to 1. */
  upload(file: File, sessionId: string, onProgress: (share: number) => void, signal: AbortSignal): Promise<UploadReceipt>;
  /** Frames from `fromSeq` on, live, through broken connections, until the execution's terminal frame. */
  watch(executionId: string, watch: Watch): AsyncIterable<TimelineFrame>;
}
