import { failure } from '@symphainy/contracts';
import type { AppendRequest, AppendResult, CommittedAppend, StoredFrame, WalWriter } from '../../acceptance/log.ports.js';
import { AppendQueue, DEFAULT_LIMITS, failedStreams, type PendingAppend } from '../../wal/append-queue.js';
import { streamKey } from '../../acceptance/stream-key.js';
import type { StoreLine } from './simulated-line.js';

const LINGER_MS = 3;
const FIRST_FRAME_WAIT_MS = 5_000;
const REFUSED_PAUSE_MS = 100;
const RECONNECT_PAUSE_MS = 50;

type Fate = 'whole' | 'lost-before' | 'lost-after' | 'refused';

/**
 * The writer's rules (wal/wal-writer.ts) over the simulated database: one flush under way, listeners before promises, a batch in doubt is read back under a new
 * epoch, a fenced writer writes nothing. What the flush meets is drawn.
 */
export class SimulatedWriter implements WalWriter {
  private readonly queue = new AppendQueue(DEFAULT_LIMITS);
  private readonly listeners: ((frames: readonly CommittedAppend[]) => void)[] = [];
  private oldest: () => number | undefined = () => undefined;
  private cancelLinger: (() => void) | undefined;
  private flushing: Promise<void> | undefined;
  private inFlight: readonly PendingAppend[] = [];
  private committedN = 0;
  private state: 'open' | 'closing' | 'fenced' = 'open';
  private resolveLost: () => void = () => undefined;
  readonly lost = new Promise<void>((resolve) => (this.resolveLost = resolve));
  epoch = 1;

  constructor(
    private readonly line: StoreLine,
    readonly id: string,
  ) {}

  get pending(): number {
    return this.queue.length + this.inFlight.length;
  }

  get isFenced(): boolean {
    return this.state === 'fenced';
  }

  append(request: AppendRequest): Promise<AppendResult> {
    if (this.state === 'fenced') return Promise.resolve({ status: 'fenced' });
    if (this.state === 'closing') return Promise.reject(failure('wal.unavailable', { message: 'this runtime is shutting down' }));
    return new Promise((resolve, reject) => {
      if (!this.line.edges.pass(this.line.machine, 'append', 'before')) return;
      this.queue.push({ request, since: this.line.machine.clock.monotonic(), resolve, reject });
      this.schedule();
    });
  }

  onCommitted(listener: (frames: readonly CommittedAppend[]) => void): void {
    this.listeners.push(listener);
  }

  trackUnfinished(oldest: () => number | undefined): void {
    this.oldest = oldest;
  }

  async renew(): Promise<void> {
    if (this.state === 'fenced') return;
    const { epoch } = this;
    const report = this.report();
    const holds = await this.line.ask('lease.renew', () => this.line.store.renew(this.id, epoch, ...report));
    if (!holds && epoch === this.epoch && this.flushing === undefined) this.fenced();
  }

  async close(): Promise<void> {
    if (this.state === 'open') this.state = 'closing';
    this.cancelLinger?.();
    if (this.queue.length > 0) this.start();
    await this.flushing;
    if (this.isFenced) return;
    const { epoch } = this;
    const report = this.report();
    const finished = this.oldest() === undefined;
    await this.line.ask('lease.release', () => this.line.store.release(this.id, epoch, ...report, finished));
  }

  private report(): [publishedN: number, lowN: number] {
    return [this.committedN, this.oldest() ?? this.committedN + 1];
  }

  private schedule(): void {
    if (this.flushing !== undefined) return;
    if (this.queue.urgent) return this.start();
    this.cancelLinger ??= this.line.machine.clock.after(LINGER_MS, () => this.start());
  }

  private start(): void {
    this.cancelLinger?.();
    this.cancelLinger = undefined;
    this.flushing ??= this.flushAll().finally(() => {
      this.flushing = undefined;
      if (this.queue.length > 0 && !this.isFenced) this.schedule();
    });
  }

  private async flushAll(): Promise<void> {
    do {
      await this.pause(0, 'end of turn');
      this.inFlight = this.queue.takeBatch();
      await this.flushBatch(this.inFlight);
      this.inFlight = [];
    } while (!this.isFenced && (this.queue.urgent || (this.state === 'closing' && this.queue.length > 0)));
  }

  private async flushBatch(batch: readonly PendingAppend[]): Promise<void> {
    let open = batch;
    while (open.length > 0 && !this.isFenced) open = await this.flushOnce(open);
  }

  /** What is still open after one try. */
  private async flushOnce(batch: readonly PendingAppend[]): Promise<readonly PendingAppend[]> {
    const fate = this.drawFate();
    const results = await this.send(fate, batch);
    if (fate === 'refused') {
      await this.pause(REFUSED_PAUSE_MS, 'the database refuses');
      return this.refuseLate(batch);
    }
    if (results === undefined) return this.recover(batch);
    if (results[0]?.status === 'fenced') this.fenced();
    else this.settle(batch.map((pending, i) => ({ pending, result: results[i]! })));
    return [];
  }

  /** The transaction, there and back; undefined when the connection broke. */
  private send(fate: Fate, batch: readonly PendingAppend[]): Promise<readonly AppendResult[] | undefined> {
    const { machine, store, edges } = this.line;
    const requests = batch.map((pending) => pending.request);
    const { epoch } = this;
    return new Promise((resolve) => {
      if (!edges.pass(machine, 'flush.send', 'before')) return;
      machine.timeline.after(store.latency(), undefined, `flush of ${requests.length}`, () => {
        if (!edges.pass(machine, 'flush.commit', 'before')) return;
        const lost = fate === 'lost-before' || store.isAway;
        const results = fate === 'refused' || lost ? undefined : store.commit(this.id, epoch, requests);
        if (!edges.pass(machine, 'flush.commit', 'after')) return;
        machine.after(store.latency(), 'flush answered', () => {
          if (edges.pass(machine, 'flush.told', 'before')) resolve(fate === 'whole' ? results : undefined);
        });
      });
    });
  }

  private drawFate(): Fate {
    const { store } = this.line;
    const { lostBefore, lostAfter, refuses } = store.weather;
    if (store.draw(lostBefore)) return 'lost-before';
    if (store.draw(lostAfter)) return 'lost-after';
    return store.draw(refuses) ? 'refused' : 'whole';
  }

  /** The writer adopts itself, reads back what was written, and goes on with the rest. */
  private async recover(batch: readonly PendingAppend[]): Promise<readonly PendingAppend[]> {
    const { store } = this.line;
    const from = this.committedN + 1;
    for (;;) {
      this.refuseLate([]);
      await this.pause(RECONNECT_PAUSE_MS, 'reconnecting');
      try {
        const { epoch } = await this.line.ask('lease.self-adopt', () => ({ epoch: store.nextEpoch(this.id) }));
        if (epoch === undefined) return (this.fenced(), []);
        const written = await this.line.ask('lease.self-adopt', () => store.readBack(this.id, from));
        this.epoch = epoch;
        return this.settleRead(written, batch);
      } catch (error) {
        if (!(error instanceof Error)) throw error;
      }
    }
  }

  private settleRead(written: readonly StoredFrame[], batch: readonly PendingAppend[]): readonly PendingAppend[] {
    const positions = new Map(written.map((frame) => [`${frame.tenantId}/${frame.streamId}/${frame.seq}`, frame.n]));
    const positionOf = ({ request }: PendingAppend): number | undefined => positions.get(`${streamKey(request)}/${request.seq}`);
    const there = batch.flatMap((pending) => {
      const n = positionOf(pending);
      return n === undefined ? [] : [{ pending, result: { status: 'committed' as const, n } }];
    });
    this.settle(there.sort((a, b) => a.result.n - b.result.n));
    return this.refuseLate(batch.filter((pending) => positionOf(pending) === undefined));
  }

  private settle(settled: readonly { readonly pending: PendingAppend; readonly result: AppendResult }[]): void {
    const committed = settled.flatMap(({ pending, result }) => (result.status === 'committed' ? [{ ...pending.request, n: result.n }] : []));
    this.committedN = committed.at(-1)?.n ?? this.committedN;
    if (committed.length > 0) for (const listener of this.listeners) listener(committed);
    const failed = failedStreams(settled.map(({ pending, result }) => ({ request: pending.request, fate: result })));
    const behind = failed.size === 0 ? [] : this.queue.takeWhere((pending) => failed.has(streamKey(pending.request)));
    for (const { pending, result } of settled) pending.resolve(result);
    for (const pending of behind) pending.resolve({ status: 'conflict' });
  }

  private refuseLate(batch: readonly PendingAppend[]): readonly PendingAppend[] {
    const latest = this.line.machine.clock.monotonic() - FIRST_FRAME_WAIT_MS;
    const isLate = (pending: PendingAppend): boolean => pending.request.seq === 0 && pending.since < latest;
    const late = [...batch.filter(isLate), ...this.queue.takeWhere(isLate)];
    const streams = new Set(late.map((pending) => streamKey(pending.request)));
    const behind = this.queue.takeWhere((pending) => streams.has(streamKey(pending.request)));
    for (const pending of [...late, ...behind]) pending.reject(failure('wal.unavailable', { message: 'the database is away' }));
    return batch.filter((pending) => !streams.has(streamKey(pending.request)));
  }

  private fenced(): void {
    this.state = 'fenced';
    const everyone = [...this.inFlight, ...this.queue.takeWhere(() => true)];
    this.resolveLost();
    for (const pending of everyone) pending.resolve({ status: 'fenced' });
  }

  private pause(ms: number, label: string): Promise<void> {
    return new Promise((resolve) => void this.line.machine.after(ms, label, resolve));
  }
}
