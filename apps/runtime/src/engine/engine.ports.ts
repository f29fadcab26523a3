/** What the engine needs of others: the folders to its right, and those that need the engine themselves; what the engine is given and told; what its own rooms need of it. */
import type { WalRecord } from '@symphainy/contracts';
import type { Decision } from '@symphainy/execution';
import type { Clock, Logger, PlatformError, WireError } from '@symphainy/kernel';
import type { ArtifactFinder } from '../acceptance/acceptance.ports.js';
import type { BundleHolder } from '../acceptance/bundle-holder.js';
import type { AppendResult, ParkedStreams, WalReader, WalWriter } from '../acceptance/log.ports.js';
import type { WrittenFrame } from './frame-writer.js';
import type { ExecutionCounters } from './held-executions.js';
import type { ParkingCounters } from './parking.js';
import type { LiveExecution } from './live-execution.js';

export type { ArtifactFinder };

/** Sends attempts of task steps to their realm, until an outcome comes or they are dropped. */
export interface Dispatcher {
  send(live: LiveExecution, step: string, attempt: number): void;
  /** Forgets every attempt of this execution: outcomes that still come are dropped. */
  drop(live: LiveExecution): void;
}

export type ChildWork = Extract<Decision, { do: 'await_child' }>;

/** Accepts the child intents of running steps and brings their results home. */
export interface Children {
  run(live: LiveExecution, work: ChildWork): void;
  /** Cancels a child whose parent is cancelled. */
  cancelFor(live: LiveExecution, childId: string): void;
}

/** What the engine's own rooms ask of the supervisor that holds them. */
export interface Supervision {
  /** Sees a held execution's first frame of this life into the log: starts its work when committed, lets it go when not. Rejects as the log does. */
  take(live: LiveExecution, written: WrittenFrame): Promise<AppendResult>;
  /** Discards this memory; its attempts are forgotten. */
  release(live: LiveExecution): void;
  /** Continues an execution whose memory equals the log. */
  resume(live: LiveExecution): void;
  failAttempt(live: LiveExecution, step: string, attempt: number, error: PlatformError): boolean;
}

export interface EngineParts {
  readonly writer: WalWriter;
  readonly reader: WalReader;
  readonly parked: ParkedStreams;
  readonly bundles: BundleHolder;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly counters: ExecutionCounters & ParkingCounters;
  /** Executions in memory that new work and sleepers may fill; children and adopted executions come on top. */
  readonly maxExecutions: number;
}

/** The result of a step's attempt, as it will be recorded (without time and actor). */
export type StepReport =
  | {
      readonly ok: Omit<Extract<WalRecord, { type: 'step_completed' }>, 'type' | 'at' | 'actor' | 'step' | 'attempt'>;
      readonly actor: string;
      /** Canonical texts of objects inside `ok` that were made already. */
      readonly texts?: ReadonlyMap<object, string>;
    }
  | { readonly error: WireError; readonly handlerBuild?: string; readonly actor: string };
