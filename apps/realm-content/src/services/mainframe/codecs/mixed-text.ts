/**
 * Text of one and two bytes a character, as mainframes in East Asia hold it: SO begins two bytes a character, SI ends them (IBM, "Character Data Representation Architecture", EBCDIC mixed). An item of double-byte
 * characters alone (PICTURE G, DISPLAY-1) has no shifts. Blanks at the ends are trimmed as elsewhere; in double-byte items the ideographic space is the blank.
 */
import type { CodePage } from './code-pages.js';
import { Undecodable } from './decimal.js';
import { SHIFT_IN, SHIFT_OUT, type DoubleBytes } from './double-bytes.js';
import { shownBy, type TextDecoder, type TextForm } from './text-codec.js';

export interface MixedPage extends CodePage {
  readonly doubles: DoubleBytes;
}

const IDEOGRAPHIC_SPACE = '\u3000';
const NO_CHARACTER = '\ufffd';

export function mixedDecoder(form: TextForm & { readonly page: MixedPage }): TextDecoder {
  const shown = shownBy(form);
  const { doubles } = form.page;
  const trim = trimming(form, ' ');
  return (bytes, start, end) => {
    let text = '';
    let double = false;
    for (let at = start; at < end; ) {
      const byte = bytes[at]!;
      if (byte === (double ? SHIFT_IN : SHIFT_OUT)) {
        double = !double;
        at++;
        continue;
      }
      const character = double ? pairAt(doubles, bytes, at, end) : shown[byte];
      if (character === undefined || character === NO_CHARACTER) return new Undecodable(`a byte has no character in ${form.page.name}`);
      text += character;
      at += double ? 2 : 1;
    }
    return trim(text);
  };
}

/** Of items that hold two bytes a character and nothing else. */
export function doubleDecoder(form: TextForm & { readonly page: MixedPage }): TextDecoder {
  const trim = trimming(form, IDEOGRAPHIC_SPACE);
  return (bytes, start, end) => {
    let text = '';
    for (let at = start; at < end; at += 2) {
      const character = pairAt(form.page.doubles, bytes, at, end);
      if (character === undefined) return new Undecodable(`a pair of bytes has no character in ${form.page.name}`);
      text += character;
    }
    return trim(text);
  };
}

const pairAt = (doubles: DoubleBytes, bytes: Uint8Array, at: number, end: number): string | undefined => (at + 1 < end ? doubles.character(bytes[at]!, bytes[at + 1]!) : undefined);

function trimming({ trim }: TextForm, blank: string): (text: string) => string {
  if (trim === 'none') return (text) => text;
  return (text) => {
    let [from, to] = [0, text.length];
    if (trim === 'both') while (from < to && text[from] === blank) from++;
    while (to > from && text[to - 1] === blank) to--;
    return text.slice(from, to);
  };
}

/** Throws a RangeError for a character that the page lacks. */
export function encodeMixed(text: string, page: MixedPage): number[] {
  const out: number[] = [];
  let double = false;
  for (const { single, code } of coded(text, page)) {
    if (double !== (single === undefined)) out.push((double = !double) ? SHIFT_OUT : SHIFT_IN);
    if (single === undefined) out.push(code >> 8, code & 0xff);
    else out.push(single);
  }
  return double ? [...out, SHIFT_IN] : out;
}

/** Filled with ideographic spaces by who writes the field. Throws a RangeError for a character that has no two bytes. */
export const encodeDoubles = (text: string, page: MixedPage): number[] =>
  [...coded(text, page, true)].flatMap(({ code }) => [code >> 8, code & 0xff]);

export const doubleBlank = (page: MixedPage): number => page.doubles.code(IDEOGRAPHIC_SPACE) ?? 0x4040;

/** The characters of a text with their bytes; where two code points are one character of the page, they are taken as that. */
function* coded(text: string, page: MixedPage, onlyDoubles = false): Generator<{ readonly single: number | undefined; readonly code: number }> {
  const characters = [...text];
  for (let at = 0; at < characters.length; at++) {
    const joined = at + 1 < characters.length ? page.doubles.code(characters[at]! + characters[at + 1]!) : undefined;
    if (joined !== undefined) at++;
    const single = joined === undefined && !onlyDoubles ? page.bytes.get(characters[at]!) : undefined;
    const code = joined ?? (single === undefined ? page.doubles.code(characters[at]!) : 0);
    if (code === undefined) throw new RangeError(`${page.name} has no ${onlyDoubles ? 'double-byte ' : ''}character U+${characters[at]!.codePointAt(0)!.toString(16).toUpperCase().padStart(4, '0')}`);
    yield { single, code };
  }
}
