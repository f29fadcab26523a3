import type { Database } from '@symphainy/store-postgres';
import type { BundleArchive, KeptBundle } from '../acceptance/log.ports.js';

/** Accepted bundles, by hash; never changed once there. */
export class PostgresBundleArchive implements BundleArchive {
  constructor(private readonly database: Database) {}

  async save(hash: string, version: number, text: string): Promise<void> {
    await this.database.query('insert into runtime.bundles (hash, version, signed) values ($1, $2, $3) on conflict do nothing', [hash, version, text]);
  }

  async load(hash: string): Promise<string | undefined> {
    const [row] = await this.database.query<{ signed: string }>('select signed from runtime.bundles where hash = $1', [hash]);
    return row?.signed;
  }

  async latest(): Promise<string | undefined> {
    const [row] = await this.database.query<{ signed: string }>('select signed from runtime.bundles order by version desc limit 1');
    return row?.signed;
  }

  list(below: number, limit: number): Promise<KeptBundle[]> {
    return this.database.query<KeptBundle>(`select version, hash, signed::json #>> '{bundle,created_at}' as created_at, coalesce(signed::json #> '{bundle,made_by}', '[]') as made_by from runtime.bundles where version < $1 order by version desc limit $2`, [below, limit]);
  }
}
