import type { Database, Sql } from '@symphainy/store-postgres';
import { frameOf, type FrameRow } from './stored-frame.js';
import type { StoredFrame } from '../acceptance/log.ports.js';

/** How far each writer's frames have been read. */
export type Positions = Map<string, number>;

/** The next frames of every writer, each writer's in its order, from one snapshot: whatever a frame in it follows is in it too, read, or beyond the limit. The dead come first. */
export async function readBatch(sql: Sql, o: { readonly follower: string; readonly limit: number; readonly without: string | undefined }): Promise<StoredFrame[]> {
  const { rows } = await sql.run<FrameRow>({
    name: 'follower-batch',
    text: `with unread as (
        select w.writer, w.taken_at, coalesce(p.n, 0) as n
        from runtime.wal_writers w left join runtime.follower_positions p on p.follower = $1 and p.writer = w.writer
        where (w.retired_n is null or w.retired_n > coalesce(p.n, 0)) and w.writer is distinct from $3::uuid
      )
      select f.* from unread u
      cross join lateral (select * from runtime.wal_frames f where f.writer = u.writer and f.n > u.n order by f.n limit $2) f
      order by u.taken_at nulls last, f.writer, f.n`,
    values: [o.follower, o.limit, o.without ?? null],
  });
  return rows.map(frameOf);
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
