import type { Caller, CedarPolicy, GovernanceBundle, PolicyDecision } from '@symphainy/contracts';
import { compileBundle, evaluatePolicy, type PolicyRequest } from './index.js';
import { permissivePolicies, sampleBundle, sampleCapability } from './testing.js';

const HASH = 'a'.repeat(64);
const alice: Caller = { tenant_id: 'acme', user_id: 'alice', roles: [], auth: 'api_key' };

const decide = (bundle: GovernanceBundle, over: Partial<PolicyRequest> = {}): PolicyDecision =>
  evaluatePolicy(compileBundle(bundle, HASH), { caller: alice, capability: sampleCapability('content.ingest'), action: 'submit', data: { classifications: [], references: [] }, session_user_id: 'alice', ...over });

const withPolicies = (...policies: CedarPolicy[]): GovernanceBundle => sampleBundle({ policies: [...permissivePolicies, ...policies] });

const guard = (id: string, text: string): CedarPolicy => ({ id, role: 'security_guard', text });

describe('evaluatePolicy', () => {
  it('evaluatePolicy - three verdicts in their order, with the policies that decided (invariant 1)', () => {
    const decision = decide(sampleBundle());
    expect(decision).toEqual({
      decision: 'permit',
      bundle_hash: HASH,
      bundle_version: 1,
      verdicts: [
        { role: 'security_guard', decision: 'permit', policies: ['sample.callers'] },
        { role: 'city_manager', decision: 'permit', policies: ['sample.tenants'] },
        { role: 'data_steward', decision: 'permit', policies: ['sample.data'] },
      ],
    });
  });

  it('evaluatePolicy - no policies at all: every role denies and says so (invariant 2)', () => {
    const decision = decide(sampleBundle({ policies: [] }));
    expect(decision.decision).toBe('deny');
    expect(decision.verdicts.map((v) => [v.decision, v.policies])).toEqual([['deny', []], ['deny', []], ['deny', []]]);
    expect(decision.verdicts[2]?.reason).toBe('no data_steward policy permits submit of content.ingest to this caller of tenant acme');
  });

  it.each(['security_guard', 'city_manager', 'data_steward'] as const)('evaluatePolicy - %s alone without a permit denies the whole (invariant 2)', (role) => {
    const decision = decide(sampleBundle({ policies: permissivePolicies.filter((p) => p.role !== role) }));
    expect(decision.decision).toBe('deny');
    expect(decision.verdicts.filter((v) => v.decision === 'deny').map((v) => v.role)).toEqual([role]);
  });

  it('evaluatePolicy - one forbid beats many permits, and its own words are the reason (invariant 3)', () => {
    const restricted: CedarPolicy = { id: 'restricted', role: 'data_steward', text: '@reason("restricted data needs a data owner") forbid(principal, action, resource) when { context.classifications.contains("restricted") } unless { principal.roles.contains("data_owner") };' };
    const decision = decide(withPolicies(restricted), { data: { classifications: ['restricted'], references: [] } });
    expect(decision.decision).toBe('deny');
    expect(decision.verdicts[2]).toEqual({ role: 'data_steward', decision: 'deny', policies: ['restricted'], reason: 'restricted data needs a data owner' });
    expect(decide(withPolicies(restricted)).decision).toBe('permit');
  });

  it('evaluatePolicy - a policy that fails on the request denies, although a permit is satisfied (invariant 4)', () => {
    const broken = guard('broken', 'forbid(principal, action, resource) when { principal.shoe_size > 40 };');
    expect(decide(withPolicies(broken)).verdicts[0]).toEqual({ role: 'security_guard', decision: 'deny', policies: ['broken'], reason: 'cannot be evaluated on this request: broken' });
  });

  it('evaluatePolicy - a tenant outside the bundle is denied by every role whatever policies say (invariant 5)', () => {
    const decision = decide(sampleBundle({ policies: permissivePolicies.map((p) => ({ ...p, text: 'permit(principal, action, resource);' })) }), { caller: { ...alice, tenant_id: 'nowhere' } });
    for (const verdict of decision.verdicts) expect(verdict).toMatchObject({ decision: 'deny', policies: [], reason: 'the tenant is not known' });
  });

  it('evaluatePolicy - a disabled identity is denied by Security Guard (invariant 5)', () => {
    const identities = [{ tenant_id: 'acme', user_id: 'alice', kind: 'person' as const, roles: ['builder'], status: 'disabled' as const }];
    expect(decide(sampleBundle({ identities })).verdicts[0]?.reason).toBe('the identity is disabled');
  });

  it('evaluatePolicy - a person cannot call as a service (invariant 5)', () => {
    expect(decide(sampleBundle(), { caller: { ...alice, auth: 'service' } }).verdicts[0]?.decision).toBe('deny');
  });

  it('evaluatePolicy - roles that a local identity claims for itself count for nothing (invariant 6)', () => {
    const ownersOnly = sampleBundle({ policies: [guard('owners', 'permit(principal, action, resource) when { principal.roles.contains("owner") };'), ...permissivePolicies.slice(1)] });
    expect(decide(ownersOnly, { caller: { ...alice, roles: ['owner'], auth: 'jwt' } }).decision).toBe('deny');
    expect(decide(ownersOnly, { caller: { ...alice, user_id: 'stranger', roles: ['owner'], auth: 'api_key' } }).decision).toBe('deny');
    expect(decide(ownersOnly, { caller: { ...alice, user_id: 'federated', roles: ['owner'], auth: 'jwt' } }).decision).toBe('permit');
  });

  it('evaluatePolicy - a permit for one tenant does not leak to another', () => {
    const acmeOnly = sampleBundle({ policies: [guard('acme', 'permit(principal in Tenant::"acme", action, resource);'), ...permissivePolicies.slice(1)] });
    expect(decide(acmeOnly).decision).toBe('permit');
    expect(decide(acmeOnly, { caller: { ...alice, tenant_id: 'globex' } }).verdicts[0]?.decision).toBe('deny');
  });

  it('evaluatePolicy - users of two tenants with the same name are two users', () => {
    const bundle = sampleBundle({ policies: [guard('alice', 'permit(principal == User::"acme/alice", action, resource);'), ...permissivePolicies.slice(1)] });
    expect(decide(bundle).decision).toBe('permit');
    expect(decide(bundle, { caller: { ...alice, tenant_id: 'globex' } }).decision).toBe('deny');
  });

  it('evaluatePolicy - a remembered decision cannot be altered by who received it', () => {
    const decision = decide(sampleBundle());
    expect(() => ((decision.verdicts[0] as { decision: string }).decision = 'deny')).toThrow(TypeError);
  });
});

describe('compileBundle', () => {
  it('compileBundle - a policy that does not parse makes the bundle invalid, naming the place', () => {
    expect(() => compileBundle(withPolicies(guard('bad', 'permit(principal, action')), HASH)).toThrow(expect.objectContaining({ code: 'policy.bundle_invalid', field: '/bundle/policies/3/text' }));
  });

  it.each([
    ['two policies in one text', 'permit(principal, action, resource); permit(principal, action, resource);'],
    ['a template with an open slot', 'permit(principal == ?principal, action, resource);'],
  ])('compileBundle - %s is refused', (_, text) => {
    expect(() => compileBundle(withPolicies(guard('odd', text)), HASH)).toThrow(expect.objectContaining({ code: 'policy.bundle_invalid' }));
  });

  it('compileBundle - an id used twice is refused: decisions would not say which policy decided', () => {
    expect(() => compileBundle(withPolicies(guard('sample.callers', 'permit(principal, action, resource);')), HASH)).toThrow(expect.objectContaining({ field: '/bundle/policies/3/id' }));
  });

  it('compileBundle - finds capabilities, tenants and identities by name', () => {
    const compiled = compileBundle(sampleBundle(), HASH);
    expect([compiled.capability('content.ingest')?.realm, compiled.tenant('globex')?.name, compiled.identity('acme', 'bob')?.roles]).toEqual(['content', 'Globex', ['auditor']]);
    expect([compiled.capability('content.delete'), compiled.tenant('initech'), compiled.identity('globex', 'bob')]).toEqual([undefined, undefined, undefined]);
  });
});
