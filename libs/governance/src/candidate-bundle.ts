import { cedarPolicy, failure, governanceBundle, type BundleChange, type BundleDiff, type CedarPolicy, type GovernanceBundle, type Tenant, type TestReport } from '@symphainy/contracts';
import { hashOf } from '@symphainy/kernel';
import { diffBundles, keyInList } from './bundle-diff.js';
import { checkPolicy } from './cedar-schema.js';
import { compileBundle, type CompiledBundle } from './compiled-bundle.js';
import { entriesOf } from './disclosure.js';
import { runPolicyTests } from './policy-tests.js';

/** The lists that people change by candidates. Capabilities are registered by realms, and candidates are not staged by candidates. */
export const changeableLists = ['tenants', 'identities', 'policies', 'policy_tests'] as const;

/** What a candidate would come to. */
export interface Tried {
  readonly compiled: CompiledBundle;
  readonly diff: BundleDiff;
  readonly tests: TestReport;
}

/** `base` with the changes made, ready to decide, its own tests and the candidate's run. `governance.invalid` names the change that cannot be. */
export function tryChanges(base: GovernanceBundle, changes: readonly BundleChange[]): Tried {
  const bundle = withChanges(base, changes);
  const compiled = compileBundle(bundle, hashOf([base.version, changes]));
  return { compiled, diff: diffBundles(base, bundle), tests: runPolicyTests(compiled, bundle.policy_tests ?? []) };
}

/** The bundle after the changes, in their order. */
export function withChanges(base: GovernanceBundle, changes: readonly BundleChange[]): GovernanceBundle {
  const lists = new Map<string, Map<string, unknown>>();
  changes.forEach((change, i) => {
    requireChangeable(change, `/changes/${i}`);
    const entries = lists.get(change.list) ?? new Map((entriesOf(base, change.list) ?? []).map((entry) => [keyInList(change.list, entry), entry]));
    lists.set(change.list, entries);
    if (change.remove !== undefined && !entries.delete(change.remove)) throw failure('governance.invalid', { message: `there is no ${change.remove} in ${change.list}`, field: `/changes/${i}/remove` });
    if (change.list === 'tenants') requireOpen(entries.get(keyInList('tenants', change.put)), `/changes/${i}/put`);
    if (change.put !== undefined) entries.set(keyInList(change.list, change.put), entryOf(change.list, change.put, `/changes/${i}/put`));
  });
  return { ...base, ...Object.fromEntries([...lists].map(([list, entries]) => [list, [...entries.values()]])) };
}

function requireOpen(present: unknown, at: string): void {
  if ((present as Tenant | undefined)?.status === 'closed') throw failure('governance.invalid', { message: 'the tenant is closed, for good', field: `${at}/tenant_id` });
}

/** Entries of the platform itself come with its code and change with it only. */
export function requireChangeable({ list, put, remove }: BundleChange, at: string): void {
  if (!(changeableLists as readonly string[]).includes(list)) throw failure('governance.invalid', { message: `${list} cannot be changed by a candidate`, field: `${at}/list`, fix: `change one of ${changeableLists.join(', ')}` });
  if (list === 'tenants' && remove !== undefined) throw failure('governance.invalid', { message: 'a tenant is closed, not removed', field: `${at}/remove`, fix: 'use governance.close_tenant' });
  const key = remove ?? keyInList(list, put);
  if (isPlatforms(list, key)) throw failure('governance.invalid', { message: `${key} is the platform’s own, and comes with its code`, field: `${at}/${remove === undefined ? 'put' : 'remove'}` });
}

/** Whether an entry is the platform's own. */
export const isPlatforms = (list: string, key: string): boolean => (list === 'policies' && key.startsWith('platform.')) || (list === 'tenants' && key === 'platform') || (list === 'identities' && key === 'platform/smart-city');

function entryOf(list: string, put: unknown, at: string): unknown {
  const schema = governanceBundle.shape[list as (typeof changeableLists)[number]];
  const parsed = schema.safeParse([put]);
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    throw failure('governance.invalid', { message: issue?.message ?? 'the entry does not fit', field: [at, ...(issue?.path.slice(1) ?? [])].join('/') });
  }
  if (list === 'policies') checkIn(cedarPolicy.parse(put), at);
  return parsed.data?.[0];
}

function checkIn(policy: CedarPolicy, at: string): void {
  try {
    checkPolicy(policy);
  } catch (cause) {
    throw failure('governance.invalid', { message: cause instanceof Error ? cause.message : `policy ${policy.id} is not valid`, field: `${at}/text`, cause });
  }
}

