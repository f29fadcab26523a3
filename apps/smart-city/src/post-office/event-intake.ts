import type { SubscribedFrame } from '@symphainy/contracts';
import type { Database, Sql } from '@symphainy/store-postgres';
import type { Clock } from '@symphainy/kernel';
import { eventsOf } from './cloud-events.js';
import type { DeliveryStore, NewDelivery } from './delivery-store.js';
import { selects } from './event-matching.js';
import { subscription, subscriptionKey, type Subscription } from './subscription.schema.js';

/** Rows of one statement. */
const ROWS = 1_000;

/** What else is done with frames as they come in, in the same transaction. */
export type AlsoTakes = (sql: Sql, frames: readonly SubscribedFrame[]) => Promise<void>;

/**
 * Takes committed frames in: what somebody subscribed to is stored for delivery in one transaction with how far each writer's frames were taken, so
 * that frames which come again add nothing.
 */
export class EventIntake {
  private readonly known = new Map<string, Subscription>();
  private turn: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly database: Database,
    private readonly deliveries: DeliveryStore,
    private readonly clock: Clock,
  ) {}

  /** Resolves to the subscriptions that got something. One after the other: what is sent again because the first takes long holds no connection meanwhile. */
  take(frames: readonly SubscribedFrame[], also: AlsoTakes): Promise<Set<string>> {
    const taken = this.turn.then(() => this.takeNow(frames, also));
    this.turn = taken.catch(() => undefined);
    return taken;
  }

  private takeNow(frames: readonly SubscribedFrame[], also: AlsoTakes): Promise<Set<string>> {
    return this.database.transaction(async (sql) => {
      const fresh = await this.advance(sql, frames);
      await also(sql, fresh);
      const news = matched(await this.subscriptions(sql), fresh);
      const now = this.clock.now();
      for (let at = 0; at < news.length; at += ROWS) await this.deliveries.add(sql, news.slice(at, at + ROWS), now);
      return new Set(news.map((delivery) => delivery.subscription));
    });
  }

  /** The frames that were not taken before. One intake at a time: a request that was sent again waits for the first. */
  private async advance(sql: Sql, frames: readonly SubscribedFrame[]): Promise<SubscribedFrame[]> {
    await sql.query(`select pg_advisory_xact_lock(hashtextextended('smart_city.intake', 0))`);
    const rows = await sql.query<{ writer: string; n: number }>('select writer, n from smart_city.post_position where writer = any($1::text[])', [[...new Set(frames.map((frame) => frame.writer))]]);
    const position = new Map(rows.map(({ writer, n }) => [writer, n]));
    const fresh = frames.filter((frame) => frame.n > (position.get(frame.writer) ?? 0));
    const reached = new Map(fresh.map((frame) => [frame.writer, frame.n]));
    await sql.query('insert into smart_city.post_position (writer, n) select * from unnest($1::text[], $2::bigint[]) on conflict (writer) do update set n = excluded.n', [[...reached.keys()], [...reached.values()]]);
    return fresh;
  }

  /** As they stand in the database: another instance may have changed them. An entry is read once per content. */
  private async subscriptions(sql: Sql): Promise<Subscription[]> {
    const rows = await sql.query<{ value: string }>(`select value from smart_city.catalogue where kind = 'subscription'`);
    const texts = new Set(rows.map((row) => row.value));
    for (const text of this.known.keys()) if (!texts.has(text)) this.known.delete(text);
    for (const text of texts) if (!this.known.has(text)) this.known.set(text, subscription.parse(JSON.parse(text)));
    return [...this.known.values()];
  }
}

function matched(subscriptions: readonly Subscription[], frames: readonly SubscribedFrame[]): NewDelivery[] {
  const byTenant = Map.groupBy(subscriptions, (s) => s.tenant_id);
  return frames.flatMap((frame) => {
    const theirs = byTenant.get(frame.tenant_id);
    if (theirs === undefined) return [];
    return eventsOf(frame).flatMap((event) => theirs.filter((s) => selects(s.select, event)).map((s) => ({ subscription: subscriptionKey(s), streamId: frame.stream_id, event })));
  });
}
