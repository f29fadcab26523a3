import { PlatformError, type Clock, type Logger } from '@symphainy/kernel';
import { isDatabaseAway, type Connection, type Database, type Sql } from '@symphainy/store-postgres';
import { LocalFeed } from './local-feed.js';
import { inStreamOrder } from './stream-order.js';
import { readBatch, readTarget, savePositions, type Positions } from './follower-position.js';
import type { StoredFrame } from '../acceptance/log.ports.js';
import { reach } from '../fail-points/fail-points.js';

/** What a follower does with the log. */
export interface FollowerWork {
  /** Its positions are kept under this name; of all instances with it, one works at a time. */
  readonly name: string;
  /**
   * Frames in an order in which no stream's frame comes before its predecessor. What is written through `sql` is saved in one
   * transaction with the position; what goes elsewhere is done at least once. Rejecting: the same frames come again.
   */
  apply(frames: readonly StoredFrame[], sql: Sql): Promise<void>;
  /** Called when this instance begins to work, before its first frames: memory from an earlier turn is stale. */
  begin?(sql: Sql): Promise<void>;
  /** What it writes can be made again from the log: its commits need not wait for the disk, where the log's own flushes want to be. */
  readonly remakeable?: boolean;
  /** Whether it reads what this frame says. Of another that this instance committed it may be given the head: no records, an empty body. Default: it reads them all. */
  reads?(frame: StoredFrame): boolean;
  /** A frame that must not be kept waiting by `gatherMs`, when this instance committed it. */
  isUrgent?(frame: StoredFrame): boolean;
  /** Frames are gathered at least this long, so that a busy log makes large batches. Default 20 ms. */
  readonly gatherMs?: number;
  /** How often frames of other writers are looked for. Default 100 ms. */
  readonly pollMs?: number;
  /** Most frames of one writer in a batch. Default 1000. */
  readonly limit?: number;
}

const TAKE_TURN_MS = 1_000;

/**
 * The one way to follow the log: projections, hot state, Smart City's feed.
 *
 * 1. Of all instances of a name one works, by a lock on the connection that also saves the positions: losing the connection loses the turn.
 * 2. The position is saved in the transaction of what was written; so each frame counts once in the database.
 * 3. Nothing is skipped: per writer, n follows commit order. A frame that follows another writer's waits until that one has been given,
 *    so a stream's frames come in order across writers, however often it changes hands among the living and the dead.
 */
export class Follower {
  private readonly feed: LocalFeed;
  private positions: Positions = new Map();
  private loop: Promise<void> | undefined;
  private stopping = false;
  private wake: () => void = () => undefined;
  private hurried = false;
  private nudged = false;
  private advanced: (() => void)[] = [];
  private leading = false;

  constructor(
    private readonly host: { readonly database: Database; readonly clock: Clock; readonly logger: Logger; readonly own: string },
    private readonly work: FollowerWork,
  ) {
    this.feed = new LocalFeed(host.own, (frame) => work.reads?.(frame) ?? true);
  }

  start(): void {
    this.loop ??= this.run();
  }

  /** Frames that this instance committed just now: taken from memory when they continue the position, else read from the log. */
  offer(frames: readonly StoredFrame[]): void {
    if (!this.leading) return;
    this.feed.offer(frames);
    if (this.work.isUrgent !== undefined && frames.some((frame) => this.work.isUrgent?.(frame))) this.hurried = true;
    this.nudged = true;
    this.wake();
  }

  /** Resolves true once everything committed before the call has been applied, by whichever instance; false after `timeoutMs`. */
  async caughtUp(timeoutMs: number): Promise<boolean> {
    const until = this.host.clock.monotonic() + timeoutMs;
    const target = await readTarget(this.host.database, this.work.name);
    for (;;) {
      const position = this.leading ? this.positions : await this.savedPositions([...target.keys()]);
      if ([...target].every(([writer, n]) => (position.get(writer) ?? 0) >= n)) return true;
      const left = until - this.host.clock.monotonic();
      if (left <= 0) return false;
      this.hurry();
      await this.nextAdvance(Math.min(left, 20));
    }
  }

  /** Only work can be hurried; who waits for a turn asks for it every second, whoever waits for what. */
  private hurry(): void {
    if (!this.leading) return;
    this.hurried = true;
    this.wake();
  }

  /** Ends after the batch under way. */
  async stop(): Promise<void> {
    this.stopping = true;
    this.wake();
    await this.loop;
  }

  private async run(): Promise<void> {
    while (!this.stopping) {
      try {
        await this.takeTurn();
      } catch (error) {
        this.report(error);
      }
      this.leading = false;
      this.hurried = false;
      if (!this.stopping) await this.sleep(TAKE_TURN_MS);
    }
  }

  /** Whoever the work goes to may be away for a while, and so may the database; anything else is a fault to be seen. */
  private report(error: unknown): void {
    if (error instanceof PlatformError && error.retry.mode === 'retryable') this.host.logger.info({ code: error.code, follower: this.work.name }, 'a follower waits for its receiver');
    else if (isDatabaseAway(error)) this.host.logger.warn({ err: error, follower: this.work.name }, 'a follower waits for the database');
    else this.host.logger.error({ err: error, follower: this.work.name }, 'a follower stopped, and begins again');
  }

  /** Works until stopped, if no other instance does; rejects when a batch fails. */
  private async takeTurn(): Promise<void> {
    const line = await this.host.database.connect({ lazyCommits: this.work.remakeable === true });
    try {
      while (!this.stopping && !(await this.lock(line))) await this.sleep(TAKE_TURN_MS);
      if (this.stopping) return;
      this.positions = await this.savedPositions();
      await this.work.begin?.(line);
      this.feed.clear();
      this.leading = true;
      while (!this.stopping) await this.step(line);
    } finally {
      await line.close().catch(() => undefined);
    }
  }

  private async lock(line: Connection): Promise<boolean> {
    const [row] = await line.query<{ locked: boolean }>('select pg_try_advisory_lock(hashtextextended($1, 0)) as locked', [`follower ${this.work.name}`]);
    return row?.locked === true;
  }

  private async step(line: Connection): Promise<void> {
    const limit = this.work.limit ?? 1_000;
    this.nudged = false;
    const own = this.feed.next(this.positions.get(this.host.own) ?? 0, limit);
    const others = await readBatch(line, { follower: this.work.name, limit, without: own === undefined ? undefined : this.host.own });
    const frames = await inStreamOrder(line, [...others, ...(own ?? [])], this.positions);
    if (frames.length > 0) await this.applyBatch(line, frames);
    if (frames.length < limit) await this.gather(frames.length > 0);
  }

  private async applyBatch(line: Connection, frames: readonly StoredFrame[]): Promise<void> {
    const reached: Positions = new Map(frames.map((frame) => [frame.writer, frame.n]));
    await line.transaction(async (sql) => {
      reach('follower.apply', 'before');
      await this.work.apply(frames, sql);
      reach('follower.apply', 'after');
      await savePositions(sql, this.work.name, reached);
      reach('follower.position', 'before');
    });
    reach('follower.position', 'after');
    for (const [writer, n] of reached) this.positions.set(writer, n);
    this.feed.forget(this.positions.get(this.host.own) ?? 0);
    for (const resolve of this.advanced.splice(0)) resolve();
  }

  /** Waits for work: gathers for a while behind a batch; an idle log is looked at every poll, and at once when this instance commits. */
  private async gather(busy: boolean): Promise<void> {
    if (this.hurried) {
      this.hurried = false;
      return;
    }
    if (!busy && !this.nudged) await this.sleep(this.work.pollMs ?? 100);
    if (!this.hurried) await this.sleep(this.work.gatherMs ?? 20, true);
  }

  /** `deaf`: only hurry or stop ends it early. */
  private sleep(ms: number, deaf = false): Promise<void> {
    return new Promise((resolve) => {
      const done = (): void => {
        cancel();
        this.wake = () => undefined;
        resolve();
      };
      const cancel = this.host.clock.after(ms, done);
      this.wake = () => {
        if (!deaf || this.hurried || this.stopping) done();
      };
      if (this.stopping || this.hurried) done();
    });
  }

  private nextAdvance(withinMs: number): Promise<void> {
    return new Promise((resolve) => {
      this.advanced.push(resolve);
      this.host.clock.after(withinMs, resolve);
    });
  }

  private async savedPositions(writers?: readonly string[]): Promise<Positions> {
    const rows = await this.host.database.query<{ writer: string; n: number }>('select writer, n from runtime.follower_positions where follower = $1 and ($2::uuid[] is null or writer = any($2::uuid[]))', [this.work.name, writers === undefined ? null : writers]);
    return new Map(rows.map((row) => [row.writer, row.n]));
  }
}
