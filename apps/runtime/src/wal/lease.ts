import type { Database } from '@symphainy/store-postgres';
import { reach } from '../fail-points/fail-points.js';

/** What a renewal saves beside the time: where an adopter has to begin. */
export interface LeaseReport {
  /** Frames up to here were handed to the publishing listeners. */
  readonly publishedN: number;
  /** No unfinished execution has its last frame before this position. */
  readonly lowN: number;
}

/**
 * A writer's own lease row: (writer, epoch) → lease_until.
 *
 * 1. A renewal changes no key column: flushes, which hold the key shared, never wait for it.
 * 2. A change of epoch changes the key: it waits for the flush in flight, and later flushes of the old epoch find no row.
 * 3. All times are the database's: writers' clocks are not compared.
 */
export class Lease {
  constructor(
    private readonly database: Database,
    readonly writer: string,
    readonly leaseMs: number,
  ) {}

  /** Makes the row, in epoch 1. */
  async create(): Promise<void> {
    reach('lease.create', 'before');
    await this.database.query(`insert into runtime.wal_writers (writer, epoch, lease_until) values ($1, 1, now() + $2 * interval '1 ms')`, [this.writer, this.leaseMs]);
    reach('lease.create', 'after');
  }

  /** False: the row is not of this epoch any more. */
  async renew(epoch: number, report: LeaseReport): Promise<boolean> {
    reach('lease.renew', 'before');
    const { count } = await this.database.run({
      name: 'lease-renew',
      text: `update runtime.wal_writers set lease_until = now() + $3 * interval '1 ms', published_n = $4, low_n = $5 where writer = $1 and epoch = $2 and taken_at is null`,
      values: [this.writer, epoch, this.leaseMs, report.publishedN, report.lowN],
    });
    reach('lease.renew', 'after');
    return count === 1;
  }

  /**
   * Raises this writer's own epoch after its connection broke: waits for what the orphaned backend still commits, and shuts it out.
   * Undefined: another writer has taken over. Repeatable: if an earlier attempt took effect unseen, this one goes on from there.
   */
  async nextEpoch(): Promise<number | undefined> {
    reach('flush.recover', 'before');
    const [row] = await this.database.query<{ epoch: number }>(
      `update runtime.wal_writers set epoch = epoch + 1, lease_until = now() + $2 * interval '1 ms' where writer = $1 and taken_at is null and retired_n is null returning epoch`,
      [this.writer, this.leaseMs],
    );
    reach('flush.recover', 'after');
    return row?.epoch;
  }

  /** Frames of this writer from position `from` on: what an interrupted flush did write. */
  readBack(from: number): Promise<{ tenant_id: string; stream_id: string; seq: number; n: number }[]> {
    return this.database.query('select tenant_id, stream_id, seq, n from runtime.wal_frames where writer = $1 and n >= $2 order by n', [this.writer, from]);
  }

  /** Gives the lease back. With unfinished executions it lapses at once, so that they are adopted; without, the row retires. */
  async release(epoch: number, report: LeaseReport, finished: boolean): Promise<void> {
    reach('lease.release', 'before');
    await this.database.query(
      `update runtime.wal_writers set lease_until = '-infinity', published_n = $3, low_n = $4, retired_n = case when $5 then $3::bigint end where writer = $1 and epoch = $2 and taken_at is null`,
      [this.writer, epoch, report.publishedN, report.lowN, finished],
    );
    reach('lease.release', 'after');
  }
}
