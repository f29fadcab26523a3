import type { WalRecord } from '@symphainy/contracts';
import { decodeBody, decodeState, evolveFrame, FOLD_VERSION, GrammarError, hasEnded, type ExecutionState } from '@symphainy/execution';
import { ChurnMap, type Logger } from '@symphainy/kernel';
import type { Sql } from '@symphainy/store-postgres';
import { FRAME_COLUMNS, frameOf, type FrameRow } from '../wal/stored-frame.js';
import type { StoredFrame } from '../acceptance/log.ports.js';
import { streamKey } from '../acceptance/stream-key.js';
import { CHECKPOINT_EVERY } from './checkpoints.js';

/** A frame with its records read. */
export interface DecodedFrame {
  readonly frame: StoredFrame;
  readonly records: readonly WalRecord[];
}

/** How many folds are kept at most. */
export const RUNNING_MAX = 20_000;
/** Frames read at once while streams are folded again. */
const RECALLED_AT_ONCE = 2_000;

/** The folds of executions, carried from batch to batch until they have ended; one that is not at hand is folded from the log again. */
export class StreamFolds {
  /** The one that went on last stands last. An LRU cache would clear its whole room whenever the only one in it ends, which is after each execution that is alone. */
  private readonly running = new ChurnMap<ExecutionState>();

  constructor(private readonly logger: Logger) {}

  clear(): void {
    this.running.clear();
  }

  /** Folds what came before the batch for streams that go on in it and are not at hand: from their kept folds on, all together, page by page. */
  async recall(sql: Sql, firsts: readonly StoredFrame[]): Promise<void> {
    const missing = firsts.filter((frame) => (this.running.get(streamKey(frame))?.head.seq ?? -1) !== frame.seq - 1);
    if (missing.length === 0) return;
    for (const frame of missing) this.running.delete(streamKey(frame));
    const long = missing.filter((frame) => frame.seq > CHECKPOINT_EVERY);
    if (long.length > 0) await this.recallKept(sql, long);
    let open = missing;
    for (;;) {
      const frames = (await this.framesBefore(sql, open)).map(frameOf);
      for (const frame of frames) this.advance({ frame, records: decodeBody(frame.body) });
      if (frames.length < RECALLED_AT_ONCE) return;
      // A stream that breaks the grammar is not at hand after its frames, and would be read for ever.
      const read = new Set(frames.map(streamKey));
      open = open.filter((frame) => this.running.has(streamKey(frame)) || !read.has(streamKey(frame)));
    }
  }

  /** A kept fold counts while the frame it names stands in the log with the same hash. */
  private async recallKept(sql: Sql, streams: readonly StoredFrame[]): Promise<void> {
    const rows = await sql.query<{ tenant_id: string; stream_id: string; seq: number; hash: Uint8Array; state: Uint8Array }>(
      `select c.tenant_id, c.stream_id, c.seq, c.hash, c.state from unnest($1::text[], $2::uuid[], $3::int[]) as s(tenant_id, stream_id, before)
       join runtime.stream_checkpoints c on c.tenant_id = s.tenant_id and c.stream_id = s.stream_id and c.seq < s.before and c.fold = $4
       join runtime.wal_frames f on f.tenant_id = c.tenant_id and f.stream_id = c.stream_id and f.seq = c.seq and f.hash = c.hash`,
      [streams.map((f) => f.tenantId), streams.map((f) => f.streamId), streams.map((f) => f.seq), FOLD_VERSION],
    );
    for (const row of rows) this.keep(streamKey({ tenantId: row.tenant_id, streamId: row.stream_id }), { ...decodeState(row.state), head: { seq: row.seq, hash: row.hash } });
  }

  /** Frames between what is folded of each stream and its first frame in the batch. */
  private framesBefore(sql: Sql, streams: readonly StoredFrame[]): Promise<FrameRow[]> {
    return sql.query<FrameRow>(
      `select ${FRAME_COLUMNS.split(', ').map((column) => `f.${column}`).join(', ')} from unnest($1::text[], $2::uuid[], $3::int[], $4::int[]) as s(tenant_id, stream_id, folded, before)
       join runtime.wal_frames f on f.tenant_id = s.tenant_id and f.stream_id = s.stream_id and f.seq > s.folded and f.seq < s.before order by f.tenant_id, f.stream_id, f.seq limit $5`,
      [streams.map((f) => f.tenantId), streams.map((f) => f.streamId), streams.map((f) => this.running.get(streamKey(f))?.head.seq ?? -1), streams.map((f) => f.seq), RECALLED_AT_ONCE],
    );
  }

  /** The fold after this frame; undefined when the stream does not keep the grammar: it is then not projected, and `validate` tells why. */
  advance({ frame, records }: DecodedFrame): ExecutionState | undefined {
    const key = streamKey(frame);
    const before = this.running.get(key);
    try {
      const state = evolveFrame(before, { seq: frame.seq, hash: frame.hash, records });
      this.running.delete(key);
      this.keep(key, state);
      return state;
    } catch (error) {
      if (!(error instanceof GrammarError)) throw error;
      this.running.delete(key);
      this.logger.error({ err: error, tenant_id: frame.tenantId, execution_id: frame.streamId }, 'a stream breaks the grammar and is not projected');
      return undefined;
    }
  }

  /** At the end of a batch, and no sooner: what ended may be brought back by the very next frame. */
  dropEnded(executions: Iterable<{ readonly state: ExecutionState }>): void {
    for (const { state } of executions) if (hasEnded(state)) this.running.delete(streamKey({ tenantId: state.intent.tenant_id, streamId: state.executionId }));
  }

  /** As the newest; the one that has not gone on for longest makes room. */
  private keep(key: string, state: ExecutionState): void {
    const [oldest] = this.running.size < RUNNING_MAX ? [] : this.running.keys();
    if (oldest !== undefined) this.running.delete(oldest);
    this.running.set(key, state);
  }
}
