import type { ArchivedStream } from '@symphainy/contracts';
import { encodeFrame, GENESIS, type RecordOf } from '@symphainy/execution';
import type { Database } from '@symphainy/store-postgres';
import { ARCHIVED_KIND } from './archived-reader.js';

/** An ended execution that may be old enough for the archive. */
export interface ArchiveCandidate {
  readonly execution_id: string;
  readonly created_at: string;
  readonly ended_at: string;
  readonly head_seq: number;
}

/** The archivist's side of the log: what is old, and the way out of it. */
export class ArchiveEntries {
  constructor(private readonly database: Database) {}

  /** Holds the archivist's turn: of all runtimes one archives at a time. Undefined when another does. */
  async takeTurn(): Promise<{ end(): Promise<void> } | undefined> {
    const line = await this.database.connect();
    const [row] = await line.query<{ locked: boolean }>(`select pg_try_advisory_lock(hashtextextended('symphainy archivist', 0)) as locked`);
    if (row?.locked === true) return { end: () => line.close() };
    await line.close();
    return undefined;
  }

  /** The tenant's executions that ended before `endedBefore`, by age, after `after`, and are not archived; `unobserved`: nor noted before. */
  candidates(tenantId: string, about: { readonly endedBefore: string; readonly unobserved: boolean; readonly after: ArchiveCandidate | undefined; readonly limit: number }): Promise<ArchiveCandidate[]> {
    const { endedBefore, unobserved, after, limit } = about;
    return this.database.query<ArchiveCandidate>(
      `select e.execution_id, e.created_at, e.ended_at, e.head_seq from runtime.executions e
       where e.tenant_id = $1 and e.created_at < $2 and e.ended_at < $2 and ($3::timestamptz is null or (e.created_at, e.execution_id) > ($3, $4::uuid))
         and not exists (select 1 from runtime.archived_streams a where a.tenant_id = e.tenant_id and a.stream_id = e.execution_id)
         and (not $6 or not exists (select 1 from runtime.archive_observations o where o.tenant_id = e.tenant_id and o.stream_id = e.execution_id))
       order by e.created_at, e.execution_id limit $5`,
      [tenantId, endedBefore, after?.created_at ?? null, after?.execution_id ?? null, limit, unobserved],
    );
  }

  async observe(tenantId: string, streamId: string): Promise<void> {
    await this.database.query('insert into runtime.archive_observations (tenant_id, stream_id) values ($1, $2) on conflict do nothing', [tenantId, streamId]);
  }

  /** Whether every follower has read the stream to its end, no living writer counts on from one of its frames, and a leaf binds its last one: the log's own guards ask the same. */
  async mayLeave(tenantId: string, streamId: string): Promise<boolean> {
    const [row] = await this.database.query<{ may: boolean }>(
      `with last as (select f.writer, max(f.n) as n from runtime.wal_frames f where f.tenant_id = $1 and f.stream_id = $2 group by f.writer)
       select not exists (select 1 from last join runtime.follower_positions p on p.writer = last.writer where p.n < last.n)
          and not exists (select 1 from last join runtime.wal_writers w on w.writer = last.writer and w.retired_n is null where last.n = (select max(l.n) from runtime.wal_frames l where l.writer = last.writer))
          and exists (select 1 from (select seq, hash from runtime.wal_frames where tenant_id = $1 and stream_id = $2 order by seq desc limit 1) h
                      join runtime.sealed_leaves l on l.tenant_id = $1 and l.stream_id = $2 and l.kind = 'head' and l.seq = h.seq and l.hash = h.hash) as may`,
      [tenantId, streamId],
    );
    return row?.may === true;
  }

  /** The stream leaves the log, whole; its stub says what `record` says. False: it cannot go yet, and stays whole. */
  async archive(tenantId: string, archived: ArchivedStream, record: RecordOf<'stream_archived'>): Promise<boolean> {
    const stub = encodeFrame(GENESIS, { tenantId, streamId: archived.stream_id, seq: 0, kind: ARCHIVED_KIND, at: record.at }, [record]);
    const [row] = await this.database.query<{ done: boolean }>('select runtime.archive_stream($1, $2, $3, $4, $5, $6, $7) as done', [
      tenantId, archived.stream_id, archived.head_seq, Buffer.from(archived.head_hash, 'hex'), record.at, stub.hash, stub.body,
    ]);
    return row?.done === true;
  }
}
