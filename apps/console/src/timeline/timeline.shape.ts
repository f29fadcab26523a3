/** The shape of a timeline: one execution as a person reads it, with each attempt of each step. */
import type { Artifact, ExecutionStatus, Frame, Intent, Json, PolicyDecision, StepView, WalRecord } from '@symphainy/contracts';

/** What the fold needs of a frame; both frames read from the log and committed frames off a stream have it. */
export type TimelineFrame = Pick<Frame, 'seq' | 'at' | 'hash' | 'records'>;

export type WireErrorView = Extract<WalRecord, { type: 'step_failed' }>['error'];
export type ArtifactView = Omit<Artifact, 'content'>;

export interface TimelineRecord {
  /** `<seq>.<place in the frame>`: unique in its stream. */
  readonly key: string;
  readonly seq: number;
  readonly record: WalRecord;
}

export interface StepAttempt {
  readonly attempt: number;
  readonly startedAt: string;
  readonly endedAt?: string;
  readonly outcome: 'running' | 'completed' | 'failed' | 'cancelled';
  /** Time in the handler, as the realm measured it. */
  readonly handlerMs?: number;
  readonly error?: WireErrorView;
}

export type TimelineStepStatus = 'pending' | 'cancelled' | StepView['status'];

export interface TimelineStep {
  readonly name: string;
  readonly kind: string;
  readonly status: TimelineStepStatus;
  readonly attempts: readonly StepAttempt[];
  readonly progress?: { readonly [key: string]: Json };
  readonly retryDueAt?: string;
  readonly childExecutionId?: string;
  readonly artifacts: number;
  readonly error?: WireErrorView;
  /** The parallel or choice that it belongs to, and the branch or case. */
  readonly within?: string;
  readonly branch?: string;
  /** When a timer is due. */
  readonly dueAt?: string;
  /** It waits for somebody's approval. */
  readonly awaitsApproval?: boolean;
}

export interface Timeline {
  /** The next frame's seq; ask a stream to resume from here. */
  readonly nextSeq: number;
  readonly headHash?: string;
  readonly status: ExecutionStatus;
  readonly intent?: Intent;
  readonly userId?: string;
  readonly parent?: { readonly execution_id: string; readonly step: string };
  readonly decision?: PolicyDecision;
  readonly capability?: { readonly name: string; readonly version: string; readonly realm: string };
  readonly steps: readonly TimelineStep[];
  readonly artifacts: readonly ArtifactView[];
  readonly records: readonly TimelineRecord[];
  readonly error?: WireErrorView;
  readonly paused?: boolean;
  readonly startedAt?: string;
  readonly endedAt?: string;
  /** Frames that came before their turn. */
  readonly held: readonly TimelineFrame[];
}

export const emptyTimeline: Timeline = { nextSeq: 0, status: 'running', steps: [], artifacts: [], records: [], held: [] };

export const pendingStep = (name: string): TimelineStep => ({ name, kind: 'task', status: 'pending', attempts: [], artifacts: 0 });
