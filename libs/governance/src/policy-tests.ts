import type { PolicyDecision, PolicyTest, TestReport } from '@symphainy/contracts';
import type { CompiledBundle } from './compiled-bundle.js';
import { evaluatePolicy } from './policy-evaluation.js';

const TOLD_MAX = 100;

/** Puts every test's request to the bundle, and compares. */
export function runPolicyTests(compiled: CompiledBundle, tests: readonly PolicyTest[]): TestReport {
  const outcomes = tests.map((test) => ({ test, found: outcomeOf(compiled, test) }));
  const failed = outcomes.filter(({ test, found }) => !holds(test, found));
  return {
    passed: tests.length - failed.length,
    failures: failed.length,
    failed: failed.slice(0, TOLD_MAX).map(({ test, found }) => ({ name: test.name, expected: inWords(test.expect.decision, test.expect.policies ?? []), found: typeof found === 'string' ? found : inWords(found.decision, decidingPolicies(found), found) })),
  };
}

/** A decision, or why there is none. */
function outcomeOf(compiled: CompiledBundle, { request }: PolicyTest): PolicyDecision | string {
  const { caller, intent_type, classifications, references, session_user_id, own_targets } = request;
  const capability = compiled.capability(intent_type);
  if (capability === undefined) return `no capability serves ${intent_type}`;
  return evaluatePolicy(compiled, { caller, capability, action: 'submit', data: { classifications, references }, session_user_id: session_user_id ?? caller.user_id, ...(own_targets === undefined ? {} : { own_targets }) });
}

function holds({ expect }: PolicyTest, found: PolicyDecision | string): boolean {
  if (typeof found === 'string' || found.decision !== expect.decision) return false;
  const deciding = new Set(decidingPolicies(found));
  return (expect.policies ?? []).every((id) => deciding.has(id));
}

/** On a permit the policies of all roles, on a deny those of the roles that deny. */
const decidingPolicies = ({ decision, verdicts }: PolicyDecision): string[] => verdicts.filter((verdict) => verdict.decision === decision).flatMap((verdict) => verdict.policies);

function inWords(decision: string, policies: readonly string[], found?: PolicyDecision): string {
  const reasons = found?.verdicts.flatMap((verdict) => (verdict.decision === 'deny' && verdict.policies.length === 0 ? [`${verdict.role}: ${verdict.reason ?? ''}`] : [])) ?? [];
  const by = [...policies, ...reasons];
  return by.length === 0 ? decision : `${decision} by ${by.join(', ')}`;
}
