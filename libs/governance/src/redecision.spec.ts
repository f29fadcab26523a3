import type { BundleChange, CedarPolicy, GovernanceBundle, Tenant } from '@symphainy/contracts';
import { canonicalJson } from '@symphainy/kernel';
import { compileBundle, compileCandidate, discloseToTenant, evaluatePolicy, notRedecided, readSigningKey, redecide as held, signBundle, type CompiledBundle, type PolicyRequest, type Redecision } from './index.js';
import { permissivePolicies, sampleBundle, sampleCapability } from './testing.js';

const base = sampleBundle();
const compiled = compileBundle(base, 'f'.repeat(64));
const requestOf = (more: Partial<PolicyRequest> = {}): PolicyRequest => ({
  caller: { tenant_id: 'acme', user_id: 'alice', roles: [], auth: 'api_key' },
  capability: sampleCapability('content.ingest'),
  action: 'submit',
  data: { classifications: [], references: [] },
  session_user_id: 'alice',
  ...more,
});
const redecide = (candidate: CompiledBundle, request: PolicyRequest, recorded: ReturnType<typeof evaluatePolicy>): Redecision => held({ decision: recorded }, { decision: evaluatePolicy(candidate, request) });
const noSecrets: CedarPolicy = { id: 'no-secrets', role: 'data_steward', text: '@reason("secrets stay")\nforbid(principal, action, resource) when { context.classifications.contains("secret") };' };

describe('policy time machine', () => {
  it('the same policies - decide everything as it was decided', () => {
    const same = compileCandidate(base, { put: [], remove: [] });
    for (const request of [requestOf(), requestOf({ data: { classifications: ['secret'], references: ['a'] } })]) expect(redecide(same, request, evaluatePolicy(compiled, request))).toEqual({ outcome: 'equal' });
  });

  it('a new rule - flips what it forbids, names the role and the policy, and nothing else', () => {
    const candidate = compileCandidate(base, { put: [noSecrets], remove: [] });
    const [plain, secret] = [requestOf(), requestOf({ data: { classifications: ['secret'], references: ['a'] } })];
    expect(redecide(candidate, plain, evaluatePolicy(compiled, plain))).toEqual({ outcome: 'equal' });
    expect(redecide(candidate, secret, evaluatePolicy(compiled, secret))).toEqual({
      outcome: 'flip',
      flip: { recorded: 'permit', candidate: 'deny', verdicts: [{ role: 'data_steward', recorded: { role: 'data_steward', decision: 'permit', policies: ['sample.data'] }, candidate: { role: 'data_steward', decision: 'deny', policies: ['no-secrets'], reason: 'secrets stay' } }] },
    });
  });

  it('the same decision by another policy - is no flip, and not equal either', () => {
    const renamed = compileCandidate(base, { put: [{ ...permissivePolicies[0]!, id: 'callers.v2' }], remove: ['sample.callers'] });
    expect(redecide(renamed, requestOf(), evaluatePolicy(compiled, requestOf()))).toEqual({ outcome: 'shifted' });
  });

  it('what bars an intent beside policy - flips what policy permitted, and is told with its rule; another bar for the same intent is no flip', () => {
    const decision = evaluatePolicy(compiled, requestOf());
    const bar = { code: 'saga.not_allowed', message: 'too long', rule_id: 'short' };
    expect(held({ decision }, { bar })).toEqual({ outcome: 'flip', flip: { recorded: 'permit', candidate: 'deny', verdicts: [], bars: { candidate: bar } } });
    expect(held({ bar }, { decision })).toMatchObject({ outcome: 'flip', flip: { recorded: 'deny', candidate: 'permit', bars: { recorded: bar } } });
    expect([held({ bar }, { bar: { ...bar, message: 'other words' } }), held({ bar }, { bar: { ...bar, rule_id: 'flat' } })]).toEqual([{ outcome: 'equal' }, { outcome: 'shifted' }]);
  });

  it('changes of any list - are made before policies are put in, and refused where they cannot be', () => {
    const put = { tenant_id: 'acme', user_id: 'alice', kind: 'person', roles: [], status: 'disabled' };
    const candidate = compileCandidate(base, { changes: [{ list: 'identities', put }], put: [], remove: [] });
    expect(redecide(candidate, requestOf(), evaluatePolicy(compiled, requestOf()))).toMatchObject({ outcome: 'flip', flip: { candidate: 'deny' } });
    expect(() => compileCandidate(base, { changes: [{ list: 'capabilities', remove: 'content.ingest' }], put: [], remove: [] })).toThrow(expect.objectContaining({ code: 'governance.invalid', field: '/changes/0/list' }) as Error);
  });

  it('a candidate that is no policy - is refused before anything is decided', () => {
    expect(() => compileCandidate(base, { put: [noSecrets, { ...noSecrets, text: 'permit(' }], remove: [] })).toThrow(expect.objectContaining({ code: 'governance.invalid', field: '/put/1/text' }) as Error);
    expect(() => compileCandidate(base, { put: [noSecrets, noSecrets], remove: [] })).toThrow(expect.objectContaining({ code: 'governance.invalid', field: '/put/1/id' }) as Error);
  });
});

describe('what recorded intents cannot be decided by again', () => {
  const acme = base.tenants.find(({ tenant_id }) => tenant_id === 'acme')!;
  const told = (over: Partial<Tenant>, before: Partial<Tenant> = {}, of = acme) => {
    const withTenant = (tenant: Partial<Tenant>): GovernanceBundle => ({ ...base, tenants: base.tenants.map((one) => (one.tenant_id === of.tenant_id ? { ...one, ...tenant } : one)) });
    return notRedecided(withTenant(before), withTenant(over), 'acme').map(({ list, key, field, reason }) => `${list} ${key} ${field ?? ''} ${reason}`);
  };

  it.each([
    ['how much may run at once', told({ limits: { max_running_executions: 1 } }), ['tenants acme /limits moment']],
    ['a bound for a capability', told({ traffic: { capabilities: [{ capability: 'content.ingest', max_running: 1 }] } }), ['tenants acme /traffic/capabilities moment']],
    ['a quota that lets in more', told({ traffic: { daily: { executions: 20, time_zone: 'UTC' } } }, { traffic: { daily: { executions: 10, time_zone: 'UTC' } } }), ['tenants acme /traffic/daily unrecorded']],
    ['a quota that lets in less', told({ traffic: { daily: { executions: 5, time_zone: 'UTC' } } }, { traffic: { daily: { executions: 10, time_zone: 'UTC' } } }), []],
    ['a quota that is taken away', told({}, { traffic: { daily: { executions: 10, time_zone: 'UTC' } } }), ['tenants acme /traffic/daily unrecorded']],
    ['keys that are enforced where nobody looked at them', told({ switches: { ...acme.switches, idempotency: 'enforce' } }, { switches: { ...acme.switches, idempotency: 'off' } }), ['tenants acme /switches/idempotency unrecorded']],
    ['keys that are enforced where they were observed', told({ switches: { ...acme.switches, idempotency: 'enforce' } }, { switches: { ...acme.switches, idempotency: 'observe' } }), []],
    ['a deadline that ends executions', told({ switches: { ...acme.switches, sla: 'enforce' } }), ['tenants acme /switches/sla later']],
    ['the tenant’s name, or its status', told({ name: 'Acme & Sons', status: 'suspended' }), []],
    ['another tenant’s limits', told({ limits: { max_running_executions: 1 } }, {}, base.tenants.find(({ tenant_id }) => tenant_id === 'globex')!), []],
  ])('%s - is told if it says nothing of what was recorded, and only then', (_, found, expected) => {
    expect(found).toEqual(expected);
  });

  it('entries of other lists - are told with their keys, those of another tenant not', () => {
    const contract = (tenant_id: string) => ({ tenant_id, artifact_type: 'sample.note' });
    const changed = { ...base, data_contracts: [contract('acme'), contract('globex')] } as unknown as GovernanceBundle;
    expect(notRedecided(base, changed, 'acme')).toEqual([{ list: 'data_contracts', key: 'acme/sample.note', reason: 'later' }]);
    const others = { grants: [{ grant_id: 'g1', tenant_id: 'acme' }], reclassifications: [{ tenant_id: 'acme', reference: 'e/s/a' }], data_holds: [{ tenant_id: 'acme', hold_id: 'h1' }] };
    expect(notRedecided(base, { ...base, ...others } as unknown as GovernanceBundle, 'acme').map(({ list, reason }) => `${list} ${reason}`).sort()).toEqual(['data_holds later', 'grants as_recorded', 'reclassifications as_recorded']);
    const changes: BundleChange[] = [{ list: 'policies', put: noSecrets as never }, { list: 'saga_rules', put: { rule_id: 'short', max_steps: 1 } }];
    expect(notRedecided(base, compileCandidate(base, { changes, put: [], remove: [] }).bundle, 'acme')).toEqual([]);
  });
});

describe('a bundle shown to a tenant', () => {
  const policies = [
    ...permissivePolicies,
    { id: 'globex-only', role: 'security_guard' as const, text: 'permit(principal in Tenant::"globex", action, resource);' },
    { id: 'mentions-globex', role: 'security_guard' as const, text: 'permit(principal, action, resource) when { principal.tenant.id == "globex" };' },
  ];
  const signed = signBundle(sampleBundle({ policies, capabilities: [sampleCapability('content.ingest'), sampleCapability('content.other')] }), readSigningKey(Buffer.alloc(32, 1).toString('base64url')));
  const shown = (determined: string[]): string => canonicalJson(discloseToTenant(signed, { tenantId: 'acme', capabilities: new Set(['content.ingest']), policies: new Set(determined) }));

  it('another tenant - is named nowhere, neither by its entry nor by a policy about it', () => {
    const text = shown([]);
    expect(text).not.toContain('globex');
    for (const own of ['"acme"', 'sample.callers', 'content.ingest', '"alice"']) expect(text).toContain(own);
    expect(text).not.toContain('content.other');
  });

  it('a policy that determined the decision - is shown to whom it decided on', () => {
    expect(shown(['mentions-globex'])).toContain('"id":"mentions-globex"');
  });
});
