import { TokenBucket } from '@symphainy/kernel';

/** A submission that waits for its tenant's turn. */
export interface Waiting {
  /** Monotonic milliseconds. */
  readonly since: number;
  go(): void;
  refuse(error: Error): void;
}

const SHORTEST_WAIT_MS = 1000;
const LONGEST_WAIT_MS = 30_000;

/** What one tenant has before the door: its waiting submissions, those on their way through, and the tokens of its rate. */
export class TenantLine {
  readonly waiting: Waiting[] = [];
  entering = 0;
  private readonly tokens = new TokenBucket();
  private servedAt: number | undefined;
  /** Smoothed milliseconds between two turns. */
  private intervalMs = SHORTEST_WAIT_MS;

  constructor(readonly tenantId: string) {}

  /** The first in line, whose turn it is. */
  next(now: number): Waiting | undefined {
    const first = this.waiting.shift();
    if (first === undefined) return undefined;
    if (this.servedAt !== undefined) this.intervalMs += 0.1 * (now - this.servedAt - this.intervalMs);
    this.servedAt = now;
    return first;
  }

  /** Takes out all who have waited since before `latest`. */
  takeOlder(latest: number): Waiting[] {
    const keep = this.waiting.findIndex((waiting) => waiting.since > latest);
    return this.waiting.splice(0, keep < 0 ? this.waiting.length : keep);
  }

  /** When it is worth asking again, by the pace of the last turns: between a second and half a minute. */
  estimatedWaitMs(): number {
    return Math.min(LONGEST_WAIT_MS, Math.max(SHORTEST_WAIT_MS, this.intervalMs * this.waiting.length));
  }

  /** Takes one of `perSecond` tokens, or says in how many milliseconds the next one comes. */
  takeToken(perSecond: number | undefined, now: number): number | undefined {
    return perSecond === undefined ? undefined : this.tokens.take(perSecond, now);
  }
}
