import type { Artifact, Caller, DomainEvent, ExecutionStatus, Intent, Json, PolicyDecision, StateChange, WalRecord } from '@symphainy/contracts';
import type { WireError } from '@symphainy/kernel';

export type RecordOf<T extends WalRecord['type']> = Extract<WalRecord, { type: T }>;

/** One step of the saga, from its first attempt on. */
export interface StepState {
  readonly name: string;
  readonly kind: string;
  status: 'running' | 'waiting_retry' | 'completed' | 'failed';
  attempt: number;
  readonly startedAt: string;
  completedAt?: string;
  durationMs?: number;
  handlerBuild?: string;
  progress?: { [key: string]: Json };
  error?: WireError;
  output?: Json;
  outputHash?: string;
  outcome?: string;
  /** While waiting for a retry: when it is due, as recorded. */
  retryDueAt?: string;
  /** Of a child step's running attempt. */
  childId?: string;
}

/** The fold of an execution's stream: everything that is known of it. Nothing that is not in the log. */
export interface ExecutionState {
  readonly executionId: string;
  readonly intent: Intent;
  readonly caller: Caller;
  readonly correlationId: string;
  readonly parent: RecordOf<'intent_received'>['parent'];
  readonly createdAt: string;
  decision?: PolicyDecision;
  capability?: Pick<RecordOf<'capability_resolved'>, 'capability' | 'version' | 'realm' | 'bundle_hash' | 'children'>;
  saga?: { name: string; hash: string };
  readonly steps: StepState[];
  readonly artifacts: Artifact[];
  readonly events: DomainEvent[];
  readonly stateChanges: StateChange[];
  sagaEnd?: 'completed' | 'failed';
  cancelReason?: string;
  status: ExecutionStatus;
  error?: WireError;
  endedAt?: string;
  adoptions: number;
  /** Records in the stream. */
  records: number;
  /** The last frame's place and hash: what the next frame is chained to. */
  head: { seq: number; hash: Uint8Array };
}

export const hasEnded = (state: ExecutionState): boolean => state.status !== 'running';

/** The step that the saga is at: the last one started. */
export const currentStep = (state: ExecutionState): StepState | undefined => state.steps[state.steps.length - 1];
