/**
 * `hashed-dense-v1`: deterministic, offline text vectors by feature hashing (Weinberger et al., "Feature Hashing for Large Scale Multitask
 * Learning", 2009). A change of any constant or rule below is a new version.
 *
 * 1. Text in NFKC, lower case; words are runs of letters and digits.
 * 2. Features: each word (weight 1), each pair of neighbouring words (0.5), each three letters of a word set between `^` and `$` (0.25).
 * 3. A feature's hash is FNV-1a (32 bits) over its UTF-8 bytes, finished with MurmurHash3's avalanche; the low 8 bits choose the
 *    dimension, bit 31 the sign. It adds sign × weight × √(times it occurs).
 * 4. The vector is scaled to length 1 and rounded to 6 decimals. Only +, ×, ÷ and √ are used, which IEEE 754 rounds alike everywhere.
 */
export const EMBEDDING_MODEL = 'hashed-dense-v1';
export const DIMENSIONS = 256;

const WORD_WEIGHT = 1;
const PAIR_WEIGHT = 0.5;
const TRIGRAM_WEIGHT = 0.25;
const ROUNDING = 1e6;

export function embedText(text: string): number[] {
  const sums = new Float64Array(DIMENSIONS);
  for (const [feature, { count, weight }] of featuresOf(text)) {
    const hash = featureHash(feature);
    sums[hash & 0xff]! += (hash >>> 31 === 1 ? -1 : 1) * weight * Math.sqrt(count);
  }
  let square = 0;
  for (const sum of sums) square += sum * sum;
  const length = Math.sqrt(square);
  return Array.from(sums, (sum) => (length === 0 ? 0 : Math.round((sum / length) * ROUNDING) / ROUNDING || 0));
}

/** Cosine of two vectors of this model, from -1 to 1. */
export const similarity = (a: readonly number[], b: readonly number[]): number => a.reduce((sum, value, at) => sum + value * (b[at] ?? 0), 0);

function featuresOf(text: string): Map<string, { count: number; weight: number }> {
  const words = text.normalize('NFKC').toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [];
  const features = new Map<string, { count: number; weight: number }>();
  const add = (feature: string, weight: number): void => {
    const known = features.get(feature);
    if (known) known.count++;
    else features.set(feature, { count: 1, weight });
  };
  words.forEach((word, at) => {
    add(`w:${word}`, WORD_WEIGHT);
    if (at > 0) add(`p:${words[at - 1]} ${word}`, PAIR_WEIGHT);
    const letters = [...`^${word}$`];
    for (let i = 0; i + 3 <= letters.length; i++) add(`t:${letters.slice(i, i + 3).join('')}`, TRIGRAM_WEIGHT);
  });
  return features;
}

function featureHash(feature: string): number {
  let hash = 0x811c9dc5;
  for (const byte of Buffer.from(feature, 'utf8')) hash = Math.imul(hash ^ byte, 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}
