import type { Logger } from '@symphainy/kernel';
import type { Connection, Database } from '@symphainy/store-postgres';
import type { PendingAppend } from './append-queue.js';
import { holdPresence } from './presence.js';
import type { FrameFate } from './flush.js';
import type { Lease } from './lease.js';
import type { AppendRequest } from '../acceptance/log.ports.js';
import { streamKey } from '../acceptance/stream-key.js';

/** An append whose fate is known. */
export interface Settled {
  readonly pending: PendingAppend;
  readonly request: AppendRequest;
  readonly fate: FrameFate;
}

export interface RecoveredLine {
  readonly line: Connection;
  readonly epoch: number;
  /** What the interrupted flush did write, in n order. */
  readonly written: readonly Settled[];
  /** The rest of the batch: surely not written, to be flushed under the new epoch. */
  readonly open: readonly PendingAppend[];
}

const PAUSES_MS = [20, 50, 100, 200, 400];

/**
 * After the flush line broke in the middle of a flush: the writer adopts itself. It opens a new line, raises its epoch (which waits for
 * the orphaned backend's commit and shuts out what that backend has not begun), and reads back what was written. Tries until the
 * database is there again; undefined when another writer took over meanwhile.
 */
export async function recoverLine(o: {
  readonly database: Database;
  readonly lease: Lease;
  readonly logger: Logger;
  readonly pause: (ms: number) => Promise<void>;
  /** The first position of the batch in doubt. */
  readonly from: number;
  readonly batch: readonly PendingAppend[];
}): Promise<RecoveredLine | undefined> {
  for (let attempt = 0; ; attempt++) {
    let line: Connection | undefined;
    try {
      line = await o.database.connect();
      await holdPresence(line, o.lease.writer);
      const epoch = await o.lease.nextEpoch();
      if (epoch !== undefined) return { line, epoch, ...sort(await o.lease.readBack(o.from), o.batch) };
      void line.close();
      return undefined;
    } catch (error) {
      void line?.close().catch(() => undefined);
      o.logger.warn({ err: error, attempt }, 'the log’s database is away');
      await o.pause(PAUSES_MS[Math.min(attempt, PAUSES_MS.length - 1)]!);
    }
  }
}

function sort(rows: readonly { tenant_id: string; stream_id: string; seq: number; n: number }[], batch: readonly PendingAppend[]): Pick<RecoveredLine, 'written' | 'open'> {
  const positions = new Map(rows.map((row) => [`${row.tenant_id}/${row.stream_id}/${row.seq}`, row.n]));
  const positionOf = ({ request }: PendingAppend): number | undefined => positions.get(`${streamKey(request)}/${request.seq}`);
  const written = batch.flatMap((pending): Settled[] => {
    const n = positionOf(pending);
    return n === undefined ? [] : [{ pending, request: pending.request, fate: { status: 'committed', n } }];
  });
  return { written: written.sort((a, b) => nOf(a) - nOf(b)), open: batch.filter((pending) => positionOf(pending) === undefined) };
}

const nOf = (settled: Settled): number => (settled.fate.status === 'committed' ? settled.fate.n : 0);
