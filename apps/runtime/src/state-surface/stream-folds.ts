import type { WalRecord } from '@symphainy/contracts';
import { decodeBody, evolveFrame, GrammarError, hasEnded, type ExecutionState } from '@symphainy/execution';
import type { Logger } from '@symphainy/kernel';
import type { Sql } from '@symphainy/store-postgres';
import { LRUCache } from 'lru-cache';
import { FRAME_COLUMNS, frameOf, type FrameRow } from '../wal/stored-frame.js';
import type { StoredFrame } from '../acceptance/log.ports.js';

/** A frame with its records read. */
export interface DecodedFrame {
  readonly frame: StoredFrame;
  readonly records: readonly WalRecord[];
}

const RUNNING_MAX = 20_000;

/** The folds of executions that have not ended, carried from batch to batch; one that is not at hand is folded from the log again. */
export class StreamFolds {
  private readonly running = new LRUCache<string, ExecutionState>({ max: RUNNING_MAX });

  constructor(private readonly logger: Logger) {}

  clear(): void {
    this.running.clear();
  }

  /** Folds what came before the batch for streams that go on in it and are not at hand: one statement for all. */
  async recall(sql: Sql, firsts: readonly StoredFrame[]): Promise<void> {
    const missing = firsts.filter((frame) => frame.seq > 0 && this.running.get(keyOf(frame))?.head.seq !== frame.seq - 1);
    if (missing.length === 0) return;
    const rows = await sql.query<FrameRow>(
      `select ${FRAME_COLUMNS.split(', ').map((column) => `f.${column}`).join(', ')} from unnest($1::text[], $2::uuid[], $3::int[]) as s(tenant_id, stream_id, before)
       join runtime.wal_frames f on f.tenant_id = s.tenant_id and f.stream_id = s.stream_id and f.seq < s.before order by f.tenant_id, f.stream_id, f.seq`,
      [missing.map((f) => f.tenantId), missing.map((f) => f.streamId), missing.map((f) => f.seq)],
    );
    for (const frame of missing) this.running.delete(keyOf(frame));
    for (const frame of rows.map(frameOf)) this.advance({ frame, records: decodeBody(frame.body) });
  }

  /** The fold after this frame; undefined when the stream does not keep the grammar: it is then not projected, and `validate` tells why. */
  advance({ frame, records }: DecodedFrame): ExecutionState | undefined {
    const key = keyOf(frame);
    const before = this.running.get(key);
    try {
      const state = evolveFrame(before, { seq: frame.seq, hash: frame.hash, records });
      if (hasEnded(state)) this.running.delete(key);
      else if (before === undefined) this.running.set(key, state);
      return state;
    } catch (error) {
      if (!(error instanceof GrammarError)) throw error;
      this.running.delete(key);
      this.logger.error({ err: error, tenant_id: frame.tenantId, execution_id: frame.streamId }, 'a stream breaks the grammar and is not projected');
      return undefined;
    }
  }
}

const keyOf = (frame: Pick<StoredFrame, 'tenantId' | 'streamId'>): string => `${frame.tenantId}/${frame.streamId}`;
