/** Invariant 7, by property: whatever the policies and requests, the sliced and remembered decision is the plain one. */
import fc from 'fast-check';
import type { CedarPolicy, GovernanceBundle } from '@symphainy/contracts';
import { compileBundle, evaluatePolicy, type PolicyRequest } from './index.js';
import { evaluatePlainly, sampleBundle, sampleCapability } from './testing.js';

const tenants = ['acme', 'globex', 'nowhere'];
const users = ['alice', 'bob', 'carol'];
const roles = ['builder', 'operator', 'auditor'];
const capabilities = ['content.ingest', 'content.index', 'insights.profile'].map((name) => sampleCapability(name));

const oneOf = (...choices: string[]) => fc.constantFrom(...choices);

const principalScope = oneOf('principal', 'principal is User', 'principal in Tenant::"acme"', 'principal in Tenant::"globex"', 'principal == User::"acme/alice"', 'principal is User in Tenant::"acme"', 'principal in User::"globex/bob"', 'principal == Tenant::"acme"', 'principal in Realm::"content"');
const actionScope = oneOf('action', 'action == Action::"submit"', 'action == Action::"hydrate"', 'action == Action::"other"', 'action in [Action::"submit", Action::"other"]', 'action in Action::"submit"', 'action in []');
const resourceScope = oneOf('resource', 'resource is Capability', 'resource == Capability::"content.ingest"', 'resource in Capability::"content.index"', 'resource in Realm::"content"', 'resource is Capability in Realm::"insights"', 'resource in Tenant::"acme"');
const conditions = [
  'true',
  'principal.roles.contains("builder")',
  'principal.roles.containsAny(["operator", "auditor"])',
  'principal.id == "bob"',
  'principal == User::"acme/alice"',
  'principal in Tenant::"globex"',
  '(if context.own_session then principal else User::"acme/bob").roles.contains("builder")',
  '(if context.own_session then principal else principal).roles.contains("builder")',
  'User::"acme/alice".roles.contains("builder")',
  'User::"acme/alice" has roles',
  'principal has roles && principal.roles.isEmpty()',
  'principal.kind == "service"',
  'principal.auth == "jwt"',
  'principal.tenant.status == "active"',
  'principal.tenant == Tenant::"acme"',
  'resource.determinism == "deterministic"',
  'resource.name like "content.*"',
  'resource in Realm::"content"',
  'resource == Capability::"content.ingest" && resource has determinism',
  'Tenant::"acme".status == "active"',
  'Capability::"content.ingest".realm == "content"',
  'Capability::"content.ingest" in Realm::"content"',
  'User::"acme/alice".tenant.status == "active"',
  '(if true then principal.tenant else Tenant::"acme").status == "active"',
  'context.own_session',
  'context.own_targets',
  'context.second_person',
  'context.granted',
  'principal.hasTag("email") && principal.getTag("email") == "alice@acme"',
  'context.session_user_id == principal.id',
  'context.classifications.contains("restricted")',
  'context.references.isEmpty()',
  'context == {own_session: true, classifications: [], references: [], session_user_id: "alice", own_targets: true, second_person: false, granted: false}',
  '{a: context}.a.own_session',
  '[principal].contains(User::"acme/bob")',
  'context has purpose',
  'principal.shoe_size > 40',
  'principal has {x: 1}.x',
];
const condition = oneOf(...conditions);

const policyText = fc
  .tuple(oneOf('permit', 'permit', 'forbid'), principalScope, actionScope, resourceScope, fc.array(fc.tuple(oneOf('when', 'unless'), condition), { maxLength: 2 }))
  .map(([effect, p, a, r, clauses]) => `${effect}(${p}, ${a}, ${r})${clauses.map(([kind, body]) => ` ${kind} { ${body} }`).join('')};`);

/** Texts of the pool that are not Cedar (`principal has {x: 1}.x`) are dropped here, as checkPolicy would refuse them. */
const parses = (policy: CedarPolicy): boolean => {
  try {
    compileBundle(sampleBundle({ policies: [policy] }), 'h');
    return true;
  } catch {
    return false;
  }
};

const policies = fc
  .array(fc.tuple(oneOf('security_guard', 'city_manager', 'data_steward'), policyText), { maxLength: 12 })
  .map((all) => all.map(([role, text], i): CedarPolicy => ({ id: `p${i}`, role: role as CedarPolicy['role'], text })).filter(parses));

const bundle: fc.Arbitrary<GovernanceBundle> = fc
  .tuple(policies, oneOf('active', 'suspended'), fc.subarray(roles))
  .map(([all, status, bobsRoles]) =>
    sampleBundle({
      policies: all,
      tenants: sampleBundle().tenants.map((t) => (t.tenant_id === 'globex' ? { ...t, status: status as 'active' } : t)),
      identities: [...sampleBundle().identities.slice(0, 1), { tenant_id: 'globex', user_id: 'bob', kind: 'service', roles: bobsRoles, status: 'active' }],
    }),
  );

const request: fc.Arbitrary<PolicyRequest> = fc.record({
  caller: fc.record({ tenant_id: oneOf(...tenants), user_id: oneOf(...users), roles: fc.subarray(roles), auth: fc.constantFrom('api_key' as const, 'jwt' as const, 'service' as const) }),
  capability: fc.constantFrom(...capabilities, { ...capabilities[0]!, determinism: 'expert' as const }),
  action: fc.constantFrom('submit' as const, 'replay' as const, 'hydrate' as const),
  data: fc.record({ classifications: fc.subarray(['public', 'restricted', 'pii']), references: fc.subarray(['r1', 'r2']) }),
  session_user_id: oneOf(...users),
  own_targets: fc.boolean(),
  second_person: fc.boolean(),
  granted: fc.boolean(),
});

/** Requests that differ in one thing at a time and in several: whatever a condition reads, two of them differ in it. */
const everyRequest: PolicyRequest[] = ['alice', 'bob'].flatMap((user_id) =>
  [[], ['builder']].flatMap((own) =>
    (['jwt', 'api_key'] as const).flatMap((auth) =>
      [[], ['restricted']].flatMap((classifications) =>
        [[], ['r1']].flatMap((references) =>
          ['alice', 'carol'].flatMap((session_user_id) =>
            ([[true, false], [true, true], [false, true]] as const).map(([own_targets, granted]): PolicyRequest => ({ caller: { tenant_id: 'globex', user_id, roles: own, auth }, capability: capabilities[0]!, action: 'submit', data: { classifications, references }, session_user_id, own_targets, granted })),
          ),
        ),
      ),
    ),
  ),
);

describe('slices and memory', () => {
  it.each(conditions.filter((c) => parses({ id: 'p', role: 'data_steward', text: `permit(principal, action, resource) when { ${c} };` })))('evaluatePolicy - whatever is read by "%s" is part of the key (invariant 7)', (c) => {
    const texts = [c, c.replaceAll('acme', 'globex')];
    const compiled = compileBundle(sampleBundle({ policies: texts.map((text, i) => ({ id: `p${i}`, role: i === 0 ? 'data_steward' : 'security_guard', text: `permit(principal, action, resource) when { ${text} };` })) }), 'd'.repeat(64));
    for (const r of everyRequest) expect(evaluatePolicy(compiled, r)).toEqual(evaluatePlainly(compiled, r));
  });

  it('evaluatePolicy - equals plain evaluation for any policies and any order of requests (invariant 7)', () => {
    fc.assert(
      fc.property(bundle, fc.array(request, { minLength: 1, maxLength: 12 }), (b, requests) => {
        const compiled = compileBundle(b, 'f'.repeat(64));
        for (const r of [...requests, ...requests]) expect(evaluatePolicy(compiled, r)).toEqual(evaluatePlainly(compiled, r));
      }),
      { numRuns: 100 },
    );
  });

  it('evaluatePolicy - callers that no policy tells apart share one remembered decision; those it does tell apart do not', () => {
    const byRole: CedarPolicy = { id: 'r', role: 'security_guard', text: 'permit(principal, action, resource) when { principal.roles.contains("builder") };' };
    const compiled = compileBundle(sampleBundle({ policies: [byRole] }), 'f'.repeat(64));
    const of = (user_id: string, own: string[]): PolicyRequest => ({ caller: { tenant_id: 'acme', user_id, roles: own, auth: 'jwt' }, capability: capabilities[0]!, action: 'submit', data: { classifications: [], references: [user_id] }, session_user_id: user_id });
    expect(evaluatePolicy(compiled, of('x', ['builder']))).toBe(evaluatePolicy(compiled, of('y', ['builder'])));
    expect(evaluatePolicy(compiled, of('z', [])).verdicts[0]?.decision).toBe('deny');
  });
});
