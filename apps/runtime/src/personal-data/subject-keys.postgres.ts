import type { Database } from '@symphainy/store-postgres';
import type { StoredKey, SubjectKeyStore } from './subject-keys.js';

interface KeyRow {
  readonly key_id: string;
  readonly wrapped: Uint8Array | null;
}

const stored = ({ key_id, wrapped }: KeyRow): StoredKey => ({ key_id, wrapped: wrapped === null ? undefined : new Uint8Array(wrapped) });

/** Subject keys in Postgres, as the role that reaches nothing else. */
export class PostgresSubjectKeys implements SubjectKeyStore {
  constructor(private readonly database: Database) {}

  async claim(tenantId: string, subject: string, fresh: StoredKey): Promise<StoredKey> {
    const rows = await this.database.asTenant(tenantId, async (sql) => {
      await sql.query('insert into runtime.subject_keys (tenant_id, key_id, subject, wrapped) values ($1, $2, $3, $4) on conflict (tenant_id, subject) do nothing', [tenantId, fresh.key_id, subject, fresh.wrapped ?? null]);
      return sql.query<KeyRow>('select key_id, wrapped from runtime.subject_keys where tenant_id = $1 and subject = $2', [tenantId, subject]);
    });
    return rows[0] === undefined ? this.claim(tenantId, subject, fresh) : stored(rows[0]);
  }

  async read(tenantId: string, keyIds: readonly string[]): Promise<readonly StoredKey[]> {
    const rows = await this.database.asTenant(tenantId, (sql) => sql.query<KeyRow>('select key_id, wrapped from runtime.subject_keys where tenant_id = $1 and key_id = any($2::uuid[])', [tenantId, [...keyIds]]));
    return rows.map(stored);
  }

  async find(tenantId: string, subject: string): Promise<string | undefined> {
    const [row] = await this.database.asTenant(tenantId, (sql) => sql.query<{ key_id: string }>('select key_id from runtime.subject_keys where tenant_id = $1 and subject = $2', [tenantId, subject]));
    return row?.key_id;
  }

  async destroy(tenantId: string, subject: string, erasureId: string): Promise<string | undefined> {
    const [row] = await this.database.asTenant(tenantId, (sql) =>
      sql.query<{ key_id: string }>('update runtime.subject_keys set wrapped = null, subject = null, erased_at = now(), erased_by = $3 where tenant_id = $1 and subject = $2 returning key_id', [tenantId, subject, erasureId]),
    );
    return row?.key_id;
  }

  async nameKey(tenantId: string): Promise<Uint8Array | undefined> {
    const [row] = await this.database.asTenant(tenantId, (sql) => sql.query<{ wrapped: Uint8Array }>('select wrapped from runtime.tenant_name_keys where tenant_id = $1', [tenantId]));
    return row === undefined ? undefined : new Uint8Array(row.wrapped);
  }

  async keepNameKey(tenantId: string, before: Uint8Array | undefined, wrapped: Uint8Array): Promise<boolean> {
    const kept = await this.database.asTenant(tenantId, (sql) =>
      before === undefined
        ? sql.query('insert into runtime.tenant_name_keys (tenant_id, wrapped) values ($1, $2) on conflict do nothing returning 1', [tenantId, wrapped])
        : sql.query('update runtime.tenant_name_keys set wrapped = $3 where tenant_id = $1 and wrapped = $2 returning 1', [tenantId, before, wrapped]),
    );
    return kept.length === 1;
  }

  async page(tenantId: string, after: string | undefined, limit: number): Promise<readonly StoredKey[]> {
    const rows = await this.database.asTenant(tenantId, (sql) =>
      sql.query<KeyRow>('select key_id, wrapped from runtime.subject_keys where tenant_id = $1 and wrapped is not null and ($2::uuid is null or key_id > $2::uuid) order by key_id limit $3', [tenantId, after ?? null, limit]),
    );
    return rows.map(stored);
  }

  async rewrap(tenantId: string, { key_id, wrapped: before }: StoredKey, wrapped: Uint8Array): Promise<boolean> {
    const changed = await this.database.asTenant(tenantId, (sql) =>
      sql.query('update runtime.subject_keys set wrapped = $4 where tenant_id = $1 and key_id = $2 and wrapped = $3 returning 1', [tenantId, key_id, before ?? null, wrapped]),
    );
    return changed.length === 1;
  }
}
