import { editDistance } from '../text/edit-distance.js';

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
const NUMBERS = /\d+(?:(?:st|nd|rd|th)(?![\p{L}\d]))?/giu;
const templateOf = (value: string): string => value.replace(NUMBERS, NUMBER_PLACE);

/** The template with the value's own numbers put back in order. */
function filled(template: string, value: string): string {
  const numbers = value.match(NUMBERS) ?? [];
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
    if (distance === undefined || !wordsNear(value, likely)) continue;
    if (best === undefined || distance < best.distance || (distance === best.distance && times > best.count)) best = { likely, distance, count: times };
  }
  return best === undefined ? undefined : { likely: best.likely, distance: best.distance };
}

const LETTERS_PER_EDIT_IN_WORD = 3;

/** Edits are spread over the words: in values of as many words each, none becomes another word (`…/boston` beside `…/dallas` is none). */
function wordsNear(a: string, b: string): boolean {
  const [left, right] = [a.split(WORD_END), b.split(WORD_END)];
  if (left.length !== right.length) return true;
  return left.every((word, at) => word === right[at] || editDistance(word, right[at]!, Math.max(1, Math.floor(word.length / LETTERS_PER_EDIT_IN_WORD))) !== undefined);
}

const WORD_END = /[^\p{L}\p{N}\u0000]+/u;
