import { failure } from '@symphainy/contracts';
import type { AppendRequest, AppendResult } from '../acceptance/log.ports.js';
import { streamKey } from '../acceptance/stream-key.js';

/** An append that waits for its flush. */
export interface PendingAppend {
  readonly request: AppendRequest;
  /** Monotonic milliseconds. */
  readonly since: number;
  resolve(result: AppendResult): void;
  reject(error: unknown): void;
}

/** How much one flush takes, and how much may wait. */
export interface QueueLimits {
  readonly batchFrames: number;
  readonly batchBytes: number;
  readonly waitingFrames: number;
  readonly waitingBytes: number;
}

export const DEFAULT_LIMITS: QueueLimits = { batchFrames: 1_000, batchBytes: 8 * 1024 * 1024, waitingFrames: 50_000, waitingBytes: 512 * 1024 * 1024 };

/** Appends between their submission and their flush, first in, first out: so a stream's frames leave in the order they came. */
export class AppendQueue {
  private waiting: PendingAppend[] = [];
  private bytes = 0;
  private awaitedCount = 0;

  constructor(private readonly limits: QueueLimits) {}

  get length(): number {
    return this.waiting.length;
  }

  /** Whether somebody waits for one of these. */
  get urgent(): boolean {
    return this.awaitedCount > 0;
  }

  get full(): boolean {
    return this.waiting.length >= this.limits.waitingFrames || this.bytes >= this.limits.waitingBytes;
  }

  push(pending: PendingAppend): void {
    this.waiting.push(pending);
    this.count(pending, 1);
  }

  /**
   * The next batch, sorted by (tenant, stream, seq): two writers that meet on the same keys then meet in the same order. Within it a
   * stream's frames go up; one that does not waits for the next batch, so that its failure is not its predecessors'.
   */
  takeBatch(): PendingAppend[] {
    const batch = this.waiting.splice(0, this.nextBatchLength());
    for (const pending of batch) this.count(pending, -1);
    return batch.sort((a, b) => byPlace(a.request, b.request));
  }

  private nextBatchLength(): number {
    const reached = new Map<string, number>();
    let bytes = 0;
    let length = 0;
    for (const { request } of this.waiting) {
      if (length === this.limits.batchFrames || bytes >= this.limits.batchBytes) break;
      const stream = streamKey(request);
      if (request.seq <= (reached.get(stream) ?? -1)) break;
      reached.set(stream, request.seq);
      bytes += request.body.length;
      length += 1;
    }
    return length;
  }

  /** Takes out every append that `unwanted` picks. */
  takeWhere(unwanted: (pending: PendingAppend) => boolean): PendingAppend[] {
    const taken = this.waiting.filter(unwanted);
    if (taken.length === 0) return taken;
    this.waiting = this.waiting.filter((pending) => !taken.includes(pending));
    for (const pending of taken) this.count(pending, -1);
    return taken;
  }

  private count(pending: PendingAppend, sign: 1 | -1): void {
    this.bytes += sign * pending.request.body.length;
    if (pending.request.awaited) this.awaitedCount += sign;
  }
}

const order = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
const byPlace = (a: AppendRequest, b: AppendRequest): number => order(a.tenantId, b.tenantId) || order(a.streamId, b.streamId) || a.seq - b.seq;

/** The streams that `batch` failed on: what waits behind them cannot stand. */
export const failedStreams = (batch: readonly { readonly request: AppendRequest; readonly fate: { readonly status: string } }[]): Set<string> =>
  new Set(batch.filter(({ fate }) => fate.status !== 'committed').map(({ request }) => streamKey(request)));

export const unavailable = (message: string): Error => failure('wal.unavailable', { message });
