import fc from 'fast-check';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { governanceBundle, semanticSchema, type Json } from '@symphainy/contracts';
import { canonicalJson, isoTime } from '@symphainy/kernel';
import { sampleBundle } from '@symphainy/governance/testing';
import { canonicalModels } from './models/models.js';

type Schema = { [key: string]: Json };

/** JSON Schemas with what a model may hold: nested objects, lists, alternatives, references, bounds, and words of one's own. */
const { schema } = fc.letrec<{ schema: Schema }>((tie) => ({
  schema: fc.oneof(
    { maxDepth: 4 },
    fc.constantFrom<Schema>({ type: 'string', minLength: 1 }, { type: 'number', minimum: 0.1 }, { type: 'integer' }, { enum: ['a', 1, null] }, { const: { a: [] } }, { type: 'string', 'x-class': 'personal', pattern: '^\\d+$' }, { $ref: '#/$defs/part' }),
    fc.record({ type: fc.constant('array'), items: tie('schema') }),
    fc.record({ anyOf: fc.array(tie('schema'), { minLength: 1, maxLength: 3 }) }),
    fc.dictionary(fc.constantFrom('a', 'naïve "name"', '~/', '__order', 'Größe'), tie('schema'), { maxKeys: 4 }).map((properties) => ({ type: 'object', properties, required: Object.keys(properties), additionalProperties: false })),
  ) as fc.Arbitrary<Schema>,
}));

const model = (body: Schema) => ({ name: 'model', version: '1.0.0', schema: { ...body, $defs: { part: { type: 'boolean' } } } as Schema });

/** Through the record, the catalogue and the signed bundle, to whoever reads it. */
function readBack(given: { readonly name: string; readonly version: string; readonly schema: Schema }): Schema {
  const recorded = semanticSchema.parse(JSON.parse(canonicalJson(semanticSchema.parse(given) as never)));
  const bundle = governanceBundle.parse(JSON.parse(canonicalJson({ ...sampleBundle(), created_at: isoTime(0), schemas: [recorded] } as never)));
  return bundle.schemas![0]!.schema as Schema;
}

describe('JSON Schema in and out', () => {
  it('any schema - comes out as it went in, word for word', () => {
    fc.assert(fc.property(schema, (body) => canonicalJson(readBack(model(body))) === canonicalJson(model(body).schema)), { numRuns: 200 });
  });

  it('what comes out - judges values as what went in does', () => {
    const ajv = () => new Ajv2020({ strict: false, logger: false });
    fc.assert(fc.property(schema, fc.jsonValue({ maxDepth: 3 }), (body, value) => ajv().compile(readBack(model(body)))(value) === ajv().compile(model(body).schema)(value)), { numRuns: 100 });
  });

  it('the canonical models - come out as they are', () => {
    for (const { schema: own } of canonicalModels) expect(canonicalJson(readBack({ ...own, schema: own.schema }))).toBe(canonicalJson(own.schema));
  });
});
