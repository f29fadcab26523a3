import type { WalRecord } from '@symphainy/contracts';
import type { StateGraph } from '@symphainy/ports';
import { decodeBody } from '@symphainy/execution';
import type { Sql } from '@symphainy/store-postgres';
import { LRUCache } from 'lru-cache';
import type { StoredFrame } from '../acceptance/log.ports.js';
import { streamKey } from '../acceptance/stream-key.js';
import type { FollowerWork } from '../wal/follower.js';
import { recordsIn } from '../wal/stored-frame.js';
import { acceptanceIn, graphChangesOf, touchesData, type Acceptance } from './graph-records.js';

const KNOWN_MAX = 5_000;

/** Follows the log into the state graph: executions that read or made data, and what they read and made. What is written twice stands once. */
export class GraphProjector implements FollowerWork {
  readonly name = 'graph';
  readonly gatherMs = 200;
  readonly remakeable = true;
  /** Of executions that touched data: most touch none. */
  private readonly known = new LRUCache<string, Acceptance>({ max: KNOWN_MAX });

  constructor(private readonly graph: StateGraph) {}

  /** First frames are read again where they are needed: keeping every one until then costs more. */
  reads({ records }: StoredFrame): boolean {
    return records?.some(touchesData) ?? true;
  }

  async apply(frames: readonly StoredFrame[], sql: Sql): Promise<void> {
    const read = frames.filter((frame) => frame.kind === 'execution').map((frame) => ({ frame, records: recordsIn(frame) }));
    const touching = read.filter(({ records }) => records.some(touchesData));
    const streams = new Set(touching.map(({ frame }) => streamKey(frame)));
    for (const { frame, records } of read) if (frame.seq === 0 && streams.has(streamKey(frame))) this.learn(frame, records);
    await this.recall(sql, touching.map(({ frame }) => frame));
    await this.graph.add(touching.flatMap(({ frame, records }) => {
      const acceptance = this.known.get(streamKey(frame));
      return acceptance === undefined ? [] : [graphChangesOf(frame.tenantId, frame.streamId, acceptance, records)];
    }));
  }

  /** First frames of streams that go on in this batch and are not at hand. */
  private async recall(sql: Sql, frames: readonly StoredFrame[]): Promise<void> {
    const missing = frames.filter((frame) => !this.known.has(streamKey(frame)));
    if (missing.length === 0) return;
    const rows = await sql.query<{ tenant_id: string; stream_id: string; body: Uint8Array }>(
      `select distinct f.tenant_id, f.stream_id, f.body from unnest($1::text[], $2::uuid[]) as s(tenant_id, stream_id)
       join runtime.wal_frames f on f.tenant_id = s.tenant_id and f.stream_id = s.stream_id and f.seq = 0`,
      [missing.map((f) => f.tenantId), missing.map((f) => f.streamId)],
    );
    for (const row of rows) this.learn({ tenantId: row.tenant_id, streamId: row.stream_id }, decodeBody(row.body));
  }

  private learn(stream: Pick<StoredFrame, 'tenantId' | 'streamId'>, first: readonly WalRecord[]): void {
    const accepted = acceptanceIn(first);
    if (accepted !== undefined) this.known.set(streamKey(stream), accepted);
  }
}
