import type { Caller, SubjectRequest } from '@symphainy/contracts';
import { readPublicKeys, readSigningKey, signBundle } from '@symphainy/governance';
import { permissivePolicies, sampleBundle } from '@symphainy/governance/testing';
import { silentLogger, type PlatformError } from '@symphainy/kernel';
import { BundleHolder } from '../acceptance/bundle-holder.js';
import type { RefusalLog } from '../acceptance/refusal-log.js';
import { MemoryBundleArchive } from '../wal/wal.memory.js';
import { GovernanceReads } from './governance-reads.js';

const key = readSigningKey(Buffer.alloc(32, 9).toString('base64url'));
const tenant = (tenant_id: string): object => ({ tenant_id, name: tenant_id, status: 'active' });
const person = (tenant_id: string, user_id: string, ...roles: string[]): object => ({ tenant_id, user_id, kind: 'person', roles, status: 'active' });
const policies = [
  ...permissivePolicies.filter((policy) => policy.role !== 'security_guard'),
  { id: 'admins', role: 'security_guard', text: 'permit(principal, action, resource in Realm::"governance") when { principal.roles.contains("governance_admin") };' },
  { id: 'of-globex', role: 'security_guard', text: 'permit(principal in Tenant::"globex", action, resource);' },
];
const contents = {
  tenants: [tenant('acme'), tenant('globex'), tenant('platform')],
  identities: [person('acme', 'ada', 'governance_admin'), person('acme', 'bob', 'builder'), person('globex', 'gina', 'governance_admin'), person('platform', 'root', 'governance_admin')],
  policies,
} as never;

const origins = ['acme', 'globex'].map((tenant_id) => ({ tenant_id, user_id: 'root', intent_type: 'governance.put_boundary', at: '2026-01-01T00:00:00.000Z', reason: 'why not', changed: [`data_boundaries/${tenant_id}/b`] }));

async function reads(): Promise<{ reads: GovernanceReads; refused: string[]; hashes: string[] }> {
  const archive = new MemoryBundleArchive();
  const bundles = new BundleHolder(archive, readPublicKeys(key.publicKey), silentLogger);
  const [first, second] = [signBundle(sampleBundle({ ...(contents as object), version: 1 }), key), signBundle(sampleBundle({ ...(contents as object), version: 2, made_by: origins, tenants: [tenant('acme'), tenant('platform')] as never }), key)];
  for (const signed of [first, second]) await bundles.offer(signed);
  const refused: string[] = [];
  const refusals = { refuse: (caller: Caller, what: string, error: PlatformError) => Promise.resolve().then(() => (refused.push(`${caller.user_id} ${what} ${error.code}`), error)) } as unknown as RefusalLog;
  return { reads: new GovernanceReads({ bundles, archive, refusals }), refused, hashes: [first.hash, second.hash] };
}

const ask = (who: string, list: string, more: Partial<SubjectRequest<'runtime.governance.read'>> = {}): SubjectRequest<'runtime.governance.read'> => {
  const [tenant_id = '', user_id = ''] = who.split('/');
  return { caller: { tenant_id, user_id, roles: [], auth: 'api_key' }, list, limit: 100, ...more };
};
const ids = (entries: readonly object[]): unknown[] => entries.map((entry) => (entry as Record<string, unknown>)['user_id'] ?? (entry as Record<string, unknown>)['tenant_id'] ?? (entry as Record<string, unknown>)['id']);

describe('GovernanceReads', () => {
  it('a tenant’s administrator - sees its own entries and the policies that could apply to it, nobody else’s', async () => {
    const { reads: r, hashes } = await reads();
    const own = async (list: string): Promise<unknown[]> => ids((await r.read(ask('acme/ada', list, { bundle_hash: hashes[0]! }))).entries);
    expect([await own('tenants'), await own('identities'), await own('policies')]).toEqual([['acme'], ['ada', 'bob'], ['sample.tenants', 'sample.data', 'admins']]);
    expect(JSON.stringify(await Promise.all(['tenants', 'identities', 'policies', 'bundles'].map((list) => r.read(ask('acme/ada', list, { bundle_hash: hashes[0]! })))))).not.toContain('globex');
  });

  it('the platform’s administrator - sees every entry, page after page, of any bundle kept', async () => {
    const { reads: r, hashes } = await reads();
    const first = await r.read(ask('platform/root', 'tenants', { bundle_hash: hashes[0]!, limit: 2 }));
    const rest = await r.read(ask('platform/root', 'tenants', { bundle_hash: hashes[0]!, limit: 2, cursor: first.next_cursor! }));
    expect([ids(first.entries), ids(rest.entries), rest.next_cursor, ids((await r.read(ask('platform/root', 'tenants'))).entries)]).toEqual([['acme', 'globex'], ['platform'], undefined, ['acme', 'platform']]);
  });

  it('bundles - are told newest first, with the one in force marked and who made each; of other tenants’ changes nothing is told', async () => {
    const { reads: r, hashes } = await reads();
    const newest = await r.read(ask('platform/root', 'bundles', { limit: 1 }));
    const older = await r.read(ask('platform/root', 'bundles', { limit: 1, cursor: newest.next_cursor! }));
    expect(newest.entries[0]?.['made_by']).toEqual(origins);
    expect((await r.read(ask('acme/ada', 'bundles', { limit: 1 }))).entries[0]?.['made_by']).toEqual([origins[0]]);
    expect([newest.entries, older.entries, older.next_cursor]).toMatchObject([[{ version: 2, hash: hashes[1], current: true }], [{ version: 1, hash: hashes[0], current: false }], undefined]);
  });

  it('who is no administrator - reads nothing, and the refusal is recorded', async () => {
    const { reads: r, refused } = await reads();
    await expect(r.read(ask('acme/bob', 'identities'))).rejects.toMatchObject({ code: 'policy.denied' });
    expect(refused).toEqual(['bob governance.read policy.denied']);
  });

  it('a list that no bundle has, a bundle that is not kept, another list’s cursor - are told apart', async () => {
    const { reads: r } = await reads();
    expect((await r.read(ask('platform/root', 'candidates'))).entries).toEqual([]);
    await expect(r.read(ask('platform/root', 'salt'))).rejects.toMatchObject({ code: 'request.not_found' });
    await expect(r.read(ask('platform/root', 'tenants', { bundle_hash: 'f'.repeat(64) }))).rejects.toMatchObject({ code: 'policy.bundle_invalid' });
    await expect(r.read(ask('platform/root', 'tenants', { cursor: 'nonsense' }))).rejects.toMatchObject({ code: 'request.invalid', field: '/cursor' });
  });
});
