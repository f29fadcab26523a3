import { faultIn, suspicious } from './json-body.js';

describe('JSON bodies', () => {
  it.each([
    ['a whole surrogate pair', '{"a":"\\ud83d\\ude00 and \\u00e9"}'],
    ['large numbers', '{"n":1.5e10,"m":1e99}'],
    ['many small objects', JSON.stringify(Array.from({ length: 500 }, () => ({})))],
    ['text that looks like a number', '{"text":"1e999"}'],
  ])('%s - is taken, though it may look twice', (_what, text) => {
    expect(faultIn(JSON.parse(text), '', 1)).toBeUndefined();
  });

  it.each([['{"a":1}'], ['{"n":12e2}'], ['[[[]]]'], ['{"a":"\\u00e9"}']])('%s - is cleared by one look', (text) => {
    expect(suspicious(text)).toBe(false);
  });

  it('a key with half a surrogate pair - is a fault of the object that holds it', () => {
    expect(faultIn(JSON.parse('{"x":{"\\udc00":1}}'), '', 1)).toMatchObject({ code: 'request.invalid', field: '/x' });
  });

  it('a hundred levels - are as deep as it goes', () => {
    const nested = (levels: number): unknown => JSON.parse('['.repeat(levels) + ']'.repeat(levels));
    expect(faultIn(nested(100), '', 1)).toBeUndefined();
    expect(faultIn(nested(101), '', 1)).toMatchObject({ field: '/0/0/0' });
  });
});
