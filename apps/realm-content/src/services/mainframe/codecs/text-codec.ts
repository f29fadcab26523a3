/**
 * Text of one byte a character. Pages within Latin-1 go through a table of bytes, which reads a field as one string at once; the others through a table of UTF-16 units.
 */
import { Undecodable } from './decimal.js';
import type { CodePage } from './code-pages.js';

export interface TextForm {
  readonly page: CodePage;
  /** Blanks at the ends of text: gone at both (default), at the right only, or kept. */
  readonly trim: 'both' | 'right' | 'none';
  /** Control characters in text: shown as blanks (default) or kept. */
  readonly controls: 'blank' | 'keep';
}

export type TextDecoder = (bytes: Uint8Array, start: number, end: number) => string | Undecodable;

const CONTROL = /[\u0000-\u001f\u007f-\u009f]/;
const BLANK = 0x20;
const NO_CHARACTER = 0xfffd;

/** A decoder of any length of text; its scratch memory is its own. */
export function textDecoder(form: TextForm): TextDecoder {
  const shown = form.page.characters.map((character) => (form.controls === 'blank' && CONTROL.test(character) ? ' ' : character));
  const blank = Uint8Array.from(shown, (character) => (character === ' ' ? 1 : 0));
  const read = shown.every((character) => character.charCodeAt(0) < 0x100) ? latinReader(shown) : wideReader(shown, form.page);
  const leading = form.trim === 'both';
  const trailing = form.trim !== 'none';
  return (bytes, start, end) => {
    let from = start;
    let to = end;
    if (trailing) while (to > from && blank[bytes[to - 1]!] === 1) to--;
    if (leading) while (from < to && blank[bytes[from]!] === 1) from++;
    return from === to ? '' : read(bytes, from, to);
  };
}

function latinReader(shown: readonly string[]): TextDecoder {
  const table = Uint8Array.from(shown, (character) => character.charCodeAt(0));
  let scratch = Buffer.alloc(256, BLANK);
  return (bytes, from, to) => {
    const length = to - from;
    if (length > scratch.length) scratch = Buffer.alloc(length * 2);
    for (let at = 0; at < length; at++) scratch[at] = table[bytes[from + at]!]!;
    return scratch.toString('latin1', 0, length);
  };
}

function wideReader(shown: readonly string[], page: CodePage): TextDecoder {
  const table = Uint16Array.from(shown, (character) => character.charCodeAt(0));
  let scratch = new Uint16Array(256);
  return (bytes, from, to) => {
    const length = to - from;
    if (length > scratch.length) scratch = new Uint16Array(length * 2);
    for (let at = 0; at < length; at++) {
      const unit = table[bytes[from + at]!]!;
      if (unit === NO_CHARACTER) return new Undecodable(`a byte has no character in ${page.name}`);
      scratch[at] = unit;
    }
    return Buffer.from(scratch.buffer, 0, length * 2).toString('utf16le');
  };
}
