import { registeredCapability, signedBundle, stateChange, type LogPosition, type RegisteredCapability, type SignedBundle, type StateChange } from '@symphainy/contracts';
import { canonicalJson } from '@symphainy/kernel';
import type { Database, Sql } from '@symphainy/store-postgres';
import { z } from 'zod';
import { Catalogue, contentsHash, entryKinds, keysHash, parseEntry, type EntryChange, type EntryKind } from './catalogue.js';

/** Everything Smart City knows, at one moment. */
export interface CitySnapshot {
  readonly catalogue: Catalogue;
  /** How far the Runtime's governance records are applied. */
  readonly applied: LogPosition;
  readonly bundle: SignedBundle | undefined;
  readonly keysVersion: number;
}

/** A change being made: the snapshot as it stands, and what is to be written. */
export class CityDraft {
  readonly entryChanges: EntryChange[] = [];
  readonly declaredChanges: { readonly kind: EntryKind; readonly key: string; readonly hash: string }[] = [];
  readonly unfinishedChanges = new Map<string, readonly StateChange[] | undefined>();
  applied: LogPosition;
  catalogue: Catalogue;

  constructor(
    readonly before: CitySnapshot,
    /** `<kind> <key>` → hash of what a declaration last said of the entry. */
    readonly declared: ReadonlyMap<string, string>,
    readonly unfinished: ReadonlyMap<string, readonly StateChange[]>,
  ) {
    this.applied = before.applied;
    this.catalogue = before.catalogue;
  }

  change(change: EntryChange): void {
    this.entryChanges.push(change);
    this.catalogue = this.catalogue.with(change);
  }
}

/** Makes a signed bundle of a catalogue; rejects a catalogue that makes no usable one. */
export type Seal = (catalogue: Catalogue, version: number) => SignedBundle;

/**
 * The catalogue in Postgres. Changes are made one at a time, across instances, under the lock of the head row; entries, reading position
 * and the new bundle version are written together or not at all.
 */
export class CatalogueStore {
  constructor(
    private readonly database: Database,
    private readonly seal: Seal,
  ) {}

  read(): Promise<CitySnapshot> {
    return this.database.transaction(async (sql) => readSnapshot(sql));
  }

  async change(work: (draft: CityDraft) => void): Promise<CitySnapshot> {
    return this.database.transaction(async (sql) => {
      await sql.query('select 1 from smart_city.head for update');
      const draft = new CityDraft(await readSnapshot(sql), await readDeclared(sql), await readUnfinished(sql));
      work(draft);
      await writeDraft(sql, draft);
      await this.writeVersions(sql, draft);
      return readSnapshot(sql);
    });
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

  private async writeVersions(sql: Sql, { before, catalogue }: CityDraft): Promise<void> {
    if (before.keysVersion === 0 || keysHash(before.catalogue) !== keysHash(catalogue)) await sql.query('update smart_city.head set keys_version = keys_version + 1');
    if (before.bundle !== undefined && contentsHash(before.catalogue) === contentsHash(catalogue)) return;
    const signed = this.seal(catalogue, (before.bundle?.bundle.version ?? 0) + 1);
    await sql.query('insert into smart_city.bundles (version, hash, signed) values ($1, $2, $3)', [signed.bundle.version, signed.hash, canonicalJson(signed)]);
    await sql.query('update smart_city.head set bundle_version = $1', [signed.bundle.version]);
  }
}

async function readSnapshot(sql: Sql): Promise<CitySnapshot> {
  const [head] = await sql.query<{ keys_version: number; signed: string | null }>('select h.keys_version, b.signed from smart_city.head h left join smart_city.bundles b on b.version = h.bundle_version');
  const positions = await sql.query<{ writer: string; n: number }>('select writer, n from smart_city.feed_position');
  return {
    catalogue: await readCatalogue(sql),
    applied: Object.fromEntries(positions.map((p) => [p.writer, p.n])),
    bundle: head?.signed ? signedBundle.parse(JSON.parse(head.signed)) : undefined,
    keysVersion: head?.keys_version ?? 0,
  };
}

async function readCatalogue(sql: Sql): Promise<Catalogue> {
  const rows = await sql.query<{ kind: EntryKind; key: string; value: string }>('select kind, key, value from smart_city.catalogue');
  return Catalogue.of(rows.filter((row) => entryKinds.includes(row.kind)).map(({ kind, key, value }) => ({ kind, key, value: parseEntry(kind, JSON.parse(value)) })));
}

async function readDeclared(sql: Sql): Promise<Map<string, string>> {
  const rows = await sql.query<{ kind: string; key: string; hash: string }>('select kind, key, hash from smart_city.declared');
  return new Map(rows.map((row) => [`${row.kind} ${row.key}`, row.hash]));
}

async function readUnfinished(sql: Sql): Promise<Map<string, readonly StateChange[]>> {
  const rows = await sql.query<{ execution_id: string; changes: string }>('select execution_id, changes from smart_city.unfinished');
  return new Map(rows.map((row) => [row.execution_id, z.array(stateChange).parse(JSON.parse(row.changes))]));
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

async function writeUnfinished(sql: Sql, execution: string, changes: readonly StateChange[] | undefined): Promise<void> {
  if (changes === undefined) await sql.query('delete from smart_city.unfinished where execution_id = $1', [execution]);
  else await sql.query('insert into smart_city.unfinished (execution_id, changes) values ($1, $2) on conflict (execution_id) do update set changes = excluded.changes', [execution, canonicalJson(changes)]);
}
