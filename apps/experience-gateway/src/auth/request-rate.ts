import { Inject, Injectable } from '@nestjs/common';
import { failure, type Caller } from '@symphainy/contracts';
import { TokenBucket } from '@symphainy/kernel';
import { HOST, type ServiceHost } from '@symphainy/service-host';
import { VerificationKeysHolder } from './verification-keys.js';

/** Callers who are remembered: whoever asked longest ago begins anew. */
const REMEMBERED = 20_000;

/**
 * How many requests of a tenant, and of each of its callers, are let in: what Traffic Cop says, divided by the gateways that there are. Streams count when they begin. A caller
 * who is over its own rate uses up nothing of its tenant's.
 */
@Injectable()
export class RequestRate {
  private readonly buckets = new Map<string, TokenBucket>();

  constructor(
    @Inject(HOST) private readonly host: Pick<ServiceHost, 'clock'>,
    @Inject(VerificationKeysHolder) private readonly keys: Pick<VerificationKeysHolder, 'current' | 'gateways'>,
  ) {}

  /** Throws `request.rate_limited`, with the time after which it is worth asking again. */
  take({ tenant_id, user_id }: Caller): void {
    const rate = this.keys.current?.requests.get(tenant_id);
    if (rate === undefined) return;
    const now = this.host.clock.monotonic();
    const asked = [
      { bucket: () => this.bucket(`${tenant_id}/${user_id}`), perSecond: rate.max_per_s_per_caller },
      { bucket: () => this.bucket(tenant_id), perSecond: rate.max_per_s },
    ].flatMap(({ bucket, perSecond }) => (perSecond === undefined ? [] : [{ bucket: bucket(), perSecond: perSecond / this.keys.gateways }]));
    const waitMs = Math.max(0, ...asked.map(({ bucket, perSecond }) => bucket.wait(perSecond, now) ?? 0));
    if (waitMs > 0) throw failure('request.rate_limited', { retryAfterMs: Math.ceil(waitMs) });
    for (const { bucket, perSecond } of asked) bucket.take(perSecond, now);
  }

  private bucket(name: string): TokenBucket {
    const bucket = this.buckets.get(name) ?? new TokenBucket();
    this.buckets.delete(name);
    this.buckets.set(name, bucket);
    const [oldest] = this.buckets.keys();
    if (this.buckets.size > REMEMBERED && oldest !== undefined) this.buckets.delete(oldest);
    return bucket;
  }
}
