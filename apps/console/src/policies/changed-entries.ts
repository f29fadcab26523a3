/** What changes say next to what the bundle says, entry by entry, as texts to be laid side by side. Pure. */
import { keyInList, type BundleChange, type CedarPolicy, type Json, type PolicyTest } from '@symphainy/contracts';
import { filled, testsAsText } from './test-file.js';

export interface ChangedEntry {
  readonly list: string;
  readonly key: string;
  readonly kind: 'added' | 'removed' | 'changed' | 'same';
  readonly left: string;
  readonly right: string;
}

/** The lists of a bundle that people change, by name. */
export type Lists = Readonly<Record<string, readonly unknown[]>>;

/** Of a candidate: each change against the bundle in force. */
export function entriesOfChanges(changes: readonly BundleChange[], lists: Lists): readonly ChangedEntry[] {
  return changes.map(({ list, put, remove }) => {
    const key = remove ?? keyInList(list, put);
    return entry(list, key, (lists[list] ?? []).find((present) => keyInList(list, present) === key), put);
  });
}

/** Of two bundles: every entry that differs. */
export function entriesBetween(from: Lists, to: Lists): readonly ChangedEntry[] {
  return Object.keys({ ...from, ...to }).flatMap((list) => {
    const [a, b] = [byKey(list, from), byKey(list, to)];
    return [...new Set([...a.keys(), ...b.keys()])].sort().map((key) => entry(list, key, a.get(key), b.get(key))).filter(({ kind }) => kind !== 'same');
  });
}

const byKey = (list: string, lists: Lists): Map<string, unknown> => new Map((lists[list] ?? []).map((present) => [keyInList(list, present), present]));

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

export const listNames: Readonly<Record<string, string>> = {
  policies: 'policy', policy_tests: 'test', tenants: 'tenant', identities: 'identity', saga_rules: 'bound of sagas', data_classes: 'class of data', data_boundaries: 'data boundary', data_contracts: 'data contract',
  notices: 'notice on a capability', agents: 'agent', domains: 'domain', solutions: 'Solution', objectives: 'objective', escalation_rules: 'escalation rule',
};
