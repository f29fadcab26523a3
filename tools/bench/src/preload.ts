import { openDatabase } from '@symphainy/store-postgres';

const FRAMES_PER_EXECUTION = 4;
const CHUNK = 100_000;
/** A frame of the workload has about this much. */
const BODY_BYTES = 1_536;

/**
 * Fills the log as a retired writer would have left it: executions of four frames with bodies that do not compress, their rows in the query tables, and followers that
 * have read them. The frames are no real ones (their hashes chain nothing); only their number and size count here.
 */
export async function preloadLog(postgresUrl: string, frames: number, say: (text: string) => void): Promise<void> {
  const database = openDatabase({ url: postgresUrl, applicationName: 'bench preload', statementTimeoutMs: 0 });
  try {
    const [made] = await database.query<{ writer: string }>(`insert into runtime.wal_writers (writer, epoch, lease_until, published_n, taken_at, retired_n) values (gen_random_uuid(), 1, '-infinity', $1, now(), $1) returning writer`, [frames]);
    const writer = made!.writer;
    await database.query(`insert into runtime.follower_positions (follower, writer, n) select follower, $1::uuid, $2::bigint from (select distinct follower from runtime.follower_positions) f`, [writer, frames]);
    for (let done = 0; done < frames; done += CHUNK) {
      await database.query(FILL, [writer, done, Math.min(CHUNK, frames - done), FRAMES_PER_EXECUTION, BODY_BYTES]);
      if (done % 1_000_000 === 0) say(`preloaded ${done} of ${frames} frames`);
    }
    await database.query('analyze');
    await database.query('checkpoint');
  } finally {
    await database.close();
  }
}

const FILL = `
  with numbered as (
    select k, (k - 1) / $4::int as execution, ((k - 1) % $4::int)::int as seq from generate_series($2::bigint + 1, $2::bigint + $3::int) k
  ), named as (
    select n.*, md5($1::text || n.execution)::uuid as stream, now() - interval '30 days' + n.k * interval '1 ms' as at from numbered n
  ), framed as (
    insert into runtime.wal_frames (tenant_id, stream_id, seq, kind, at, hash, body, writer, n)
    select 'acme', stream, seq, 'execution', at, sha256(stream::text::bytea), convert_to(left(repeat(md5(k::text) || md5(stream::text), $5::int / 64 + 1), $5::int), 'UTF8'), $1::uuid, k from named
  ), indexed as (
    insert into runtime.frame_index (tenant_id, stream_id, seq, at, intent_type, record_types) select 'acme', stream, seq, at, 'bench.three_steps', 1 from named
  )
  insert into runtime.executions (tenant_id, execution_id, session_id, user_id, intent_type, correlation_id, status, created_at, ended_at, steps_completed, artifact_count, record_count, head_seq, head_hash, last_at)
  select 'acme', stream, md5('session ' || execution / 100)::uuid, 'alice', 'bench.three_steps', stream::text, 'completed', at, at, 3, 0, 14, 3, sha256(stream::text::bytea), at from named where seq = 0`;
