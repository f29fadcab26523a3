import fc from 'fast-check';
import { tokenize } from './cedar-tokens.js';

describe('colours of code', () => {
  it('any text - is whole again when its tokens are put together', () => {
    const piece = fc.constantFrom('permit', 'forbid(', '"open', '"a\\"b"', '// note', '\n', '@id("x")', 'principal', '# c', 'name: x', "'y'", ' ', '🏛', '42');
    fc.assert(fc.property(fc.array(piece), fc.constantFrom('cedar' as const, 'yaml' as const), (pieces, language) => expect(tokenize(pieces.join(''), language).map(({ text }) => text).join('')).toBe(pieces.join(''))));
  });

  it('a keyword inside a string or comment - is no keyword', () => {
    expect(tokenize('when { "permit" } // forbid', 'cedar').filter(({ kind }) => kind === 'keyword').map(({ text }) => text)).toEqual(['when']);
  });
});
