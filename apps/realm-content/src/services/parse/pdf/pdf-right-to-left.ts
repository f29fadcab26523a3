import type { PDFPageProxy } from 'pdfjs-dist';

interface Item {
  readonly str: string;
  readonly dir: string;
}

const RIGHT_TO_LEFT = /[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufeff]/;
const isRightToLeft = (text: string): boolean => RIGHT_TO_LEFT.test(text);

const PRESENTED = /[\ufb1d-\ufb4f\ufb50-\ufdff\ufe70-\ufefc]+/g;

/** Forms that letters of Arabic and Hebrew take within a word are those letters: one seeks words by them. */
export const plainLetters = (text: string): string => text.replace(PRESENTED, (forms) => [...forms].map((form) => form.normalize('NFKC').trim()).join(''));

/**
 * pdf.js turns a run of right-to-left text around character by character, and with it the letters of a ligature, and a letter and its point. The glyphs as
 * drawn tell what belongs together. Answers the texts of the items, put right where glyphs and items agree.
 */
export async function turnedTexts(page: PDFPageProxy, items: readonly Item[], showText: number): Promise<readonly string[]> {
  const texts = items.map((item) => item.str);
  if (!items.some((item) => item.dir === 'rtl' && item.str.length > 1)) return texts;
  const glyphs = await glyphsOf(page, showText);
  if (!glyphs.some((glyph) => glyph.length > 1 && isRightToLeft(glyph))) return texts;
  let at = 0;
  for (const [index, { str, dir }] of items.entries()) {
    const wanted = [...str].filter((character) => character.trim() !== '').length;
    const own: string[] = [];
    for (let have = 0; have < wanted && at < glyphs.length; have += [...glyphs[at++]!].length) own.push(glyphs[at]!);
    if (sorted(own.join('')) !== sorted(str)) return texts;
    if (dir === 'rtl' && own.every(isRightToLeft)) texts[index] = withBlanks(own.toReversed(), str);
  }
  return texts;
}

const sorted = (text: string): string => [...text].filter((character) => character.trim() !== '').toSorted().join('');

/** Blanks stay where the turned text has them. */
function withBlanks(glyphs: readonly string[], turned: string): string {
  if (!/\s/.test(turned)) return glyphs.join('');
  const words = turned.split(/(\s+)/);
  const characters = [...glyphs.join('')];
  return words.map((word) => (word.trim() === '' ? word : characters.splice(0, [...word].length).join(''))).join('');
}

interface Glyph {
  readonly unicode?: string;
}

async function glyphsOf(page: PDFPageProxy, showText: number): Promise<string[]> {
  const { fnArray, argsArray } = await page.getOperatorList();
  const shown = fnArray.flatMap((operator, at) => (operator === showText ? ((argsArray[at] as [readonly (Glyph | number | null)[]])[0] ?? []) : []));
  return shown.flatMap((glyph) => (glyph !== null && typeof glyph === 'object' && glyph.unicode !== undefined && glyph.unicode.trim() !== '' ? [glyph.unicode] : []));
}
