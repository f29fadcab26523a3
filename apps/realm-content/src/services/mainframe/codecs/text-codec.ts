/**
 * Text of one byte a character (of one and two: `mixed-text.ts`). Pages within Latin-1 go through a table of bytes, which reads a field as one string at once; the others through a table of UTF-16 units.
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
  const shown = shownBy(form);
  const read = shown.every((character) => character.charCodeAt(0) < 0x100) ? latinReader(shown) : wideReader(shown, form.page);
  const limits = cellLimits(form);
  return (bytes, start, end) => {
    const to = limits.end(bytes, start, end);
    const from = limits.start(bytes, start, to);
    return from === to ? '' : read(bytes, from, to);
  };
}

export const shownBy = ({ page, controls }: TextForm): string[] => page.characters.map((character) => (controls === 'blank' && CONTROL.test(character) ? ' ' : character));

/** Where a field's text begins and ends, without the blanks that are trimmed. */
export interface CellLimits {
  start(bytes: Uint8Array, from: number, to: number): number;
  end(bytes: Uint8Array, from: number, to: number): number;
}

export function cellLimits(form: TextForm): CellLimits {
  const blank = Uint8Array.from(shownBy(form), (character) => (character === ' ' ? 1 : 0));
  return {
    start(bytes, from, to) {
      let at = from;
      if (form.trim === 'both') while (at < to && blank[bytes[at]!] === 1) at++;
      return at;
    },
    end(bytes, from, to) {
      let at = to;
      if (form.trim !== 'none') while (at > from && blank[bytes[at - 1]!] === 1) at--;
      return at;
    },
  };
}

/** By byte, the code of the character that it shows; 0 for those that JSON writes in another way than as one ASCII character. */
export const cellCodes = (form: TextForm): Uint8Array => Uint8Array.from(shownBy(form), (character) => (/^[ !#-[\]-~]$/.test(character) ? character.charCodeAt(0) : 0));

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
