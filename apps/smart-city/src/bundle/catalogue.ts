import {
  agentEntry, apiKeyRecord, BUNDLE_SCHEMA_VERSION, candidate, capabilityNotice, cedarPolicy, dataBoundary, dataClass, dataContract, dataHold, domainEntry, escalationRule, governanceBundle, grant, identity, jwtIssuer, keyInList, objective, policyTest, reclassification, registeredCapability,
  sagaRule, semanticSchema, solutionEntry, tenant, vocabulary, type BundleEntry, type BundleList, type BundleOrigin, type GovernanceBundle, type VerificationKeys,
} from '@symphainy/contracts';
import { hashOf } from '@symphainy/kernel';
import { currentGrants } from './current-grants.js';
import type { z } from 'zod';
import { subscription, subscriptionKey } from '../post-office/subscription.schema.js';

/**
 * What the catalogue holds: of each kind, what an entry looks like, what it is found by, and in which list of the bundle it stands. Kinds without a list
 * stay with Smart City. A kind that is added later stands in the bundle only where there are entries of it: bundles without them keep their hash.
 */
const kinds = {
  tenant: listed('tenants', tenant),
  identity: listed('identities', identity),
  policy: listed('policies', cedarPolicy),
  capability: listed('capabilities', registeredCapability),
  notice: listed('notices', capabilityNotice),
  agent: listed('agents', agentEntry),
  domain: listed('domains', domainEntry),
  solution: listed('solutions', solutionEntry),
  schema: listed('schemas', semanticSchema),
  vocabulary: listed('vocabularies', vocabulary),
  saga_rule: listed('saga_rules', sagaRule),
  grant: listed('grants', grant),
  data_class: listed('data_classes', dataClass),
  data_boundary: listed('data_boundaries', dataBoundary),
  data_hold: listed('data_holds', dataHold),
  reclassification: listed('reclassifications', reclassification),
  data_contract: listed('data_contracts', dataContract),
  objective: listed('objectives', objective),
  escalation_rule: listed('escalation_rules', escalationRule),
  policy_test: listed('policy_tests', policyTest),
  candidate: listed('candidates', candidate),
  api_key: kept(apiKeyRecord, (entry) => entry.key_id),
  jwt_issuer: kept(jwtIssuer, (entry) => `${entry.issuer} ${entry.audience}`),
  subscription: kept(subscription, subscriptionKey),
};

/** The lists that every bundle has, entries or not. */
const ALWAYS: ReadonlySet<string> = new Set(['tenants', 'identities', 'policies', 'capabilities']);

/** A kind that stands in the bundle, its entries found there as here. */
function listed<L extends BundleList, S extends z.ZodType<BundleEntry<L>>>(list: L, schema: S) {
  return { schema, list, key: (entry: z.infer<S>): string => keyInList(list, entry) };
}

/** A kind that Smart City keeps to itself. */
function kept<S extends z.ZodType>(schema: S, key: (entry: z.infer<S>) => string) {
  return { schema, key };
}

type BundleLists = Omit<GovernanceBundle, 'schema_version' | 'version' | 'created_at' | 'made_by' | 'salt'>;

export type EntryKind = keyof typeof kinds;
export type Entry<K extends EntryKind> = z.infer<(typeof kinds)[K]['schema']>;
export const entryKinds = Object.keys(kinds) as EntryKind[];

/** An entry as it was written; throws for what is none of this kind. */
export const parseEntry = <K extends EntryKind>(kind: K, value: unknown): Entry<K> => kinds[kind].schema.parse(value) as Entry<K>;

/** The list of the bundle that entries of a kind stand in; undefined: none. */
export const listOfKind = (kind: EntryKind): string | undefined => (kinds[kind] as { readonly list?: string }).list;

/** The kind whose entries stand in a list of the bundle. */
export const kindOfList = (list: string): EntryKind | undefined => entryKinds.find((kind) => listOfKind(kind) === list);

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
    const list = listOfKind(kind);
    const entries = list === undefined ? [] : catalogue.all(kind);
    return list === undefined || (entries.length === 0 && !ALWAYS.has(list)) ? [] : [[list, entries] as const];
  });
  return Object.fromEntries(lists) as unknown as BundleLists;
};

/** Names the contents, whatever their version. */
export const contentsHash = once((catalogue) => hashOf(bundleContents(catalogue)));

/** How many changes a bundle names as its origin: the newest of them. */
const ORIGINS_MAX = 100;

/** Of grants, those that have not passed at `createdAt`. `origins`: the changes that this version comes of, oldest first. */
export function buildBundle(catalogue: Catalogue, version: number, createdAt: string, origins: readonly BundleOrigin[] = []): GovernanceBundle {
  const { grants = [], ...contents } = bundleContents(catalogue);
  const current = currentGrants(grants, createdAt);
  return governanceBundle.parse({
    schema_version: BUNDLE_SCHEMA_VERSION, version, created_at: createdAt, ...contents,
    ...(current.length === 0 ? {} : { grants: current }),
    ...(origins.length === 0 ? {} : { made_by: origins.slice(-ORIGINS_MAX) }),
  });
}

/** What the gateway verifies callers by, and how many of their requests it lets in. A key of a disabled identity or of a closed tenant is told as revoked, and no issuer speaks for a closed tenant. */
export const buildKeys = (catalogue: Catalogue, version: number): VerificationKeys => ({
  version,
  api_keys: catalogue.all('api_key').map((key) => ({ ...key, revoked: key.revoked || !mayCall(catalogue, key) })),
  jwt_issuers: catalogue.all('jwt_issuer').flatMap((issuer) => {
    const tenants = issuer.tenants.filter((id) => catalogue.get('tenant', id)?.status !== 'closed');
    return tenants.length === 0 ? [] : [{ ...issuer, tenants }];
  }),
  requests: catalogue.all('tenant').flatMap(({ tenant_id, traffic }) => (traffic?.requests === undefined ? [] : [{ tenant_id, ...traffic.requests }])),
  gateways: 1,
});

const mayCall = (catalogue: Catalogue, key: Entry<'api_key'>): boolean =>
  catalogue.get('identity', `${key.tenant_id}/${key.user_id}`)?.status !== 'disabled' && catalogue.get('tenant', key.tenant_id)?.status !== 'closed';

export const keysHash = once((catalogue) => hashOf(buildKeys(catalogue, 0)));

/** A catalogue does not change: what follows from it is worked out once. */
function once(work: (catalogue: Catalogue) => string): (catalogue: Catalogue) => string {
  const known = new WeakMap<Catalogue, string>();
  return (catalogue) => {
    const value = known.get(catalogue) ?? work(catalogue);
    known.set(catalogue, value);
    return value;
  };
}
