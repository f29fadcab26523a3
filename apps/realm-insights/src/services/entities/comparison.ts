import { editDistance } from '../../text/edit-distance.js';
import { plainCode, plainText } from './plain-text.js';
import { jaroWinkler, wordSimilarity } from './similarity.js';

/** How far two values agree. `ABSENT`: one of them is not there, which says nothing. */
export const ABSENT = -1;
export const LEVELS = 4;
export const LEVEL_NAMES = ['different', 'similar', 'near', 'equal'] as const;
export type Level = -1 | 0 | 1 | 2 | 3;

/** A column that is compared: its values in the form in which they are, one for each record, null where there is none. */
export interface ComparedColumn {
  readonly name: string;
  readonly kind: 'text' | 'code';
  readonly values: readonly (string | null)[];
}

const CODE_SHARE = 0.9;

/** A column of numbers, dates, phone numbers and the like is compared digit by digit; every other by its words. */
export function comparedColumn(name: string, texts: readonly (string | null)[]): ComparedColumn {
  const present = texts.filter((text) => text !== null);
  const codes = present.filter((text) => /^\d+$/.test(plainCode(text))).length;
  const kind = present.length > 0 && codes >= present.length * CODE_SHARE ? 'code' : 'text';
  const plain = kind === 'code' ? plainCode : plainText;
  return { name, kind, values: texts.map((text) => (text === null ? null : plain(text) || null)) };
}

const NEAR = 0.92;
const SIMILAR = 0.8;

/** Equal; near: one digit, or Jaro-Winkler or word similarity of at least 0.92; similar: two digits, or 0.8. */
export function compareValues({ kind }: ComparedColumn, a: string | null, b: string | null): Level {
  if (a === null || b === null) return ABSENT;
  if (a === b) return 3;
  return kind === 'code' ? compareCodes(a, b) : compareTexts(a, b);
}

function compareCodes(a: string, b: string): Level {
  const shorter = Math.min(a.length, b.length);
  if (shorter < 3) return 0;
  const distance = editDistance(a, b, 2);
  if (distance === undefined) return 0;
  // a swap of neighbours counts as one slip
  const swapped = distance === 2 && a.length === b.length && isSwap(a, b);
  return distance === 1 || swapped ? 2 : shorter >= 6 ? 1 : 0;
}

function isSwap(a: string, b: string): boolean {
  const at = [...a].findIndex((character, i) => character !== b[i]);
  return a[at] === b[at + 1] && a[at + 1] === b[at] && a.slice(at + 2) === b.slice(at + 2);
}

function compareTexts(a: string, b: string): Level {
  // two house numbers that look alike are two houses
  const letters = /\d/.test(a) && /\d/.test(b) ? 0 : jaroWinkler(a, b);
  const similarity = Math.max(letters, a.includes(' ') || b.includes(' ') ? wordSimilarity(a, b) : 0);
  return similarity >= NEAR ? 2 : similarity >= SIMILAR ? 1 : 0;
}
