import type { ProblemDetails } from '@symphainy/contracts';

/** A refusal or failure that the platform told (RFC 9457). `code` is stable; `message` and `fix` are for people. */
export class ProblemError extends Error {
  override readonly name = 'ProblemError';
  readonly code: string;
  readonly status: number;
  /** JSON Pointer of the offending field. */
  readonly field: string | undefined;
  readonly fix: string | undefined;
  /** Milliseconds after which trying again can help; undefined: it cannot. */
  readonly retryAfterMs: number | undefined;
  /** The execution that the failure concerns, where there is one. */
  readonly executionId: string | undefined;

  constructor(readonly problem: ProblemDetails) {
    super(problem.detail);
    this.code = problem.code;
    this.status = problem.status;
    this.field = problem.field;
    this.fix = problem.fix;
    this.retryAfterMs = problem.retry_after_ms;
    this.executionId = problem.execution_id;
  }
}

/** The problem that an answer tells. An answer of something in between (a proxy) gets a code by its status. */
export function problemIn(status: number, text: string): ProblemDetails {
  const told = parsed(text);
  if (typeof told?.['code'] === 'string') return told as unknown as ProblemDetails;
  const passing = status === 429 || status === 502 || status === 503 || status === 504;
  return { type: 'about:blank', title: 'The answer is not the platform’s', status, detail: `the server answered ${status} without problem details`, code: `http.${status}`, ...(passing ? { retry_after_ms: 1000 } : {}) };
}

function parsed(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
