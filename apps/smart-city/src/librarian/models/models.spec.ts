import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { canonicalModels } from './models.js';
import { requireUniqueWords } from '../schema.capabilities.js';

describe('canonical models', () => {
  it.each(canonicalModels.map((model) => [model.schema.name, model] as const))('%s - its schema compiles and refuses what has no identity; no word of it is ambiguous; each term names a member', (_, { schema, vocabulary }) => {
    const validate = addFormats(new Ajv2020({ strict: false })).compile(schema.schema);
    expect(validate({})).toBe(false);
    expect(() => requireUniqueWords(vocabulary)).not.toThrow();
    const members = Object.keys(schema.schema['properties'] as object);
    expect(vocabulary.terms.map((term) => term.path)).toEqual(members.map((name) => `/${name}`));
  });
});
