import fc from 'fast-check';
import { canonicalBytes, canonicalJson, CanonicalJsonError } from './canonical-json.js';

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

  it('long lists, and values written as bytes - the same text as item by item', () => {
    const long = fc.array(fc.oneof(fc.double({ noNaN: true, noDefaultInfinity: true }), fc.string({ unit: 'grapheme' }), fc.boolean(), fc.constant(null), fc.constant(undefined)), { minLength: 8, maxLength: 40 });
    fc.assert(
      fc.property(fc.oneof(fc.jsonValue({ stringUnit: 'grapheme', maxDepth: 7 }), long, fc.record({ rows: fc.array(long) })), (value) => {
        const read = JSON.parse(JSON.stringify(value)) as unknown;
        expect(JSON.parse(canonicalJson(value))).toEqual(read);
        expect(Buffer.from(canonicalBytes(value)).toString()).toBe(canonicalJson(value));
      }),
    );
    expect(canonicalJson([1, 2, 3, 4, 5, 6, 7, -0])).toBe('[1,2,3,4,5,6,7,0]');
    expect(Buffer.from(canonicalBytes({ at: new Date(0), none: undefined, empty: [{}, []], text: 'é'.repeat(100_000) })).toString()).toBe(`{"at":"1970-01-01T00:00:00.000Z","empty":[{},[]],"text":"${'é'.repeat(100_000)}"}`);
  });

  it.each([['NaN', Number.NaN], ['a lone surrogate', '\udc00']])('%s in a long list - is refused with its place', (_name, value) => {
    const rows = [Array.from({ length: 20 }, (_, at) => (at === 12 ? value : at))];
    for (const write of [canonicalJson, canonicalBytes]) expect(() => write({ rows })).toThrow(expect.objectContaining({ name: 'CanonicalJsonError', pointer: '/rows/0/12' }) as Error);
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
