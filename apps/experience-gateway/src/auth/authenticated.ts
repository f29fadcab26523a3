import type { Caller } from '@symphainy/contracts';

/** Credentials that held when they were last looked at. */
export interface Authenticated {
  readonly caller: Caller;
  /** Milliseconds since the epoch after which they no longer hold; undefined: no end. */
  readonly expiresAt: number | undefined;
  /** What was presented, for looking again during a long stream. Never logged. */
  readonly credentials: string;
}
