import type { Caller, SubjectRequest } from '@symphainy/contracts';
import { errorCodes, failure, type ErrorCode } from '@symphainy/contracts';
import { formatUuid, sha256, toWireError, type Logger, type PlatformError } from '@symphainy/kernel';
import type { StreamAppender } from './stream-appender.js';

/** The tenant of whoever runs the platform. */
const PLATFORM_TENANT = 'platform';

interface Head {
  readonly seq: number;
  readonly hash: Uint8Array;
}

/**
 * Refusals that belong to no intent: a foreign session, a foreign tenant, a bad token, a request the gateway turned away. They stand
 * in audit streams, one per tenant and runtime instance, so that no two instances ever contend for one.
 */
export class RefusalLog {
  private readonly heads = new Map<string, Head>();
  private readonly turns = new Map<string, Promise<void>>();

  constructor(
    private readonly appender: StreamAppender,
    private readonly logger: Logger,
  ) {}

  /** Records the refusal and returns the error, to be thrown. A refusal that cannot be recorded now is still refused, and logged. */
  async refuse(caller: Pick<Caller, 'tenant_id' | 'user_id'>, what: string, error: PlatformError): Promise<PlatformError> {
    await this.record(caller.tenant_id, caller.user_id, what, error);
    return error;
  }

  /** A refusal of the gateway's. Requests of no known tenant stand with the platform's own, whose operators answer for its door. */
  async recordEdge(refusal: SubjectRequest<'runtime.refusal.record'>): Promise<void> {
    const error = failure(isErrorCode(refusal.code) ? refusal.code : 'request.invalid', { message: `refused at the edge: ${refusal.code}`, ...(refusal.field === undefined ? {} : { field: refusal.field }) });
    await this.record(refusal.tenant_id ?? PLATFORM_TENANT, refusal.user_id ?? 'unknown', `${refusal.count === undefined ? '' : `${refusal.count} refusals, the last: `}${refusal.route} (${refusal.correlation_id})`, error, refusal.code);
  }

  private record(tenantId: string, userId: string, what: string, error: PlatformError, code = error.code): Promise<void> {
    const turn = (this.turns.get(tenantId) ?? Promise.resolve()).then(() => this.append(tenantId, userId, what, { ...toWireError(error), code }));
    const settled = turn.catch((reason: unknown) => this.logger.error({ err: reason, tenant_id: tenantId, code }, 'a refusal could not be recorded'));
    this.turns.set(tenantId, settled);
    return settled;
  }

  private async append(tenantId: string, userId: string, what: string, error: ReturnType<typeof toWireError>): Promise<void> {
    const streamId = auditStreamOf(tenantId, this.appender.instance);
    const record = { type: 'access_refused' as const, at: this.appender.now(), actor: `user:${userId}`.slice(0, 300), what: what.slice(0, 300), error };
    const { result, seq, hash } = await this.appender.append({ tenantId, streamId, kind: 'audit', sessionId: streamId }, [record], this.heads.get(tenantId));
    if (result.status === 'committed') this.heads.set(tenantId, { seq, hash });
  }
}

const isErrorCode = (code: string): code is ErrorCode => Object.hasOwn(errorCodes, code);

/** A UUID (version 8, RFC 9562) that follows from tenant and instance. */
function auditStreamOf(tenantId: string, instance: string): string {
  const bytes = sha256(`audit\n${tenantId}\n${instance}`).slice(0, 16);
  bytes[6] = 0x80 | (bytes[6]! & 0x0f);
  bytes[8] = 0x80 | (bytes[8]! & 0x3f);
  return formatUuid(bytes);
}
