/** Which attempts are made, and in which order: all that there are, or in a short run so many of each kind. The same seed chooses the same. */
export class Choice {
  constructor(
    readonly seed: number,
    /** All that there are. */
    readonly thorough: boolean,
    private state = seed,
  ) {}

  /** In an order of the seed's; no more than `most` of them in a short run. */
  of<T>(all: readonly T[], most: number): T[] {
    const order = all.map((value) => ({ value, at: this.fraction() })).sort((a, b) => a.at - b.at).map(({ value }) => value);
    return this.thorough ? order : order.slice(0, most);
  }

  /** So many characters out of an alphabet: what an attacker makes up. */
  text(length: number, alphabet: string): string {
    return Array.from({ length }, () => alphabet[Math.floor(this.fraction() * alphabet.length)]).join('');
  }

  /** From 0 inclusive to 1 exclusive (mulberry32 by Tommy Ettinger, public domain). */
  private fraction(): number {
    this.state = (this.state + 0x6d2b79f5) | 0;
    let t = Math.imul(this.state ^ (this.state >>> 15), 1 | this.state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  }
}
