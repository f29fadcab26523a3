/**
 * Post Office: routes committed records to those who subscribed to them.
 *
 * It stores what is to be delivered in Smart City's schema (`deliveries`, with the position of the Runtime's feed it was made of), and delivers it: over
 * HTTP as signed CloudEvents, or on the bus. Subscriptions are entries of the catalogue, changed by governed intents alone.
 *
 * 1. Nothing is lost while a subscriber, Smart City or the Runtime is away: a frame is taken in before the Runtime's feed goes on.
 * 2. Each event is delivered at least once, under an id that stays; events of one stream in order, one after the other.
 * 3. One instance delivers at a time; what it had under way when it died is delivered again.
 * 4. A subscription gets its own tenant's events, and no webhook goes to an address that is not public.
 * 5. However much is behind, a page of each subscription is in memory.
 */
import type { SubscribedFrame, WantedFrames } from '@symphainy/contracts';
import type { Connection, Database } from '@symphainy/store-postgres';
import type { ServiceHost } from '@symphainy/service-host';
import { asPlatformError } from '@symphainy/kernel';
import type { BundleOffice } from '../bundle/bundle-office.js';
import { DeliveryLine } from './delivery-line.js';
import type { DeliveryStore, DueDelivery, NewDelivery } from './delivery-store.js';
import { EventIntake, type AlsoTakes } from './event-intake.js';
import { wantedRecords } from './event-matching.js';
import type { RetrySchedule } from './retry-schedule.js';
import { subscriptionKey, type Subscription } from './subscription.schema.js';
import type { DeliveryResult, WebhookSender } from './webhook-sender.js';

const TURN_MS = 1_000;
const SWEEP_MS = 3_600_000;
const KEEP_DELIVERED_MS = 7 * 86_400_000;
const ANSWER_MS = 10_000;

export interface PostOfficeParts {
  readonly host: ServiceHost;
  readonly database: Database;
  readonly office: BundleOffice;
  readonly deliveries: DeliveryStore;
  readonly webhooks: WebhookSender;
  readonly schedule: RetrySchedule;
}

export class PostOffice {
  private readonly intake: EventIntake;
  private readonly lines = new Map<string, DeliveryLine>();
  private turn: Connection | undefined;
  private loop: Promise<void> | undefined;
  private stopping = false;
  private wake: () => void = () => undefined;

  constructor(private readonly parts: PostOfficeParts) {
    const { host, database, deliveries, office } = parts;
    this.intake = new EventIntake(database, deliveries, host.clock);
    host.metrics.gauge('symphainy_post_office_subscriptions', 'subscriptions that this instance delivers to', () => this.lines.size);
    office.onChange(() => this.align());
  }

  /** Whether it is this instance that delivers. */
  get delivering(): boolean {
    return this.turn !== undefined;
  }

  /** What the Runtime is to send. */
  wants(): WantedFrames[] {
    return [...wantedRecords(this.subscriptions())].map(([tenant_id, records]) => ({ tenant_id, ...(records === undefined ? {} : { records: [...records] }) }));
  }

  async take(frames: readonly SubscribedFrame[], also: AlsoTakes): Promise<void> {
    for (const key of await this.intake.take(frames, also)) this.lines.get(key)?.nudge();
  }

  /** Posts events that are made here. */
  async post(news: readonly NewDelivery[]): Promise<void> {
    await this.parts.deliveries.add(this.parts.database, news, this.parts.host.clock.now());
    for (const { subscription } of news) this.lines.get(subscription)?.nudge();
  }

  start(): void {
    this.loop ??= this.run();
  }

  /** Ends after what is under way. */
  async stop(): Promise<void> {
    this.stopping = true;
    this.wake();
    await this.loop;
    this.parts.webhooks.close();
  }

  /** Those that are delivered to: a closed tenant reads nothing any more. */
  subscriptions(): Subscription[] {
    const { catalogue } = this.parts.office.snapshot;
    return catalogue.all('subscription').filter(({ tenant_id }) => catalogue.get('tenant', tenant_id)?.status !== 'closed');
  }

  private async run(): Promise<void> {
    while (!this.stopping) {
      try {
        await this.takeTurn();
      } catch (error) {
        this.parts.host.logger.warn({ err: error, code: asPlatformError(error).code }, 'deliveries stopped, and begin again');
      }
      if (!this.stopping) await this.pause(TURN_MS);
    }
  }

  /** Delivers until stopped or until the connection that holds the turn breaks, if no other instance does. */
  private async takeTurn(): Promise<void> {
    const line = await this.parts.database.connect();
    try {
      while (!this.stopping && !(await locked(line))) await this.pause(TURN_MS);
      if (this.stopping) return;
      this.turn = line;
      this.align();
      while (!this.stopping && this.turn === line) {
        await this.sweep();
        await Promise.race([this.pause(SWEEP_MS), line.ended.then(() => (this.turn = undefined))]);
      }
    } finally {
      this.turn = undefined;
      await Promise.all([...this.lines.values()].map((l) => l.stop()));
      this.lines.clear();
      await line.close().catch(() => undefined);
    }
  }

  private async sweep(): Promise<void> {
    await this.parts.deliveries.sweep(this.subscriptions().map(subscriptionKey), this.parts.host.clock.now() - KEEP_DELIVERED_MS);
  }

  /** One line for each subscription, while it is this instance's turn. */
  private align(): void {
    if (this.turn === undefined) return;
    const wanted = new Map(this.subscriptions().map((s) => [subscriptionKey(s), s]));
    for (const [key, line] of this.lines) {
      if (wanted.has(key)) continue;
      this.lines.delete(key);
      void line.stop();
    }
    for (const [key, subscription] of wanted) {
      const line = this.lines.get(key);
      if (line === undefined) this.lines.set(key, this.lineOf(subscription));
      else line.change(subscription);
    }
  }

  private lineOf(subscription: Subscription): DeliveryLine {
    const { host, deliveries, schedule } = this.parts;
    return new DeliveryLine(subscription, { store: deliveries, clock: host.clock, logger: host.logger, schedule, send: (to, delivery) => this.send(to, delivery) });
  }

  private send(to: Subscription, { event }: DueDelivery): Promise<DeliveryResult> {
    return to.target.kind === 'webhook' ? this.parts.webhooks.send(to, to.target, event) : this.sendOnBus(to, event);
  }

  private async sendOnBus({ tenant_id, subscription_id }: Subscription, event: DueDelivery['event']): Promise<DeliveryResult> {
    try {
      await this.parts.host.channels.request('subscriber.{tenant}.{subscription}.event', { tenant: tenant_id, subscription: subscription_id }, JSON.parse(JSON.stringify(event)) as never, { timeoutMs: ANSWER_MS });
      return { ok: true };
    } catch (error) {
      const { code, message } = asPlatformError(error);
      return { ok: false, reason: `${code}: ${message}`, unreachable: code === 'subscriber.unavailable' };
    }
  }

  private pause(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const cancel = this.parts.host.clock.after(ms, resolve);
      this.wake = () => {
        cancel();
        resolve();
      };
      if (this.stopping) this.wake();
    });
  }
}

async function locked(line: Connection): Promise<boolean> {
  const [row] = await line.query<{ locked: boolean }>(`select pg_try_advisory_lock(hashtextextended('smart_city.post_office', 0)) as locked`);
  return row?.locked === true;
}
