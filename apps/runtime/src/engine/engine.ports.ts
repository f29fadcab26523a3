/** What the engine needs of the folders to its right. */
import type { ArtifactFinder } from '../acceptance/acceptance.ports.js';
import type { LiveExecution } from './live-execution.js';

export type { ArtifactFinder };

/** Sends attempts of task steps to their realm, until an outcome comes or they are dropped. */
export interface Dispatcher {
  send(live: LiveExecution, step: string, attempt: number): void;
  /** Forgets every attempt of this execution: outcomes that still come are dropped. */
  drop(live: LiveExecution): void;
}
