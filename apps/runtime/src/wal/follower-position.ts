import type { Database, Sql } from '@symphainy/store-postgres';
import { frameOf, type FrameRow } from './stored-frame.js';
import type { StoredFrame } from '../acceptance/log.ports.js';
import { streamKey } from '../acceptance/stream-key.js';

/** How far each writer's frames have been read. */
export type Positions = Map<string, number>;

interface BatchRow extends FrameRow {
  readonly taken_at: string | null;
}

/**
 * The next frames of every writer, from one snapshot: if a frame that follows an adoption is in it, so is all that the dead writer wrote.
 * `complete`: dead writers are read to their ends, so living ones may go on behind this batch.
 */
export async function readBatch(sql: Sql, o: { readonly follower: string; readonly limit: number; readonly without: string | undefined }): Promise<{ frames: StoredFrame[]; complete: boolean }> {
  const { rows } = await sql.run<BatchRow>({
    name: 'follower-batch',
    text: `with unread as (
        select w.writer, w.taken_at, coalesce(p.n, 0) as n
        from runtime.wal_writers w left join runtime.follower_positions p on p.follower = $1 and p.writer = w.writer
        where (w.retired_n is null or w.retired_n > coalesce(p.n, 0)) and w.writer is distinct from $3::uuid
      )
      select f.*, u.taken_at from unread u
      cross join lateral (select * from runtime.wal_frames f where f.writer = u.writer and f.n > u.n order by f.n limit $2) f
      order by u.taken_at nulls last, f.writer, f.n`,
    values: [o.follower, o.limit, o.without ?? null],
  });
  return inOrder(rows, o.limit);
}

/** Writers in the order of their deaths, each to its end before the next; the living last, together. */
function inOrder(rows: readonly BatchRow[], limit: number): { frames: StoredFrame[]; complete: boolean } {
  const counts = new Map<string, number>();
  for (const row of rows) counts.set(row.writer, (counts.get(row.writer) ?? 0) + 1);
  const unfinished = rows.find((row) => row.taken_at !== null && counts.get(row.writer) === limit);
  if (unfinished === undefined) return { frames: rows.map(frameOf), complete: true };
  const end = rows.findLastIndex((row) => row.writer === unfinished.writer) + 1;
  return { frames: rows.slice(0, end).map(frameOf), complete: false };
}

/**
 * The same frames, each writer's still in its own order, so that no stream's frame comes before another of it that is read with it: a stream that slept may have gone on with another
 * writer than the one it slept at.
 */
export function interwoven(frames: readonly StoredFrame[]): readonly StoredFrame[] {
  const writers = [...Map.groupBy(frames, (frame) => frame.writer).values()].map((of) => ({ of, next: 0 }));
  if (writers.length < 2) return frames;
  const left = new Map([...Map.groupBy(frames, streamKey)].map(([stream, of]) => [stream, of.map((frame) => frame.seq).sort((a, b) => b - a)]));
  const woven: StoredFrame[] = [];
  for (let before = -1; before < woven.length; ) {
    before = woven.length;
    for (const writer of writers) {
      for (let frame = writer.of[writer.next]; frame !== undefined && left.get(streamKey(frame))!.at(-1) === frame.seq; frame = writer.of[++writer.next]) {
        left.get(streamKey(frame))!.pop();
        woven.push(frame);
      }
    }
  }
  // no log that was written in time has writers that wait for each other in a circle; one that somebody changed is read as it stands
  return woven.length < frames.length ? frames : woven;
}

/** Saves where each of these writers has been read to. */
export async function savePositions(sql: Sql, follower: string, reached: Positions): Promise<void> {
  await sql.run({
    name: 'follower-save',
    text: `insert into runtime.follower_positions (follower, writer, n) select $1, r.writer, r.n from unnest($2::uuid[], $3::bigint[]) as r(writer, n)
      on conflict (follower, writer) do update set n = excluded.n`,
    values: [follower, [...reached.keys()], [...reached.values()]],
  });
}

/** The last position of every writer that `follower` has not read to its end. */
export async function readTarget(database: Database, follower: string): Promise<Positions> {
  const { rows } = await database.run<{ writer: string; n: number }>({
    name: 'follower-target',
    text: `select w.writer, coalesce((select max(f.n) from runtime.wal_frames f where f.writer = w.writer), 0) as n
      from runtime.wal_writers w left join runtime.follower_positions p on p.follower = $1 and p.writer = w.writer
      where w.retired_n is null or w.retired_n > coalesce(p.n, 0)`,
    values: [follower],
  });
  return new Map(rows.map((row) => [row.writer, row.n]));
}
