import type { Json } from '@symphainy/contracts';
import { classedFields } from './classed-fields.js';

const personal = { 'x-class': 'personal' };

describe('fields with a class of their own', () => {
  it('are found wherever a schema may place them, by pointers with * for what repeats', () => {
    const schema: { [key: string]: Json } = {
      properties: {
        'a/b': personal,
        rows: { type: 'array', items: { type: 'array', prefixItems: [{}, personal] } },
        byId: { additionalProperties: { $ref: '#/$defs/person' } },
        either: { anyOf: [{ properties: { mail: personal } }, {}] },
      },
      $defs: { person: { properties: { name: { ...personal, properties: { first: { 'x-class': 'special' } } } } } },
    };
    expect(classedFields(schema).map(({ path }) => path)).toEqual(['/a~1b', '/rows/*/1', '/byId/*/name', '/either/mail']);
  });

  it('of a schema that holds itself - are looked for so deep and no deeper', () => {
    const schema = { properties: { next: { $ref: '#/$defs/person' } }, $defs: { person: { properties: { name: personal, next: { $ref: '#/$defs/person' } } } } };
    expect(classedFields(schema).length).toBeLessThan(20);
    expect(classedFields(schema)[1]).toEqual({ path: '/next/next/name', classification: 'personal' });
  });

  it('the whole may be of a class', () => {
    expect(classedFields(personal)).toEqual([{ path: '', classification: 'personal' }]);
  });
});
