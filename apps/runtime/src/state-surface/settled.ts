import type { Database } from '@symphainy/store-postgres';

/** Projections, and the wait until they have caught up with the question. */
export interface Settled {
  /** As the reader role. */
  readonly database: Database;
  /** Resolves when everything committed before the call shows, or after the longest wait. */
  settle(): Promise<void>;
}
