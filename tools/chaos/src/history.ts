import { openDatabase } from '@symphainy/store-postgres';

/** One stream as it was recorded: the exact text of each frame's bytes, and how the API of that day showed it. */
export interface History {
  readonly name: string;
  readonly tenant_id: string;
  readonly stream_id: string;
  readonly kind: 'execution' | 'session';
  readonly frames: readonly { readonly seq: number; readonly at: string; readonly hash: string; readonly body: string }[];
  /** Of an execution: its view. */
  readonly view?: unknown;
}

/** Reads a stream past every service, as the database has it. Throws when nothing is recorded. */
export async function readHistory(postgresUrl: string, name: string, streamId: string, view: unknown): Promise<History> {
  const database = openDatabase({ url: postgresUrl, applicationName: 'histories' });
  try {
    const rows = await database.query<{ tenant_id: string; kind: History['kind']; seq: number; at: string; hash: string; body: string }>(
      `select tenant_id, kind, seq, at, encode(hash, 'hex') as hash, convert_from(body, 'UTF8') as body from runtime.wal_frames where stream_id = $1 order by seq`,
      [streamId],
    );
    const [first] = rows;
    if (first === undefined) throw new Error(`${name}: nothing was recorded`);
    return { name, tenant_id: first.tenant_id, stream_id: streamId, kind: first.kind, frames: rows.map(({ seq, at, hash, body }) => ({ seq, at, hash, body })), ...(view === undefined ? {} : { view }) };
  } finally {
    await database.close();
  }
}
