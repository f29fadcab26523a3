import { keyInList, type BundleChange, type BundleDiff, type GovernanceBundle } from '@symphainy/contracts';
import { canonicalJson, type Json } from '@symphainy/kernel';
import { entriesOf } from './disclosure.js';

type Entry = { readonly [field: string]: unknown };

/** The names of all lists that either bundle has. What a version came of is no part of what it says. */
const listsOf = (...bundles: readonly GovernanceBundle[]): string[] => [...new Set(bundles.flatMap((bundle) => Object.keys(bundle).filter((key) => key !== 'made_by' && entriesOf(bundle, key) !== undefined)))].sort();

const byKey = (bundle: GovernanceBundle, list: string): Map<string, unknown> => new Map((entriesOf(bundle, list) ?? []).map((entry) => [keyInList(list, entry), entry]));

/** What differs in what two bundles say, whatever the order in which they say it. Version, time, salt and origin are no difference. */
export function diffBundles(from: GovernanceBundle, to: GovernanceBundle): BundleDiff {
  const lists = listsOf(from, to).map((list) => [list, diffList(byKey(from, list), byKey(to, list))] as const);
  return Object.fromEntries(lists.filter(([, { added, removed, changed }]) => added.length + removed.length + changed.length > 0));
}

function diffList(from: ReadonlyMap<string, unknown>, to: ReadonlyMap<string, unknown>): BundleDiff[string] {
  const changed = [...from].flatMap(([key, before]) => (to.has(key) ? [{ key, fields: fieldsThatDiffer(before, to.get(key), '') }] : []));
  return {
    added: [...to.keys()].filter((key) => !from.has(key)).sort(),
    removed: [...from.keys()].filter((key) => !to.has(key)).sort(),
    changed: changed.filter(({ fields }) => fields.length > 0).sort((a, b) => (a.key < b.key ? -1 : 1)),
  };
}

/** Down to the outermost member that is not an object on both sides. */
function fieldsThatDiffer(a: unknown, b: unknown, at: string): string[] {
  if (isObject(a) && isObject(b)) return [...new Set([...Object.keys(a), ...Object.keys(b)])].sort().flatMap((key) => fieldsThatDiffer(a[key], b[key], `${at}/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`));
  return canonicalJson(a ?? null) === canonicalJson(b ?? null) ? [] : [at];
}

const isObject = (value: unknown): value is Entry => typeof value === 'object' && value !== null && !Array.isArray(value);

/** The changes that make `from` say what `to` says, in these lists. */
export function changesBetween(from: GovernanceBundle, to: GovernanceBundle, lists: readonly string[]): BundleChange[] {
  const diff = diffBundles(from, to);
  return lists.flatMap((list) => {
    const entries = byKey(to, list);
    const { added = [], removed = [], changed = [] } = diff[list] ?? {};
    return [...added, ...changed.map(({ key }) => key)].map((key): BundleChange => ({ list, put: entries.get(key) as { [key: string]: Json } })).concat(removed.map((key) => ({ list, remove: key })));
  });
}
