import type { Artifact, WalRecord } from '@symphainy/contracts';
import { decodeBody, type RecordOf } from '@symphainy/execution';
import { canonicalBytes, type Logger } from '@symphainy/kernel';
import { ObjectMissingError, type ObjectStore } from '@symphainy/ports';
import type { Sql } from '@symphainy/store-postgres';
import type { StoredFrame } from '../acceptance/log.ports.js';
import { keysIn } from '../personal-data/sealed-values.js';
import type { FollowerWork } from '../wal/follower.js';
import { recordsIn } from '../wal/stored-frame.js';
import { embeddingRows } from './embedding-rows.js';

/** What marks a frame with a searchable artifact, in its canonical text; what a payload merely quotes is sorted out after. */
const MARK = Buffer.from('"searchable":true');
/** A larger artifact is not taken up: it would be parsed whole. */
const MOST_BYTES = 96 * 1024 * 1024;

type Received = RecordOf<'intent_received'>;

/** The searchable artifacts that a frame records. Most frames are told by their bytes to have none, and not parsed. */
export function searchableIn(frame: StoredFrame): readonly Artifact[] {
  if (frame.kind !== 'execution' || !Buffer.from(frame.body.buffer, frame.body.byteOffset, frame.body.byteLength).includes(MARK)) return [];
  return recordsIn(frame).flatMap(searchableOf);
}

const searchableOf = (record: WalRecord): readonly Artifact[] => (record.type === 'step_completed' ? record.artifacts.filter(({ searchable }) => searchable === true) : []);

/** Follows the log into the search index. */
export class SearchProjector implements FollowerWork {
  readonly name = 'search';
  readonly gatherMs = 500;
  readonly remakeable = true;

  constructor(private readonly parts: { readonly objects: ObjectStore; readonly logger: Logger }) {}

  reads({ records }: StoredFrame): boolean {
    return records?.some((record) => searchableOf(record).length > 0) ?? true;
  }

  async apply(frames: readonly StoredFrame[], sql: Sql): Promise<void> {
    for (const frame of frames) {
      const found = searchableIn(frame);
      if (found.length === 0) continue;
      const received = await receivedOf(frame, sql);
      for (const artifact of found) await this.take(frame, artifact, received, sql);
    }
  }

  /** All that stands in the index of a tenant. */
  async forget(tenantId: string, sql: Sql): Promise<void> {
    for (const table of ['passages', 'documents'] as const) await sql.query(`delete from runtime.search_${table} where tenant_id = $1`, [tenantId]);
  }

  /** Once, however often: what stands there stays. */
  async take(frame: StoredFrame, artifact: Artifact, received: Received | undefined, sql: Sql): Promise<void> {
    const { artifact_id } = artifact;
    // what is somebody's would outlive its key here
    if (artifact.object?.sealed !== undefined || keysIn(artifact).size > 0) return;
    const bytes = await this.bytesOf(frame.tenantId, artifact);
    const read = bytes === undefined ? undefined : await embeddingRows(bytes);
    if (received === undefined || read === undefined) {
      this.parts.logger.warn({ tenant_id: frame.tenantId, artifact_id }, 'an artifact that calls itself searchable is not of the shape that can be searched; it is left out');
      return;
    }
    const { model, sparse_model, passages, words } = read;
    const { intent, caller } = received;
    await sql.query(
      `insert into runtime.search_documents (tenant_id, artifact_id, artifact_type, execution_id, session_id, intent_type, realm, user_id, classification, model, sparse_model, passages, words)
       values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13) on conflict do nothing`,
      [frame.tenantId, artifact_id, artifact.artifact_type, frame.streamId, intent.session_id, intent.intent_type, intent.realm, caller.user_id, artifact.classification ?? null, model, sparse_model, passages, words],
    );
    for (const rows of read.rows) {
      await sql.query(
        `insert into runtime.search_passages (tenant_id, artifact_id, chunk, length, terms, times, vector)
         select $1, $2, r.chunk, r.length, r.terms, r.times, decode(r.vector, 'base64') from jsonb_to_recordset($3::jsonb) as r(chunk int, length int, terms int[], times int[], vector text) on conflict do nothing`,
        [frame.tenantId, artifact_id, rows],
      );
    }
  }

  /** Undefined: it is not there, or too large. A store that does not answer is waited for. */
  private async bytesOf(tenantId: string, { content, object }: Artifact): Promise<Uint8Array | undefined> {
    if (object === undefined) return canonicalBytes(content ?? null);
    if (object.size > MOST_BYTES) return undefined;
    try {
      const parts: Uint8Array[] = [];
      for await (const part of (await this.parts.objects.get(tenantId, object.hash)) as AsyncIterable<Uint8Array>) parts.push(part);
      return Buffer.concat(parts);
    } catch (error) {
      if (error instanceof ObjectMissingError) return undefined;
      throw error;
    }
  }
}

async function receivedOf({ tenantId, streamId }: StoredFrame, sql: Sql): Promise<Received | undefined> {
  const [row] = await sql.query<{ body: Uint8Array }>('select body from runtime.wal_frames where tenant_id = $1 and stream_id = $2 and seq = 0', [tenantId, streamId]);
  const first = row === undefined ? undefined : decodeBody(row.body)[0];
  return first?.type === 'intent_received' ? first : undefined;
}
