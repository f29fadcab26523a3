import type { ApiKeyScope, Caller } from '@symphainy/contracts';

/** Credentials that held when they were last looked at. */
export interface Authenticated {
  readonly caller: Caller;
  /** Milliseconds since the epoch after which they no longer hold; undefined: no end. */
  readonly expiresAt: number | undefined;
  /** What an API key may be used for; undefined: everything that its user may do. */
  readonly scope?: ApiKeyScope;
  /** What was presented, for looking again during a long stream. Never logged. */
  readonly credentials: string;
}
