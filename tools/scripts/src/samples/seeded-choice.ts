/** Choices that look random and are the same on every run (mulberry32 by Tommy Ettinger, public domain). */
export class SeededChoice {
  constructor(private state: number) {}

  /** From 0 inclusive to 1 exclusive. */
  fraction(): number {
    this.state = (this.state + 0x6d2b79f5) | 0;
    let t = Math.imul(this.state ^ (this.state >>> 15), 1 | this.state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  }

  /** A whole number from `low` to `high`, both inclusive. */
  whole(low: number, high: number): number {
    return low + Math.floor(this.fraction() * (high - low + 1));
  }

  of<T>(list: readonly T[]): T {
    return list[this.whole(0, list.length - 1)]!;
  }

  chance(share: number): boolean {
    return this.fraction() < share;
  }

  /** A day from `first`, at most `days` later, as YYYY-MM-DD. */
  day(first: string, days: number): string {
    return new Date(Date.parse(`${first}T00:00:00Z`) + this.whole(0, days) * 86_400_000).toISOString().slice(0, 10);
  }
}
