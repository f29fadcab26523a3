import type { PolicyDecision, PolicyExplanation, Verdict } from '@symphainy/contracts';
import type { Json } from '@symphainy/kernel';
import { requestFacts } from './cedar-request.js';
import type { CompiledBundle } from './compiled-bundle.js';
import { analysePolicy, variableAttributes, type AnalysedPolicy, type Attribute } from './policy-analysis.js';
import { evaluatePolicy } from './policy-evaluation.js';
import type { PolicyRequest, RequestFacts } from './policy-request.js';
import type { PolicySlice } from './policy-slices.js';

/** As policies write them. */
const WRITTEN: Readonly<Record<Attribute, string>> = {
  user: 'principal.id', roles: 'principal.roles', kind: 'principal.kind', auth: 'principal.auth', classifications: 'context.classifications', references: 'context.references',
  session_user_id: 'context.session_user_id', own_session: 'context.own_session', own_targets: 'context.own_targets', second_person: 'context.second_person', granted: 'context.granted',
  tags: 'principal.tags', tenant: 'principal.tenant', membership: 'principal', resource: 'resource',
};

/** Decides the request and tells why: who determined each verdict, and on which attributes with which values. */
export function explainPolicy(compiled: CompiledBundle, request: PolicyRequest): PolicyExplanation {
  const decision = evaluatePolicy(compiled, request);
  const facts = requestFacts(compiled, request);
  const { byRole } = compiled.slices.of(facts);
  const { caller, action, capability } = request;
  return {
    decision,
    asked: { tenant_id: caller.tenant_id, user_id: caller.user_id, action, capability: capability.name },
    roles: decision.verdicts.map((verdict, index) => explained(verdict, byRole[index], facts)),
  };
}

/** Whether two decisions say the same, determined by the same policies. Words of reasons are no difference. */
export const sameDecision = (a: PolicyDecision, b: PolicyDecision): boolean => textOf(a) === textOf(b);

const textOf = ({ decision, verdicts }: PolicyDecision): string => JSON.stringify([decision, verdicts.map((verdict) => [verdict.role, verdict.decision, verdict.policies])]);

function explained(verdict: Verdict, slice: PolicySlice | undefined, facts: RequestFacts): PolicyExplanation['roles'][number] {
  const policies = Object.entries(slice?.policies ?? {}).map(([id, text]) => analysePolicy({ id, role: verdict.role, text }, '/text'));
  const determined = policies.filter(({ policy }) => verdict.policies.includes(policy.id));
  return { verdict, considered: policies.length, determined_by: determined.map(told), attributes: { ...settled(facts), ...read(policies, facts) } };
}

const told = ({ policy, effect, reads }: AnalysedPolicy): PolicyExplanation['roles'][number]['determined_by'][number] => ({ ...policy, effect, reads: [...reads].map((attribute) => WRITTEN[attribute]).sort() });

/** What tenant, action and capability settle: every policy may read it. */
const settled = ({ target, tenantStatus, request }: RequestFacts): Record<string, Json> => ({
  'principal.tenant.id': target.tenant, 'principal.tenant.status': tenantStatus, 'resource.name': target.capability, 'resource.realm': target.realm, 'resource.determinism': request.capability.determinism,
});

function read(policies: readonly AnalysedPolicy[], { variable, attributes }: RequestFacts): Record<string, Json> {
  const names = new Set(policies.flatMap((policy) => [...policy.reads]));
  const values = variableAttributes.filter((name) => names.has(name)).map((name): [string, Json] => [WRITTEN[name], valueOf(variable[name])]);
  const tags = names.has('user') ? Object.entries(attributes).map(([tag, value]): [string, Json] => [`principal.tags.${tag}`, value]) : [];
  return Object.fromEntries([...values, ...tags].sort(([a], [b]) => (a < b ? -1 : 1)));
}

const valueOf = (value: string | boolean | readonly string[]): Json => (typeof value === 'object' ? [...value] : value);
