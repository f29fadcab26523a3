import { sampleCapability } from '@symphainy/governance/testing';
import { parseBootstrap, parseKeyRecords } from './bootstrap.schema.js';

const tenants = [{ tenant_id: 'acme', name: 'Acme' }];
const policy = { id: 'p', role: 'data_steward', text: 'permit(principal, action, resource);' };
const key = { key_id: 'k', key_hash: 'a'.repeat(64), tenant_id: 'acme', user_id: 'alice' };

describe('parseBootstrap', () => {
  it('parseBootstrap - an empty file declares nothing; defaults are filled in', () => {
    expect(parseBootstrap(null, 'F')).toEqual({ tenants: [], identities: [], policies: [], api_keys: [], jwt_issuers: [], capabilities: [] });
    expect(parseBootstrap({ tenants }, 'F').tenants[0]).toMatchObject({ status: 'active', switches: { idempotency: 'enforce' } });
  });

  it.each([
    ['a tenant name with capitals', { tenants: [{ tenant_id: 'Acme', name: 'A' }] }, '/tenants/0/tenant_id', 'starting with a letter'],
    ['a field that nobody knows', { tenants: [{ ...tenants[0], colour: 'red' }] }, '/tenants/0', 'colour'],
    ['a section that nobody knows', { people: [] }, '/', 'people'],
    ['a key in clear text', { tenants, api_keys: [{ ...key, key: 'sk_k_secret' }] }, '/api_keys/0', '"key"'],
    ['a tenant declared twice', { tenants: [...tenants, ...tenants] }, '/tenants/1', 'twice'],
    ['an identity of an undeclared tenant', { identities: [{ tenant_id: 'acme', user_id: 'a', kind: 'person', roles: [] }] }, '/identities/0/tenant_id', 'not declared'],
    ['a key of an undeclared tenant', { api_keys: [key] }, '/api_keys/0/tenant_id', 'not declared'],
    ['an issuer that speaks for an undeclared tenant', { jwt_issuers: [{ issuer: 'https://idp', audience: 'a', tenants: ['acme'] }] }, '/jwt_issuers/0/tenants/0', 'not declared'],
    ['a policy that does not parse', { policies: [{ ...policy, text: 'permit(' }] }, '/policies/0/text', 'policy p'],
    ['a policy on an attribute that is not there', { policies: [{ ...policy, text: 'permit(principal, action, resource) when { principal.age > 3 };' }] }, '/policies/0/text', 'age'],
    ['a policy that takes a standing policy’s id', { policies: [{ ...policy, id: 'platform.active-tenants' }] }, '/policies/0/id', 'standing'],
    ['the platform’s own tenant', { tenants: [{ tenant_id: 'platform', name: 'P' }] }, '/tenants/0/tenant_id', 'own'],
    ['Smart City’s own identity', { identities: [{ tenant_id: 'platform', user_id: 'smart-city', kind: 'person', roles: [] }] }, '/identities/0/user_id', 'own'],
    ['a key for Smart City’s identity', { api_keys: [{ ...key, tenant_id: 'platform', user_id: 'smart-city' }] }, '/api_keys/0/user_id', 'own'],
    ['a capability under a reserved name', { capabilities: [sampleCapability('runtime.upload')] }, '/capabilities/0/name', 'own'],
  ])('parseBootstrap - %s is refused, naming the field', (_, content, field, words) => {
    expect(() => parseBootstrap(content, 'BOOTSTRAP_FILE')).toThrow(expect.objectContaining({ code: 'governance.invalid', field, message: expect.stringContaining(words) }));
  });

  it('parseKeyRecords - a hash that is none is refused', () => {
    expect(() => parseKeyRecords([{ ...key, key_hash: 'sk_k_secret' }], 'API_KEYS_FILE')).toThrow(expect.objectContaining({ field: '/0/key_hash', message: expect.not.stringContaining('secret') }));
  });
});
