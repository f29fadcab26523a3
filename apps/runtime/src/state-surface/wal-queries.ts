import { failure, words, type Frame, type SubjectReply, type SubjectRequest } from '@symphainy/contracts';
import { decodeBody } from '@symphainy/execution';
import type { Sql, SqlValue } from '@symphainy/store-postgres';
import { z } from 'zod';
import type { StoredFrame, WalReader } from '../acceptance/log.ports.js';
import { streamPages } from '../acceptance/stream-fold.js';
import { ARCHIVED_KIND } from '../wal/archived-reader.js';
import { FRAME_COLUMNS, frameOf, wireFrame, type FrameRow } from '../wal/stored-frame.js';
import { fitting, pageOf, placeOf } from './cursor.js';
import { maskOf } from './record-types.js';
import type { Settled } from './settled.js';

type Query = SubjectRequest<'runtime.wal.query'>;

interface PlacedRow extends Omit<FrameRow, 'kind'> {
  readonly position: number;
  /** Null, or a stub's, when the frame is in the archive. */
  readonly kind: string | null;
}

interface ArchivedRow {
  readonly stream_id: string;
  readonly first_at: string;
}

/** Where a page goes on, in the order of streams' frames. */
type Place = readonly [at: string, stream: string, seq: number];

const columns = FRAME_COLUMNS.split(', ');
const frames = columns.map((column) => `f.${column}`).join(', ');
const timePlace = z.tuple([words.timestamp, z.uuid(), z.int32()]);

/**
 * Frames of the log by what they are about, those of archived streams included.
 *
 * With an execution, a session or a correlation id, those streams' frames by time (then stream, then seq). Otherwise the tenant's whole log
 * in the order in which it was read from its writers, where a cursor misses nothing that is still being written.
 */
export class WalQueries {
  constructor(
    private readonly settled: Settled,
    private readonly reader: WalReader,
  ) {}

  async query(query: Query): Promise<SubjectReply<'runtime.wal.query'>> {
    await this.settled.settle();
    const ofStreams = query.execution_id !== undefined || query.session_id !== undefined || query.correlation_id !== undefined;
    return ofStreams ? this.byStreams(query) : this.byPosition(query);
  }

  private async byStreams(query: Query): Promise<SubjectReply<'runtime.wal.query'>> {
    const { caller, limit } = query;
    const after = placeOf(query.cursor, timePlace);
    const { live, archived } = await this.settled.database.asTenant(caller.tenant_id, async (sql) => ({ live: await liveFrames(sql, query, after), archived: await archivedStreams(sql, query, after) }));
    const found = await this.withArchived(live, archived, query, after);
    const { items, next } = pageOf(found, fitting(found, limit), wireFrame, (frame) => [frame.at, frame.streamId, frame.seq]);
    return { frames: items, ...next };
  }

  /** Streams come by their first frame, so whatever begins behind the page is not opened. */
  private async withArchived(live: StoredFrame[], streams: readonly ArchivedRow[], query: Query, after: Place | undefined): Promise<StoredFrame[]> {
    let found = live;
    for (const { stream_id, first_at } of streams) {
      if (found.length > query.limit && first_at > found[query.limit]!.at) break;
      for await (const page of streamPages(this.reader, query.caller.tenant_id, stream_id)) {
        const wanted = page.filter((frame) => isBehind(frame, after) && isWithin(frame, query) && holds(frame, query.record_type));
        found = [...found, ...wanted].sort(byPlace).slice(0, query.limit + 1);
      }
    }
    return found;
  }

  private async byPosition(query: Query): Promise<SubjectReply<'runtime.wal.query'>> {
    const { tenant_id } = query.caller;
    const rows = await this.settled.database.asTenant(tenant_id, (sql) => placedFrames(sql, query));
    const { items, next } = pageOf(rows, fitting(rows, query.limit), (row) => row, (row) => [row.position]);
    const shown: Frame[] = [];
    for (const row of items) shown.push(wireFrame(isLive(row) ? frameOf(row) : await this.archivedFrame(tenant_id, row)));
    return { frames: shown, ...next };
  }

  private async archivedFrame(tenantId: string, { stream_id, seq }: PlacedRow): Promise<StoredFrame> {
    const [frame] = await this.reader.readStream(tenantId, stream_id, seq, 1);
    if (frame === undefined) throw failure('archive.unreadable', { details: { stream_id } });
    return frame;
  }
}

const isLive = (row: PlacedRow): row is PlacedRow & FrameRow => row.kind !== null && row.kind !== ARCHIVED_KIND;

const compare = (a: Place, b: Place): number => (a[0] !== b[0] ? (a[0] < b[0] ? -1 : 1) : a[1] !== b[1] ? (a[1] < b[1] ? -1 : 1) : a[2] - b[2]);
const placeIn = (frame: StoredFrame): Place => [frame.at, frame.streamId, frame.seq];
const byPlace = (a: StoredFrame, b: StoredFrame): number => compare(placeIn(a), placeIn(b));
const isBehind = (frame: StoredFrame, after: Place | undefined): boolean => after === undefined || compare(placeIn(frame), after) > 0;
const isWithin = ({ at }: StoredFrame, { after, before }: Query): boolean => (after === undefined || at >= after) && (before === undefined || at <= before);
const holds = (frame: StoredFrame, type: string | undefined): boolean => type === undefined || decodeBody(frame.body).some((record) => record.type === type);

/** The streams that a question names: executions by what they are, and the session's own. Parameters 1 to 5. */
const named = `streams as (
    select execution_id as stream_id from runtime.executions
    where tenant_id = $1 and ($2::uuid is null or session_id = $2) and ($3::uuid is null or execution_id = $3) and ($4::text is null or correlation_id = $4) and ($5::text is null or intent_type = $5)
    union select $2::uuid where $2 is not null and $3::uuid is null and $4::text is null and $5::text is null
  )`;
const namedBy = (query: Query): SqlValue[] => [query.caller.tenant_id, query.session_id ?? null, query.execution_id ?? null, query.correlation_id ?? null, query.intent_type ?? null];

/** The record type is looked for in the canonical bytes first; a payload may quote it, so the records have the last word. */
const typeFilter = `($6::text is null or position(convert_to('"type":"' || $6 || '"', 'UTF8') in f.body) > 0)`;

/** A page of the named streams' frames, and one more when there is one. */
async function liveFrames(sql: Sql, query: Query, after: Place | undefined): Promise<StoredFrame[]> {
  const { limit, record_type } = query;
  const found: StoredFrame[] = [];
  for (let [at, stream, seq]: Place | [null, null, null] = after ?? [null, null, null]; ; ) {
    const rows: FrameRow[] = await sql.query<FrameRow>(
      `with ${named}
       select ${frames} from streams s join runtime.wal_frames f on f.tenant_id = $1 and f.stream_id = s.stream_id and f.kind <> '${ARCHIVED_KIND}'
       where ${typeFilter} and ($7::timestamptz is null or f.at >= $7) and ($8::timestamptz is null or f.at <= $8)
         and ($9::timestamptz is null or (f.at, f.stream_id, f.seq) > ($9, $10::uuid, $11::int))
       order by f.at, f.stream_id, f.seq limit $12`,
      [...namedBy(query), record_type ?? null, query.after ?? null, query.before ?? null, at, stream, seq, limit + 1],
    );
    found.push(...rows.map(frameOf).filter((frame) => holds(frame, record_type)));
    const last = rows.at(-1);
    if (found.length > limit || rows.length <= limit || last === undefined) return found;
    [at, stream, seq] = [last.at, last.stream_id, last.seq];
  }
}

/** Archived ones of the named streams that reach into what is asked for, by their first frame. */
const archivedStreams = (sql: Sql, query: Query, after: Place | undefined): Promise<ArchivedRow[]> =>
  sql.query<ArchivedRow>(
    `with ${named}
     select a.stream_id, a.first_at from streams s join runtime.archived_streams a on a.tenant_id = $1 and a.stream_id = s.stream_id
     where ($6::timestamptz is null or a.last_at >= $6) and ($7::timestamptz is null or a.last_at >= $7) and ($8::timestamptz is null or a.first_at <= $8)
     order by a.first_at, a.stream_id`,
    [...namedBy(query), after?.[0] ?? null, query.after ?? null, query.before ?? null],
  );

function placedFrames(sql: Sql, query: Query): Promise<PlacedRow[]> {
  const [after] = placeOf(query.cursor, z.tuple([z.number().int()])) ?? [0];
  return sql.query<PlacedRow>(
    `select i.position, i.tenant_id, i.stream_id, i.seq, ${columns.filter((column) => !['tenant_id', 'stream_id', 'seq'].includes(column)).map((column) => `f.${column}`).join(', ')}
     from runtime.frame_index i left join runtime.wal_frames f on f.tenant_id = $1 and f.stream_id = i.stream_id and f.seq = i.seq
     where i.tenant_id = $1 and i.position > $2 and ($3::text is null or i.intent_type = $3) and ($4::bigint is null or i.record_types & $4 <> 0)
       and ($5::timestamptz is null or i.at >= $5) and ($6::timestamptz is null or i.at <= $6)
     order by i.position limit $7`,
    [query.caller.tenant_id, after, query.intent_type ?? null, query.record_type === undefined ? null : maskOf(query.record_type), query.after ?? null, query.before ?? null, query.limit + 1],
  );
}
