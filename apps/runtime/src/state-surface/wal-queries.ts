import type { SubjectReply, SubjectRequest } from '@symphainy/contracts';
import type { Sql } from '@symphainy/store-postgres';
import { z } from 'zod';
import { FRAME_COLUMNS, frameOf, wireFrame, type FrameRow } from '../wal/stored-frame.js';
import { pageOf, placeOf } from './cursor.js';
import { maskOf } from './record-types.js';
import type { Settled } from './settled.js';

type Query = SubjectRequest<'runtime.wal.query'>;

interface PlacedRow extends FrameRow {
  readonly position: number;
}

const frames = FRAME_COLUMNS.split(', ').map((column) => `f.${column}`).join(', ');
const timePlace = z.tuple([z.iso.datetime(), z.uuid(), z.number().int()]);

/**
 * Frames of the log by what they are about.
 *
 * With an execution, a session or a correlation id, those streams' frames by time (then stream, then seq). Otherwise the tenant's whole log
 * in the order in which it was read from its writers, where a cursor misses nothing that is still being written.
 */
export class WalQueries {
  constructor(private readonly settled: Settled) {}

  async query(query: Query): Promise<SubjectReply<'runtime.wal.query'>> {
    await this.settled.settle();
    const ofStreams = query.execution_id !== undefined || query.session_id !== undefined || query.correlation_id !== undefined;
    return this.settled.database.asTenant(query.caller.tenant_id, (sql) => (ofStreams ? byStreams(sql, query) : byPosition(sql, query)));
  }
}

/** The record type is looked for in the canonical bytes first; a payload may quote it, so the records have the last word. */
const typeFilter = `($4::text is null or position(convert_to('"type":"' || $4 || '"', 'UTF8') in f.body) > 0)`;

async function byStreams(sql: Sql, query: Query): Promise<SubjectReply<'runtime.wal.query'>> {
  const { caller, limit, record_type } = query;
  let [at, stream, seq] = placeOf(query.cursor, timePlace) ?? [null, null, null];
  const found: FrameRow[] = [];
  for (;;) {
    const rows: FrameRow[] = await sql.query<FrameRow>(
      `with streams as (
         select execution_id as stream_id from runtime.executions
         where tenant_id = $1 and ($2::uuid is null or session_id = $2) and ($3::uuid is null or execution_id = $3) and ($5::text is null or correlation_id = $5) and ($6::text is null or intent_type = $6)
         union select $2::uuid where $2 is not null and $3::uuid is null and $5::text is null and $6::text is null
       )
       select ${frames} from streams s join runtime.wal_frames f on f.tenant_id = $1 and f.stream_id = s.stream_id
       where ${typeFilter} and ($7::timestamptz is null or f.at >= $7) and ($8::timestamptz is null or f.at <= $8)
         and ($9::timestamptz is null or (f.at, f.stream_id, f.seq) > ($9, $10::uuid, $11::int))
       order by f.at, f.stream_id, f.seq limit $12`,
      [caller.tenant_id, query.session_id ?? null, query.execution_id ?? null, record_type ?? null, query.correlation_id ?? null, query.intent_type ?? null, query.after ?? null, query.before ?? null, at, stream, seq, limit + 1],
    );
    found.push(...rows.filter((row) => holds(row, record_type)));
    const last = rows.at(-1);
    if (found.length > limit || rows.length <= limit || last === undefined) break;
    [at, stream, seq] = [last.at, last.stream_id, last.seq];
  }
  const { items, next } = pageOf(found, limit, (row) => wireFrame(frameOf(row)), (row) => [row.at, row.stream_id, row.seq]);
  return { frames: items, ...next };
}

const holds = (row: FrameRow, type: string | undefined): boolean => type === undefined || wireFrame(frameOf(row)).records.some((record) => record.type === type);

async function byPosition(sql: Sql, query: Query): Promise<SubjectReply<'runtime.wal.query'>> {
  const [after] = placeOf(query.cursor, z.tuple([z.number().int()])) ?? [0];
  const rows = await sql.query<PlacedRow>(
    `select ${frames}, i.position from runtime.frame_index i join runtime.wal_frames f on f.tenant_id = $1 and f.stream_id = i.stream_id and f.seq = i.seq
     where i.tenant_id = $1 and i.position > $2 and ($3::text is null or i.intent_type = $3) and ($4::bigint is null or i.record_types & $4 <> 0)
       and ($5::timestamptz is null or i.at >= $5) and ($6::timestamptz is null or i.at <= $6)
     order by i.position limit $7`,
    [query.caller.tenant_id, after, query.intent_type ?? null, query.record_type === undefined ? null : maskOf(query.record_type), query.after ?? null, query.before ?? null, query.limit + 1],
  );
  const { items, next } = pageOf(rows, query.limit, (row) => wireFrame(frameOf(row)), (row) => [row.position]);
  return { frames: items, ...next };
}
