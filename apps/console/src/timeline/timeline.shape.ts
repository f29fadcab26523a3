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

export type TimelineStepStatus = 'pending' | StepView['status'];

export interface TimelineStep {
  readonly name: string;
  readonly kind: string;
  readonly status: TimelineStepStatus;
  readonly attempts: readonly StepAttempt[];
  readonly progress?: { readonly [key: string]: Json };
  /** Nobody of its realm has taken it since; `handler`: the realm is there, in builds that lack that one. */
  readonly waitingFor?: { readonly realm: string; readonly since: string; readonly handler?: string | undefined } | undefined;
  readonly retryDueAt?: string;
  readonly childExecutionId?: string;
  /** Of a child: what it was asked to do. */
  readonly childIntentType?: string;
  readonly artifacts: number;
  readonly error?: WireErrorView;
  /** The parallel or choice that it belongs to, and the branch or case. */
  readonly within?: string;
  readonly branch?: string;
  /** When a timer is due. */
  readonly dueAt?: string;
  /** The label that it ended with: of a choice, the case taken. */
  readonly outcome?: string;
  /** Of a map. */
  readonly items?: StepItems;
  /** Of an effect. */
  readonly effect?: StepEffect;
  /** Of an agent: what it reasoned with, and what it concluded. */
  readonly agent?: { readonly model: string; readonly verdict: Json };
  /** Of a signal step: what came, and from whom. */
  readonly signalled?: { readonly by: string; readonly data: Json };
  /** Of a signal step: what it waits for, by the plan. */
  readonly signal?: string;
  /** Once it is undone, or was to be. */
  readonly undo?: StepUndo;
}

/** A map's progress, counted as the platform counts it. */
export interface StepItems {
  readonly total: number;
  readonly chunks: number;
  readonly succeeded: number;
  /** Chunks below were tried, or overtaken by others. */
  readonly next: number;
  /** Chunks below `next` that are not finished, with how many of their items wait for another try. */
  readonly open: ReadonlyMap<number, number>;
  /** How many items were given up, by chunk. */
  readonly dead: ReadonlyMap<number, number>;
  /** Chunks whose items were undone. */
  readonly undone: number;
}

/** How far an effect came. `unknown`: it may have happened. */
export type EffectStage = 'previewed' | 'awaits_approval' | 'approved' | 'intended' | 'unknown' | 'completed' | 'did_not_happen';

export interface StepEffect {
  readonly stage: EffectStage;
  readonly binding?: string;
  /** What the outside system was given. */
  readonly key?: string;
  readonly preview?: Json;
  readonly approval?: Word;
  readonly receipt?: Json;
  /** An operator's word on whether it happened. */
  readonly resolution?: Word & { readonly happened: boolean };
}

/** Who decided, and why. */
export interface Word {
  readonly by: string;
  readonly reason: string;
}

export interface StepUndo {
  /** Its place in the order of undoing, from 1. */
  readonly order: number;
  readonly startedAt: string;
  readonly endedAt?: string;
  readonly attempts: number;
  readonly error?: WireErrorView;
  /** When undoing it is tried again. */
  readonly retryDueAt?: string;
  readonly skipped?: Word;
}

/** One firing of a schedule. */
export interface Firing {
  readonly firing: number;
  readonly dueAt: string;
  readonly executionId: string;
  /** Occurrences that were passed over for it. */
  readonly missed: number;
  readonly outcome?: 'done' | 'unchanged' | 'refused';
  readonly error?: WireErrorView;
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
  readonly paused?: Word & { readonly at: string };
  /** Who asked for its end, or for what was done to be undone. */
  readonly ending?: Word & { readonly asked: 'cancel' | 'compensate' | 'terminate' };
  readonly deadlineMissed?: { readonly deadline: string; readonly enforced: boolean };
  /** Of the saga that it runs on. */
  readonly sagaHash?: string;
  readonly firings: readonly Firing[];
  readonly startedAt?: string;
  readonly endedAt?: string;
  /** Frames that came before their turn. */
  readonly held: readonly TimelineFrame[];
}

export const emptyTimeline: Timeline = { nextSeq: 0, status: 'running', steps: [], artifacts: [], records: [], firings: [], held: [] };

export const pendingStep = (name: string): TimelineStep => ({ name, kind: 'task', status: 'pending', attempts: [], artifacts: 0 });
