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
}
