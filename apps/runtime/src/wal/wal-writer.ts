import { nextTurn, type Clock, type Logger } from '@symphainy/kernel';
import { isConnectionLoss, type Connection, type Database } from '@symphainy/store-postgres';
import { AppendQueue, DEFAULT_LIMITS, failedStreams, unavailable, type PendingAppend, type QueueLimits } from './append-queue.js';
import { FENCED, flush, refusalOf, type FrameFate } from './flush.js';
import type { Lease } from './lease.js';
import { recoverLine, type Settled } from './line-recovery.js';
import { holdPresence } from './presence.js';
import type { AppendRequest, AppendResult, CommittedAppend, WalWriter } from '../acceptance/log.ports.js';
import { streamKey } from '../acceptance/stream-key.js';
import { reach } from '../fail-points/fail-points.js';

export interface WalWriterOptions {
  /** As the writer role: its one flush line is opened here. */
  readonly database: Database;
  readonly lease: Lease;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly limits?: QueueLimits;
  /** How long an append that nobody waits for may wait for company. Default 3 ms. */
  readonly lingerMs?: number;
  /** While the database is away, a stream's first frame is refused after this long: its caller is still there to be told. Default 5 s. */
  readonly firstFrameWaitMs?: number;
}

/**
 * Group commit through one flush line: while one flush is under way, the next batch gathers.
 *
 * 1. At most one flush is under way, so n follows commit order.
 * 2. A batch whose outcome is unknown is settled by reading back under a new epoch before anything else is flushed.
 * 3. Listeners hear of committed frames before the appends' promises resolve.
 * 4. Once fenced, every append answers `fenced`; nothing is flushed again.
 */
export class PostgresWalWriter implements WalWriter {
  private readonly queue: AppendQueue;
  private readonly listeners: ((frames: readonly CommittedAppend[]) => void)[] = [];
  private oldestUnfinished: () => number | undefined = () => undefined;
  private line: Connection | undefined;
  private inFlight: readonly PendingAppend[] = [];
  private running: Promise<void> | undefined;
  private cancelLinger: (() => void) | undefined;
  private currentEpoch = 1;
  private committedN = 0;
  private closed: Promise<void> | undefined;
  private state: 'open' | 'closing' | 'fenced' = 'open';
  private resolveLost: () => void = () => undefined;
  readonly lost = new Promise<void>((resolve) => (this.resolveLost = resolve));

  constructor(private readonly options: WalWriterOptions) {
    this.queue = new AppendQueue(options.limits ?? DEFAULT_LIMITS);
  }

  get id(): string {
    return this.options.lease.writer;
  }

  get epoch(): number {
    return this.currentEpoch;
  }

  get pending(): number {
    return this.queue.length + this.inFlight.length;
  }

  /** The n of the last frame that is durable and has been told to the listeners. */
  get head(): number {
    return this.committedN;
  }

  /** Makes the lease row and opens the flush line. */
  async open(): Promise<void> {
    await this.options.lease.create();
    this.line = await this.options.database.connect();
    await holdPresence(this.line, this.id);
  }

  onCommitted(listener: (frames: readonly CommittedAppend[]) => void): void {
    this.listeners.push(listener);
  }

  trackUnfinished(oldest: () => number | undefined): void {
    this.oldestUnfinished = oldest;
  }

  append(request: AppendRequest): Promise<AppendResult> {
    if (this.state === 'fenced') return Promise.resolve({ status: 'fenced' });
    if (this.state === 'closing') return Promise.reject(unavailable('this runtime is shutting down'));
    if (this.queue.full) return Promise.reject(unavailable('too many frames wait for the log'));
    const reason = refusalOf(request);
    if (reason !== undefined) return Promise.resolve({ status: 'refused', reason });
    return new Promise((resolve, reject) => {
      this.queue.push({ request, since: this.options.clock.monotonic(), resolve, reject });
      this.schedule();
    });
  }

  /** Renews the lease; called every so often by the log's composition. */
  async renew(): Promise<void> {
    if (this.state === 'fenced') return;
    const epoch = this.currentEpoch;
    const holds = await this.options.lease.renew(epoch, this.report());
    if (!holds && epoch === this.currentEpoch && this.running === undefined) this.fenced();
  }

  close(): Promise<void> {
    return (this.closed ??= this.shutDown());
  }

  private async shutDown(): Promise<void> {
    if (this.state === 'open') this.state = 'closing';
    this.cancelLinger?.();
    if (this.queue.length > 0) this.start();
    await this.running;
    if (this.state === 'closing') await this.options.lease.release(this.currentEpoch, this.report(), this.oldestUnfinished() === undefined);
    await this.line?.close().catch((error: unknown) => this.options.logger.warn({ err: error }, 'the flush line did not close in order'));
  }

  private report(): { publishedN: number; lowN: number } {
    return { publishedN: this.committedN, lowN: this.oldestUnfinished() ?? this.committedN + 1 };
  }

  /** Starts a flush now, or after the linger when nobody waits. */
  private schedule(): void {
    if (this.running !== undefined) return;
    if (this.queue.urgent) return this.start();
    this.cancelLinger ??= this.options.clock.after(this.options.lingerMs ?? 3, () => this.start());
  }

  private start(): void {
    this.cancelLinger?.();
    this.cancelLinger = undefined;
    this.running ??= this.flushAll().finally(() => {
      this.running = undefined;
      if (this.queue.length > 0 && this.state !== 'fenced') this.schedule();
    });
  }

  private async flushAll(): Promise<void> {
    do {
      // what has arrived is handled by then, and what it appends goes along in one flush
      await nextTurn();
      this.inFlight = this.queue.takeBatch();
      await this.flushBatch(this.inFlight);
      this.inFlight = [];
    } while (this.state !== 'fenced' && (this.queue.urgent || (this.state === 'closing' && this.queue.length > 0)));
  }

  private async flushBatch(batch: readonly PendingAppend[]): Promise<void> {
    let open = batch;
    while (open.length > 0) {
      try {
        this.line ??= await this.options.database.connect();
        const place = { writer: this.id, epoch: this.currentEpoch, firstN: this.committedN + 1 };
        reach('flush.commit', 'before');
        const fates = await flush(this.line, place, open.map((pending) => pending.request));
        reach('flush.commit', 'after');
        return fates === FENCED ? this.fenced() : this.settle(open.map((pending, i) => ({ pending, request: pending.request, fate: fates[i]! })));
      } catch (error) {
        open = await this.afterFailure(error, open);
      }
    }
  }

  /** What is left to flush after a flush failed: all of it when nothing was written, else what reading back did not find. */
  private async afterFailure(error: unknown, batch: readonly PendingAppend[]): Promise<readonly PendingAppend[]> {
    this.options.logger.warn({ err: error, frames: batch.length }, 'a flush failed');
    if (!isConnectionLoss(error)) {
      await this.pause(100);
      return this.refuseLate(batch);
    }
    void this.line?.close().catch(() => undefined);
    this.line = undefined;
    const recovered = await recoverLine({ ...this.options, pause: (ms) => this.pauseAway(ms), from: this.committedN + 1, batch });
    if (recovered === undefined) {
      this.fenced();
      return [];
    }
    this.line = recovered.line;
    this.currentEpoch = recovered.epoch;
    this.settle(recovered.written);
    return this.refuseLate(recovered.open);
  }

  /** Surely unwritten first frames whose callers have waited long enough; their streams do not exist, so nothing is lost. Returns the rest of `batch`. */
  private refuseLate(batch: readonly PendingAppend[]): readonly PendingAppend[] {
    const latest = this.options.clock.monotonic() - (this.options.firstFrameWaitMs ?? 5_000);
    const isLate = (pending: PendingAppend): boolean => pending.request.seq === 0 && pending.since < latest;
    const late = [...batch.filter(isLate), ...this.queue.takeWhere(isLate)];
    const streams = new Set(late.map((pending) => streamKey(pending.request)));
    const behind = this.queue.takeWhere((pending) => streams.has(streamKey(pending.request)));
    for (const pending of [...late, ...behind]) pending.reject(unavailable('the database is away'));
    return batch.filter((pending) => !streams.has(streamKey(pending.request)));
  }

  private settle(settled: readonly Settled[]): void {
    const committed = settled.flatMap(({ request, fate }) => (fate.status === 'committed' ? [{ ...request, n: fate.n }] : []));
    reach('flush.tell', 'before');
    this.tell(committed);
    reach('flush.tell', 'after');
    this.committedN = committed.at(-1)?.n ?? this.committedN;
    const failed = failedStreams(settled);
    const behind = failed.size === 0 ? [] : this.queue.takeWhere((pending) => failed.has(streamKey(pending.request)));
    for (const { pending, fate } of settled) pending.resolve(fate satisfies FrameFate);
    for (const pending of behind) pending.resolve({ status: 'conflict' });
  }

  private tell(committed: readonly CommittedAppend[]): void {
    if (committed.length === 0) return;
    for (const listener of this.listeners) {
      try {
        listener(committed);
      } catch (error) {
        // The frames are durable whatever a listener thinks of them; those who wait must be answered.
        this.options.logger.error({ err: error }, 'a listener of committed frames failed');
      }
    }
  }

  private fenced(): void {
    this.state = 'fenced';
    const everyone = [...this.inFlight, ...this.queue.takeWhere(() => true)];
    this.resolveLost();
    for (const pending of everyone) pending.resolve({ status: 'fenced' });
  }

  /** A pause while the database is away: what has not been sent to it may be refused meanwhile; what is in doubt may not. */
  private async pauseAway(ms: number): Promise<void> {
    this.refuseLate([]);
    await this.pause(ms);
  }

  private pause(ms: number): Promise<void> {
    return new Promise((resolve) => void this.options.clock.after(ms, resolve));
  }
}
