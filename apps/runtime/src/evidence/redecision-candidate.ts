import { changeableLists, failure, keyInList, type BundleChange, type GovernanceBundle, type SubjectRequest } from '@symphainy/contracts';
import { compileCandidate, entriesForTenant, entriesOf, withChanges, type CompiledBundle } from '@symphainy/governance';
import { PlatformError } from '@symphainy/kernel';

type Request = SubjectRequest<'runtime.policy.redecide'>;

const PLATFORM_TENANT = 'platform';

/** The base with what the request changes of it. `governance.invalid` names the member of the request that cannot be, and tells of no other tenant's entries whether there are any. */
export function candidateOf({ caller: { tenant_id }, candidate }: Request, current: CompiledBundle, base: CompiledBundle): CompiledBundle {
  const bundle = staged(candidate.candidate_id, current, base);
  if (tenant_id !== PLATFORM_TENANT) candidate.changes.forEach((change, i) => requireOwn(change, tenant_id, bundle, `/candidate/changes/${i}`));
  candidate.remove.forEach((id, i) => requireShown('policies', id, tenant_id, bundle, `/candidate/remove/${i}`));
  try {
    return compileCandidate(bundle, candidate);
  } catch (error) {
    if (!(error instanceof PlatformError) || error.code !== 'governance.invalid') throw error;
    throw failure('governance.invalid', { message: error.message, field: `/candidate${error.field ?? ''}`, ...(error.fix === undefined ? {} : { fix: error.fix }), cause: error });
  }
}

/** The base with the changes of the staged candidate that is named: whoever may try policies learns what it would mean for its own tenant. */
function staged(candidateId: string | undefined, current: CompiledBundle, base: CompiledBundle): GovernanceBundle {
  if (candidateId === undefined) return base.bundle;
  const found = current.bundle.candidates?.find((candidate) => candidate.candidate_id === candidateId);
  if (found === undefined) throw failure('governance.invalid', { message: `no candidate ${candidateId} is staged`, field: '/candidate/candidate_id' });
  return withChanges(base.bundle, found.changes);
}

function requireOwn({ list, put, remove }: BundleChange, tenantId: string, bundle: GovernanceBundle, at: string): void {
  if (!(changeableLists as readonly string[]).includes(list)) return;
  if (remove !== undefined) requireShown(list, remove, tenantId, bundle, `${at}/remove`);
  const of = put?.['tenant_id'] ?? tenantId;
  if (of !== tenantId) throw failure('governance.invalid', { message: `only intents of ${tenantId} are decided again`, field: `${at}/put/tenant_id`, fix: `use ${tenantId}` });
}

function requireShown(list: string, key: string, tenantId: string, bundle: GovernanceBundle, field: string): void {
  const shown = tenantId === PLATFORM_TENANT ? entriesOf(bundle, list) : entriesForTenant(bundle, list, tenantId);
  if (shown?.some((entry) => keyInList(list, entry) === key) !== true) throw failure('governance.invalid', { message: `there is no ${key} in ${list}`, field });
}
