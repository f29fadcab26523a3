import { changeableLists, governanceBundle, keyInList, type BundleChange, type BundleList, type CedarPolicy, type GovernanceBundle, type PolicyTest } from '@symphainy/contracts';
import type { Json } from '@symphainy/kernel';
import fc from 'fast-check';
import { changesBack, changesBetween, diffBundles, readPolicyText, tryChanges, withChanges } from './index.js';
import { sampleBundle } from './testing.js';

const base = sampleBundle();
const noSecrets: CedarPolicy = { id: 'no-secrets', role: 'data_steward', text: 'forbid(principal, action, resource) when { context.classifications.contains("secret") };' };
const putPolicy = (policy: CedarPolicy): BundleChange => ({ list: 'policies', put: { ...policy } });
const test = (name: string, expect: PolicyTest['expect'], classifications: string[] = []): BundleChange => ({
  list: 'policy_tests', put: { name, request: { caller: { tenant_id: 'acme', user_id: 'alice' }, intent_type: 'content.ingest', classifications }, expect: expect as unknown as Json },
});

describe('candidates', () => {
  it('policy tests - hold under the candidate they come with, and name the one that does not, with what was found', () => {
    const changes = [putPolicy(noSecrets), test('plain data passes', { decision: 'permit', policies: ['sample.data'] }), test('secrets stay', { decision: 'deny', policies: ['no-secrets'] }, ['secret'])];
    expect(tryChanges(base, changes).tests).toEqual({ passed: 2, failures: 0, failed: [] });
    expect(tryChanges(base, changes.slice(1)).tests).toEqual({ passed: 1, failures: 1, failed: [{ name: 'secrets stay', expected: 'deny by no-secrets', found: 'permit by sample.callers, sample.tenants, sample.data' }] });
  });

  it('policy tests - a decision by other policies than expected, or an intent nobody serves, is a failure', () => {
    const other = tryChanges(base, [test('by another', { decision: 'permit', policies: ['no-such'] })]).tests;
    const unknown = tryChanges(base, [{ list: 'policy_tests', put: { name: 'nobody', request: { caller: { tenant_id: 'acme', user_id: 'alice' }, intent_type: 'content.nothing' }, expect: { decision: 'deny' } } }]).tests;
    expect([other.failures, unknown.failed[0]?.found]).toEqual([1, 'no capability serves content.nothing']);
  });

  it('policy tests - tests that are in force hold for later candidates too', () => {
    const inForce = withChanges(base, [test('plain data passes', { decision: 'permit' })]);
    const { tests } = tryChanges(inForce, [putPolicy({ id: 'nothing', role: 'data_steward', text: 'forbid(principal, action, resource);' })]);
    expect(tests.failed).toEqual([{ name: 'plain data passes', expected: 'permit', found: 'deny by nothing' }]);
  });

  it.each<[string, BundleChange, string]>([
    ['the platform’s own policy', { list: 'policies', remove: 'platform.active-tenants' }, '/changes/0/remove'],
    ['the platform’s own tenant', { list: 'tenants', put: { tenant_id: 'platform', name: 'x', status: 'active' } }, '/changes/0/put'],
    ['a capability, which realms register', { list: 'capabilities', remove: 'content.ingest' }, '/changes/0/list'],
    ['a grant, which two people make', { list: 'grants', remove: '019b0000-0000-7000-8000-000000000001' }, '/changes/0/list'],
    ['a legal hold', { list: 'data_holds', remove: 'acme/h' }, '/changes/0/list'],
    ['a version of a schema', { list: 'schemas', remove: 'permit@1.0.0' }, '/changes/0/list'],
    ['an entry of a tenant that there is none of', { list: 'escalation_rules', put: { tenant_id: 'initech', rule_id: 'r', on: ['stuck'], tell: ['ops'] } }, '/changes/0/put/tenant_id'],
    ['a notice on no capability', { list: 'notices', put: { capability: 'content.nothing', deprecated_at: '2026-01-01T00:00:00.000Z' } }, '/changes/0/put/capability'],
    ['the rank of a standing class', { list: 'data_classes', put: { tenant_id: 'acme', name: 'restricted', rank: 1 } }, '/changes/0/put/rank'],
    ['a standing class of everybody’s', { list: 'data_classes', remove: '*/restricted' }, '/changes/0/remove'],
    ['what is not there', { list: 'policies', remove: 'nothing' }, '/changes/0/remove'],
    ['a tenant out of the list', { list: 'tenants', remove: 'acme' }, '/changes/0/remove'],
    ['what is no policy', putPolicy({ ...noSecrets, text: 'permit(' }), '/changes/0/put/text'],
    ['an entry that does not fit', { list: 'identities', put: { tenant_id: 'acme', user_id: 'x', kind: 'ghost', roles: [] } }, '/changes/0/put/kind'],
  ])('a candidate - that changes %s is refused, naming where', (_what, change, field) => {
    expect(() => tryChanges(base, [change])).toThrow(expect.objectContaining({ code: 'governance.invalid', field }) as Error);
  });

  it('a closed tenant - is opened by no candidate', () => {
    const closed = { ...base, tenants: base.tenants.map((tenant) => ({ ...tenant, status: 'closed' as const })) };
    expect(() => withChanges(closed, [{ list: 'tenants', put: { tenant_id: 'acme', name: 'Acme', status: 'active' } }])).toThrow(expect.objectContaining({ field: '/changes/0/put/tenant_id' }) as Error);
  });

  it('a diff - names the fields that differ, whatever the order of entries', () => {
    const after: GovernanceBundle = { ...base, version: 9, identities: [{ tenant_id: 'acme', user_id: 'bob', kind: 'person', roles: ['auditor', 'builder'], status: 'active' }, base.identities[0]!], policies: [...base.policies.slice(1), noSecrets] };
    expect(diffBundles(base, after)).toEqual({
      identities: { added: [], removed: [], changed: [{ key: 'acme/bob', fields: ['/roles'] }] },
      policies: { added: ['no-secrets'], removed: ['sample.callers'], changed: [] },
    });
  });

  it('the way between two bundles - leads from any to any other, and is empty only where nothing differs', () => {
    const person = fc.record({ tenant_id: fc.constantFrom('acme', 'globex'), user_id: fc.constantFrom('a', 'b', 'c'), kind: fc.constant('person' as const), roles: fc.subarray(['builder', 'auditor']), status: fc.constant('active' as const) });
    const bundle = fc.record({ people: fc.uniqueArray(person, { selector: (p) => `${p.tenant_id}/${p.user_id}` }), policies: fc.subarray([...base.policies.slice(1), noSecrets]) }).map(({ people, policies }) => ({ ...base, identities: people, policies }));
    fc.assert(fc.property(bundle, bundle, (from, to) => {
      const changes = changesBetween(from, to, changeableLists);
      expect(diffBundles(withChanges(from, changes), to)).toEqual({});
      expect(changes.length === 0).toBe(Object.keys(diffBundles(from, to)).length === 0);
    }), { numRuns: 60 });
  });

  const every: { readonly [L in (typeof changeableLists)[number]]: object } = {
    tenants: { tenant_id: 'initech', name: 'Initech', status: 'active', traffic: { sessions: { idle_s: 600 } }, switches: { sla: 'enforce' } },
    identities: { tenant_id: 'acme', user_id: 'eve', kind: 'person', roles: [] },
    policies: noSecrets,
    policy_tests: { name: 't', request: { caller: { tenant_id: 'acme', user_id: 'alice' }, intent_type: 'content.ingest' }, expect: { decision: 'permit' } },
    saga_rules: { rule_id: 'short', max_steps: 3 },
    data_classes: { tenant_id: 'acme', name: 'medical', rank: 550 },
    data_boundaries: { tenant_id: 'acme', boundary_id: 'b', classes: ['medical'] },
    data_contracts: { tenant_id: 'acme', artifact_type: 'table', version: '1.0.0', owner: 'data', schema: {} },
    notices: { capability: 'content.ingest', deprecated_at: '2026-01-01T00:00:00.000Z' },
    agents: { name: 'a', version: '1.0.0', realm: 'content', determinism: 'grounded' },
    domains: { name: 'd', version: '1.0.0', realms: ['content'] },
    solutions: { name: 's', version: '1.0.0', context: {}, intents: ['content.ingest'], realms: ['content'] },
    objectives: { tenant_id: 'acme', intent_type: 'content.ingest', success_rate: 0.99 },
    escalation_rules: { tenant_id: 'acme', rule_id: 'r', on: ['stuck'], tell: ['ops'] },
  };

  it.each(Object.entries(every))('an entry of %s - is put by a candidate, shows in the diff, and goes with the way back; a tenant stays', (list, entry) => {
    const after = withChanges(base, [{ list, put: entry as never }]);
    const key = keyInList(list, entry);
    expect([diffBundles(base, after)[list]?.added, governanceBundle.parse(after)[list as BundleList]?.some((one) => keyInList(list, one) === key)]).toEqual([[key], true]);
    expect(changesBack(after, base)).toEqual(list === 'tenants' ? [] : [{ list, remove: key }]);
    expect(changesBack(base, after)).toEqual([{ list, put: expect.objectContaining({}) as object }]);
  });

  it('the way back - opens no closed tenant, touches nothing of the platform’s own, and brings nothing back about a capability that is gone', () => {
    const before = withChanges(base, [{ list: 'notices', put: every.notices as never }]);
    const now = { ...base, capabilities: [], tenants: base.tenants.map((tenant) => ({ ...tenant, status: 'closed' as const })), policies: [...base.policies, { ...noSecrets, id: 'platform.new' }] };
    expect(changesBack(now, before)).toEqual([]);
  });

  it('what made a bundle - is no difference between two', () => {
    expect(diffBundles(base, { ...base, made_by: [{ tenant_id: 'acme', user_id: 'a', intent_type: 'declaration', at: '2026-01-01T00:00:00.000Z', changed: [] }] })).toEqual({});
  });

  it('a policy file - gives each policy by its annotations; one without a name is refused by file', () => {
    expect(readPolicyText('@id("a") permit(principal, action, resource);\n// words\n@id("b") @role("data_steward")\nforbid(principal, action, resource);', 'x.cedar').map(({ id, role }) => [id, role])).toEqual([['a', 'security_guard'], ['b', 'data_steward']]);
    for (const text of ['permit(principal, action, resource);', '@id("a") @role("king") permit(principal, action, resource);', 'permit(']) expect(() => readPolicyText(text, 'x.cedar')).toThrow(expect.objectContaining({ code: 'governance.invalid', field: 'x.cedar' }) as Error);
  });
});
