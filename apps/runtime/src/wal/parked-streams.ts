import type { Database, SqlValue } from '@symphainy/store-postgres';
import { reach } from '../fail-points/fail-points.js';
import type { ParkedBy, ParkedStream, ParkedStreams, ParkReason } from '../acceptance/log.ports.js';
import { streamKey } from '../acceptance/stream-key.js';

interface ParkedRow {
  readonly tenant_id: string;
  readonly stream_id: string;
  readonly seq: number;
  readonly due_at: string | null;
  readonly reason: ParkReason;
  readonly session_id: string;
  readonly writer: string;
  readonly epoch: number;
}

const COLUMNS = 'p.tenant_id, p.stream_id, p.seq, p.due_at, p.reason, p.session_id, p.writer, p.epoch';

/**
 * The parked streams, by the adopter role. Rows come and go with frames (see `flush`); here they are claimed, and executions that have
 * waited in memory for long are parked.
 *
 * 1. Parking holds the lease row as a flush does: a writer that was taken over parks nothing.
 * 2. A claim pushes the due time away, so one that nobody completes runs out by itself.
 * 3. A parking that comes late, after the stream went on and was parked anew, changes nothing.
 * 4. Whoever changes a row later names what it saw: a stream that became due meanwhile stays due.
 */
export class PostgresParked implements ParkedStreams {
  constructor(private readonly database: Database) {}

  async park(writer: { readonly id: string; readonly epoch: number }, streams: readonly ParkedStream[]): Promise<ParkedStream[]> {
    const lists: SqlValue[] = [streams.map((s) => s.tenantId), streams.map((s) => s.streamId), streams.map((s) => s.seq), streams.map((s) => s.dueAt ?? null), streams.map((s) => s.reason), streams.map((s) => s.sessionId)];
    reach('parking.park', 'before');
    const parked = await this.database.query<{ tenant_id: string; stream_id: string }>(
      `with held as (select from runtime.wal_writers where writer = $1 and epoch = $2 and taken_at is null for key share)
       insert into runtime.parked as p (tenant_id, stream_id, seq, due_at, reason, session_id, writer, epoch)
         select s.tenant, s.stream, s.seq, s.due, s.reason, s.session, $1, $2
         from held, unnest($3::text[], $4::uuid[], $5::int[], $6::timestamptz[], $7::text[], $8::uuid[]) s(tenant, stream, seq, due, reason, session)
         order by 1, 2
         on conflict (tenant_id, stream_id) do update
           set seq = excluded.seq, due_at = excluded.due_at, reason = excluded.reason, writer = excluded.writer, epoch = excluded.epoch, parked_at = excluded.parked_at
           where p.seq <= excluded.seq
       returning tenant_id, stream_id`,
      [writer.id, writer.epoch, ...lists],
    );
    reach('parking.park', 'after');
    const there = new Set(parked.map((row) => streamKey({ tenantId: row.tenant_id, streamId: row.stream_id })));
    return streams.filter((stream) => there.has(streamKey(stream)));
  }

  async claim(due: string, again: string, limit: number): Promise<ParkedBy[]> {
    reach('parking.claim', 'before');
    const rows = await this.database.query<ParkedRow>(
      `with due as (select tenant_id, stream_id from runtime.parked where due_at <= $1::timestamptz order by due_at limit $3 for update skip locked)
       update runtime.parked p set due_at = $2::timestamptz from due where p.tenant_id = due.tenant_id and p.stream_id = due.stream_id returning ${COLUMNS}`,
      [due, again, limit],
    );
    if (rows.length > 0) reach('parking.claim', 'after');
    return rows.map(parkedOf);
  }

  async find(tenantId: string, streamId: string): Promise<ParkedBy | undefined> {
    const [row] = await this.database.query<ParkedRow>(`select ${COLUMNS} from runtime.parked p where tenant_id = $1 and stream_id = $2`, [tenantId, streamId]);
    return row === undefined ? undefined : parkedOf(row);
  }

  async postpone({ tenantId, streamId, seq, dueAt }: ParkedStream, until: string | undefined): Promise<void> {
    await this.database.query('update runtime.parked set due_at = $5 where tenant_id = $1 and stream_id = $2 and seq = $3 and due_at is not distinct from $4::timestamptz', [tenantId, streamId, seq, dueAt ?? null, until ?? null]);
  }

  async forget({ tenantId, streamId, seq }: Pick<ParkedStream, 'tenantId' | 'streamId' | 'seq'>): Promise<void> {
    await this.database.query('delete from runtime.parked where tenant_id = $1 and stream_id = $2 and seq = $3', [tenantId, streamId, seq]);
  }
}

const parkedOf = (row: ParkedRow): ParkedBy => ({
  tenantId: row.tenant_id,
  streamId: row.stream_id,
  seq: row.seq,
  dueAt: row.due_at ?? undefined,
  reason: row.reason,
  sessionId: row.session_id,
  writer: row.writer,
  epoch: row.epoch,
});
