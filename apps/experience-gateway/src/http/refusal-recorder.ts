import { Inject, Injectable } from '@nestjs/common';
import type { Caller } from '@symphainy/contracts';
import { isoTime, type PlatformError } from '@symphainy/kernel';
import { HOST, type ServiceHost } from '@symphainy/service-host';

export interface Refusal {
  readonly error: PlatformError;
  readonly route: string;
  readonly correlationId: string;
  readonly caller: Caller | undefined;
}

/** Refusals for want of room, here or at the Runtime's door, where nothing was accepted or recorded. They come in floods. */
const PRESSURE = /^(tenant|runtime|capability)\.overloaded$|^request\.rate_limited$/;
/**
 * Codes of refusals that are decided here or at the Runtime's door, and of ids that are not the caller's to read: whether they exist is nobody's to say, that they were tried is.
 * Every other one was recorded by whoever decided it.
 */
const OWN_REFUSAL = new RegExp(`^(auth|request)\\.|${PRESSURE.source}|^upload\\.missing_file$|^execution\\.signal_reserved$|^(?!session\\.)[a-z_]+\\.not_found$`);
/** `auth.unavailable` is our own trouble, not a caller's doing. */
const NOT_RECORDED = new Set(['auth.unavailable']);

const BURST = 50;
const PER_SECOND = 20;
const MAX_BUCKETS = 2000;
const COUNTING_MS = 1000;

/**
 * Has the gateway's refusals recorded by the Runtime, and logs them. Bounded: each tenant, and the unknown callers together, may cause
 * 20 records a second (bursts of 50), so a flood cannot drown the log nor hide another tenant's refusals; what is left out is one record
 * a second and tenant, which says how many. Refusals for want of room are counted apart, so that their flood hides no other refusal of the tenant's.
 */
@Injectable()
export class RefusalRecorder {
  private readonly buckets = new Map<string, { tokens: number; at: number }>();
  private readonly leftOut = new Map<string, { last: Refusal; count: number }>();
  private readonly counter;
  private readonly suppressed;

  constructor(@Inject(HOST) private readonly host: ServiceHost) {
    this.counter = host.metrics.counter('symphainy_gateway_refusals_total', 'requests the gateway refused, by code');
    this.suppressed = host.metrics.counter('symphainy_gateway_refusals_unrecorded_total', 'refusals recorded as a number alone because too many came at once');
  }

  note(refusal: Refusal): void {
    const { code } = refusal.error;
    if (!OWN_REFUSAL.test(code) || NOT_RECORDED.has(code)) return;
    this.counter.add(1, { code });
    if (!this.allowed(sortOf(refusal))) return this.count(refusal);
    this.host.logger.warn({ code, route: refusal.route, correlation_id: refusal.correlationId, ...(refusal.caller ? { tenant_id: refusal.caller.tenant_id } : {}) }, 'request refused');
    this.publish(refusal);
  }

  /** The first that is left out starts the second. */
  private count(refusal: Refusal): void {
    this.suppressed.add(1);
    if (this.leftOut.size === 0) this.host.clock.after(COUNTING_MS, () => this.publishCounts());
    const sort = sortOf(refusal);
    this.leftOut.set(sort, { last: refusal, count: (this.leftOut.get(sort)?.count ?? 0) + 1 });
  }

  private publishCounts(): void {
    const counts = [...this.leftOut.values()];
    this.leftOut.clear();
    for (const { last, count } of counts) this.publish(last, count);
  }

  private publish({ error, route, correlationId, caller }: Refusal, count = 1): void {
    this.host.channels.publish('runtime.refusal.record', {}, {
      ...(caller ? { tenant_id: caller.tenant_id, user_id: caller.user_id } : {}),
      code: error.code,
      ...(error.field === undefined ? {} : { field: error.field }),
      route,
      correlation_id: correlationId,
      ...(count === 1 ? {} : { count }),
      at: isoTime(this.host.clock.now()),
    });
  }

  private allowed(sort: string): boolean {
    const now = this.host.clock.monotonic();
    if (this.buckets.size > MAX_BUCKETS) this.buckets.clear();
    const bucket = this.buckets.get(sort) ?? { tokens: BURST, at: now };
    const tokens = Math.min(BURST, bucket.tokens + ((now - bucket.at) / 1000) * PER_SECOND);
    this.buckets.set(sort, { tokens: tokens >= 1 ? tokens - 1 : tokens, at: now });
    return tokens >= 1;
  }
}

/** What is counted together. */
const sortOf = ({ error, caller }: Refusal): string => `${caller?.tenant_id ?? ''} ${PRESSURE.test(error.code) ? 'pressure' : ''}`;
