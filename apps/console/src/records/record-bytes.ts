/** Bytes as one reads them: rows of offset, hexadecimal, and the characters they are. Pure. */
import type { ShownField } from './record-book.js';

export interface HexByte {
  /** In the file. */
  readonly at: number;
  readonly hex: string;
  readonly character: string;
}

export interface HexRow {
  readonly at: number;
  readonly bytes: readonly HexByte[];
}

/** What stands for a character that cannot be seen. */
const UNSEEN = '·';

/** `characters`: of the code page, one for each of the 256 bytes. */
export function hexRows(bytes: Uint8Array, start: number, characters: string | undefined, perRow: number): readonly HexRow[] {
  const page = characters === undefined ? undefined : [...characters];
  return Array.from({ length: Math.ceil(bytes.length / perRow) }, (_, row) => ({
    at: start + row * perRow,
    bytes: [...bytes.subarray(row * perRow, (row + 1) * perRow)].map((byte, index) => ({ at: start + row * perRow + index, hex: byte.toString(16).padStart(2, '0'), character: seen(page?.[byte]) })),
  }));
}

/** Control characters, lone combining marks and what has no character would move the others. */
const seen = (character: string | undefined): string => (character === undefined || /[\p{C}\p{M}\u2028\u2029\ufffd]/u.test(character) ? UNSEEN : character);

/** The fields whose bytes hold one; of a record that is redefined, several. The narrowest first. */
export function fieldsAt(fields: readonly ShownField[], at: number): readonly ShownField[] {
  const holds = fields.filter(({ start, end }) => start !== undefined && end !== undefined && at >= start && at < end);
  return holds.toSorted((a, b) => (a.end ?? 0) - (a.start ?? 0) - ((b.end ?? 0) - (b.start ?? 0)));
}
