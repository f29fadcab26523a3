/** Jaro's similarity with Winkler's bonus for a common beginning of up to four characters (Winkler, 1990), from 0 to 1. */
export function jaroWinkler(a: string, b: string): number {
  if (a === b) return 1;
  const { matches, swaps } = matched(a, b);
  if (matches === 0) return 0;
  const jaro = (matches / a.length + matches / b.length + (matches - swaps) / matches) / 3;
  let prefix = 0;
  while (prefix < 4 && prefix < a.length && a[prefix] === b[prefix]) prefix++;
  return jaro + prefix * 0.1 * (1 - jaro);
}

/** Characters that stand in both within half the longer one's length, and half of those that come in another order. */
function matched(a: string, b: string): { matches: number; swaps: number } {
  const reach = Math.max(0, Math.floor(Math.max(a.length, b.length) / 2) - 1);
  const taken = new Uint8Array(b.length);
  const left: number[] = [];
  for (let i = 0; i < a.length; i++) {
    const end = Math.min(b.length - 1, i + reach);
    for (let j = Math.max(0, i - reach); j <= end; j++) {
      if (taken[j] === 1 || a.charCodeAt(i) !== b.charCodeAt(j)) continue;
      taken[j] = 1;
      left.push(a.charCodeAt(i));
      break;
    }
  }
  let [at, moved] = [0, 0];
  for (let j = 0; j < b.length; j++) if (taken[j] === 1 && b.charCodeAt(j) !== left[at++]) moved++;
  return { matches: left.length, swaps: moved / 2 };
}

/** Each word of the shorter text beside its nearest in the other (Monge and Elkan, 1996), weighted by length, so that `katsu` is within `restaurant katsu`. Words with digits are equal or nothing. */
export function wordSimilarity(a: string, b: string): number {
  const [left, right] = [a.split(' '), b.split(' ')];
  const [few, many] = left.length <= right.length ? [left, right] : [right, left];
  let [sum, weight] = [0, 0];
  for (const word of few) {
    sum += word.length * (NUMBERED.test(word) ? Number(many.includes(word)) : many.reduce((best, other) => Math.max(best, NUMBERED.test(other) ? 0 : jaroWinkler(word, other)), 0));
    weight += word.length;
  }
  return weight === 0 ? 0 : sum / weight;
}

const NUMBERED = /\d/;
