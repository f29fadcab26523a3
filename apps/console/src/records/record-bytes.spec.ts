import type { ShownField } from './record-book.js';
import { fieldsAt, hexRows } from './record-bytes.js';

const characters = Array.from({ length: 256 }, (_, byte) => String.fromCharCode(byte)).join('');

describe('hexRows', () => {
  it('bytes in the middle of a file - have its offsets, and the last row what is left', () => {
    const rows = hexRows(Uint8Array.from({ length: 20 }, (_, i) => 0x41 + i), 1000, characters, 16);
    expect(rows.map(({ at, bytes }) => [at, bytes.length])).toEqual([[1000, 16], [1016, 4]]);
    expect(rows[1]?.bytes[3]).toEqual({ at: 1019, hex: '54', character: 'T' });
  });

  it('controls and bytes without a character - keep their place', () => {
    expect(hexRows(Uint8Array.of(0, 0x0a, 0x41, 0x80), 0, characters, 16)[0]?.bytes.map(({ character }) => character)).toEqual(['·', '·', 'A', '·']);
    expect(hexRows(Uint8Array.of(0x41), 0, undefined, 16)[0]?.bytes[0]?.character).toBe('·');
  });

  it('no bytes - no rows', () => {
    expect(hexRows(new Uint8Array(), 0, characters, 16)).toEqual([]);
  });
});

describe('fieldsAt', () => {
  const field = (name: string, start?: number, end?: number): ShownField => ({ name, type: 'string', value: 'x', start, end });
  const fields = [field('WHOLE', 0, 10), field('PART', 2, 4), field('UNPLACED'), field('NEXT', 4, 6)];

  it('bytes that are redefined - are of every field that holds them, the narrowest first', () => {
    expect(fieldsAt(fields, 3).map(({ name }) => name)).toEqual(['PART', 'WHOLE']);
    expect(fieldsAt(fields, 4).map(({ name }) => name)).toEqual(['NEXT', 'WHOLE']);
    expect(fieldsAt(fields, 10)).toEqual([]);
  });
});
