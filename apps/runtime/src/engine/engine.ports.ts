/** What the engine needs of others: the folders to its right, and those that need the engine themselves. */
import type { ArtifactFinder } from '../acceptance/acceptance.ports.js';
import type { Decision } from '@symphainy/execution';
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
