/**
 * Length of the longest common subsequence of two sequences, 32 positions at a time (Hyyrö, Bit-parallel LCS-length computation
 * revisited, 2004).
 */
export function commonLength<T>(left: readonly T[], right: readonly T[]): number {
  const words = Math.ceil(left.length / 32);
  const places = new Map<T, Uint32Array>();
  left.forEach((item, at) => {
    const bits = places.get(item) ?? new Uint32Array(words);
    bits[at >>> 5]! |= 1 << (at & 31);
    places.set(item, bits);
  });
  const row = new Uint32Array(words).fill(0xffffffff);
  for (const item of right) {
    const bits = places.get(item);
    if (bits) advance(row, bits);
  }
  let common = 0;
  for (let at = 0; at < left.length; at++) if (((row[at >>> 5]! >>> (at & 31)) & 1) === 0) common++;
  return common;
}

function advance(row: Uint32Array, bits: Uint32Array): void {
  let carry = 0;
  for (let at = 0; at < row.length; at++) {
    const value = row[at]!;
    const matched = value & bits[at]!;
    const sum = value + (matched >>> 0) + carry;
    carry = sum > 0xffffffff ? 1 : 0;
    row[at] = (sum >>> 0) | (value & ~bits[at]!);
  }
}

export interface Agreement {
  readonly precision: number;
  readonly recall: number;
  readonly f1: number;
}

export function agreement(common: number, found: number, expected: number): Agreement {
  const precision = found === 0 ? (expected === 0 ? 1 : 0) : common / found;
  const recall = expected === 0 ? (found === 0 ? 1 : 0) : common / expected;
  return { precision, recall, f1: precision + recall === 0 ? 0 : (2 * precision * recall) / (precision + recall) };
}

/** Characters in order, white space left out: 2 · LCS / (found + expected). */
export function textSimilarity(found: string, expected: string): number {
  const [a, b] = [characters(found), characters(expected)];
  return agreement(commonLength(b, a), a.length, b.length).f1;
}

const characters = (text: string): string[] => [...text.normalize('NFKC').replace(/[\u200b-\u200f\ufeff\u00ad]/g, '').replace(/\s+/g, '')];

/** Words in order, markup left to the caller. */
export function wordSimilarity(found: string, expected: string): number {
  const [a, b] = [words(found), words(expected)];
  return agreement(commonLength(b, a), a.length, b.length).f1;
}

const words = (text: string): string[] => text.normalize('NFKC').match(/[\p{L}\p{N}]+|[^\s\p{L}\p{N}]/gu) ?? [];

/** Sizes of two bags and of what they share. */
export function bagAgreement(found: readonly string[], expected: readonly string[]): Agreement {
  const left = new Map<string, number>();
  for (const item of expected) left.set(item, (left.get(item) ?? 0) + 1);
  let common = 0;
  for (const item of found) {
    const times = left.get(item) ?? 0;
    if (times > 0) common++;
    left.set(item, times - 1);
  }
  return agreement(common, found.length, expected.length);
}
