/** The lists of a bundle: which of them people change by candidates, and what entries are found by: how a candidate names what it removes, a diff what differs, and Smart City's catalogue what it keeps. */
import type { GovernanceBundle } from './policy.schema.js';

/** The names of a bundle's lists. */
export type BundleList = { [L in keyof GovernanceBundle]-?: NonNullable<GovernanceBundle[L]> extends readonly unknown[] ? L : never }[keyof GovernanceBundle];
export type BundleEntry<L extends BundleList> = NonNullable<GovernanceBundle[L]>[number];

/** The lists that candidates change and rollbacks bring back. The others are changed by intents of their own only. */
export const changeableLists = [
  'tenants', 'identities', 'policies', 'policy_tests', 'saga_rules', 'data_classes', 'data_boundaries', 'data_contracts', 'notices', 'agents', 'domains', 'solutions', 'objectives', 'escalation_rules',
] as const satisfies readonly BundleList[];
export type ChangeableList = (typeof changeableLists)[number];

/** Of an entry that may be anybody's, `*` stands for everybody. */
const EVERYBODY = '*';

const keys: { readonly [L in BundleList]: (entry: BundleEntry<L>) => string } = {
  tenants: (entry) => entry.tenant_id,
  identities: (entry) => `${entry.tenant_id}/${entry.user_id}`,
  policies: (entry) => entry.id,
  capabilities: (entry) => entry.name,
  notices: (entry) => entry.capability,
  agents: (entry) => entry.name,
  domains: (entry) => entry.name,
  solutions: (entry) => entry.name,
  schemas: (entry) => `${entry.name}@${entry.version}`,
  vocabularies: (entry) => `${entry.name}@${entry.version}`,
  saga_rules: (entry) => `${entry.tenant_id ?? EVERYBODY}/${entry.rule_id}`,
  grants: (entry) => entry.grant_id,
  data_classes: (entry) => `${entry.tenant_id ?? EVERYBODY}/${entry.name}`,
  data_boundaries: (entry) => `${entry.tenant_id}/${entry.boundary_id}`,
  data_holds: (entry) => `${entry.tenant_id}/${entry.hold_id}`,
  reclassifications: (entry) => `${entry.tenant_id}/${entry.reference}`,
  data_contracts: (entry) => `${entry.tenant_id}/${entry.artifact_type}`,
  objectives: (entry) => `${entry.tenant_id}/${entry.intent_type}`,
  escalation_rules: (entry) => `${entry.tenant_id}/${entry.rule_id}`,
  policy_tests: (entry) => entry.name,
  candidates: (entry) => entry.candidate_id,
  made_by: (entry) => `${entry.tenant_id}/${entry.execution_id ?? entry.at}`,
};

/** The key of an entry; of one that is not whole yet, as far as it goes. An unknown list has no keys: the text is empty. */
export const keyInList = (list: string, entry: unknown): string => (Object.hasOwn(keys, list) ? keys[list as BundleList](entry as never) : '');
