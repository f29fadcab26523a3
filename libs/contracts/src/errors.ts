import { errorCodes, type ErrorCode } from './error-codes.js';
import { PlatformError, type Json } from '@symphainy/kernel';


interface ErrorDetails {
  /** What happened, in this case; default: the code's title. */
  message?: string;
  /** JSON Pointer of the offending field. */
  field?: string;
  fix?: string;
  details?: { [key: string]: Json };
  /** For retryable codes: the earliest sensible moment to try again. */
  retryAfterMs?: number;
  cause?: unknown;
}

/** Makes the error of a code: kind, retryability and fix come from the table. */
export function failure(code: ErrorCode, about: ErrorDetails = {}): PlatformError {
  const entry = errorCodes[code];
  return new PlatformError({
    code,
    kind: entry.kind,
    message: about.message ?? entry.title,
    retry: entry.retry === 'terminal' ? { mode: 'terminal' } : { mode: 'retryable', ...(about.retryAfterMs === undefined ? {} : { after_ms: about.retryAfterMs }) },
    fix: about.fix ?? entry.fix,
    ...(about.field === undefined ? {} : { field: about.field }),
    ...(about.details === undefined ? {} : { details: about.details }),
    ...(about.cause === undefined ? {} : { cause: about.cause }),
  });
}

/** HTTP status of any code; a code we do not know (a realm's own) is a domain failure. */
export const statusOf = (code: string): number => (Object.hasOwn(errorCodes, code) ? errorCodes[code as ErrorCode].status : 422);
