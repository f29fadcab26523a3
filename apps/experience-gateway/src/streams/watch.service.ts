import { Inject, Injectable } from '@nestjs/common';
import { type Caller, type CommittedFrame, type ExecutionStatus, failure, type Frame, type SubjectReply } from '@symphainy/contracts';
import { PlatformError } from '@symphainy/kernel';
import { HOST, type ServiceHost } from '@symphainy/service-host';
import type { BusSubscription } from '@symphainy/ports';
import { FrameFeed } from './frame-feed.js';
import { WatchAnnouncer, type Watched } from './watch-announcer.js';

/** Frames read from the log at once. */
const BATCH = 200;
/** The first silence: what was committed before the owning runtime heard of this watch brought no hint. */
const FIRST_LOOK_MS = 100;
/** Silence after which the log is asked; doubles while nothing comes, up to the last. */
const LOOK_MS = 1000;
const LAST_LOOK_MS = 8000;
const RETRY_MS = 500;

/** What a reader receives: that the stream is open (`over`: nothing more will come), every committed frame once, in order, then the end. */
export type WatchEvent =
  | { readonly kind: 'open'; readonly over: boolean }
  | { readonly kind: 'frame'; readonly frame: CommittedFrame }
  | { readonly kind: 'end'; readonly status: ExecutionStatus; readonly last_seq: number };

/** Anything that ends a watch from outside. */
export interface WatchOrder {
  readonly caller: Caller;
  readonly executionId: string;
  readonly fromSeq: number;
  readonly signal: AbortSignal;
}

interface Hub {
  readonly watched: Watched;
  readonly feeds: Set<FrameFeed>;
  readonly subscription: BusSubscription;
}

/**
 * Live frames of executions. Order of work for each reader: listen on the bus and say so first, then read the log from where the reader stands, then
 * follow the hints; a gap or a silence makes it read the log again. So a lost hint delays a frame and never loses it, and a reader
 * that is slow costs at most one batch of memory. Readers of the same execution share one subscription.
 */
@Injectable()
export class WatchService {
  private readonly hubs = new Map<string, Hub>();
  private readonly announcer: WatchAnnouncer;
  private readers = 0;

  constructor(@Inject(HOST) private readonly host: ServiceHost) {
    this.announcer = new WatchAnnouncer(host, () => [...this.hubs.values()].map(({ watched }) => watched));
    host.metrics.gauge('symphainy_gateway_watchers', 'readers of live streams', () => this.readers);
  }

  get count(): number {
    return this.readers;
  }

  /** Ends after the stream's last frame, or when the signal aborts. Fails when the caller may not read the execution. */
  async *watch(order: WatchOrder): AsyncGenerator<WatchEvent, void, void> {
    const feed = new FrameFeed(order.fromSeq);
    const leave = this.join(order, feed);
    try {
      yield* this.follow(order, feed);
    } finally {
      leave();
    }
  }

  private async *follow(order: WatchOrder, feed: FrameFeed): AsyncGenerator<WatchEvent, void, void> {
    let first = true;
    while (!order.signal.aborted) {
      const frame = feed.take();
      if (frame !== undefined) {
        yield { kind: 'frame', frame };
        const status = terminalStatus(frame);
        if (status !== undefined) return yield { kind: 'end', status, last_seq: frame.seq };
      } else if (feed.behind) {
        const page = await this.read(order, feed.next, first);
        if (page === undefined) continue;
        if (first) yield { kind: 'open', over: page.ended && page.frames.length === 0 };
        first = false;
        yield* this.fromLog(page, feed);
        if (page.ended && page.frames.length < BATCH) return yield await this.endOf(order, feed, page);
        feed.behind = page.more === true || page.frames.length === BATCH;
      } else {
        await this.quiet(feed);
      }
    }
  }

  private *fromLog(page: SubjectReply<'runtime.execution.frames'>, feed: FrameFeed): Generator<WatchEvent> {
    for (const frame of page.frames) {
      if (frame.seq < feed.next) continue;
      feed.passed(frame.seq);
      yield { kind: 'frame', frame: committed(frame, page.session_id) };
    }
  }

  private async endOf(order: WatchOrder, feed: FrameFeed, page: SubjectReply<'runtime.execution.frames'>): Promise<WatchEvent> {
    const last = page.frames.at(-1);
    const status = (last && terminalStatus(last)) ?? (await this.host.channels.request('runtime.execution.read', {}, { caller: order.caller, execution_id: order.executionId })).status;
    return { kind: 'end', status, last_seq: feed.next - 1 };
  }

  /** A page of the log; undefined after a passing failure. The first read fails at once, so that a refusal is an answer, not a stream. */
  private async read(order: WatchOrder, from_seq: number, first: boolean): Promise<SubjectReply<'runtime.execution.frames'> | undefined> {
    try {
      return await this.host.channels.request('runtime.execution.frames', {}, { caller: order.caller, execution_id: order.executionId, from_seq, limit: BATCH });
    } catch (error) {
      if (first || !(error instanceof PlatformError) || error.retry.mode === 'terminal') throw error;
      await this.pause(RETRY_MS, order.signal);
      return undefined;
    }
  }

  /** Waits for a hint; a silence of a tenth of a second, then of a second (then two, four, eight) has the log looked at. */
  private async quiet(feed: FrameFeed): Promise<void> {
    const silence = this.silenceOf.get(feed) ?? FIRST_LOOK_MS;
    let looked = false;
    const cancel = this.host.clock.after(silence, () => {
      looked = true;
      feed.look();
    });
    await feed.ready();
    cancel();
    this.silenceOf.set(feed, looked ? Math.min(LAST_LOOK_MS, Math.max(LOOK_MS, silence * 2)) : LOOK_MS);
  }

  private readonly silenceOf = new WeakMap<FrameFeed, number>();

  private join(order: WatchOrder, feed: FrameFeed): () => void {
    const key = `${order.caller.tenant_id}/${order.executionId}`;
    const hub = this.hubs.get(key) ?? this.open(key, order);
    const wake = (): void => feed.wake();
    hub.feeds.add(feed);
    this.readers++;
    order.signal.addEventListener('abort', wake);
    return () => {
      order.signal.removeEventListener('abort', wake);
      this.readers--;
      hub.feeds.delete(feed);
      if (hub.feeds.size === 0) this.close(key, hub);
    };
  }

  private open(key: string, order: WatchOrder): Hub {
    const feeds = new Set<FrameFeed>();
    const subscription = this.host.channels.subscribe('events.{tenant}.{session}.{execution}', { tenant: order.caller.tenant_id, execution: order.executionId }, (frame) => {
      for (const feed of feeds) feed.hint(frame);
    });
    const hub = { watched: { tenant_id: order.caller.tenant_id, execution_id: order.executionId }, feeds, subscription };
    this.hubs.set(key, hub);
    this.announcer.announce([hub.watched]);
    return hub;
  }

  private close(key: string, hub: Hub): void {
    hub.subscription.unsubscribe();
    this.hubs.delete(key);
  }

  private pause(ms: number, signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const cancel = this.host.clock.after(ms, resolve);
      signal.addEventListener('abort', () => (cancel(), resolve()), { once: true });
    });
  }
}

/** A frame of the log as it looks on the bus. */
const committed = ({ writer: _writer, n: _n, ...frame }: Frame, session_id: string): CommittedFrame => ({ ...frame, session_id, execution_id: frame.stream_id });

const TERMINAL: Readonly<Record<string, ExecutionStatus>> = {
  execution_completed: 'completed',
  execution_failed: 'failed',
  execution_cancelled: 'cancelled',
  execution_terminated: 'terminated',
  intent_rejected: 'rejected',
};

/** The status a frame ends its execution with; undefined: it goes on. */
export function terminalStatus(frame: Pick<CommittedFrame, 'records'>): ExecutionStatus | undefined {
  for (const record of frame.records) {
    const status = TERMINAL[record.type];
    if (status !== undefined) return status;
  }
  return undefined;
}

/** Refuses one stream more than the gateway is set to carry. */
export function admitStream(open: number, limit: number): void {
  if (open >= limit) throw failure('request.rate_limited', { message: 'the gateway carries as many live streams as it may', retryAfterMs: 5000 });
}
