import type { AppendRequest, AppendResult, DeadWriter, StoredFrame } from '../../acceptance/log.ports.js';
import { MemoryLog } from '../../wal/wal.memory.js';
import type { Chance } from './chance.js';
import type { Timeline } from './timeline.js';

/** How the database behaves. Probabilities per flush, read or renewal. */
export interface StoreWeather {
  /** The connection breaks before the transaction commits. */
  readonly lostBefore: number;
  /** The connection breaks after it committed: the writer does not know. */
  readonly lostAfter: number;
  /** The database refuses to work just now. */
  readonly refuses: number;
  readonly readFails: number;
  readonly slow: number;
  readonly slowMs: number;
  /** How much later than other requests those about sleeping executions may arrive. */
  readonly parkingLagMs: number;
}

export const GOOD_STORE: StoreWeather = { lostBefore: 0, lostAfter: 0, refuses: 0, readFails: 0, slow: 0, slowMs: 0, parkingLagMs: 0 };

/** A lease row as the database keeps it. */
interface LeaseRow {
  until: number;
  taken: boolean;
  publishedN: number;
  lowN: number;
}

/** Sees a frame when it is committed, with the epoch its writer believed to have, and the one it has. */
export type CommitWatch = (frame: StoredFrame, request: AppendRequest, believed: number, epoch: number) => void;

/** The end of an execution stands last in its frame (canonical JSON puts a record's type last). */
const ENDED = /"type":"(execution_completed|execution_failed|execution_cancelled|execution_terminated|intent_rejected)"}]}$/;
const decoder = new TextDecoder();

/**
 * The database of a schedule: the log in memory, and lease rows that run out by its own time. Everything asked of it happens at one moment of
 * simulated time; whoever asks travels there and back.
 */
export class SimulatedStore {
  readonly log = new MemoryLog();
  readonly watches: CommitWatch[] = [];
  weather: StoreWeather = GOOD_STORE;
  /** Nobody reaches it before this moment. */
  awayUntil = 0;
  private readonly leases = new Map<string, LeaseRow>();

  constructor(
    private readonly timeline: Timeline,
    private readonly chance: Chance,
    readonly leaseMs: number,
  ) {}

  get isAway(): boolean {
    return this.timeline.now < this.awayUntil;
  }

  /** One way, there or back. */
  latency(): number {
    const { weather, chance } = this;
    return chance.hit(weather.slow) ? chance.skewed(1, weather.slowMs) : chance.between(0.05, 0.5);
  }

  /** Beside the latency, on the way there. */
  lagOf(label: string): number {
    const { parkingLagMs } = this.weather;
    return label === 'parking.ask' && parkingLagMs > 0 ? this.chance.between(0, parkingLagMs) : 0;
  }

  draw(probability: number): boolean {
    return this.chance.hit(probability);
  }

  createLease(writer: string): void {
    this.log.writers.set(writer, { epoch: 1, alive: true, retired: false, committed: [], publishedN: 0, lowN: undefined, named: new Map() });
    this.leases.set(writer, { until: this.timeline.now + this.leaseMs, taken: false, publishedN: 0, lowN: 1 });
  }

  /** One transaction: fence, idempotency keys, frames. `believed`: the writer's own epoch, where a mutant gives another one to the fence. */
  commit(writer: string, epoch: number, batch: readonly AppendRequest[], believed = epoch): AppendResult[] {
    const results = this.log.commit(writer, epoch, batch);
    const { committed, epoch: held } = this.rowOf(writer);
    results.forEach((result, i) => {
      if (result.status !== 'committed') return;
      const frame = committed[result.n - 1]!;
      for (const watch of this.watches) watch(frame, batch[i]!, believed, held);
    });
    return results;
  }

  /** False: the row is not of this epoch any more. */
  renew(writer: string, epoch: number, publishedN: number, lowN: number): boolean {
    const lease = this.leaseOf(writer);
    if (lease.taken || this.rowOf(writer).epoch !== epoch) return false;
    Object.assign(lease, { until: this.timeline.now + this.leaseMs, publishedN, lowN });
    return true;
  }

  /** Undefined: another writer has taken over. */
  nextEpoch(writer: string): number | undefined {
    const lease = this.leaseOf(writer);
    if (lease.taken || this.rowOf(writer).retired) return undefined;
    lease.until = this.timeline.now + this.leaseMs;
    return ++this.rowOf(writer).epoch;
  }

  release(writer: string, epoch: number, publishedN: number, lowN: number, finished: boolean): void {
    const lease = this.leaseOf(writer);
    if (lease.taken || this.rowOf(writer).epoch !== epoch) return;
    Object.assign(lease, { until: -1, publishedN, lowN });
    if (finished) this.rowOf(writer).retired = true;
  }

  /** Frames of this writer from position `from` on. */
  readBack(writer: string, from: number): StoredFrame[] {
    return this.rowOf(writer).committed.slice(from - 1);
  }

  takeOver(by: string): DeadWriter | undefined {
    for (const [writer, lease] of this.leases) {
      const row = this.rowOf(writer);
      if (row.retired || lease.until >= this.timeline.now || writer === by) continue;
      const epoch = row.epoch++;
      Object.assign(lease, { until: this.timeline.now + this.leaseMs, taken: true });
      return { writer, epoch, streams: this.unfinished(writer, lease.lowN), unpublished: row.committed.slice(lease.publishedN) };
    }
    return undefined;
  }

  /** Extends a claim; false when it is held no longer. */
  renewClaim(dead: DeadWriter): boolean {
    const row = this.rowOf(dead.writer);
    if (row.retired || row.epoch !== dead.epoch + 1) return false;
    this.leaseOf(dead.writer).until = this.timeline.now + this.leaseMs;
    return true;
  }

  giveUpClaim(dead: DeadWriter): void {
    if (!this.rowOf(dead.writer).retired) this.leaseOf(dead.writer).until = -1;
  }

  retire(dead: DeadWriter): void {
    const row = this.rowOf(dead.writer);
    if (row.epoch === dead.epoch + 1) row.retired = true;
  }

  isAlive(writer: string): boolean {
    const lease = this.leases.get(writer);
    return lease !== undefined && !lease.taken && !this.rowOf(writer).retired && lease.until > this.timeline.now;
  }

  countAlive(): number {
    return [...this.leases.keys()].filter((writer) => this.isAlive(writer)).length;
  }

  /** Dead writers that nobody has dealt with. */
  unretired(living: ReadonlySet<string>): string[] {
    return [...this.log.writers].filter(([writer, row]) => !row.retired && !living.has(writer)).map(([writer]) => writer);
  }

  private unfinished(writer: string, lowN: number): DeadWriter['streams'] {
    const open = new Map<string, { tenantId: string; streamId: string }>();
    const ended = new Set<string>();
    const heads = new Map<string, number>();
    for (const { kind, tenantId, streamId, seq, body } of this.rowOf(writer).committed.slice(lowN - 1)) {
      if (kind !== 'execution') continue;
      open.set(streamId, { tenantId, streamId });
      heads.set(streamId, seq);
      // one that was brought back has frames beyond its end
      if (ENDED.test(decoder.decode(body))) ended.add(streamId);
      else ended.delete(streamId);
    }
    const touched = [...open.values()].filter(({ streamId }) => !ended.has(streamId));
    const named = [...this.rowOf(writer).named.values()].filter(({ streamId }) => !open.has(streamId));
    return [...touched, ...named].filter(({ tenantId, streamId }) => !this.log.parked.holds(tenantId, streamId, heads.get(streamId) ?? this.log.length(tenantId, streamId) - 1));
  }

  private rowOf(writer: string): NonNullable<ReturnType<MemoryLog['writers']['get']>> {
    const row = this.log.writers.get(writer);
    if (row === undefined) throw new Error(`no lease row of ${writer}`);
    return row;
  }

  private leaseOf(writer: string): LeaseRow {
    const lease = this.leases.get(writer);
    if (lease === undefined) throw new Error(`no lease of ${writer}`);
    return lease;
  }
}
