import { registeredCapability, signedBundle, type BundleOrigin, type LogPosition, type RegisteredCapability, type SignedBundle } from '@symphainy/contracts';
import { canonicalJson } from '@symphainy/kernel';
import type { Database, Sql } from '@symphainy/store-postgres';
import { Catalogue, contentsHash, entryKinds, keysHash, listOfKind, parseEntry, type EntryChange, type EntryKind } from './catalogue.js';
import { unfinishedChanges, type Origin, type Unfinished } from './unfinished-changes.js';

/** Everything Smart City knows, at one moment. */
export interface CitySnapshot {
  readonly catalogue: Catalogue;
  /** How far the Runtime's governance records are applied. */
  readonly applied: LogPosition;
  readonly bundle: SignedBundle | undefined;
  readonly keysVersion: number;
}

/** How many entries an origin names. */
const CHANGED_MAX = 20;

/** A change being made: the snapshot as it stands, and what is to be written. */
export class CityDraft {
  readonly entryChanges: EntryChange[] = [];
  readonly declaredChanges: { readonly kind: EntryKind; readonly key: string; readonly hash: string }[] = [];
  /** By `<tenant>/<execution>`: ids are unique within a tenant only. */
  readonly unfinishedChanges = new Map<string, Unfinished | undefined>();
  /** What of the changes shows in the bundle, and who made it. */
  private readonly made = new Map<Origin, string[]>();
  applied: LogPosition;
  catalogue: Catalogue;

  constructor(
    readonly before: CitySnapshot,
    /** `<kind> <key>` → hash of what a declaration last said of the entry. */
    readonly declared: ReadonlyMap<string, string>,
    readonly unfinished: ReadonlyMap<string, Unfinished>,
  ) {
    this.applied = before.applied;
    this.catalogue = before.catalogue;
  }

  change(change: EntryChange, origin: Origin): void {
    this.entryChanges.push(change);
    this.catalogue = this.catalogue.with(change);
    const list = listOfKind(change.kind);
    if (list !== undefined) this.made.set(origin, [...(this.made.get(origin) ?? []), `${list}/${change.key}`]);
  }

  get origins(): BundleOrigin[] {
    return [...this.made].map(([origin, changed]) => ({ ...origin, changed: [...new Set(changed)].slice(0, CHANGED_MAX) }));
  }
}

/** Makes a signed bundle of a catalogue; rejects a catalogue that makes no usable one. */
export type Seal = (catalogue: Catalogue, version: number, origins: readonly BundleOrigin[]) => SignedBundle;

/** A snapshot, and the revision of the catalogue that it shows. */
interface Revised {
  readonly revision: number;
  readonly snapshot: CitySnapshot;
}

/**
 * The catalogue in Postgres. Changes are made one at a time, across instances, under the lock of the head row; entries, reading position
 * and the new bundle version are written together or not at all. Every change of entries raises the head's revision: as long as that stands, what
 * was read or made here last need not be read again.
 */
export class CatalogueStore {
  private kept: Revised | undefined;

  constructor(
    private readonly database: Database,
    private readonly seal: Seal,
  ) {}

  async read(): Promise<CitySnapshot> {
    return this.keep(await this.database.transaction((sql) => this.current(sql)));
  }

  async change(work: (draft: CityDraft) => void): Promise<CitySnapshot> {
    return this.keep(
      await this.database.transaction(async (sql) => {
        const before = await this.current(sql, 'for update');
        const draft = new CityDraft(before.snapshot, await readDeclared(sql), await readUnfinished(sql));
        work(draft);
        await writeDraft(sql, draft);
        return this.writeVersions(sql, before, draft);
      }),
    );
  }

  private async current(sql: Sql, lock: 'for update' | '' = ''): Promise<Revised> {
    const [head] = await sql.query<{ revision: number }>(`select revision from smart_city.head ${lock}`);
    const revision = head?.revision ?? 0;
    if (this.kept?.revision === revision) return { revision, snapshot: { ...this.kept.snapshot, applied: await readPositions(sql) } };
    return { revision, snapshot: await readSnapshot(sql) };
  }

  /** Committed: from now on it need not be read again. */
  private keep(revised: Revised): CitySnapshot {
    if (revised.revision >= (this.kept?.revision ?? 0)) this.kept = revised;
    return revised.snapshot;
  }

  /** Capabilities that realms have offered and that are not recorded yet: kept here, so that a restart forgets none. */
  async offers(): Promise<RegisteredCapability[]> {
    const rows = await this.database.query<{ capability: string }>('select capability from smart_city.offered order by name');
    return rows.map((row) => registeredCapability.parse(JSON.parse(row.capability)));
  }

  async keepOffers(capabilities: readonly RegisteredCapability[]): Promise<void> {
    const [names, texts] = [capabilities.map((c) => c.name), capabilities.map((c) => canonicalJson(c))];
    await this.database.query('insert into smart_city.offered (name, capability) select * from unnest($1::text[], $2::text[]) on conflict (name) do update set capability = excluded.capability', [names, texts]);
  }

  async dropOffers(names: readonly string[]): Promise<void> {
    await this.database.query('delete from smart_city.offered where name = any($1::text[])', [names]);
  }

  close(): Promise<void> {
    return this.database.close();
  }

  private async writeVersions(sql: Sql, { revision, snapshot: before }: Revised, { catalogue, applied, entryChanges, origins }: CityDraft): Promise<Revised> {
    const isFirst = before.keysVersion === 0 || before.bundle === undefined;
    if (entryChanges.length === 0 && !isFirst) return { revision, snapshot: { ...before, applied } };
    const keysVersion = before.keysVersion + (before.keysVersion === 0 || keysHash(before.catalogue) !== keysHash(catalogue) ? 1 : 0);
    const bundle = before.bundle !== undefined && contentsHash(before.catalogue) === contentsHash(catalogue) ? before.bundle : await this.sealed(sql, catalogue, (before.bundle?.bundle.version ?? 0) + 1, origins);
    await sql.query('update smart_city.head set revision = $1, keys_version = $2, bundle_version = $3', [revision + 1, keysVersion, bundle.bundle.version]);
    return { revision: revision + 1, snapshot: { catalogue, applied, bundle, keysVersion } };
  }

  private async sealed(sql: Sql, catalogue: Catalogue, version: number, origins: readonly BundleOrigin[]): Promise<SignedBundle> {
    const signed = this.seal(catalogue, version, origins);
    await sql.query('insert into smart_city.bundles (version, hash, signed) values ($1, $2, $3)', [version, signed.hash, canonicalJson(signed)]);
    return signed;
  }
}

async function readSnapshot(sql: Sql): Promise<CitySnapshot> {
  const [head] = await sql.query<{ keys_version: number; signed: string | null }>('select h.keys_version, b.signed from smart_city.head h left join smart_city.bundles b on b.version = h.bundle_version');
  return {
    catalogue: await readCatalogue(sql),
    applied: await readPositions(sql),
    bundle: head?.signed ? signedBundle.parse(JSON.parse(head.signed)) : undefined,
    keysVersion: head?.keys_version ?? 0,
  };
}

async function readPositions(sql: Sql): Promise<LogPosition> {
  const positions = await sql.query<{ writer: string; n: number }>('select writer, n from smart_city.feed_position');
  return Object.fromEntries(positions.map((p) => [p.writer, p.n]));
}

async function readCatalogue(sql: Sql): Promise<Catalogue> {
  const rows = await sql.query<{ kind: EntryKind; key: string; value: string }>('select kind, key, value from smart_city.catalogue');
  return Catalogue.of(rows.filter((row) => entryKinds.includes(row.kind)).map(({ kind, key, value }) => ({ kind, key, value: parseEntry(kind, JSON.parse(value)) })));
}

async function readDeclared(sql: Sql): Promise<Map<string, string>> {
  const rows = await sql.query<{ kind: string; key: string; hash: string }>('select kind, key, hash from smart_city.declared');
  return new Map(rows.map((row) => [`${row.kind} ${row.key}`, row.hash]));
}

async function readUnfinished(sql: Sql): Promise<Map<string, Unfinished>> {
  const rows = await sql.query<{ execution: string; changes: string }>('select execution, changes from smart_city.unfinished');
  return new Map(rows.map((row) => [row.execution, unfinishedChanges.parse(JSON.parse(row.changes))]));
}

async function writeDraft(sql: Sql, draft: CityDraft): Promise<void> {
  for (const change of draft.entryChanges) await writeEntry(sql, change);
  for (const { kind, key, hash } of draft.declaredChanges) await sql.query('insert into smart_city.declared (kind, key, hash) values ($1, $2, $3) on conflict (kind, key) do update set hash = excluded.hash', [kind, key, hash]);
  for (const [execution, changes] of draft.unfinishedChanges) await writeUnfinished(sql, execution, changes);
  for (const [writer, n] of Object.entries(draft.applied)) await sql.query('insert into smart_city.feed_position (writer, n) values ($1, $2) on conflict (writer) do update set n = greatest(feed_position.n, excluded.n)', [writer, n]);
}

async function writeEntry(sql: Sql, { kind, key, value }: EntryChange): Promise<void> {
  if (value === undefined) await sql.query('delete from smart_city.catalogue where kind = $1 and key = $2', [kind, key]);
  else await sql.query('insert into smart_city.catalogue (kind, key, value) values ($1, $2, $3) on conflict (kind, key) do update set value = excluded.value', [kind, key, canonicalJson(value)]);
}

async function writeUnfinished(sql: Sql, execution: string, changes: Unfinished | undefined): Promise<void> {
  if (changes === undefined) await sql.query('delete from smart_city.unfinished where execution = $1', [execution]);
  else await sql.query('insert into smart_city.unfinished (execution, changes) values ($1, $2) on conflict (execution) do update set changes = excluded.changes', [execution, canonicalJson(changes)]);
}
