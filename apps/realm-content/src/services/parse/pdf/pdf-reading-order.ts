import type { Box } from './pdf-lines.js';

/** More pieces than this: a drawing, whose order means nothing. */
const MAX_ITEMS = 3_000;
/** Pieces that share this much of the narrower one's width stand above each other. */
const SHARED = 0.15;
const TOUCH = 2;

/** Share of a page that must be drawn before a piece for it to be late. */
const LATE = 0.25;
/** Fewer characters than this, set apart, have no order but that of their drawing: a cover, a label beside a picture. */
const TEXT = 100;

export interface Extent {
  readonly box: Box;
  /** Characters. */
  readonly length: number;
}

/**
 * Writers draw text in the order in which it is read, but some draw headers, titles and labels last. So the order of drawing is kept, except that a piece
 * which is drawn late, above all that is drawn over the same width from some place on, is read there.
 */
export function settled<T>(items: readonly T[], extentOf: (item: T) => Extent): T[] {
  if (items.length > MAX_ITEMS) return [...items];
  const extents = items.map((item) => ({ item, ...extentOf(item) }));
  const late = extents.reduce((sum, { length }) => sum + length, 0) * LATE;
  const placed: (typeof extents)[number][] = [];
  let drawn = 0;
  for (const one of extents) {
    const at = drawn < late ? -1 : placed.findIndex(({ box }) => isAbove(one.box, box));
    const isFirst = at >= 0 && placed.slice(at).every(({ box }) => sharedWidth(one.box, box) <= 0 || isAbove(one.box, box));
    const jumped = at < 0 ? 0 : placed.slice(at).reduce((sum, { length }) => sum + length, 0);
    placed.splice(isFirst && jumped >= TEXT ? at : placed.length, 0, one);
    drawn += one.length;
  }
  return placed.map(({ item }) => item);
}

const sharedWidth = (a: Box, b: Box): number => Math.min(a[2], b[2]) - Math.max(a[0], b[0]);

function isAbove(upper: Box, lower: Box): boolean {
  return upper[1] >= lower[3] - TOUCH && upper[3] > lower[3] && sharedWidth(upper, lower) >= SHARED * Math.max(1, Math.min(upper[2] - upper[0], lower[2] - lower[0]));
}
