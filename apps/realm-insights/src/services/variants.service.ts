/**
 * Rare values that look like a misspelling of a frequent one: at least five times rarer, the same digits in the same order, and an edit distance
 * (Levenshtein) of at most one in six characters (at least 1). Columns with more than 2,000 distinct values are left alone: there,
 * rarity says nothing; so are values longer than 200 characters, which are prose. Values with numbers are also compared by their words alone: `44 paxients` beside many `… patients`.
 */
export const MAX_DISTINCT = 2000;
const TIMES_RARER = 5;
const MAX_LENGTH = 200;
const CHARACTERS_PER_EDIT = 6;

export interface Variant {
  likely: string;
  distance: number;
}

/** For each suspicious value, the frequent value it is most likely meant to be. */
export function findVariants(counts: ReadonlyMap<string, number>): Map<string, Variant> {
  if (counts.size > MAX_DISTINCT) return new Map();
  const variants = nearFrequent(counts);
  const templates = new Map<string, number>();
  for (const [value, count] of counts) templates.set(templateOf(value), (templates.get(templateOf(value)) ?? 0) + count);
  const meant = nearFrequent(templates);
  for (const value of counts.keys()) {
    const variant = variants.has(value) || !/\d/.test(value) ? undefined : meant.get(templateOf(value));
    if (variant !== undefined) variants.set(value, { ...variant, likely: filled(variant.likely, value) });
  }
  return variants;
}

const NUMBER_PLACE = '\u0000';
const templateOf = (value: string): string => value.replace(/\d+/g, NUMBER_PLACE);

/** The template with the value's own numbers put back in order. */
function filled(template: string, value: string): string {
  const numbers = value.match(/\d+/g) ?? [];
  let next = 0;
  return template.replaceAll(NUMBER_PLACE, () => numbers[next++] ?? '');
}

function nearFrequent(counts: ReadonlyMap<string, number>): Map<string, Variant> {
  const variants = new Map<string, Variant>();
  const byDigits = groupByDigits(counts);
  for (const [value, count] of counts) {
    const near = nearest(value, count, byDigits.get(digitsOf(value)) ?? []);
    if (near !== undefined) variants.set(value, near);
  }
  return variants;
}

const digitsOf = (value: string): string => value.replace(/[^\d\u0000]/g, '');
const hasLetters = /\p{L}{3}/u;

function groupByDigits(counts: ReadonlyMap<string, number>): Map<string, [string, number][]> {
  const groups = new Map<string, [string, number][]>();
  for (const entry of counts) {
    if (!hasLetters.test(entry[0])) continue;
    const key = digitsOf(entry[0]);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [entry]);
    else group.push(entry);
  }
  return groups;
}

function nearest(value: string, count: number, candidates: readonly [string, number][]): Variant | undefined {
  if (value.length < 3 || value.length > MAX_LENGTH) return undefined;
  const allowed = Math.max(1, Math.floor(value.length / CHARACTERS_PER_EDIT));
  let best: (Variant & { count: number }) | undefined;
  for (const [likely, times] of candidates) {
    if (times < count * TIMES_RARER || Math.abs(likely.length - value.length) > allowed) continue;
    const distance = editDistance(value, likely, allowed);
    if (distance === undefined) continue;
    if (best === undefined || distance < best.distance || (distance === best.distance && times > best.count)) best = { likely, distance, count: times };
  }
  return best === undefined ? undefined : { likely: best.likely, distance: best.distance };
}

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
