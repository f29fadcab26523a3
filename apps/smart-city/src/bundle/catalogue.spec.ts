import { identity, jwtIssuer, tenant } from '@symphainy/contracts';
import { buildBundle, buildKeys, Catalogue, contentsHash, put } from './catalogue.js';

const acme = tenant.parse({ tenant_id: 'acme', name: 'Acme', status: 'active' });
const globex = tenant.parse({ tenant_id: 'globex', name: 'Globex', status: 'closed' });
const alice = identity.parse({ tenant_id: 'acme', user_id: 'alice', kind: 'person', roles: ['builder'] });
const key = (key_id: string, tenant_id: string, user_id: string) => ({ key_id, key_hash: 'a'.repeat(64), tenant_id, user_id, revoked: false });

describe('Catalogue', () => {
  it('Catalogue - the order in which entries came does not show in the bundle', () => {
    const one = Catalogue.of([]).with(put('tenant', acme)).with(put('tenant', globex));
    const other = Catalogue.of([]).with(put('tenant', globex)).with(put('tenant', acme));
    expect(contentsHash(one)).toBe(contentsHash(other));
    expect(buildBundle(one, 1, '2026-01-01T00:00:00.000Z')).toEqual(buildBundle(other, 1, '2026-01-01T00:00:00.000Z'));
  });

  it('Catalogue - a change makes another value and leaves the first as it was', () => {
    const before = Catalogue.of([]).with(put('tenant', acme));
    before.with({ kind: 'tenant', key: 'acme', value: undefined });
    expect(before.get('tenant', 'acme')).toEqual(acme);
  });

  it('buildKeys - no issuer speaks for a closed tenant', () => {
    const issuer = jwtIssuer.parse({ issuer: 'https://a.example', audience: 'x', tenants: ['acme', 'globex'] });
    const catalogue = [put('tenant', acme), put('tenant', globex), put('jwt_issuer', issuer), put('jwt_issuer', { ...issuer, audience: 'y', tenants: ['globex'] })].reduce((c, change) => c.with(change), Catalogue.of([]));
    expect(buildKeys(catalogue, 1).jwt_issuers).toEqual([{ ...issuer, tenants: ['acme'] }]);
  });

  it('buildKeys - keys of a disabled identity or a closed tenant are told as revoked', () => {
    const catalogue = [put('tenant', acme), put('tenant', globex), put('identity', { ...alice, status: 'disabled' }), put('api_key', key('a', 'acme', 'alice')), put('api_key', key('b', 'acme', 'bob')), put('api_key', key('g', 'globex', 'gina'))].reduce((c, change) => c.with(change), Catalogue.of([]));
    expect(buildKeys(catalogue, 3).api_keys.map((k) => [k.key_id, k.revoked])).toEqual([['a', true], ['b', false], ['g', true]]);
  });
});
