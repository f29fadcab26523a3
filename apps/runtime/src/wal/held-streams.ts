import type { Database } from '@symphainy/store-postgres';
import type { HeldStreams, StreamName } from '../acceptance/log.ports.js';

/** The long-held streams of writers, by the adopter role. Naming holds the lease row as a flush does: it is done before a take-over, or not at all. */
export class PostgresHeldStreams implements HeldStreams {
  constructor(private readonly database: Database) {}

  async name(writer: { readonly id: string; readonly epoch: number }, streams: readonly StreamName[]): Promise<boolean> {
    const [row] = await this.database.query<{ held: boolean }>(
      `with held as (select from runtime.wal_writers where writer = $1 and epoch = $2 and taken_at is null for key share), named as (
         insert into runtime.held_streams (writer, tenant_id, stream_id)
           select $1, s.tenant, s.stream from held, unnest($3::text[], $4::uuid[]) s(tenant, stream) order by 2, 3 on conflict do nothing)
       select count(*) = 1 as held from held`,
      [writer.id, writer.epoch, streams.map((s) => s.tenantId), streams.map((s) => s.streamId)],
    );
    return row?.held === true;
  }

  async unname(writer: string, streams: readonly StreamName[]): Promise<void> {
    await this.database.query(
      'delete from runtime.held_streams h using unnest($2::text[], $3::uuid[]) s(tenant, stream) where h.writer = $1 and h.tenant_id = s.tenant and h.stream_id = s.stream',
      [writer, streams.map((s) => s.tenantId), streams.map((s) => s.streamId)],
    );
  }
}
