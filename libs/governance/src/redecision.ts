import type { GovernanceBundle, PolicyCandidate, PolicyDecision, PolicyFlip, Verdict } from '@symphainy/contracts';
import { canonicalJson, hashOf } from '@symphainy/kernel';
import { checkPolicy } from './cedar-schema.js';
import { compileBundle, type CompiledBundle } from './compiled-bundle.js';
import { evaluatePolicy } from './policy-evaluation.js';
import type { PolicyRequest } from './policy-request.js';

/** `base` with the candidate's policies put in and taken out, made ready. `governance.invalid`: one of them is not a policy. */
export function compileCandidate(base: GovernanceBundle, { put, remove }: Pick<PolicyCandidate, 'put' | 'remove'>): CompiledBundle {
  put.forEach(checkPolicy);
  const gone = new Set([...remove, ...put.map((policy) => policy.id)]);
  const bundle = { ...base, policies: [...base.policies.filter((policy) => !gone.has(policy.id)), ...put] };
  return compileBundle(bundle, hashOf([base.version, put, remove]));
}

/** What a recorded decision and the candidate's come to. `shifted`: the same decision, otherwise determined. */
export type Redecision = { readonly outcome: 'equal' | 'shifted' } | { readonly outcome: 'flip'; readonly flip: Pick<PolicyFlip, 'recorded' | 'candidate' | 'verdicts'> };

/** Decides a recorded request again under a candidate. Words of reasons are no difference; decisions and determining policies are. */
export function redecide(candidate: CompiledBundle, request: PolicyRequest, recorded: PolicyDecision): Redecision {
  const decision = evaluatePolicy(candidate, request);
  const verdicts = decision.verdicts.flatMap((verdict, i) => {
    const before = recorded.verdicts[i];
    return before === undefined || sameVerdict(before, verdict) ? [] : [{ role: verdict.role, recorded: before, candidate: verdict }];
  });
  if (decision.decision !== recorded.decision) return { outcome: 'flip', flip: { recorded: recorded.decision, candidate: decision.decision, verdicts } };
  return { outcome: verdicts.length === 0 ? 'equal' : 'shifted' };
}

const sameVerdict = (a: Verdict, b: Verdict): boolean => canonicalJson([a.role, a.decision, a.policies]) === canonicalJson([b.role, b.decision, b.policies]);
