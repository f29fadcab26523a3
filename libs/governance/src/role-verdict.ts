import { statefulIsAuthorized, type Diagnostics } from '@cedar-policy/cedar-wasm/nodejs';
import { verify } from '@symphainy/kernel';
import type { Verdict } from '@symphainy/contracts';
import { cedarCall } from './cedar-request.js';
import type { RequestFacts } from './policy-request.js';
import { verdictRoles, type JointSlice, type PolicySlice } from './policy-slices.js';
import { preparedPolicies } from './prepared-policies.js';

/**
 * One role's verdict. Words on a deny name nothing but the target and policies: they are remembered with the decision, for all callers
 * that the policies do not tell apart.
 */
export function judge(role: Verdict['role'], facts: RequestFacts, slice: PolicySlice | undefined): Verdict {
  verify(slice, 'every role has its slice');
  const refusal = facts.refusals[role];
  if (refusal !== undefined) return { role, decision: 'deny', policies: [], reason: refusal };
  if (slice.empty) return defaultDeny(role, facts);
  const answer = statefulIsAuthorized({ ...cedarCall(facts), preparsedPolicySetId: preparedPolicies(slice) });
  if (answer.type === 'failure') return { role, decision: 'deny', policies: [], reason: 'the request cannot be put to the policies' };
  const { decision, diagnostics } = answer.response;
  if (diagnostics.errors.length > 0) return failedPolicies(role, diagnostics);
  if (decision === 'allow') return { role, decision: 'permit', policies: diagnostics.reason.sort() };
  return diagnostics.reason.length > 0 ? forbidden(role, slice, diagnostics.reason.sort()) : defaultDeny(role, facts);
}

/**
 * All verdicts from one answer, where it tells them: without a satisfied forbid and without an error it names every satisfied permit, so each role permits by its own
 * among them. A forbid or an error of one role hides what holds for the others; undefined then, and each is to be asked apart.
 */
export function judgeTogether(facts: RequestFacts, slice: JointSlice): Verdict[] | undefined {
  if (slice.empty || Object.keys(facts.refusals).length > 0) return undefined;
  const answer = statefulIsAuthorized({ ...cedarCall(facts, slice.reads), preparsedPolicySetId: preparedPolicies(slice) });
  if (answer.type === 'failure' || answer.response.diagnostics.errors.length > 0) return undefined;
  const { decision, diagnostics } = answer.response;
  if (decision === 'deny' && diagnostics.reason.length > 0) return undefined;
  const permits = Map.groupBy(diagnostics.reason, (id) => slice.roleOf.get(id));
  return verdictRoles.map((role) => {
    const policies = permits.get(role)?.sort();
    return policies === undefined ? defaultDeny(role, facts) : { role, decision: 'permit', policies };
  });
}

/** Invariant 4. The engine's own text stays out: it quotes the caller. */
function failedPolicies(role: Verdict['role'], diagnostics: Diagnostics): Verdict {
  const ids = diagnostics.errors.map((e) => e.policyId).sort();
  return { role, decision: 'deny', policies: ids, reason: `cannot be evaluated on this request: ${ids.join(', ')}` };
}

const forbidden = (role: Verdict['role'], slice: PolicySlice, ids: string[]): Verdict => ({
  role,
  decision: 'deny',
  policies: ids,
  reason: ids.map((id) => slice.reasons.get(id) ?? `forbidden by ${id}`).join('; '),
});

const defaultDeny = (role: Verdict['role'], { target }: RequestFacts): Verdict => ({
  role,
  decision: 'deny',
  policies: [],
  reason: `no ${role} policy permits ${target.action} of ${target.capability} to this caller of tenant ${target.tenant}`,
});
