/** What changes say next to what the bundle says, entry by entry, as texts to be laid side by side. Pure. */
import type { BundleChange, CedarPolicy, Json, PolicyTest } from '@symphainy/contracts';
import { filled, testsAsText } from './test-file.js';

export interface ChangedEntry {
  readonly list: string;
  readonly key: string;
  readonly kind: 'added' | 'removed' | 'changed' | 'same';
  readonly left: string;
  readonly right: string;
}

type Entry = { readonly [member: string]: unknown };
/** The lists of a bundle that people change, by name. */
export type Lists = Readonly<Record<string, readonly unknown[]>>;

/** What an entry is found by, as the platform does it for the lists that candidates change. */
export function keyOf(list: string, entry: unknown): string {
  const { tenant_id, user_id, id, name } = entry as Entry;
  if (list === 'tenants') return String(tenant_id);
  if (list === 'identities') return `${String(tenant_id)}/${String(user_id)}`;
  return String(list === 'policies' ? id : name);
}

/** Of a candidate: each change against the bundle in force. */
export function entriesOfChanges(changes: readonly BundleChange[], lists: Lists): readonly ChangedEntry[] {
  return changes.map(({ list, put, remove }) => {
    const key = remove ?? keyOf(list, put);
    return entry(list, key, (lists[list] ?? []).find((present) => keyOf(list, present) === key), put);
  });
}

/** Of two bundles: every entry that differs. */
export function entriesBetween(from: Lists, to: Lists): readonly ChangedEntry[] {
  return Object.keys({ ...from, ...to }).flatMap((list) => {
    const [a, b] = [byKey(list, from), byKey(list, to)];
    return [...new Set([...a.keys(), ...b.keys()])].sort().map((key) => entry(list, key, a.get(key), b.get(key))).filter(({ kind }) => kind !== 'same');
  });
}

const byKey = (list: string, lists: Lists): Map<string, unknown> => new Map((lists[list] ?? []).map((present) => [keyOf(list, present), present]));

function entry(list: string, key: string, before: unknown, after: unknown): ChangedEntry {
  const [left, right] = [textOf(list, before), textOf(list, after)];
  const kind = before === undefined ? 'added' : after === undefined ? 'removed' : left === right ? 'same' : 'changed';
  return { list, key, kind, left, right };
}

function textOf(list: string, value: unknown): string {
  if (value === undefined) return '';
  if (list === 'policies') return policyText(value as CedarPolicy);
  if (list === 'policy_tests') return testsAsText([filled(value as PolicyTest)]).trimEnd();
  return JSON.stringify(sorted(value as Json), undefined, 2);
}

/** A role other than Security Guard's is written as the command's files write it. */
const policyText = ({ role, text }: CedarPolicy): string => `${role === 'security_guard' || text.includes('@role(') ? '' : `@role("${role}")\n`}${text.trimEnd()}`;

function sorted(value: Json): Json {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value as { [key: string]: Json }).sort(([a], [b]) => (a < b ? -1 : 1)).map(([key, member]) => [key, sorted(member)]));
}

export const languageOf = (list: string): 'cedar' | 'yaml' => (list === 'policies' ? 'cedar' : 'yaml');

export const listNames: Readonly<Record<string, string>> = { policies: 'policy', policy_tests: 'test', tenants: 'tenant', identities: 'identity' };
