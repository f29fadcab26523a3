/** Text measures that several services need. */

/** Levenshtein distance, or undefined when it is more than `limit`. Only the band of that width around the diagonal is filled (Ukkonen, 1985). */
export function editDistance(a: string, b: string, limit: number): number | undefined {
  if (Math.abs(a.length - b.length) > limit) return undefined;
  let previous = Uint32Array.from({ length: b.length + 2 }, (_, i) => i);
  let current = new Uint32Array(b.length + 2);
  for (let i = 1; i <= a.length; i++) {
    const from = Math.max(1, i - limit);
    const to = Math.min(b.length, i + limit);
    current[from - 1] = from === 1 ? i : limit + 1;
    if (fillRow(a.charCodeAt(i - 1), b, from, to, previous, current) > limit) return undefined;
    current[to + 1] = limit + 1;
    [previous, current] = [current, previous];
  }
  const distance = previous[b.length]!;
  return distance <= limit ? distance : undefined;
}

/** One row of the band; answers its least value. */
function fillRow(unit: number, b: string, from: number, to: number, previous: Uint32Array, current: Uint32Array): number {
  let least = current[from - 1]!;
  for (let j = from; j <= to; j++) {
    const replaced = previous[j - 1]! + (unit === b.charCodeAt(j - 1) ? 0 : 1);
    const cost = Math.min(replaced, previous[j]! + 1, current[j - 1]! + 1);
    current[j] = cost;
    if (cost < least) least = cost;
  }
  return least;
}
