import { failure } from '@symphainy/contracts';
import type { AppendRequest, AppendResult, BundleArchive, CommittedAppend, DeadWriter, HeldStreams, KeptBundle, ParkedStreams, StoredFrame, StreamName, WalLeases, WalReader, WalWriter } from '../acceptance/log.ports.js';
import { MemoryParked } from './parked.memory.js';

/** The smallest seq of unfinished work, as a writer last reported it. */
interface WriterRow {
  epoch: number;
  alive: boolean;
  retired: boolean;
  committed: StoredFrame[];
  publishedN: number;
  lowN: number | undefined;
  /** Streams it has held for long. */
  named: Map<string, StreamName>;
}

/**
 * The log in memory: what the simulator and unit tests run on. It keeps the rules of `acceptance/log.ports.ts` and can be told to misbehave:
 * `hold` stops flushes, `injectConflict` makes a stream's next frame fail, a writer can `crash`.
 */
export class MemoryLog implements WalReader {
  private readonly streams = new Map<string, StoredFrame[]>();
  private readonly keys = new Map<string, { executionId: string; requestHash: string }>();
  private readonly conflicts = new Set<string>();
  readonly writers = new Map<string, WriterRow>();
  readonly parked = new MemoryParked((writer, epoch) => this.holds(writer, epoch));
  private held: (() => void)[] | undefined;

  /** Flushes wait until `release`. */
  hold(): void {
    this.held ??= [];
  }

  release(): void {
    const waiting = this.held ?? [];
    this.held = undefined;
    for (const go of waiting) go();
  }

  /** Resolves when flushes may go on. */
  gate(): Promise<void> {
    const held = this.held;
    return held === undefined ? Promise.resolve() : new Promise((resolve) => held.push(resolve));
  }

  /** The next frame of this stream is answered `conflict` although nothing stands at its seq: a lost race without a winner. */
  injectConflict(streamId: string): void {
    this.conflicts.add(streamId);
  }

  /** Every frame of the log, by writer and n. */
  all(): StoredFrame[] {
    return [...this.writers.values()].flatMap((row) => row.committed);
  }

  readStream(tenantId: string, streamId: string, fromSeq = 0, limit = Number.MAX_SAFE_INTEGER): Promise<StoredFrame[]> {
    return Promise.resolve(this.stream(tenantId, streamId).slice(fromSeq, fromSeq + limit));
  }

  readHead(tenantId: string, streamId: string): Promise<StoredFrame | undefined> {
    return Promise.resolve(this.stream(tenantId, streamId).at(-1));
  }

  /** Streams in memory are short: none is kept folded. */
  readCheckpoint(): Promise<undefined> {
    return Promise.resolve(undefined);
  }

  /** One transaction: the batch in order, as the database's flush does it. */
  commit(writer: string, epoch: number, batch: readonly AppendRequest[]): AppendResult[] {
    const row = this.writers.get(writer);
    if (row === undefined || !this.holds(writer, epoch)) return batch.map(() => ({ status: 'fenced' }));
    const failed = new Set<string>();
    return batch.map((request) => {
      const result = failed.has(request.streamId) ? ({ status: 'conflict' } as const) : this.commitOne(writer, row, request);
      if (result.status !== 'committed') failed.add(request.streamId);
      else this.parked.follow(request, writer, epoch);
      return result;
    });
  }

  private holds(writer: string, epoch: number): boolean {
    const row = this.writers.get(writer);
    return row?.epoch === epoch && row.alive;
  }

  private commitOne(writer: string, row: WriterRow, request: AppendRequest): AppendResult {
    if (this.conflicts.delete(request.streamId)) return { status: 'conflict' };
    const duplicate = this.claim(request);
    if (duplicate !== undefined) return duplicate;
    const stream = this.stream(request.tenantId, request.streamId);
    if (stream.length !== request.seq) return { status: 'conflict' };
    const { tenantId, streamId, seq, kind, at, hash, body } = request;
    const frame: StoredFrame = { tenantId, streamId, seq, kind, at, hash, body, writer, n: row.committed.length + 1 };
    stream.push(frame);
    this.streams.set(`${tenantId}/${streamId}`, stream);
    row.committed.push(frame);
    return { status: 'committed', n: frame.n };
  }

  private claim(request: AppendRequest): AppendResult | undefined {
    if (request.idempotency === undefined) return undefined;
    const key = `${request.tenantId}/${request.idempotency.key}`;
    const requestHash = Buffer.from(request.idempotency.requestHash).toString('hex');
    const holder = this.keys.get(key);
    if (holder !== undefined && holder.executionId !== request.streamId) return { status: 'duplicate', executionId: holder.executionId, sameRequest: holder.requestHash === requestHash };
    this.keys.set(key, { executionId: request.streamId, requestHash });
    return undefined;
  }

  /** Frames of a stream. */
  length(tenantId: string, streamId: string): number {
    return this.stream(tenantId, streamId).length;
  }

  private stream(tenantId: string, streamId: string): StoredFrame[] {
    return this.streams.get(`${tenantId}/${streamId}`) ?? [];
  }
}

export class MemoryWalWriter implements WalWriter {
  private readonly listeners: ((frames: readonly CommittedAppend[]) => void)[] = [];
  private queue: { request: AppendRequest; resolve: (result: AppendResult) => void; reject: (error: unknown) => void }[] = [];
  private flushing = false;
  private crashed = false;
  private oldest: () => number | undefined = () => undefined;
  private readonly row: WriterRow;
  private resolveLost: () => void = () => undefined;
  readonly lost = new Promise<void>((resolve) => (this.resolveLost = resolve));
  readonly epoch = 1;

  constructor(
    private readonly log: MemoryLog,
    readonly id: string,
  ) {
    this.row = { epoch: 1, alive: true, retired: false, committed: [], publishedN: 0, lowN: undefined, named: new Map() };
    log.writers.set(id, this.row);
  }

  get pending(): number {
    return this.queue.length;
  }

  append(request: AppendRequest): Promise<AppendResult> {
    return new Promise((resolve, reject) => {
      this.queue.push({ request, resolve, reject });
      if (!this.flushing) void this.flush();
    });
  }

  onCommitted(listener: (frames: readonly CommittedAppend[]) => void): void {
    this.listeners.push(listener);
  }

  trackUnfinished(oldest: () => number | undefined): void {
    this.oldest = oldest;
  }

  /** As `kill -9`: what is queued is lost, nobody is answered, the lease lapses. */
  crash(): void {
    this.crashed = true;
    this.row.alive = false;
    this.row.lowN = this.oldest();
  }

  close(): Promise<void> {
    this.row.lowN = this.oldest();
    this.row.alive = false;
    for (const { reject } of this.queue.splice(0)) reject(failure('wal.unavailable'));
    return Promise.resolve();
  }

  private async flush(): Promise<void> {
    this.flushing = true;
    while (this.queue.length > 0) {
      await Promise.resolve();
      await this.log.gate();
      if (this.crashed) return;
      this.settle(this.queue.splice(0));
    }
    this.flushing = false;
  }

  private settle(batch: MemoryWalWriter['queue']): void {
    const requests = batch.map((entry) => entry.request);
    const results = this.log.commit(this.id, this.epoch, requests);
    const committed = requests.flatMap((request, i) => (results[i]?.status === 'committed' ? [{ ...request, n: results[i].n }] : []));
    if (committed.length > 0) for (const listener of this.listeners) listener(committed);
    this.row.publishedN = committed.at(-1)?.n ?? this.row.publishedN;
    if (results[0]?.status === 'fenced') this.resolveLost();
    batch.forEach((entry, i) => entry.resolve(results[i] ?? { status: 'conflict' }));
  }
}

/** Leases without time: a writer is dead when it crashed or closed. */
export class MemoryLeases implements WalLeases {
  constructor(
    private readonly log: MemoryLog,
    private readonly self: string,
  ) {}

  get parked(): ParkedStreams {
    return this.log.parked;
  }

  get heldStreams(): HeldStreams {
    return {
      name: (writer, streams) => {
        const row = this.log.writers.get(writer.id);
        if (row?.epoch !== writer.epoch || !row.alive) return Promise.resolve(false);
        for (const stream of streams) row.named.set(`${stream.tenantId}/${stream.streamId}`, stream);
        return Promise.resolve(true);
      },
      unname: (writer, streams) => {
        for (const { tenantId, streamId } of streams) this.log.writers.get(writer)?.named.delete(`${tenantId}/${streamId}`);
        return Promise.resolve();
      },
    };
  }

  takeOver(): Promise<DeadWriter | undefined> {
    for (const [writer, row] of this.log.writers) {
      if (row.alive || row.retired || writer === this.self) continue;
      const epoch = row.epoch++;
      const low = row.lowN ?? Number.MAX_SAFE_INTEGER;
      const touched = row.committed.filter((frame) => frame.kind === 'execution' && frame.n >= low);
      const heads = new Map(touched.map((frame) => [`${frame.tenantId}/${frame.streamId}`, frame.seq]));
      const awake = touched.filter(({ tenantId, streamId }) => !this.log.parked.holds(tenantId, streamId, heads.get(`${tenantId}/${streamId}`) ?? 0));
      const streams = new Map(awake.map(({ tenantId, streamId }) => [`${tenantId}/${streamId}`, { tenantId, streamId }]));
      for (const [key, name] of row.named) if (!this.log.parked.holds(name.tenantId, name.streamId, this.log.length(name.tenantId, name.streamId) - 1)) streams.set(key, name);
      return Promise.resolve({ writer, epoch, streams: [...streams.values()], unpublished: row.committed.filter((frame) => frame.n > row.publishedN) });
    }
    return Promise.resolve(undefined);
  }

  retire(dead: DeadWriter): Promise<void> {
    const row = this.log.writers.get(dead.writer);
    if (row !== undefined) row.retired = true;
    return Promise.resolve();
  }

  countAlive(): Promise<number> {
    return Promise.resolve([...this.log.writers.values()].filter((row) => row.alive).length);
  }

  isAlive(writer: string): Promise<boolean> {
    return Promise.resolve(this.log.writers.get(writer)?.alive ?? false);
  }
}

export class MemoryBundleArchive implements BundleArchive {
  private readonly texts = new Map<string, string>();
  private newest: { version: number; hash: string } | undefined;

  save(hash: string, version: number, text: string): Promise<void> {
    this.texts.set(hash, text);
    if (version > (this.newest?.version ?? 0)) this.newest = { version, hash };
    return Promise.resolve();
  }

  load(hash: string): Promise<string | undefined> {
    return Promise.resolve(this.texts.get(hash));
  }

  latest(): Promise<string | undefined> {
    return Promise.resolve(this.newest === undefined ? undefined : this.texts.get(this.newest.hash));
  }

  list(below: number, limit: number): Promise<KeptBundle[]> {
    const kept = [...this.texts].map(([hash, text]) => ({ hash, ...(JSON.parse(text) as { bundle: Omit<KeptBundle, 'hash' | 'made_by'> & Partial<Pick<KeptBundle, 'made_by'>> }).bundle }));
    return Promise.resolve(kept.filter(({ version }) => version < below).sort((a, b) => b.version - a.version).slice(0, limit).map(({ version, hash, created_at, made_by = [] }) => ({ version, hash, created_at, made_by })));
  }
}
