import { dataContract, type DataContract, type Json } from '@symphainy/contracts';
import { requireContract, requireNextVersion } from './contract-versions.js';

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

describe('a data contract in another’s place', () => {
  type Schema = { [key: string]: Json };
  const loose: Schema = { type: 'object', properties: { id: { type: 'string' }, mail: { type: 'string' } } };
  const strict: Schema = { ...loose, required: ['id'] };
  const classed: Schema = { ...strict, properties: { id: { type: 'string' }, mail: { type: 'string', 'x-class': 'personal' } } };
  const contract = (version: string, schema: Schema, more: Partial<DataContract> = {}): DataContract => dataContract.parse({ tenant_id: 'acme', artifact_type: 'sample.card', version, owner: 'claims', schema, ...more });
  const codeOf = (standing: DataContract | undefined, offered: DataContract): { code: string; field: string } | undefined => {
    try {
      requireNextVersion(standing, offered, '/changes/0/put');
      return undefined;
    } catch (error) {
      return error as { code: string; field: string };
    }
  };

  it.each<[string, string, Schema, string, Schema, string | undefined]>([
    ['one more promise', '1.0.0', loose, '1.1.0', strict, undefined],
    ['a class for a field', '1.0.0', strict, '1.1.0', classed, undefined],
    ['a promise less', '1.0.0', strict, '1.1.0', loose, 'registration.incompatible /changes/0/put/schema'],
    ['another type', '1.0.0', strict, '1.0.1', { ...strict, properties: { id: { type: 'integer' } } }, 'registration.incompatible /changes/0/put/schema'],
    ['a promise less, declared', '1.4.0', strict, '2.0.0', loose, undefined],
    ['the same version with another promise', '1.0.0', loose, '1.0.0', strict, 'registration.conflict /changes/0/put/version'],
    ['a lower version', '1.10.0', strict, '1.9.0', strict, 'registration.conflict /changes/0/put/version'],
  ])('%s - is what its version says it is, or is refused with its place', (_what, before, was, version, schema, expected) => {
    const refused = codeOf(contract(before, was), contract(version, schema));
    expect(refused && `${refused.code} ${refused.field}`).toBe(expected);
  });

  it('the same promise - may get another owner and be held more strictly under its version; another least class is another promise', () => {
    expect(codeOf(contract('1.0.0', strict), contract('1.0.0', strict, { owner: 'underwriting', mode: 'enforce' }))).toBeUndefined();
    expect(codeOf(contract('1.0.0', strict), contract('1.0.0', strict, { classification: 'personal' }))?.code).toBe('registration.conflict');
    expect(codeOf(undefined, contract('3.0.0', loose))).toBeUndefined();
  });
});
