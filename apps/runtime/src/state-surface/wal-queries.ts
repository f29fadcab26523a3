import { failure, type SubjectReply, type SubjectRequest, type UnreadableFrame } from '@symphainy/contracts';
import type { PlatformError } from '@symphainy/kernel';
import type { Sql } from '@symphainy/store-postgres';
import { z } from 'zod';
import type { StoredFrame, WalReader } from '../acceptance/log.ports.js';
import { isUnreadable } from '../acceptance/unreadable-stream.js';
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

/** By what frames are told apart, and come. */
type Order = 'position' | 'seq';

/** What of a row is in the log; the rest is in the archive. */
type LiveRow = PlacedRow & FrameRow;

const columns = FRAME_COLUMNS.split(', ').filter((column) => !['tenant_id', 'stream_id', 'seq'].includes(column));
const placeIn = (order: Order): z.ZodType<[Order, number]> => z.tuple([z.literal(order), z.number().int()]);

/**
 * Frames of the log by what they are about, those of archived streams included.
 *
 * One execution's frames come in its own order; those of a session, a correlation or a tenant in the order in which they were read from their writers. In neither is there anything
 * before a cursor that is still being written, whichever runtime writes it and whatever its clock says.
 */
export class WalQueries {
  constructor(
    private readonly settled: Settled,
    private readonly reader: WalReader,
  ) {}

  async query(query: Query): Promise<SubjectReply<'runtime.wal.query'>> {
    const { caller: { tenant_id }, after: from, before: to } = query;
    if (from !== undefined && to !== undefined && from > to) throw failure('request.invalid', { message: 'nothing lies after a moment and before an earlier one', field: '/after', fix: 'let after be the earlier one' });
    const order: Order = query.execution_id === undefined ? 'position' : 'seq';
    const [, after] = placeOf(query.cursor, placeIn(order)) ?? [order, -1];
    await this.settled.settle();
    const rows = await this.settled.database.asTenant(tenant_id, (sql) => placedFrames(sql, query, order, after));
    const wanted = rows.slice(0, query.limit);
    const archived = await this.archivedFrames(tenant_id, wanted.filter((row) => !isLive(row)));
    const found = wanted.map((row) => (isLive(row) ? frameOf(row) : archived(row)));
    const { items, next } = pageOf(rows, fitting(found.map((one) => ('code' in one ? {} : one)), query.limit), (row) => row, (row) => [order, row[order]]);
    const shown = found.slice(0, items.length);
    const unreadable = shown.filter((one) => 'code' in one);
    return { frames: shown.flatMap((one) => ('code' in one ? [] : [wireFrame(one)])), ...(unreadable.length === 0 ? {} : { unreadable }), ...next };
  }

  /** Those of a stream that follow each other are read at once. A stream that cannot be read does not keep others from being shown. */
  private async archivedFrames(tenantId: string, rows: readonly PlacedRow[]): Promise<(row: PlacedRow) => StoredFrame | UnreadableFrame> {
    const found = new Map<string, StoredFrame>();
    const lost = new Map<string, PlatformError>();
    for (const [streamId, of] of Map.groupBy(rows, (row) => row.stream_id)) {
      for (const { from, count } of runsOf(of.map((row) => row.seq))) {
        try {
          for (const frame of await this.reader.readStream(tenantId, streamId, from, count)) found.set(`${streamId}/${frame.seq}`, frame);
        } catch (error) {
          if (!isUnreadable(error)) throw error;
          lost.set(streamId, error);
        }
      }
    }
    return ({ stream_id, seq }) => {
      const { code, message } = lost.get(stream_id) ?? failure('archive.unreadable', { message: 'the frame is not in the log, and the stream is in no archive' });
      return found.get(`${stream_id}/${seq}`) ?? { stream_id, seq, code, message };
    };
  }
}

const isLive = (row: PlacedRow): row is LiveRow => row.kind !== null && row.kind !== ARCHIVED_KIND;

/** Numbers that follow each other, as ranges. */
function runsOf(numbers: readonly number[]): { from: number; count: number }[] {
  const runs: { from: number; count: number }[] = [];
  for (const n of numbers.toSorted((a, b) => a - b)) {
    const run = runs.at(-1);
    if (run !== undefined && n === run.from + run.count) run.count++;
    else runs.push({ from: n, count: 1 });
  }
  return runs;
}

/** The streams that a question names: executions by what they are, and the session's own. */
const named = `(
    select execution_id as stream_id from runtime.executions
    where tenant_id = $1 and ($8::uuid is null or session_id = $8) and ($9::uuid is null or execution_id = $9) and ($10::text is null or correlation_id = $10) and ($2::text is null or intent_type = $2)
    union select $8::uuid where $8 is not null and $9::uuid is null and $10::text is null and $2::text is null
  )`;

/** A page of the frames asked for, and one more when there is one; their bodies are looked for once it is known which they are. */
function placedFrames(sql: Sql, query: Query, order: Order, after: number): Promise<PlacedRow[]> {
  const { caller, session_id, execution_id, correlation_id, intent_type, record_type } = query;
  const names = [session_id ?? null, execution_id ?? null, correlation_id ?? null];
  const isNamed = names.some((name) => name !== null);
  return sql.query<PlacedRow>(
    `with page as (
       select i.* from ${isNamed ? `${named} s join runtime.frame_index i on i.tenant_id = $1 and i.stream_id = s.stream_id` : 'runtime.frame_index i'}
       where i.tenant_id = $1 and ($2::text is null or i.intent_type = $2) and i.${order} > $3 and ($4::bigint is null or i.record_types & $4 <> 0)
         and ($5::timestamptz is null or i.at >= $5) and ($6::timestamptz is null or i.at <= $6)
       order by i.${order} limit $7
     )
     select i.position, i.tenant_id, i.stream_id, i.seq, ${columns.map((column) => `f.${column}`).join(', ')}
     from page i left join runtime.wal_frames f on f.tenant_id = $1 and f.stream_id = i.stream_id and f.seq = i.seq order by i.${order}`,
    [caller.tenant_id, intent_type ?? null, after, record_type === undefined ? null : maskOf(record_type), query.after ?? null, query.before ?? null, query.limit + 1, ...(isNamed ? names : [])],
  );
}
