import type { SubjectRequest } from '@symphainy/contracts';
import type { Clock } from '@symphainy/kernel';

/** Below this many, what is over may stay in the table: it is not asked for. */
const KEPT = 10_000;

/**
 * The executions that some gateway forwards to readers now. Gateways say so again and again (`runtime.watch`); what is not said again is
 * forgotten. Nearly every execution is watched by nobody, and its frames then cost no message.
 */
export class WatchedExecutions {
  /** Monotonic ms at which the last word about it is over. */
  private readonly until = new Map<string, number>();
  private pruneAt = KEPT;

  constructor(private readonly clock: Clock) {}

  heard({ for_ms, executions }: SubjectRequest<'runtime.watch'>): void {
    const until = this.clock.monotonic() + for_ms;
    for (const { tenant_id, execution_id } of executions) this.until.set(keyOf(tenant_id, execution_id), until);
    if (this.until.size > this.pruneAt) this.prune();
  }

  has(tenantId: string, executionId: string): boolean {
    if (this.until.size === 0) return false;
    const until = this.until.get(keyOf(tenantId, executionId));
    return until !== undefined && until > this.clock.monotonic();
  }

  private prune(): void {
    const now = this.clock.monotonic();
    for (const [key, until] of this.until) if (until <= now) this.until.delete(key);
    this.pruneAt = Math.max(KEPT, this.until.size * 2);
  }
}

const keyOf = (tenantId: string, executionId: string): string => `${tenantId}/${executionId}`;
