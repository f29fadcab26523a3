import { asPlatformError, type Clock, type Logger } from '@symphainy/kernel';
import type { DeliveryStore, DueDelivery } from './delivery-store.js';
import type { RetrySchedule } from './retry-schedule.js';
import { subscriptionKey, type Subscription } from './subscription.schema.js';
import type { DeliveryResult } from './webhook-sender.js';

/** Events read at once, streams delivered side by side, and streams that may fail in a row before the receiver is left in peace. */
const PAGE = 100;
const AT_ONCE = 8;
const FAILURES_TO_REST = 8;
const FIRST_REST_MS = 1_000;
const LAST_REST_MS = 60_000;
/** How long an idle line sleeps at most; it is woken when something comes in. */
const IDLE_MS = 30_000;

export interface LineParts {
  readonly store: DeliveryStore;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly schedule: RetrySchedule;
  readonly send: (subscription: Subscription, delivery: DueDelivery) => Promise<DeliveryResult>;
}

/**
 * Delivers to one subscription. Streams (an execution, a session) go side by side, the events of one in order, each after the one before was taken. An
 * event that fails is tried again by the schedule and holds back its own stream; when every stream fails, the receiver is away, and is left in peace
 * for up to a minute between tries. Once it answers again, all that waited is due at once.
 */
export class DeliveryLine {
  private readonly key: string;
  private stopped = false;
  private wake: () => void = () => undefined;
  private woken = false;
  private rests = 0;
  private away = false;
  /** The wish for redelivery that was done last. */
  private redelivered: string | undefined;
  private readonly loop: Promise<void>;

  constructor(
    private subscription: Subscription,
    private readonly parts: LineParts,
  ) {
    this.key = subscriptionKey(subscription);
    this.loop = this.run();
  }

  /** Something came in. */
  nudge(): void {
    this.woken = true;
    this.wake();
  }

  /** The subscription as it now is. */
  change(subscription: Subscription): void {
    this.subscription = subscription;
    this.nudge();
  }

  /** Ends after what is under way. */
  async stop(): Promise<void> {
    this.stopped = true;
    this.wake();
    await this.loop;
  }

  private async run(): Promise<void> {
    while (!this.stopped) {
      this.woken = false;
      try {
        await this.redeliver();
        if (this.subscription.status === 'paused') await this.sleep(IDLE_MS);
        else await this.deliverPage();
      } catch (error) {
        this.parts.logger.warn({ err: error, subscription: this.key, code: asPlatformError(error).code }, 'a subscription’s deliveries cannot be read or noted now');
        await this.sleep(FIRST_REST_MS);
      }
    }
  }

  private async redeliver(): Promise<void> {
    const { subscription } = this;
    if (subscription.redelivery === undefined || subscription.redelivery.asked_by === this.redelivered) return;
    await this.parts.store.redeliver(subscription, this.parts.clock.now());
    this.redelivered = subscription.redelivery.asked_by;
  }

  private async deliverPage(): Promise<void> {
    const { store, clock } = this.parts;
    const page = await store.due(this.key, clock.now(), PAGE);
    if (page.length === 0) return this.sleep(await this.idleMs());
    const streams = [...Map.groupBy(page, (delivery) => delivery.stream_id).values()];
    const tally = { delivered: 0, failed: 0 };
    await Promise.all(Array.from({ length: AT_ONCE }, () => this.work(streams, tally)));
    if (tally.delivered > 0) this.rests = 0;
    else if (tally.failed >= FAILURES_TO_REST) await this.sleep(Math.min(FIRST_REST_MS * 2 ** this.rests++, LAST_REST_MS), true);
  }

  private async idleMs(): Promise<number> {
    const due = await this.parts.store.nextDue(this.key);
    return due === undefined ? IDLE_MS : Math.max(1, Math.min(IDLE_MS, due - this.parts.clock.now()));
  }

  /** Takes streams until none is left, or until so many have failed and none succeeded. */
  private async work(streams: DueDelivery[][], tally: { delivered: number; failed: number }): Promise<void> {
    while (!this.stopped && !(tally.delivered === 0 && tally.failed >= FAILURES_TO_REST)) {
      const stream = streams.shift();
      if (stream === undefined) return;
      await this.deliverStream(stream, tally);
    }
  }

  private async deliverStream(stream: readonly DueDelivery[], tally: { delivered: number; failed: number }): Promise<void> {
    const done: string[] = [];
    let failure: { readonly delivery: DueDelivery; readonly result: DeliveryResult & { ok: false } } | undefined;
    for (const delivery of stream) {
      if (this.stopped) break;
      const result = await this.parts.send(this.subscription, delivery);
      if (!result.ok) {
        failure = { delivery, result };
        break;
      }
      done.push(delivery.event_id);
    }
    await this.parts.store.delivered(this.key, done, this.parts.clock.now());
    tally.delivered += done.length;
    if (done.length > 0) await this.back();
    if (failure === undefined) return;
    tally.failed++;
    await this.failed(failure.delivery, failure.result);
  }

  private async failed(delivery: DueDelivery, result: DeliveryResult & { ok: false }): Promise<void> {
    const { store, clock, schedule, logger } = this.parts;
    this.away ||= result.unreachable === true;
    const attempt = delivery.attempts + 1;
    const delay = result.gone === true ? undefined : schedule.delayMs(delivery.event_id, attempt);
    const now = clock.now();
    const dueMs = delay === undefined ? undefined : now + Math.max(delay, result.retryAfterMs ?? 0);
    await store.failed(this.key, delivery, { dueMs, nowMs: now, status: result.status, reason: result.reason });
    const about = { subscription: this.key, event_id: delivery.event_id, attempt, status: result.status, reason: result.reason };
    if (delay === undefined) logger.warn(about, 'an event is a dead letter');
    else logger.info({ ...about, retry_ms: delay }, 'an event was not taken; it is tried again');
  }

  private async back(): Promise<void> {
    if (!this.away) return;
    this.away = false;
    await this.parts.store.hurry(this.key, this.parts.clock.now());
  }

  /** `deaf`: what comes in does not end it. */
  private sleep(ms: number, deaf = false): Promise<void> {
    return new Promise((resolve) => {
      const done = (): void => {
        cancel();
        this.wake = () => undefined;
        resolve();
      };
      const cancel = this.parts.clock.after(ms, done);
      this.wake = () => {
        if (!deaf || this.stopped) done();
      };
      if (this.stopped || (this.woken && !deaf)) done();
    });
  }
}
