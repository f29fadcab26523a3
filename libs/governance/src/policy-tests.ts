import type { PolicyDecision, PolicyTest, TestOutcome, TestReport } from '@symphainy/contracts';
import type { CompiledBundle } from './compiled-bundle.js';
import { evaluatePolicy } from './policy-evaluation.js';

const TOLD_MAX = 100;

/** Puts every test's request to the bundle, and compares. */
export function runPolicyTests(compiled: CompiledBundle, tests: readonly PolicyTest[]): TestReport {
  const failed = policyTestOutcomes(compiled, tests).filter(({ passed }) => !passed);
  return {
    passed: tests.length - failed.length,
    failures: failed.length,
    failed: failed.slice(0, TOLD_MAX).map(({ name, expected, found }) => ({ name, expected, found })),
  };
}

/** How each test comes out, in their order. */
export function policyTestOutcomes(compiled: CompiledBundle, tests: readonly PolicyTest[]): TestOutcome[] {
  return tests.map((test) => {
    const found = outcomeOf(compiled, test);
    const told = { name: test.name, passed: holds(test, found), expected: inWords(test.expect.decision, test.expect.policies ?? []) };
    return typeof found === 'string' ? { ...told, found, policies: [] } : { ...told, found: inWords(found.decision, decidingPolicies(found), found), decision: found.decision, policies: decidingPolicies(found) };
  });
}

/** A decision, or why there is none. */
function outcomeOf(compiled: CompiledBundle, { request }: PolicyTest): PolicyDecision | string {
  const { caller, intent_type, classifications, references, session_user_id, own_targets, second_person } = request;
  const capability = compiled.capability(intent_type);
  if (capability === undefined) return `no capability serves ${intent_type}`;
  return evaluatePolicy(compiled, { caller, capability, action: 'submit', data: { classifications, references }, session_user_id: session_user_id ?? caller.user_id, ...(own_targets === undefined ? {} : { own_targets }), ...(second_person === undefined ? {} : { second_person }) });
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
