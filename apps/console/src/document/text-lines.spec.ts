import fc from 'fast-check';
import { linesAt, linesOf } from './text-lines.js';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

describe('linesOf', () => {
  it('whatever the ends of its lines - each line is the text of its bytes', () => {
    fc.assert(fc.property(fc.array(fc.record({ text: fc.string({ unit: 'grapheme' }).map((text) => text.replace(/[\r\n\ufeff\ufffd]/g, '').toWellFormed()), end: fc.constantFrom('\n', '\r\n') })), (given) => {
      const file = bytes(given.map(({ text, end }) => text + end).join(''));
      const lines = linesOf(file, 'utf-8');
      expect(lines.map(({ text }) => text)).toEqual(given.map(({ text }) => text));
      for (const { byteStart, byteEnd, text } of lines) expect(new TextDecoder().decode(file.subarray(byteStart, byteEnd))).toBe(text);
    }));
  });

  it('a last line without an end, and an old file with CR alone - are lines', () => {
    expect(linesOf(bytes('a\rb'), 'utf-8').map(({ text }) => text)).toEqual(['a', 'b']);
  });

  it('an encoding that the browser does not know - is read as UTF-8', () => {
    expect(linesOf(bytes('ü'), 'no-such-encoding')[0]?.text).toBe('ü');
  });

  it('two bytes a character - lines without bytes, so that a place is found by its line', () => {
    const lines = linesOf(Uint8Array.of(0x61, 0, 0x0a, 0, 0x62, 0), 'utf-16le');
    expect(lines.map(({ text }) => text)).toEqual(['a', 'b']);
    expect(linesAt(lines, { byte_start: 4, byte_end: 6, line: 2 })).toEqual([2, 2]);
  });
});

describe('linesAt', () => {
  const lines = linesOf(bytes('first\nsecond\nthird\n'), 'utf-8');

  it.each([
    ['bytes of one line', { byte_start: 6, byte_end: 12 }, [2, 2]],
    ['bytes that end with the line’s end', { byte_start: 6, byte_end: 13 }, [2, 2]],
    ['bytes of two lines', { byte_start: 0, byte_end: 8 }, [1, 2]],
    ['a line alone', { line: 3 }, [3, 3]],
    ['a part that the file holds encoded', { line: 3, part: 'text/plain' }, undefined],
    ['nothing of the kind', {}, undefined],
  ])('%s', (_, place, expected) => {
    expect(linesAt(lines, place)).toEqual(expected);
  });
});
