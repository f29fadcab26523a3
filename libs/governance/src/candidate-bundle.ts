import { cedarPolicy, changeableLists, failure, governanceBundle, keyInList, type BundleChange, type BundleDiff, type CedarPolicy, type ChangeableList, type GovernanceBundle, type Tenant, type TestReport } from '@symphainy/contracts';
import { hashOf } from '@symphainy/kernel';
import { changesBetween, diffBundles } from './bundle-diff.js';
import { checkPolicy } from './cedar-schema.js';
import { mayGoBack, requireChangeable, requireFitting, requireOpen } from './changeable-lists.js';
import { compileBundle, type CompiledBundle } from './compiled-bundle.js';
import { entriesOf } from './disclosure.js';
import { runPolicyTests } from './policy-tests.js';

/** What a candidate would come to. */
export interface Tried {
  readonly compiled: CompiledBundle;
  /** The changes with the entries as they would stand, their defaults told. */
  readonly changes: readonly BundleChange[];
  readonly diff: BundleDiff;
  readonly tests: TestReport;
}

/** `base` with the changes made, ready to decide, its own tests and the candidate's run. `governance.invalid` names the change that cannot be. */
export function tryChanges(base: GovernanceBundle, changes: readonly BundleChange[]): Tried {
  const bundle = withChanges(base, changes);
  const compiled = compileBundle(bundle, hashOf([base.version, changes]));
  const told = changes.map((change, i) => (change.put === undefined ? change : { ...change, put: entryOf(change.list, change.put, `/changes/${i}/put`) as NonNullable<BundleChange['put']> }));
  return { compiled, changes: told, diff: diffBundles(base, bundle), tests: runPolicyTests(compiled, bundle.policy_tests ?? []) };
}

/** The bundle after the changes, in their order. */
export function withChanges(base: GovernanceBundle, changes: readonly BundleChange[]): GovernanceBundle {
  const lists = new Map<string, Map<string, unknown>>();
  changes.forEach((change, i) => {
    requireChangeable(change, `/changes/${i}`);
    const entries = lists.get(change.list) ?? new Map((entriesOf(base, change.list) ?? []).map((entry) => [keyInList(change.list, entry), entry]));
    lists.set(change.list, entries);
    if (change.remove !== undefined && !entries.delete(change.remove)) throw failure('governance.invalid', { message: `there is no ${change.remove} in ${change.list}`, field: `/changes/${i}/remove` });
    if (change.list === 'tenants') requireOpen(entries.get(keyInList('tenants', change.put)) as Tenant | undefined, `/changes/${i}/put`);
    if (change.put !== undefined) entries.set(keyInList(change.list, change.put), entryOf(change.list, change.put, `/changes/${i}/put`));
  });
  const bundle = { ...base, ...Object.fromEntries([...lists].map(([list, entries]) => [list, [...entries.values()]])) };
  // what an entry speaks of may be put by a later change
  changes.forEach(({ list, put }, i) => put === undefined || requireFitting(bundle, list, put, `/changes/${i}/put`));
  return bundle;
}

/** The changes that bring back what `target` said in these lists, as far as a rollback may. */
export const changesBack = (current: GovernanceBundle, target: GovernanceBundle, lists: readonly ChangeableList[] = changeableLists): BundleChange[] =>
  changesBetween(current, target, lists).filter((change) => mayGoBack(change, current));

function entryOf(list: string, put: unknown, at: string): unknown {
  const schema = governanceBundle.shape[list as ChangeableList];
  const parsed = schema.safeParse([put]);
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    throw failure('governance.invalid', { message: issue?.message ?? 'the entry does not fit', field: [at, ...(issue?.path.slice(1) ?? [])].join('/') });
  }
  if (list === 'policies') checkIn(cedarPolicy.parse(put), at);
  return parsed.data?.[0];
}

/** `governance.invalid` at the policy's text. */
export function checkIn(policy: CedarPolicy, at: string): void {
  try {
    checkPolicy(policy);
  } catch (cause) {
    throw failure('governance.invalid', { message: cause instanceof Error ? cause.message : `policy ${policy.id} is not valid`, field: `${at}/text`, cause });
  }
}

