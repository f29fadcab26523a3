import fc from 'fast-check';
import { diffLines } from './line-diff.js';

const text = fc.array(fc.constantFrom('a', 'b', 'c', ''), { maxLength: 14 }).map((lines) => lines.join('\n'));

describe('lines side by side', () => {
  it('any two texts - nothing is lost: each side put together is its text, with rising numbers', () => {
    fc.assert(
      fc.property(text, text, (left, right) => {
        const rows = diffLines(left, right);
        for (const [side, whole] of [['left', left], ['right', right]] as const) {
          const shown = rows.flatMap((row) => (row[side] === undefined ? [] : [row[side]]));
          expect(shown.map((line) => line.text).join('\n')).toBe(whole);
          expect(shown.map(({ line }) => line)).toEqual(shown.map((_, index) => index + 1));
        }
        for (const { kind, left: a, right: b } of rows) expect(kind === 'same' ? a?.text === b?.text : kind === 'changed' ? a !== undefined && b !== undefined : (a === undefined) === (kind === 'added')).toBe(true);
      }),
    );
  });

  it('equal texts - have no difference; one line put in is one row', () => {
    fc.assert(fc.property(text, (same) => expect(diffLines(same, same).every(({ kind }) => kind === 'same')).toBe(true)));
    expect(diffLines('a\nb', 'a\nx\nb').map(({ kind }) => kind)).toEqual(['same', 'added', 'same']);
    expect(diffLines('', 'a').map(({ kind }) => kind)).toEqual(['added']);
  });
});
