import { failure, type CedarPolicy, type GovernanceBundle, type IntentBar, type PolicyCandidate, type PolicyDecision, type PolicyFlip, type Verdict } from '@symphainy/contracts';
import { canonicalJson, hashOf, type WireError } from '@symphainy/kernel';
import { checkIn, withChanges } from './candidate-bundle.js';
import { compileBundle, type CompiledBundle } from './compiled-bundle.js';

/** `base` with the candidate's changes made and its policies put in and taken out, made ready. `governance.invalid` names the one that cannot be. */
export function compileCandidate(base: GovernanceBundle, { changes = [], put, remove }: Pick<PolicyCandidate, 'put' | 'remove'> & Partial<Pick<PolicyCandidate, 'changes'>>): CompiledBundle {
  put.forEach((policy, i) => checkIn(policy, `/put/${i}`));
  requireDistinct(put);
  const changed = withChanges(base, changes);
  const gone = new Set([...remove, ...put.map((policy) => policy.id)]);
  const bundle = { ...changed, policies: [...changed.policies.filter((policy) => !gone.has(policy.id)), ...put] };
  return compileBundle(bundle, hashOf([base.version, changes, put, remove]));
}

function requireDistinct(put: readonly CedarPolicy[]): void {
  const again = put.findIndex(({ id }, i) => put.findIndex((policy) => policy.id === id) < i);
  if (again >= 0) throw failure('governance.invalid', { message: `policy ${put[again]!.id} is put in twice`, field: `/put/${again}/id`, fix: 'give each policy an id of its own' });
}

/** What an intent came to, or would come to: policy decided, or something barred it beside policy. */
export type Redecided = { readonly decision: PolicyDecision } | { readonly bar: IntentBar };

/** What a recorded outcome and the candidate's come to. `shifted`: the same decision, otherwise determined. */
export type Redecision = { readonly outcome: 'equal' | 'shifted' } | { readonly outcome: 'flip'; readonly flip: Pick<PolicyFlip, 'recorded' | 'candidate' | 'verdicts' | 'bars'> };

/** Holds what a candidate says of a recorded intent against what was recorded. Words of reasons are no difference; decisions, determining policies, codes and rules are. */
export function redecide(recorded: Redecided, again: Redecided): Redecision {
  const verdicts = 'decision' in recorded && 'decision' in again ? changedVerdicts(recorded.decision, again.decision) : [];
  const [was, wouldBe] = [decisionOf(recorded), decisionOf(again)];
  if (was === wouldBe) return { outcome: verdicts.length === 0 && barName(recorded) === barName(again) ? 'equal' : 'shifted' };
  const bars = { ...('bar' in recorded ? { recorded: recorded.bar } : {}), ...('bar' in again ? { candidate: again.bar } : {}) };
  return { outcome: 'flip', flip: { recorded: was, candidate: wouldBe, verdicts, ...(Object.keys(bars).length === 0 ? {} : { bars }) } };
}

/** An error as a bar: what it says, without the caller's own words. */
export const barOf = ({ code, message, details }: Pick<WireError, 'code' | 'message' | 'details'>): IntentBar => ({ code, message, ...(typeof details?.['rule_id'] === 'string' ? { rule_id: details['rule_id'] } : {}) });

const decisionOf = (outcome: Redecided): Verdict['decision'] => ('bar' in outcome ? 'deny' : outcome.decision.decision);
const barName = (outcome: Redecided): string => ('bar' in outcome ? `${outcome.bar.code} ${outcome.bar.rule_id ?? ''}` : '');

const changedVerdicts = (recorded: PolicyDecision, again: PolicyDecision): PolicyFlip['verdicts'] =>
  again.verdicts.flatMap((verdict, i) => {
    const before = recorded.verdicts[i];
    return before === undefined || sameVerdict(before, verdict) ? [] : [{ role: verdict.role, recorded: before, candidate: verdict }];
  });

const sameVerdict = (a: Verdict, b: Verdict): boolean => canonicalJson([a.role, a.decision, a.policies]) === canonicalJson([b.role, b.decision, b.policies]);
