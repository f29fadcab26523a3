import { requireContract } from './data.capabilities.js';

describe('a data contract that is put', () => {
  it.each([
    ['no schema', { type: 'banana' }, 'no JSON Schema'],
    ['a reference to nothing', { properties: { a: { $ref: '#/$defs/none' } } }, 'no JSON Schema'],
    ['a class that nobody can name', { properties: { mail: { 'x-class': 'Personal Data' } } }, 'x-class of /mail'],
  ])('%s - is refused with its field, and not when a step has done its work', (_what, schema, message) => {
    expect(() => requireContract({ schema })).toThrow(expect.objectContaining({ code: 'governance.invalid', field: '/schema', message: expect.stringContaining(message) as string }) as Error);
  });

  it('a schema with classed fields - is taken', () => {
    expect(() => requireContract({ schema: { properties: { mail: { type: 'string', 'x-class': 'personal' } } } })).not.toThrow();
  });
});
