import type { PolicyDecision, Verdict } from '@symphainy/contracts';
import { requestFacts } from './cedar-request.js';
import type { AskedResource, PolicyRequest, RequestFacts } from './policy-request.js';
import type { CompiledBundle } from './compiled-bundle.js';
import { judge, judgeTogether } from './role-verdict.js';
import { verdictRoles, type PolicySlice } from './policy-slices.js';

/**
 * One decision of three verdicts, in the order security_guard, city_manager, data_steward; `permit` only if all three permit.
 * Decisions are remembered per bundle, keyed by every attribute that the policies at hand read; the returned object is shared and frozen.
 */
export function evaluatePolicy(compiled: CompiledBundle, request: PolicyRequest): PolicyDecision {
  const facts = requestFacts(compiled, request);
  const slices = compiled.slices.of(facts);
  const key = slices.memoKey(facts);
  const remembered = compiled.decisions.get(key);
  if (remembered) return remembered;
  const together = judgeTogether(facts, slices.joint);
  const decision = together === undefined ? decide(compiled, facts, slices.byRole) : decisionOf(compiled, together);
  compiled.decisions.set(key, decision);
  return decision;
}

/** The same decision the slow way: every policy of the role, nothing left out, nothing remembered. What evaluatePolicy is checked against. */
export function evaluatePlainly(compiled: CompiledBundle, request: PolicyRequest): PolicyDecision {
  const facts = requestFacts(compiled, request);
  return decide(compiled, facts, compiled.slices.everything);
}

/** The decision on an application's own resource (AuthZEN): from the policies that can match it; nothing is remembered, for anybody may name anything. */
export function evaluateResource(compiled: CompiledBundle, request: PolicyRequest, action: string, resource: AskedResource): PolicyDecision {
  const known = requestFacts(compiled, request);
  const facts: RequestFacts = { ...known, target: { tenant: known.target.tenant, action, capability: `${resource.type}/${resource.id}`, realm: '' }, attributes: { ...resource.subjectProperties, ...known.attributes }, resource };
  return decide(compiled, facts, compiled.slices.once(facts));
}

const decide = (compiled: CompiledBundle, facts: RequestFacts, slices: readonly PolicySlice[]): PolicyDecision =>
  decisionOf(compiled, verdictRoles.map((role, index) => judge(role, facts, slices[index])));

function decisionOf(compiled: CompiledBundle, verdicts: Verdict[]): PolicyDecision {
  for (const verdict of verdicts) Object.freeze(verdict);
  return Object.freeze({
    decision: verdicts.every((v) => v.decision === 'permit') ? 'permit' : 'deny',
    verdicts: Object.freeze(verdicts) as Verdict[],
    bundle_hash: compiled.hash,
    bundle_version: compiled.version,
  });
}
