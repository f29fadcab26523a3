import type { ApiKeyRecord, KeyIssuer } from '@symphainy/contracts';
import { Catalogue } from '../bundle/catalogue.js';
import { changeOf } from '../bundle/governed-change.js';
import { governanceRules } from '../platform-capabilities.js';

const HASH = 'a'.repeat(64);
const [ada, bob, root] = [{ tenant_id: 'acme', user_id: 'ada' }, { tenant_id: 'acme', user_id: 'bob' }, { tenant_id: 'platform', user_id: 'root' }];
const change = (catalogue: Catalogue, key: string, value: object, by: readonly KeyIssuer[]): Catalogue => {
  const made = changeOf(governanceRules, catalogue, { key: `governance/${key}`, value: value as never }, by);
  return made === undefined ? catalogue : catalogue.with(made);
};
const issued = (key_id: string, user_id: string, by: readonly KeyIssuer[], more: object = {}): Catalogue => change(Catalogue.of([]), `api_key/${key_id}`, { key_id, key_hash: HASH, tenant_id: 'acme', user_id, ...more }, by);
const keyIn = (catalogue: Catalogue, key_id: string): ApiKeyRecord | undefined => catalogue.get('api_key', key_id);

describe('API keys', () => {
  it('one for somebody else - names who issued it, and who issued the key that they did so with; one’s own names nobody', () => {
    expect(keyIn(issued('k', 'bob', [ada, root]), 'k')?.issued_by).toEqual([ada, root]);
    expect(keyIn(issued('k', 'ada', [ada]), 'k')).not.toHaveProperty('issued_by');
  });

  it('who issued it - is nothing that a request may say', () => {
    expect(keyIn(issued('k', 'bob', [ada], { issued_by: [bob] }), 'k')?.issued_by).toEqual([ada]);
    expect(keyIn(issued('k', 'ada', [ada], { issued_by: [bob] }), 'k')?.issued_by).toBeUndefined();
  });

  it('a new one in an old one’s place - is in the hands of who put it there: who rotates another’s is named, and who rotates his own with a token of his is alone with it', () => {
    const rotation = { tenant_id: 'acme', replacement: { key_id: 'new', key_hash: HASH.replaceAll('a', 'b') }, old_expires_at: '2026-01-01T00:00:00.000Z' };
    const rotated = (first: readonly KeyIssuer[], by: readonly KeyIssuer[]): ApiKeyRecord | undefined => keyIn(change(issued('k', 'bob', first), 'api_key_rotation/k', rotation, by), 'new');
    expect(rotated([], [ada])).toMatchObject({ user_id: 'bob', issued_by: [ada] });
    expect(rotated([ada], [bob])).not.toHaveProperty('issued_by');
    expect(rotated([ada], [bob, ada])?.issued_by).toEqual([ada]);
  });
});
