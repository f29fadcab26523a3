import type { Sql } from '@symphainy/store-postgres';
import type { StoredFrame } from '../acceptance/log.ports.js';
import { streamKey } from '../acceptance/stream-key.js';
import type { Positions } from './follower-position.js';

const ADOPTED = Buffer.from('"type":"adopted"');

/** Whether a frame's predecessor may be another writer's: an execution changes hands with `adopted` and not otherwise, a session is closed by whoever is asked to. */
export function mayChangeHands({ seq, kind, records, body }: StoredFrame): boolean {
  if (seq === 0 || kind === 'audit') return false;
  if (kind === 'session') return true;
  return records === undefined ? Buffer.from(body.buffer, body.byteOffset, body.length).includes(ADOPTED) : records.some(({ type }) => type === 'adopted');
}

/**
 * Frames of several writers, each writer's in its order, so that no stream's frame comes before its predecessor. What follows a frame that is neither among them nor read
 * (beyond the most that is read of its writer at once, or committed behind what was taken from memory) is left out for now, with all that its writer wrote after it.
 * The oldest frame that is not read follows none such, so there is always one that goes on; a log that somebody changed so that there is none is read as it stands.
 */
export async function inStreamOrder(sql: Sql, frames: readonly StoredFrame[], positions: Positions): Promise<readonly StoredFrame[]> {
  const lines = [...Map.groupBy(frames, (frame) => frame.writer).values()];
  // of one snapshot, with nothing of the others left to read
  if (lines.length < 2) return frames;
  const changing = frames.filter(mayChangeHands);
  if (changing.length === 0) return frames;
  const given = merged(lines, await waitingFor(sql, frames, changing, positions));
  return given.length === 0 ? frames : given;
}

/** Predecessors that must be given first, by their places; those that have been read need not be. */
async function waitingFor(sql: Sql, frames: readonly StoredFrame[], changing: readonly StoredFrame[], positions: Positions): Promise<ReadonlySet<string>> {
  const wanted = new Set(changing.map((frame) => placeOf(frame, -1)));
  const here = new Set(frames.map((frame) => placeOf(frame)).filter((place) => wanted.has(place)));
  const elsewhere = changing.filter((frame) => !here.has(placeOf(frame, -1)));
  for (const { tenant_id, stream_id, seq } of await unreadOf(sql, elsewhere, positions)) here.add(placeOf({ tenantId: tenant_id, streamId: stream_id, seq }));
  return here;
}

/** Of writers that are read: whoever took a writer's row out of the log must not stop the reading of all others. */
async function unreadOf(sql: Sql, frames: readonly StoredFrame[], positions: Positions): Promise<Predecessor[]> {
  if (frames.length === 0) return [];
  const { rows } = await sql.run<Predecessor>({
    name: 'follower-predecessors',
    text: `select f.tenant_id, f.stream_id, f.seq, f.writer, f.n from unnest($1::text[], $2::uuid[], $3::int[]) as s(tenant_id, stream_id, seq)
      join runtime.wal_frames f on f.tenant_id = s.tenant_id and f.stream_id = s.stream_id and f.seq = s.seq
      where exists (select from runtime.wal_writers w where w.writer = f.writer and (w.retired_n is null or w.retired_n >= f.n))`,
    values: [frames.map((f) => f.tenantId), frames.map((f) => f.streamId), frames.map((f) => f.seq - 1)],
  });
  return rows.filter(({ writer, n }) => n > (positions.get(writer) ?? 0));
}

interface Predecessor {
  readonly tenant_id: string;
  readonly stream_id: string;
  readonly seq: number;
  readonly writer: string;
  readonly n: number;
}

/** Of each writer as far as it goes, again and again until none goes on. */
function merged(lines: readonly StoredFrame[][], before: ReadonlySet<string>): StoredFrame[] {
  const given: StoredFrame[] = [];
  const open = new Set(before);
  const next = lines.map(() => 0);
  for (let from = -1; from < given.length; ) {
    from = given.length;
    for (const [i, line] of lines.entries()) {
      for (let frame = line[next[i]!]; frame !== undefined && !open.has(placeOf(frame, -1)); frame = line[next[i]!]) {
        given.push(frame);
        open.delete(placeOf(frame));
        next[i]!++;
      }
    }
  }
  return given;
}

const placeOf = (frame: Pick<StoredFrame, 'tenantId' | 'streamId' | 'seq'>, by = 0): string => `${streamKey(frame)}/${frame.seq + by}`;
