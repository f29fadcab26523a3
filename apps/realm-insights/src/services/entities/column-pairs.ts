import { plainCode, plainText } from './plain-text.js';

/** A column of one of two tables: its texts, null where there is none. */
export interface NamedTexts {
  readonly name: string;
  readonly texts: readonly (string | null)[];
}

const SAMPLE = 2_000;
const LEAST_COMMON = 5;
const LEAST_SHARE = 0.3;

/**
 * Columns of two tables that are one, whatever they are called: those that share most of their words (or, of codes, of their values), the surest first, each column once. The share is of the smaller vocabulary; at least three
 * in ten, and five words, must be common. Up to 2,000 rows of each table are looked at, evenly spread.
 */
export function pairedByValues(left: readonly NamedTexts[], right: readonly NamedTexts[]): { readonly left: number; readonly right: number; readonly share: number }[] {
  const [first, second] = [left.map(vocabularyOf), right.map(vocabularyOf)];
  const offers = first.flatMap((own, l) => second.map((other, r) => ({ left: l, right: r, share: commonShare(own, other) }))).filter(({ share }) => share >= LEAST_SHARE);
  const [lefts, rights] = [new Set<number>(), new Set<number>()];
  return offers.toSorted((a, b) => b.share - a.share || a.left - b.left || a.right - b.right).filter((offer) => {
    if (lefts.has(offer.left) || rights.has(offer.right)) return false;
    lefts.add(offer.left);
    rights.add(offer.right);
    return true;
  });
}

function vocabularyOf({ texts }: NamedTexts): Set<string> {
  const words = new Set<string>();
  const step = Math.max(1, texts.length / SAMPLE);
  for (let at = 0; at < texts.length; at += step) {
    const text = texts[Math.floor(at)];
    if (text === null || text === undefined) continue;
    words.add(`=${plainCode(text)}`);
    for (const word of plainText(text).split(' ')) if (word.length > 1) words.add(word);
  }
  return words;
}

function commonShare(a: ReadonlySet<string>, b: ReadonlySet<string>): number {
  const [few, many] = a.size <= b.size ? [a, b] : [b, a];
  let common = 0;
  for (const word of few) if (many.has(word)) common++;
  return common < LEAST_COMMON ? 0 : common / few.size;
}
