/** What may be due, and what the world contributes to saying so. */
import type { ItemsSource, Json, SagaStep, WalRecord } from '@symphainy/contracts';
import type { PlatformError } from '@symphainy/kernel';

/** What the world contributes to a decision: the time, who decides, and a jitter (0 ≤ jitter < 1) if a retry needs one. */
export interface DecisionInputs {
  /** Milliseconds since the epoch. */
  readonly now: number;
  /** The same moment as RFC 3339. */
  readonly at: string;
  readonly actor: string;
  readonly jitter: () => number;
  /** Milliseconds since the epoch; default: the saga's `deadline_ms` after the intent's creation. */
  readonly deadlineAt?: number;
  /** What a passed deadline does. Default `off`: nothing. */
  readonly deadlinePolicy?: 'off' | 'observe' | 'enforce';
  /** The tenant demands an approval for every effect. Default false. */
  readonly approvalDemanded?: boolean;
  /** Tries of chunks that are out: a map that has failed awaits them, so that what was done is known when it is tried again or undone. Default: none. */
  readonly chunksOut?: () => readonly Extract<Decision, { do: 'run_chunk' }>[];
  /** What is wrong with an output as the saga's; undefined: it is what the capability promises. Asked of what the Runtime completes by itself: steps that hold others, maps, timers, signals that nobody gave; what realms, children and operators hand back is checked before. Default: nothing is. */
  readonly outputProblem?: (output: Json | undefined) => PlatformError | undefined;
  /** The first occurrence of a cron expression after a moment (both in milliseconds), or undefined when there is none any more. Needed by schedule steps alone. Throws PlatformError for what is no expression or time zone. */
  readonly nextDue?: (cron: string, timeZone: string, after: number) => number | undefined;
}

export type StepOf<K extends SagaStep['kind']> = Extract<SagaStep, { kind: K }>;
export type ChildSagaStep = StepOf<'child'>;
export type MapSagaStep = StepOf<'map'>;

/** A chunk's items: where they come from, and which of them. */
export interface ChunkWork {
  readonly chunk: number;
  /** Of this chunk, from 1; what the attempt's name carries instead of the step's. */
  readonly chunkAttempt: number;
  /** By index in the whole map: from (included) to (excluded). */
  readonly from: number;
  readonly to: number;
  /** Only these (a retry, or an undoing beside dead letters); absent: all. */
  readonly indices?: readonly number[];
  readonly source: ItemsSource;
}

/** Runs an attempt at its realm. `speculative`: it has no effects, so it may be sent before what it follows from is durable. */
export interface RunDecision {
  readonly do: 'run';
  readonly step: SagaStep;
  readonly attempt: number;
  readonly speculative: boolean;
  /** When it is too late (milliseconds since the epoch), counted from its recorded start. Time in which its realm is away is the dispatcher's to add. */
  readonly deadlineAt: number;
  /** Of an effect: only say what it would do. */
  readonly phase?: 'preview';
  /** Of an effect that is intended: what the outside system is given. */
  readonly effectKey?: string;
}

/**
 * What is due. `append` comes alone and first: record, evolve, decide again. The others are all the outstanding work for which records exist,
 * told each time anew: acting on them is idempotent by (step, attempt, phase, chunk). What is out and not listed any more is given up,
 * unless the execution is paused; `awaitsResult` tells what a late result is worth.
 */
export type Decision =
  | { readonly do: 'append'; readonly records: readonly WalRecord[] }
  | RunDecision
  /** At most `concurrency` chunks of a step are out; of those listed, the first come first. */
  | ({ readonly do: 'run_chunk'; readonly step: MapSagaStep; readonly attempt: number; readonly concurrency: number } & ChunkWork)
  | { readonly do: 'await_child'; readonly step: ChildSagaStep; readonly attempt: number; readonly childId: string; readonly payload: { [key: string]: Json }; readonly deadlineAt: number }
  /** Ask the child to end. Its end is then reported as the attempt's result, as ever; with `late`, that the step timed out, as soon as it is durable that the child was asked. */
  | { readonly do: 'close_child'; readonly step: StepOf<'child'>; readonly attempt: number; readonly childId: string; readonly close: 'cancel' | 'terminate'; readonly late?: true }
  /** Decide again at `deadlineAt`: it is recorded then what the step does when nobody signalled. */
  | { readonly do: 'await_signal'; readonly step: StepOf<'signal'>; readonly attempt: number; readonly deadlineAt: number }
  /** The signal `approve.<step>`, by somebody else than the submitter. */
  | { readonly do: 'await_approval'; readonly step: StepOf<'effect'>; readonly attempt: number; readonly previewHash?: string }
  /** Decide again then. */
  | { readonly do: 'wait'; readonly until: number }
  /** Undo a completed step; of a map chunk by chunk. `output`: what it returned. */
  | { readonly do: 'compensate'; readonly step: SagaStep; readonly attempt: number; readonly deadlineAt: number; readonly output?: Json; readonly chunk?: ChunkWork }
  /** Submit what the schedule names, under this id; then record `operation_applied` for it. Asking twice is harmless: the id is the same. */
  | { readonly do: 'fire'; readonly step: string; readonly firing: number; readonly executionId: string; readonly dueAt: string }
  /** The Runtime's own: records `operation_applied` for each target and reports the step's result. */
  | { readonly do: 'operate'; readonly step: StepOf<'operate'>; readonly attempt: number }
  /** Nothing but a command brings this on. */
  | { readonly do: 'hold'; readonly why: 'paused' | 'effect_unknown' | 'compensation_failed'; readonly step?: string };

export const append = (...records: WalRecord[]): Decision[] => [{ do: 'append', records }];
