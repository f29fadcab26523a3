import type { Database } from '@symphainy/store-postgres';
import { IS_ABSENT, RETURN_MS } from './presence.js';
import { FRAME_COLUMNS, frameOf, type FrameRow } from './stored-frame.js';
import { PostgresHeldStreams } from './held-streams.js';
import { PostgresParked } from './parked-streams.js';
import type { DeadWriter, StoredFrame, WalLeases } from '../acceptance/log.ports.js';

/** How the bytes of a frame end that ends its execution. */
const ENDED = '"type":"(execution_completed|execution_failed|execution_cancelled|execution_terminated|intent_rejected)"}]}$';

/** More than this many unpublished frames are not republished one by one: readers catch up from the log anyway. */
const UNPUBLISHED_MAX = 10_000;

interface TakenRow {
  readonly writer: string;
  readonly epoch: number;
  readonly published_n: number;
  readonly low_n: number;
}

/**
 * Other writers' leases: whose ran out, and taking them over.
 *
 * 1. Two adopters never hold the same writer: the choice is made under a row lock that the other skips.
 * 2. Raising the epoch waits for the flush in flight: what is read afterwards is all that writer ever committed.
 * 3. A claim lasts until it is retired, or its adopter asks for the next writer, or stops renewing because it died.
 * 4. A writer is dead when its lease ran out, or earlier when it has been silent for `silentMs` and its line is gone.
 */
export class PostgresLeases implements WalLeases {
  private readonly claims = new Map<string, number>();

  readonly parked: PostgresParked;
  readonly heldStreams: PostgresHeldStreams;

  constructor(
    private readonly database: Database,
    private readonly self: string,
    private readonly leaseMs: number,
    /** How long a writer whose line is gone may go without renewing. Default: as long as its lease lasts. */
    private readonly silentMs: number = leaseMs,
    /** How long a claim lasts without renewal. */
    private readonly claimMs: number = leaseMs,
  ) {
    this.parked = new PostgresParked(database);
    this.heldStreams = new PostgresHeldStreams(database);
  }

  async takeOver(): Promise<DeadWriter | undefined> {
    await this.giveUpClaims();
    const [taken] = await this.database.query<TakenRow>(
      `with dead as (
         select writer, epoch from runtime.wal_writers w
         where retired_n is null and writer <> $1
           and (lease_until < now()
             or (taken_at is null and lease_until < now() + $3::bigint * interval '1 ms' and now() > pg_postmaster_start_time() + $4::bigint * interval '1 ms' and ${IS_ABSENT}))
         order by lease_until limit 1 for no key update skip locked
       )
       update runtime.wal_writers w
       set epoch = w.epoch + 1, lease_until = now() + $2 * interval '1 ms', taken_at = coalesce(w.taken_at, now())
       from dead where w.writer = dead.writer and w.epoch = dead.epoch
       returning w.writer, w.epoch, w.published_n, w.low_n`,
      [this.self, this.claimMs, Math.floor(this.leaseMs - this.silentMs), RETURN_MS],
    );
    if (taken === undefined) return undefined;
    this.claims.set(taken.writer, taken.epoch);
    const [streams, unpublished] = await Promise.all([this.unfinishedCandidates(taken), this.unpublished(taken)]);
    return { writer: taken.writer, epoch: taken.epoch - 1, streams, unpublished };
  }

  async retire(dead: DeadWriter): Promise<void> {
    await this.database.query(
      `update runtime.wal_writers w set retired_n = coalesce((select max(f.n) from runtime.wal_frames f where f.writer = w.writer), 0) where w.writer = $1 and w.epoch = $2`,
      [dead.writer, dead.epoch + 1],
    );
    this.claims.delete(dead.writer);
    await this.database.query('delete from runtime.held_streams where writer = $1', [dead.writer]);
  }

  async isAlive(writer: string): Promise<boolean> {
    const rows = await this.database.query(`select 1 from runtime.wal_writers where writer = $1 and retired_n is null and taken_at is null and lease_until > now()`, [writer]);
    return rows.length > 0;
  }

  async countAlive(): Promise<number> {
    const [row] = await this.database.query<{ alive: number }>('select count(*)::int as alive from runtime.wal_writers where retired_n is null and taken_at is null and lease_until > now()');
    return row?.alive ?? 0;
  }

  /** Keeps what is being adopted claimed; called with each renewal of this writer's own lease. */
  async renewClaims(): Promise<void> {
    for (const [writer, epoch] of this.claims) {
      const { count } = await this.database.run({ text: `update runtime.wal_writers set lease_until = now() + $3 * interval '1 ms' where writer = $1 and epoch = $2 and retired_n is null`, values: [writer, epoch, this.claimMs] });
      if (count === 0) this.claims.delete(writer);
    }
  }

  /** Asking for the next writer says that the one before is retired or abandoned: an abandoned one is free for anybody at once. */
  private async giveUpClaims(): Promise<void> {
    if (this.claims.size === 0) return;
    const abandoned = [...this.claims.keys()];
    this.claims.clear();
    await this.database.query(`update runtime.wal_writers set lease_until = '-infinity' where writer = any($1::uuid[]) and retired_n is null`, [abandoned]);
  }

  /**
   * One execution that waits for long keeps low_n back, with thousands that ended since behind it: those are left out here, by the end
   * of their last frame's bytes (canonical JSON puts a record's type last), so that adopters need not fold each of them. One that was
   * reopened has frames beyond its end.
   * Parked streams are left out, too; one that has a frame beyond the place where it was parked is awake.
   */
  private async unfinishedCandidates(taken: TakenRow): Promise<DeadWriter['streams']> {
    const rows = await this.database.query<{ tenant_id: string; stream_id: string }>(
      `select tenant_id, stream_id from runtime.wal_frames f where writer = $1 and n >= $2 and kind = 'execution'
       group by tenant_id, stream_id
       having not exists (select from runtime.parked p where p.tenant_id = f.tenant_id and p.stream_id = f.stream_id and p.seq >= max(f.seq))
         and max(f.seq) filter (where encode(substr(body, greatest(1, octet_length(body) - 40)), 'escape') ~ $3) is distinct from max(f.seq)
       union select tenant_id, stream_id from runtime.held_streams h where writer = $1
         and not exists (select from runtime.parked p where p.tenant_id = h.tenant_id and p.stream_id = h.stream_id
           and p.seq >= (select max(f.seq) from runtime.wal_frames f where f.tenant_id = h.tenant_id and f.stream_id = h.stream_id))`,
      [taken.writer, taken.low_n, ENDED],
    );
    return rows.map((row) => ({ tenantId: row.tenant_id, streamId: row.stream_id }));
  }

  private async unpublished(taken: TakenRow): Promise<StoredFrame[]> {
    const rows = await this.database.query<FrameRow>(`select ${FRAME_COLUMNS} from runtime.wal_frames where writer = $1 and n > $2 order by n limit $3`, [taken.writer, taken.published_n, UNPUBLISHED_MAX]);
    return rows.map(frameOf);
  }
}
