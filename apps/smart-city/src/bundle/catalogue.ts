import { apiKeyRecord, cedarPolicy, governanceBundle, identity, jwtIssuer, registeredCapability, tenant, type GovernanceBundle, type VerificationKeys } from '@symphainy/contracts';
import { hashOf } from '@symphainy/kernel';
import type { z } from 'zod';

/** What the catalogue holds, and what each kind of entry looks like. */
export const entrySchemas = { tenant, identity, policy: cedarPolicy, capability: registeredCapability, api_key: apiKeyRecord, jwt_issuer: jwtIssuer };

export type EntryKind = keyof typeof entrySchemas;
export type Entry<K extends EntryKind> = z.infer<(typeof entrySchemas)[K]>;
export const entryKinds = Object.keys(entrySchemas) as EntryKind[];

const keyRules: { readonly [K in EntryKind]: (entry: Entry<K>) => string } = {
  tenant: (entry) => entry.tenant_id,
  identity: (entry) => `${entry.tenant_id}/${entry.user_id}`,
  policy: (entry) => entry.id,
  capability: (entry) => entry.name,
  api_key: (entry) => entry.key_id,
  jwt_issuer: (entry) => `${entry.issuer} ${entry.audience}`,
};

/** What an entry is found by. */
export const entryKey = <K extends EntryKind>(kind: K, entry: Entry<K>): string => keyRules[kind](entry);

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
  private constructor(private readonly maps: { readonly [K in EntryKind]: ReadonlyMap<string, Entry<K>> }) {}

  static of(entries: Iterable<EntryChange & { readonly value: Entry<EntryKind> }>): Catalogue {
    const maps = { tenant: new Map(), identity: new Map(), policy: new Map(), capability: new Map(), api_key: new Map(), jwt_issuer: new Map() };
    for (const { kind, key, value } of entries) (maps[kind] as Map<string, Entry<EntryKind>>).set(key, value);
    return new Catalogue(maps);
  }

  get<K extends EntryKind>(kind: K, key: string): Entry<K> | undefined {
    return this.maps[kind].get(key);
  }

  /** Entries of a kind, by key in code-unit order, so that equal catalogues make equal bundles. */
  all<K extends EntryKind>(kind: K): Entry<K>[] {
    return [...this.maps[kind]].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, entry]) => entry);
  }

  with(change: EntryChange): Catalogue {
    const map = new Map<string, Entry<EntryKind>>(this.maps[change.kind]);
    if (change.value === undefined) map.delete(change.key);
    else map.set(change.key, change.value);
    return new Catalogue({ ...this.maps, [change.kind]: map } as Catalogue['maps']);
  }
}

/** What of the catalogue goes into a bundle, without its version. */
export const bundleContents = (catalogue: Catalogue): Omit<GovernanceBundle, 'version' | 'created_at'> => ({
  tenants: catalogue.all('tenant'),
  identities: catalogue.all('identity'),
  policies: catalogue.all('policy'),
  capabilities: catalogue.all('capability'),
});

/** Names the contents, whatever their version. */
export const contentsHash = (catalogue: Catalogue): string => hashOf(bundleContents(catalogue));

export const buildBundle = (catalogue: Catalogue, version: number, createdAt: string): GovernanceBundle =>
  governanceBundle.parse({ version, created_at: createdAt, ...bundleContents(catalogue) });

/** What the gateway verifies callers by. A key of a disabled identity or of a closed tenant is told as revoked. */
export const buildKeys = (catalogue: Catalogue, version: number): VerificationKeys => ({
  version,
  api_keys: catalogue.all('api_key').map((key) => ({ ...key, revoked: key.revoked || !mayCall(catalogue, key) })),
  jwt_issuers: catalogue.all('jwt_issuer'),
});

const mayCall = (catalogue: Catalogue, key: Entry<'api_key'>): boolean =>
  catalogue.get('identity', `${key.tenant_id}/${key.user_id}`)?.status !== 'disabled' && catalogue.get('tenant', key.tenant_id)?.status !== 'closed';

export const keysHash = (catalogue: Catalogue): string => hashOf(buildKeys(catalogue, 0));
