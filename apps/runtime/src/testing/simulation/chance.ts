const UNIT = 2 ** -32;

/**
 * The one source of chance of a schedule: xoshiro128** (Blackman and Vigna, "Scrambled linear pseudorandom number generators", 2018), its state
 * filled by SplitMix32 (Steele, Lea and Flood, "Fast splittable pseudorandom number generators", 2014). The same seed draws the same numbers on every machine.
 */
export class Chance {
  private readonly state: Uint32Array;

  /** `seed`: an integer, 0 ≤ seed < 2^53. */
  constructor(seed: number) {
    let mixed = (seed >>> 0) ^ Math.imul(Math.floor(seed / 2 ** 32), 0x9e3779b1);
    this.state = Uint32Array.from({ length: 4 }, () => {
      mixed = (mixed + 0x9e3779b9) >>> 0;
      let word = Math.imul(mixed ^ (mixed >>> 16), 0x21f0aaad);
      word = Math.imul(word ^ (word >>> 15), 0x735a2d97);
      return word ^ (word >>> 15);
    });
  }

  /** 0 ≤ x < 1. */
  next(): number {
    return this.word() * UNIT;
  }

  hit(probability: number): boolean {
    return this.next() < probability;
  }

  /** An integer, 0 ≤ x < bound. */
  below(bound: number): number {
    return Math.floor(this.next() * bound);
  }

  between(least: number, most: number): number {
    return least + this.next() * (most - least);
  }

  pick<T>(list: readonly T[]): T {
    const picked = list[this.below(list.length)];
    if (picked === undefined) throw new Error('nothing to pick from');
    return picked;
  }

  /** Mostly short, now and then long: a delay whose logarithm is even between the two. */
  skewed(least: number, most: number): number {
    return least * (most / least) ** this.next();
  }

  /** A stream of its own: what is drawn from it moves nothing that is drawn from this one. */
  split(): Chance {
    return new Chance(this.word() * 0x10_0000 + (this.word() & 0xf_ffff));
  }

  private word(): number {
    const s = this.state;
    const [s0, s1, s2, s3] = [s[0]!, s[1]!, s[2]!, s[3]!];
    const scrambled = Math.imul(rotate(Math.imul(s1, 5), 7), 9) >>> 0;
    const shifted = s1 << 9;
    const third = s2 ^ s0;
    const fourth = s3 ^ s1;
    s[1] = s1 ^ third;
    s[0] = s0 ^ fourth;
    s[2] = third ^ shifted;
    s[3] = rotate(fourth, 11);
    return scrambled;
  }
}

const rotate = (word: number, by: number): number => (word << by) | (word >>> (32 - by));
