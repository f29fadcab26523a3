/** A token bucket of which a second's worth may gather, and one at least; it begins full. Times are monotonic milliseconds. */
export class TokenBucket {
  private tokens: number | undefined;
  private refilledAt = 0;

  /** Takes one of `perSecond` tokens, and answers undefined; or answers in how many milliseconds the next one comes. */
  take(perSecond: number, now: number): number | undefined {
    const wait = this.wait(perSecond, now);
    if (wait === undefined) this.tokens!--;
    return wait;
  }

  /** The same without taking one. */
  wait(perSecond: number, now: number): number | undefined {
    const most = Math.max(1, perSecond);
    const tokens = (this.tokens = Math.min(most, (this.tokens ?? most) + ((now - this.refilledAt) * perSecond) / 1000));
    this.refilledAt = now;
    return tokens >= 1 ? undefined : ((1 - tokens) * 1000) / perSecond;
  }
}
