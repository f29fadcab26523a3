import type { BundleChange, Caller, PolicyTrial } from '@symphainy/contracts';
import { readPublicKeys, readSigningKey, signBundle } from '@symphainy/governance';
import { permissivePolicies, sampleBundle } from '@symphainy/governance/testing';
import { silentLogger, type PlatformError } from '@symphainy/kernel';
import { BundleHolder } from '../acceptance/bundle-holder.js';
import type { RefusalLog } from '../acceptance/refusal-log.js';
import { MemoryBundleArchive } from '../wal/wal.memory.js';
import { PolicyTrials } from './policy-trials.js';

const key = readSigningKey(Buffer.alloc(32, 9).toString('base64url'));
const person = (tenant_id: string, user_id: string, ...roles: string[]): object => ({ tenant_id, user_id, kind: 'person', roles, status: 'active' });
const test = (name: string, tenant_id: string, user_id: string, decision: string): object => ({ name, request: { caller: { tenant_id, user_id, roles: [], auth: 'api_key' }, intent_type: 'content.ingest', classifications: [], references: [] }, expect: { decision } });
const bundle = sampleBundle({
  tenants: ['acme', 'globex', 'platform'].map((tenant_id) => ({ tenant_id, name: tenant_id, status: 'active' })),
  identities: [person('acme', 'ada', 'governance_admin'), person('acme', 'bob', 'builder'), person('globex', 'gina', 'builder'), person('platform', 'root', 'governance_admin')],
  policies: [
    ...permissivePolicies.filter((policy) => policy.role !== 'security_guard'),
    { id: 'admins', role: 'security_guard', text: 'permit(principal, action, resource in Realm::"governance") when { principal.roles.contains("governance_admin") };' },
    { id: 'builders', role: 'security_guard', text: 'permit(principal, action, resource) when { principal.roles.contains("builder") && resource.realm != "governance" };' },
    { id: 'of-globex', role: 'security_guard', text: 'forbid(principal == User::"globex/gina", action, resource in Realm::"insights");' },
  ],
  policy_tests: [test('bob ingests', 'acme', 'bob', 'permit'), test('gina ingests', 'globex', 'gina', 'permit')],
} as never);
const noIngest = (text: string): BundleChange => ({ list: 'policies', put: { id: 'no-ingest', role: 'security_guard', text } });
const FORBID = 'forbid(principal in Tenant::"acme", action == Action::"submit", resource == Capability::"content.ingest");';

async function desk(): Promise<{ ask: (who: string, changes: BundleChange[], candidate_id?: string) => Promise<PolicyTrial>; refused: string[] }> {
  const bundles = new BundleHolder(new MemoryBundleArchive(), readPublicKeys(key.publicKey), silentLogger);
  await bundles.offer(signBundle(bundle, key));
  const refused: string[] = [];
  const refusals = { refuse: (caller: Caller, what: string, error: PlatformError) => Promise.resolve().then(() => (refused.push(`${caller.user_id} ${what} ${error.code}`), error)) } as unknown as RefusalLog;
  const trials = new PolicyTrials({ bundles, refusals });
  const ask = (who: string, changes: BundleChange[], candidate_id?: string): Promise<PolicyTrial> => {
    const [tenant_id = '', user_id = ''] = who.split('/');
    return trials.try({ caller: { tenant_id, user_id, roles: [], auth: 'api_key' }, request: { changes, ...(candidate_id === undefined ? {} : { candidate_id }) } });
  };
  return { ask, refused };
}

describe('PolicyTrials', () => {
  it('a policy that breaks a test - tells which test, who decided, and what differs; nothing is in force', async () => {
    const { ask } = await desk();
    const trial = await ask('platform/root', [noIngest(FORBID)]);
    expect(trial.tests).toEqual([
      { name: 'bob ingests', passed: false, expected: 'permit', found: 'deny by no-ingest', decision: 'deny', policies: ['no-ingest'] },
      { name: 'gina ingests', passed: true, expected: 'permit', found: 'permit by builders, sample.tenants, sample.data', decision: 'permit', policies: ['builders', 'sample.tenants', 'sample.data'] },
    ]);
    expect(trial.diff).toEqual({ policies: { added: ['no-ingest'], removed: [], changed: [] } });
    expect(trial.policies).toMatchObject([{ id: 'no-ingest', effect: 'forbid', tenant: 'acme', words: 'Forbids anybody of acme to submit content.ingest.' }]);
    expect((await ask('platform/root', [])).tests.map(({ passed }) => passed)).toEqual([true, true]);
  });

  it('a text that is no policy - is told with its place, and nothing is tested', async () => {
    const { ask } = await desk();
    expect(await ask('platform/root', [noIngest('forbid(principal, action, resource)\nwhen { principal.rank == 1 };')])).toMatchObject({ problems: [{ policy: 'no-ingest', line: 2, column: 8 }], policies: [], tests: [] });
  });

  it('a tenant’s administrator - learns of its own callers alone, and of no id that others use', async () => {
    const { ask } = await desk();
    const trial = await ask('acme/ada', [noIngest(FORBID)]);
    expect([trial.tests.map(({ name }) => name), trial.diff]).toEqual([['bob ingests'], {}]);
    const refusalOf = (change: BundleChange): Promise<unknown> => ask('acme/ada', [change]).then(() => undefined, (error: PlatformError) => [error.code, error.message]);
    expect(await refusalOf({ list: 'policies', remove: 'of-globex' })).toEqual(['governance.invalid', 'there is no of-globex in policies']);
    expect(await refusalOf({ list: 'policies', remove: 'of-nobody' })).toEqual(['governance.invalid', 'there is no of-nobody in policies']);
    expect(await refusalOf({ list: 'policy_tests', put: test('spy', 'globex', 'gina', 'deny') as never })).toMatchObject(['governance.invalid', expect.stringContaining('its own tenant')]);
    expect(await refusalOf({ list: 'tenants', put: { tenant_id: 'globex' } })).toMatchObject(['governance.invalid', expect.any(String)]);
    await expect(ask('acme/ada', [], 'any')).rejects.toMatchObject({ code: 'governance.invalid', field: '/candidate_id' });
  });

  it('who is no administrator - tries nothing, and the refusal is recorded', async () => {
    const { ask, refused } = await desk();
    await expect(ask('acme/bob', [])).rejects.toMatchObject({ code: 'policy.denied' });
    expect(refused).toEqual(['bob governance.read policy.denied']);
  });
});
