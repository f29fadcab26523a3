/** What the engine needs of others: the folders to its right, and those that need the engine themselves; what the engine is given and told; what its own rooms need of it. */
import type { Decision } from '@symphainy/execution';
import type { Clock, Logger, WireError } from '@symphainy/kernel';
import type { ArtifactFinder } from '../acceptance/acceptance.ports.js';
import type { BundleHolder } from '../acceptance/bundle-holder.js';
import type { AppendResult, HeldStreams, ParkedStreams, WalReader, WalWriter } from '../acceptance/log.ports.js';
import type { PayloadContracts } from '../acceptance/payload-contracts.js';
import type { WrittenFrame } from './frame-writer.js';
import type { ExecutionCounters } from './held-executions.js';
import type { ParkingCounters } from './parking.js';
import type { LiveExecution } from './live-execution.js';
import type { RealmWork } from './work.js';

export type { ArtifactFinder };
export type { ChunkReport, StepReport, WorkReport } from './reports.js';

/** Sends work to its realm and watches over it, until an outcome comes or it is given up. */
export interface Dispatcher {
  send(live: LiveExecution, work: RealmWork): void;
  /** What of this execution is out. */
  out(live: LiveExecution): readonly RealmWork[];
  /** Forgets what is out and not among these. */
  keep(live: LiveExecution, works: readonly RealmWork[]): void;
  /** Takes over an effect that was sent for an earlier memory of the same owner, whose answer still comes here. False: there is none. */
  reattach(live: LiveExecution, work: RealmWork): boolean;
  /** Forgets everything of this execution: outcomes that still come are dropped, except those of effects. */
  drop(live: LiveExecution): void;
}

export type ChildWork = Extract<Decision, { do: 'await_child' }>;
export type ChildClose = Extract<Decision, { do: 'close_child' }>;

/** Accepts the child intents of running steps and brings their results home. */
export interface Children {
  run(live: LiveExecution, work: ChildWork): void;
  /** Asks a child that is wanted no longer to end, and brings its end home. */
  close(live: LiveExecution, work: ChildClose): void;
}

/** Carries out the Runtime's own steps. Each call comes once per piece of work and owner; what it asks for may have been asked for before by another. */
export interface Operations {
  /** Operates on the targets that the intent names: records `operation_applied` for each (`Engine.note`), then reports the step's result (`Engine.report`). */
  operate(live: LiveExecution, work: Extract<Decision, { do: 'operate' }>): void;
  /** Submits what a schedule names under the id of the firing; then records `operation_applied` for it (`Engine.record`), which makes the next firing due. */
  fire(live: LiveExecution, work: Extract<Decision, { do: 'fire' }>): void;
}

/** What the engine's own rooms ask of the supervisor that holds them. */
export interface Supervision {
  /** Sees a held execution's first frame of this life into the log: starts its work when committed, lets it go when not. Rejects as the log does. */
  take(live: LiveExecution, written: WrittenFrame): Promise<AppendResult>;
  /** Discards this memory; its attempts are forgotten. */
  release(live: LiveExecution): void;
  /** Continues an execution whose memory equals the log, or whose time has come. */
  resume(live: LiveExecution): void;
  /** Ends a realm's work with an error of the runtime's own. */
  fail(live: LiveExecution, work: RealmWork, error: WireError): boolean;
}

export interface EngineParts {
  readonly writer: WalWriter;
  readonly reader: WalReader;
  readonly parked: ParkedStreams;
  readonly heldStreams: HeldStreams;
  readonly bundles: BundleHolder;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly counters: ExecutionCounters & ParkingCounters;
  /** Executions in memory that new work and sleepers may fill; children and adopted executions come on top. */
  readonly maxExecutions: number;
  /** What sleeps longer than this leaves memory, in milliseconds. */
  /** Of outputs, by capability. */
  readonly contracts: Pick<PayloadContracts, 'checkOutput'>;
  readonly parkAfterMs: number;
  /** What lies so many frames behind is named in the log, so that it need not be looked for. */
  readonly longHeldFrames: number;
}
