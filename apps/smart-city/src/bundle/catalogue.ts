import {
  agentEntry, apiKeyRecord, candidate, capabilityNotice, cedarPolicy, dataBoundary, dataClass, dataContract, dataHold, domainEntry, governanceBundle, grant, identity, jwtIssuer, policyTest, reclassification, registeredCapability, sagaRule, semanticSchema, solutionEntry, tenant, vocabulary,
  type GovernanceBundle, type VerificationKeys,
} from '@symphainy/contracts';
import { hashOf } from '@symphainy/kernel';
import { currentGrants } from './current-grants.js';
import type { z } from 'zod';
import { escalationRule, escalationRuleKey, objective, objectiveKey } from '../nurse/nurse.schema.js';
import { subscription, subscriptionKey } from '../post-office/subscription.schema.js';

/**
 * What the catalogue holds: of each kind, what an entry looks like, what it is found by, and in which list of the bundle it stands. Kinds without a list
 * stay with Smart City. A kind that is added later stands in the bundle only where there are entries of it: bundles without them keep their hash.
 */
const kinds = {
  tenant: kind({ schema: tenant, key: (entry) => entry.tenant_id, list: 'tenants' }),
  identity: kind({ schema: identity, key: (entry) => `${entry.tenant_id}/${entry.user_id}`, list: 'identities' }),
  policy: kind({ schema: cedarPolicy, key: (entry) => entry.id, list: 'policies' }),
  capability: kind({ schema: registeredCapability, key: (entry) => entry.name, list: 'capabilities' }),
  notice: kind({ schema: capabilityNotice, key: (entry) => entry.capability, list: 'notices' }),
  agent: kind({ schema: agentEntry, key: (entry) => entry.name, list: 'agents' }),
  domain: kind({ schema: domainEntry, key: (entry) => entry.name, list: 'domains' }),
  solution: kind({ schema: solutionEntry, key: (entry) => entry.name, list: 'solutions' }),
  schema: kind({ schema: semanticSchema, key: (entry) => `${entry.name}@${entry.version}`, list: 'schemas' }),
  vocabulary: kind({ schema: vocabulary, key: (entry) => `${entry.name}@${entry.version}`, list: 'vocabularies' }),
  saga_rule: kind({ schema: sagaRule, key: (entry) => `${entry.tenant_id ?? '*'}/${entry.rule_id}`, list: 'saga_rules' }),
  grant: kind({ schema: grant, key: (entry) => entry.grant_id, list: 'grants' }),
  data_class: kind({ schema: dataClass, key: (entry) => `${entry.tenant_id ?? '*'}/${entry.name}`, list: 'data_classes' }),
  data_boundary: kind({ schema: dataBoundary, key: (entry) => `${entry.tenant_id}/${entry.boundary_id}`, list: 'data_boundaries' }),
  data_hold: kind({ schema: dataHold, key: (entry) => `${entry.tenant_id}/${entry.hold_id}`, list: 'data_holds' }),
  reclassification: kind({ schema: reclassification, key: (entry) => `${entry.tenant_id}/${entry.reference}`, list: 'reclassifications' }),
  data_contract: kind({ schema: dataContract, key: (entry) => `${entry.tenant_id}/${entry.artifact_type}`, list: 'data_contracts' }),
  policy_test: kind({ schema: policyTest, key: (entry) => entry.name, list: 'policy_tests' }),
  candidate: kind({ schema: candidate, key: (entry) => entry.candidate_id, list: 'candidates' }),
  api_key: kind({ schema: apiKeyRecord, key: (entry) => entry.key_id }),
  jwt_issuer: kind({ schema: jwtIssuer, key: (entry) => `${entry.issuer} ${entry.audience}` }),
  subscription: kind({ schema: subscription, key: subscriptionKey }),
  objective: kind({ schema: objective, key: objectiveKey }),
  escalation_rule: kind({ schema: escalationRule, key: escalationRuleKey }),
};

/** The lists that every bundle has, entries or not. */
const ALWAYS: ReadonlySet<string> = new Set(['tenants', 'identities', 'policies', 'capabilities']);

function kind<S extends z.ZodType>(described: { readonly schema: S; readonly key: (entry: z.infer<S>) => string; readonly list?: keyof BundleLists }) {
  return described;
}

type BundleLists = Omit<GovernanceBundle, 'version' | 'created_at' | 'salt'>;

export type EntryKind = keyof typeof kinds;
export type Entry<K extends EntryKind> = z.infer<(typeof kinds)[K]['schema']>;
export const entryKinds = Object.keys(kinds) as EntryKind[];

/** An entry as it was written; throws for what is none of this kind. */
export const parseEntry = <K extends EntryKind>(kind: K, value: unknown): Entry<K> => kinds[kind].schema.parse(value) as Entry<K>;

/** The kind whose entries stand in a list of the bundle. */
export const kindOfList = (list: string): EntryKind | undefined => entryKinds.find((kind) => (kinds[kind] as { readonly list?: string }).list === list);

/** What an entry is found by. */
export const entryKey = <K extends EntryKind>(kind: K, entry: Entry<K>): string => (kinds[kind].key as (entry: Entry<K>) => string)(entry);

export interface EntryChange {
  readonly kind: EntryKind;
  readonly key: string;
  /** Undefined removes the entry. */
  readonly value: Entry<EntryKind> | undefined;
}

/** Putting an entry in its place. */
export const put = <K extends EntryKind>(kind: K, entry: Entry<K>): EntryChange => ({ kind, key: entryKey(kind, entry), value: entry });

/** What governs, as Smart City knows it. A value: changes make another one. */
export class Catalogue {
  private constructor(private readonly maps: ReadonlyMap<EntryKind, ReadonlyMap<string, Entry<EntryKind>>>) {}

  static of(entries: Iterable<EntryChange & { readonly value: Entry<EntryKind> }>): Catalogue {
    const maps = new Map(entryKinds.map((kind) => [kind, new Map<string, Entry<EntryKind>>()]));
    for (const { kind, key, value } of entries) maps.get(kind)?.set(key, value);
    return new Catalogue(maps);
  }

  get<K extends EntryKind>(kind: K, key: string): Entry<K> | undefined {
    return this.of(kind).get(key);
  }

  /** Entries of a kind, by key in code-unit order, so that equal catalogues make equal bundles. */
  all<K extends EntryKind>(kind: K): Entry<K>[] {
    return [...this.of(kind)].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, entry]) => entry);
  }

  with(change: EntryChange): Catalogue {
    const map = new Map(this.maps.get(change.kind));
    if (change.value === undefined) map.delete(change.key);
    else map.set(change.key, change.value);
    return new Catalogue(new Map(this.maps).set(change.kind, map));
  }

  private of<K extends EntryKind>(kind: K): ReadonlyMap<string, Entry<K>> {
    return (this.maps.get(kind) ?? new Map()) as ReadonlyMap<string, Entry<K>>;
  }
}

/** What of the catalogue goes into a bundle, without its version. */
export const bundleContents = (catalogue: Catalogue): BundleLists => {
  const lists = entryKinds.flatMap((kind) => {
    const { list } = kinds[kind] as { readonly list?: string };
    const entries = list === undefined ? [] : catalogue.all(kind);
    return list === undefined || (entries.length === 0 && !ALWAYS.has(list)) ? [] : [[list, entries] as const];
  });
  return Object.fromEntries(lists) as unknown as BundleLists;
};

/** Names the contents, whatever their version. */
export const contentsHash = (catalogue: Catalogue): string => hashOf(bundleContents(catalogue));

/** Of grants, those that have not passed at `createdAt`. */
export function buildBundle(catalogue: Catalogue, version: number, createdAt: string): GovernanceBundle {
  const { grants = [], ...contents } = bundleContents(catalogue);
  const current = currentGrants(grants, createdAt);
  return governanceBundle.parse({ version, created_at: createdAt, ...contents, ...(current.length === 0 ? {} : { grants: current }) });
}

/** What the gateway verifies callers by. A key of a disabled identity or of a closed tenant is told as revoked, and no issuer speaks for a closed tenant. */
export const buildKeys = (catalogue: Catalogue, version: number): VerificationKeys => ({
  version,
  api_keys: catalogue.all('api_key').map((key) => ({ ...key, revoked: key.revoked || !mayCall(catalogue, key) })),
  jwt_issuers: catalogue.all('jwt_issuer').flatMap((issuer) => {
    const tenants = issuer.tenants.filter((id) => catalogue.get('tenant', id)?.status !== 'closed');
    return tenants.length === 0 ? [] : [{ ...issuer, tenants }];
  }),
});

const mayCall = (catalogue: Catalogue, key: Entry<'api_key'>): boolean =>
  catalogue.get('identity', `${key.tenant_id}/${key.user_id}`)?.status !== 'disabled' && catalogue.get('tenant', key.tenant_id)?.status !== 'closed';

export const keysHash = (catalogue: Catalogue): string => hashOf(buildKeys(catalogue, 0));
