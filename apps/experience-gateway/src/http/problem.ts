import { HttpException } from '@nestjs/common';
import { errorCodes, failure, quotaStanding, statusOf, type ErrorCode, type ProblemDetails } from '@symphainy/contracts';
import { asPlatformError, PlatformError, type Json } from '@symphainy/kernel';
import { quotaHeaders } from '../submission/quota-headers.js';

/** Media type of every error body (RFC 9457). */
export const PROBLEM_TYPE = 'application/problem+json';

/** Where a request failed, for its problem details. */
export interface ProblemPlace {
  readonly path: string;
  readonly correlationId: string;
  readonly traceId?: string | undefined;
}

/** What Fastify's and Nest's own refusals mean in our codes. Anything else is unexpected. */
const frameworkCodes: Readonly<Record<string, ErrorCode>> = {
  FST_ERR_CTP_INVALID_MEDIA_TYPE: 'request.unsupported_media_type',
  FST_ERR_CTP_BODY_TOO_LARGE: 'request.too_large',
  FST_ERR_CTP_EMPTY_JSON_BODY: 'request.malformed',
  FST_ERR_CTP_INVALID_JSON_BODY: 'request.malformed',
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: 'request.malformed',
  FST_ERR_BAD_URL: 'request.not_found',
  FST_ERR_MAX_PARAM_LENGTH: 'request.not_found',
};
const statusCodes: Readonly<Record<number, ErrorCode>> = { 400: 'request.malformed', 404: 'request.not_found', 413: 'request.too_large', 414: 'request.not_found', 415: 'request.unsupported_media_type' };

/** Any thrown value as one of our errors: frameworks' refusals get our codes, the unknown becomes `platform.internal`. */
export function errorOf(thrown: unknown): PlatformError {
  if (thrown instanceof PlatformError) return thrown;
  const inner = thrown instanceof HttpException && thrown.cause !== undefined ? thrown.cause : thrown;
  const code = frameworkCodes[(inner as { code?: string }).code ?? ''] ?? statusCodes[statusIn(thrown)];
  return code === undefined ? asPlatformError(thrown) : failure(code, { cause: thrown });
}

const statusIn = (thrown: unknown): number => (thrown instanceof HttpException ? thrown.getStatus() : ((thrown as { statusCode?: number } | null)?.statusCode ?? 500));

/** Problem details of an error. `details.errors` and `details.execution_id` stand in members of their own. */
export function problemOf(error: PlatformError, place: ProblemPlace): ProblemDetails {
  const { errors, execution_id, ...details } = (error.details ?? {}) as Record<string, Json>;
  return {
    type: `/v1/errors/${error.code}`,
    title: titleOf(error.code),
    status: statusOf(error.code),
    detail: error.message,
    instance: place.path,
    code: error.code,
    ...(error.field === undefined ? {} : { field: error.field }),
    ...(error.fix === undefined ? {} : { fix: error.fix }),
    ...(error.retry.mode === 'retryable' ? { retry_after_ms: error.retry.after_ms ?? DEFAULT_RETRY_MS } : {}),
    ...(typeof execution_id === 'string' ? { execution_id } : {}),
    ...(Array.isArray(errors) ? { errors: errors as { field: string; message: string }[] } : {}),
    ...(Object.keys(details).length === 0 ? {} : { details }),
    correlation_id: place.correlationId,
    ...(place.traceId === undefined ? {} : { trace_id: place.traceId }),
  };
}

const DEFAULT_RETRY_MS = 1000;

const titleOf = (code: string): string => (Object.hasOwn(errorCodes, code) ? errorCodes[code as ErrorCode].title : 'The realm reports a failure');

/** Headers that go with a problem: when to try again, what is left, how to authenticate. */
export function problemHeaders(problem: ProblemDetails): Record<string, string> {
  return {
    'content-type': PROBLEM_TYPE,
    ...(problem.retry_after_ms === undefined ? {} : { 'retry-after': String(Math.max(1, Math.ceil(problem.retry_after_ms / 1000))) }),
    ...(problem.code === 'tenant.quota_spent' ? quotaOf(problem) : {}),
    ...(problem.status === 401 ? { 'www-authenticate': `Bearer realm="symphainy"${problem.code === 'auth.missing' ? '' : ', error="invalid_token"'}` } : {}),
  };
}

function quotaOf({ details }: ProblemDetails): Record<string, string> {
  const standing = quotaStanding.safeParse(details);
  return standing.success ? quotaHeaders(standing.data) : {};
}
