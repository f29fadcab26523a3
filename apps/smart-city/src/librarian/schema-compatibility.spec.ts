import { Ajv2020 } from 'ajv/dist/2020.js';
import fc from 'fast-check';
import type { Json } from '@symphainy/kernel';
import { incompatibilities, type Schema } from './schema-compatibility.js';

const at = (narrow: Schema, wide: Schema): string[] => incompatibilities(narrow, wide).map((found) => found.at);
const object = (properties: { [name: string]: Json }, more: { [keyword: string]: Json } = {}): Schema => ({ type: 'object', properties, ...more });

/** Small schemas about small values, so that chance often meets a value that tells two of them apart. */
const leaf = fc.oneof(
  fc.constantFrom<Schema>(true, false, { type: 'string' }, { type: 'integer' }, { type: 'number' }, { type: ['string', 'null'] }, { const: 1 }, { enum: ['a', 2, null] }, { type: 'boolean' }),
  fc.record({ minimum: fc.integer({ min: -2, max: 3 }) }, { requiredKeys: [] }).map((s): Schema => ({ type: 'number', ...s })),
  fc.record({ exclusiveMaximum: fc.integer({ min: -2, max: 3 }), maximum: fc.integer({ min: -2, max: 3 }) }, { requiredKeys: [] }).map((s): Schema => ({ type: 'integer', ...s })),
  fc.record({ minLength: fc.nat(2), maxLength: fc.nat(2) }, { requiredKeys: [] }).map((s): Schema => ({ type: 'string', ...s })),
);
const names = fc.constantFrom('p', 'q');
const { schema } = fc.letrec<{ schema: Schema }>((tie) => ({
  schema: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    leaf,
    fc.record({ properties: fc.dictionary(names, tie('schema'), { maxKeys: 2 }), required: fc.uniqueArray(names), additionalProperties: tie('schema') }, { requiredKeys: ['properties'] }).map((s) => ({ type: 'object', ...s }) as Schema),
    fc.record({ items: tie('schema'), minItems: fc.nat(2), maxItems: fc.nat(2), prefixItems: fc.array(tie('schema'), { minLength: 1, maxLength: 2 }) }, { requiredKeys: [] }).map((s) => ({ type: 'array', ...s }) as Schema),
    fc.array(tie('schema'), { minLength: 1, maxLength: 2 }).map((anyOf) => ({ anyOf }) as Schema),
    fc.array(tie('schema'), { minLength: 1, maxLength: 2 }).map((allOf) => ({ allOf }) as Schema),
  ),
}));
const { value } = fc.letrec<{ value: Json }>((tie) => ({
  value: fc.oneof({ depthSize: 'small' }, fc.constantFrom<Json>(null, true, 0, 1, 2, -1, 1.5, '', 'a', 'ab', 'abc'), fc.dictionary(names, tie('value'), { maxKeys: 2 }), fc.array(tie('value'), { maxLength: 3 })),
}));

describe('incompatibilities', () => {
  it('incompatibilities - nothing is called compatible that lets one value through which the other refuses', () => {
    fc.assert(
      fc.property(schema, schema, fc.array(value, { minLength: 20, maxLength: 20 }), (narrow, wide, values) => {
        if (incompatibilities(narrow, wide).length > 0) return;
        const ajv = new Ajv2020({ strict: false, logger: false });
        const [takes, wider] = [ajv.compile(narrow as object), ajv.compile(wide as object)];
        for (const v of values) if (takes(v) && !wider(v)) throw new Error(`${JSON.stringify(v)} passes the first only`);
      }),
      { numRuns: 1000 },
    );
  });

  it('incompatibilities - a schema is compatible with itself, whatever is in it', () => {
    fc.assert(fc.property(schema.filter((s) => !JSON.stringify(s).includes('allOf')), (s) => incompatibilities(s, s).length === 0), { numRuns: 300 });
  });

  it.each<[string, Schema, Schema, string[]]>([
    ['a property that becomes required', object({ a: {} }), object({ a: {} }, { required: ['a'] }), ['/a']],
    ['a property that goes away where others are refused', object({ a: {}, b: {} }, { additionalProperties: false }), object({ a: {} }, { additionalProperties: false }), ['/b']],
    ['a value that leaves a list', object({ a: { enum: ['x', 'y'] } }), object({ a: { enum: ['x'] } }), ['/a']],
    ['a nested type that narrows', object({ a: { type: 'array', items: { type: 'number' } } }), object({ a: { type: 'array', items: { type: 'integer' } } }), ['/a/*']],
    ['a pattern that is new', { type: 'string' }, { type: 'string', pattern: '^a' }, ['']],
    ['a format that is new', object({ a: { type: 'string' } }), object({ a: { type: 'string', format: 'date' } }), ['/a']],
    ['a bound behind a reference', { $ref: '#/$defs/n', $defs: { n: { type: 'integer' } } }, { $ref: '#/$defs/n', $defs: { n: { type: 'integer', minimum: 1 } } }, ['']],
  ])('incompatibilities - %s is found where it stands', (_, narrow, wide, wanted) => {
    expect(at(narrow, wide)).toEqual(wanted);
  });

  it.each<[string, Schema, Schema]>([
    ['an optional property that is new', object({ a: {} }, { additionalProperties: false }), object({ a: {}, b: { type: 'string' } }, { additionalProperties: false })],
    ['a type that widens', object({ a: { type: 'integer' } }), object({ a: { type: ['number', 'null'] } })],
    ['an alternative that is new', { type: 'string' }, { anyOf: [{ type: 'string' }, { type: 'array' }] }],
    ['other words', { type: 'string', title: 'A', 'x-note': 1 }, { type: 'string', description: 'B' }],
    ['a list that refers to itself', { $ref: '#/$defs/l', $defs: { l: object({ next: { $ref: '#/$defs/l' } }) } }, { $ref: '#/$defs/l', $defs: { l: object({ next: { $ref: '#/$defs/l' }, more: {} }) } }],
  ])('incompatibilities - %s is no break', (_, narrow, wide) => {
    expect(at(narrow, wide)).toEqual([]);
  });
});
