import type { Json } from './canonical-json.js';

/** Who is at fault: the platform's own machinery, a domain's meaning, or an agent's reasoning. */
export type ErrorKind = 'platform' | 'domain' | 'agent';

/** Whether trying again can help, decided where the error is made and kept as data: `after_ms` is the earliest sensible moment. */
export type Retry = { readonly mode: 'terminal' } | { readonly mode: 'retryable'; readonly after_ms?: number };

/** An error as it crosses a wire or stands in the log: everything a reader needs, no stack and no secret. */
export interface WireError {
  readonly code: string;
  readonly kind: ErrorKind;
  readonly message: string;
  readonly retry: Retry;
  /** The offending field (JSON Pointer), when there is one. */
  readonly field?: string;
  /** What the caller can do about it. */
  readonly fix?: string;
  readonly details?: { readonly [key: string]: Json };
  readonly cause?: WireError;
}

/**
 * The one error class that may cross a service boundary. `code` is public and stable; the message is free to change.
 * `instanceof` holds across copies of this library (and jest realms) by a brand.
 */
export class PlatformError extends Error {
  override readonly name = 'PlatformError';
  readonly code: string;
  readonly kind: ErrorKind;
  readonly retry: Retry;
  readonly field: string | undefined;
  readonly fix: string | undefined;
  readonly details: { readonly [key: string]: Json } | undefined;
  private readonly symphainyError = true;

  constructor(error: Omit<WireError, 'cause'> & { cause?: unknown }) {
    super(error.message, error.cause === undefined ? undefined : { cause: error.cause });
    this.code = error.code;
    this.kind = error.kind;
    this.retry = error.retry;
    this.field = error.field;
    this.fix = error.fix;
    this.details = error.details;
  }

  static override [Symbol.hasInstance](value: unknown): boolean {
    return typeof value === 'object' && value !== null && (value as { symphainyError?: unknown }).symphainyError === true;
  }
}

const MAX_CAUSES = 8;

/** The error as data. Causes that are not ours keep only their name: their text may hold what must not leave. */
export function toWireError(error: PlatformError, depth = 0): WireError {
  const cause = error.cause;
  return {
    code: error.code,
    kind: error.kind,
    message: error.message,
    retry: error.retry,
    ...(error.field === undefined ? {} : { field: error.field }),
    ...(error.fix === undefined ? {} : { fix: error.fix }),
    ...(error.details === undefined ? {} : { details: error.details }),
    ...(cause === undefined || depth >= MAX_CAUSES ? {} : { cause: toWireError(asPlatformError(cause), depth + 1) }),
  };
}

export function fromWireError(wire: WireError): PlatformError {
  const { cause, ...rest } = wire;
  return new PlatformError({ ...rest, ...(cause === undefined ? {} : { cause: fromWireError(cause) }) });
}

/** Any thrown value as one of ours: unknown errors become `platform.internal`, retryable, with nothing but their name told. */
export function asPlatformError(thrown: unknown): PlatformError {
  if (thrown instanceof PlatformError) return thrown;
  const name = thrown instanceof Error ? thrown.name : typeof thrown;
  return new PlatformError({
    code: 'platform.internal',
    kind: 'platform',
    message: `an unexpected ${name} inside the platform`,
    retry: { mode: 'retryable' },
    fix: 'try again; if it persists, give the operator the execution id',
  });
}
