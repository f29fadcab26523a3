import { cedarPolicy, failure, keyInList, type BundleChange, type Caller, type CedarPolicy, type PolicyTest, type PolicyTrial, type SubjectRequest } from '@symphainy/contracts';
import { entriesForTenant, policyProblems, policyTestOutcomes, readPolicy, tryChanges, type CompiledBundle } from '@symphainy/governance';
import type { BundleHolder } from '../acceptance/bundle-holder.js';
import type { RefusalLog } from '../acceptance/refusal-log.js';
import { demandReading, PLATFORM_TENANT } from './governance-leave.js';

/** What changes of policies would come to, told to whoever writes them. Nothing is staged by it. */
export class PolicyTrials {
  constructor(private readonly parts: { readonly bundles: BundleHolder; readonly refusals: RefusalLog }) {}

  async try({ caller, request }: SubjectRequest<'runtime.policy.try'>): Promise<PolicyTrial> {
    const current = this.parts.bundles.require();
    await demandReading(this.parts.refusals, current, caller);
    const changes = changesOf(request, caller, current);
    if (caller.tenant_id !== PLATFORM_TENANT) changes.forEach((change, i) => requireOwn(change, caller, current, `/changes/${i}`));
    const put = changes.flatMap((change) => policyIn(change));
    const problems = put.flatMap(policyProblems);
    const base = { version: current.version, hash: current.hash };
    const policies = put.filter(({ id }) => problems.every(({ policy }) => policy !== id)).map(readPolicy);
    if (problems.length > 0) return { base, problems, policies, diff: {}, tests: [] };
    const { compiled, diff } = tryChanges(current.bundle, changes);
    // What differs would tell a tenant which ids others use.
    return { base, problems, policies, diff: caller.tenant_id === PLATFORM_TENANT ? diff : {}, tests: policyTestOutcomes(compiled, (compiled.bundle.policy_tests ?? []).filter((test) => isOwn(test, caller))) };
  }
}

/** A candidate belongs to the platform: a tenant's administrators do not see what it says. */
function changesOf({ changes, candidate_id }: SubjectRequest<'runtime.policy.try'>['request'], { tenant_id }: Caller, { bundle }: CompiledBundle): readonly BundleChange[] {
  if (candidate_id === undefined) return changes;
  const found = tenant_id === PLATFORM_TENANT ? bundle.candidates?.find((candidate) => candidate.candidate_id === candidate_id) : undefined;
  if (found === undefined) throw failure('governance.invalid', { message: `no candidate ${candidate_id} is staged`, field: '/candidate_id' });
  return [...found.changes, ...changes];
}

const isOwn = ({ request }: PolicyTest, { tenant_id }: Caller): boolean => tenant_id === PLATFORM_TENANT || request?.caller?.tenant_id === tenant_id;

/** A tenant's administrators try policies and tests, these on callers of their own: nothing of another tenant is answered. */
function requireOwn({ list, put, remove }: BundleChange, caller: Caller, { bundle }: CompiledBundle, at: string): void {
  if (list !== 'policies' && list !== 'policy_tests') throw failure('governance.invalid', { message: `${list} are tried by the platform’s administrators`, field: `${at}/list`, fix: 'change policies and policy_tests' });
  if (list === 'policy_tests' && put !== undefined && !isOwn(put as unknown as PolicyTest, caller)) throw failure('governance.invalid', { message: 'a test asks about callers of its own tenant', field: `${at}/put/request/caller/tenant_id`, fix: `use ${caller.tenant_id}` });
  const shown = list === 'policies' ? (entriesForTenant(bundle, list, caller.tenant_id) ?? []) : (bundle.policy_tests ?? []).filter((test) => isOwn(test, caller));
  if (remove !== undefined && !shown.some((entry) => keyInList(list, entry) === remove)) throw failure('governance.invalid', { message: `there is no ${remove} in ${list}`, field: `${at}/remove` });
}

function policyIn({ list, put }: BundleChange): CedarPolicy[] {
  const parsed = list === 'policies' ? cedarPolicy.safeParse(put) : undefined;
  return parsed?.success === true ? [parsed.data] : [];
}
