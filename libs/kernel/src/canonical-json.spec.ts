import fc from 'fast-check';
import { canonicalJson, CanonicalJsonError } from './canonical-json.js';

describe('canonical JSON', () => {
  it('RFC 8785, section 3.2.4 - keys sort by UTF-16 code units, numbers print as ECMAScript does', () => {
    const value = JSON.parse('{"numbers":[333333333.33333329,1E30,4.50,2e-3,0.000000000000000000000000001],"string":"\\u20ac$\\u000F\\u000aA\'\\u0042\\u0022\\u005c\\\\\\"\\/","literals":[null,true,false]}') as unknown;
    expect(canonicalJson(value)).toBe('{"literals":[null,true,false],"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27],"string":"€$\\u000f\\nA\'B\\"\\\\\\\\\\"/"}');
  });

  it('RFC 8785, section 3.2.3 - keys outside the basic plane sort by their code units', () => {
    const keys = ['€', '\r', '\ufb33', '1', '😀', '\u0080', 'ö'];
    const sorted = Object.keys(JSON.parse(canonicalJson(Object.fromEntries(keys.map((k) => [k, 1])))) as object);
    expect(sorted).toEqual(['1', '\r', '\u0080', 'ö', '€', '😀', '\ufb33']);
  });

  it('equal values - one text, whatever the order of their keys', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string({ unit: 'grapheme' }), fc.jsonValue()), (object) => {
        const reversed = Object.fromEntries(Object.entries(object).reverse());
        expect(canonicalJson(reversed)).toBe(canonicalJson(object));
      }),
    );
  });

  it('reading back - gives the value again', () => {
    fc.assert(
      fc.property(fc.jsonValue({ stringUnit: 'grapheme' }), (value) => {
        expect(canonicalJson(JSON.parse(canonicalJson(value)))).toBe(canonicalJson(value));
      }),
    );
  });

  it.each([
    ['NaN', { a: [1, Number.NaN] }, '/a/1'],
    ['infinity', { a: Number.POSITIVE_INFINITY }, '/a'],
    ['a lone surrogate', { a: { b: '\ud800' } }, '/a/b'],
    ['a function', { f: () => 1 }, '/f'],
    ['a bigint', [1n], '/0'],
  ])('%s - is refused with its place, not rewritten', (_name, value, pointer) => {
    expect(() => canonicalJson(value)).toThrow(CanonicalJsonError);
    expect(() => canonicalJson(value)).toThrow(expect.objectContaining({ pointer }) as Error);
  });

  it('a cycle - is refused, not followed for ever', () => {
    const loop: Record<string, unknown> = {};
    loop['self'] = loop;
    expect(() => canonicalJson(loop)).toThrow(CanonicalJsonError);
  });
  it('values that are no plain objects - dates, classes and objects without a prototype read as JSON.stringify reads them', () => {
    class Point {
      y = 2;
      x = 1;
    }
    const bare = Object.assign(Object.create(null) as Record<string, number>, { b: 1, a: 2 });
    expect(canonicalJson({ at: new Date(0), point: new Point(), bare, own: { toJSON: () => ({ b: 1, a: -0 }) } })).toBe('{"at":"1970-01-01T00:00:00.000Z","bare":{"a":2,"b":1},"own":{"a":0,"b":1},"point":{"x":1,"y":2}}');
  });

  it('texts near the bound of what is quoted as it is - escape what must be escaped', () => {
    for (const length of [79, 80, 81]) for (const odd of ['"', '\\', '\n', '\u007f', 'é', '\u2028', '']) {
      const text = 'x'.repeat(length) + odd;
      expect(canonicalJson(text)).toBe(JSON.stringify(text));
      expect(canonicalJson({ [text]: text })).toBe(`{${JSON.stringify(text)}:${JSON.stringify(text)}}`);
    }
  });
});
