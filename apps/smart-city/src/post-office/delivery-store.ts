import { CloudEvent } from 'cloudevents';
import { z } from 'zod';
import type { Database, Sql } from '@symphainy/store-postgres';
import type { PlatformEvent } from './event-matching.js';
import { subscriptionKey, type Subscription } from './subscription.schema.js';

export type DeliveryState = 'pending' | 'delivered' | 'dead';

/** An event that is due. */
export interface DueDelivery {
  readonly event_id: string;
  readonly stream_id: string;
  readonly attempts: number;
  readonly event: PlatformEvent;
}

/** A delivery as its tenant sees it. */
export const deliveryView = z.object({
  event_id: z.string(),
  stream_id: z.string(),
  type: z.string(),
  state: z.enum(['pending', 'delivered', 'dead']),
  attempts: z.number().int(),
  due_at: z.string(),
  created_at: z.string(),
  changed_at: z.string(),
  /** HTTP status of the last answer, if there was one. */
  status: z.number().int().nullable(),
  reason: z.string().nullable(),
  position: z.number().int(),
});
export type DeliveryView = z.infer<typeof deliveryView>;

export interface NewDelivery {
  readonly subscription: string;
  readonly streamId: string;
  readonly event: PlatformEvent;
}

/** None of its stream that came before is due after it: one that came in while its predecessor failed did not see that it has to wait. */
const IN_ITS_TURN = `not exists (select 1 from smart_city.deliveries e where e.subscription = d.subscription and e.stream_id = d.stream_id and e.state = 'pending' and e.position < d.position and e.due_at > d.due_at)`;

/** Deliveries in Postgres: what is pending waits here however much it is, and is read a page at a time. */
export class DeliveryStore {
  constructor(private readonly database: Database) {}

  /** An event that is there already stays as it is. One of a stream that is held back waits as long as the stream does. */
  async add(sql: Sql, news: readonly NewDelivery[], nowMs: number): Promise<void> {
    if (news.length === 0) return;
    const columns = [news.map((d) => d.subscription), news.map((d) => d.event.id), news.map((d) => d.streamId), news.map((d) => d.event.type), news.map((d) => JSON.stringify(d.event))];
    await sql.run({
      name: 'deliveries-add',
      text: `insert into smart_city.deliveries (subscription, event_id, stream_id, type, event, state, due_at, created_at, changed_at)
        select u.subscription, u.event_id, u.stream_id, u.type, u.event, 'pending',
          greatest($6::timestamptz, (select d.due_at from smart_city.deliveries d where d.subscription = u.subscription and d.stream_id = u.stream_id and d.state = 'pending' order by d.position desc limit 1)), $6::timestamptz, $6::timestamptz
        from unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[]) with ordinality as u(subscription, event_id, stream_id, type, event, ord) order by u.ord
        on conflict (subscription, event_id) do nothing`,
      values: [...columns, new Date(nowMs)],
    });
  }

  /** What is due, in the order of delivery; of each stream its earliest are among it. */
  async due(subscription: string, nowMs: number, limit: number): Promise<DueDelivery[]> {
    const { rows } = await this.database.run<Omit<DueDelivery, 'event'> & { event: string }>({
      name: 'deliveries-due',
      text: `select event_id, stream_id, attempts, event from smart_city.deliveries d where subscription = $1 and state = 'pending' and due_at <= $2 and ${IN_ITS_TURN} order by due_at, position limit $3`,
      values: [subscription, new Date(nowMs), limit],
    });
    return rows.map((row) => ({ ...row, event: new CloudEvent(JSON.parse(row.event) as object, false) as PlatformEvent }));
  }

  /** When the next one is due (epoch ms); undefined: nothing is pending. */
  async nextDue(subscription: string): Promise<number | undefined> {
    const [row] = await this.database.query<{ due_at: string }>(`select due_at from smart_city.deliveries d where subscription = $1 and state = 'pending' and ${IN_ITS_TURN} order by due_at, position limit 1`, [subscription]);
    return row === undefined ? undefined : Date.parse(row.due_at);
  }

  async delivered(subscription: string, eventIds: readonly string[], nowMs: number): Promise<void> {
    if (eventIds.length === 0) return;
    await this.database.query(`update smart_city.deliveries set state = 'delivered', attempts = attempts + 1, changed_at = $3, reason = null where subscription = $1 and event_id = any($2::text[])`, [subscription, eventIds, new Date(nowMs)]);
  }

  /** Tries it again at `dueMs`, and what follows it in its stream not before; undefined: it is a dead letter, and what follows goes on. */
  async failed(subscription: string, { event_id, stream_id }: DueDelivery, o: { readonly dueMs: number | undefined; readonly nowMs: number; readonly status: number | undefined; readonly reason: string }): Promise<void> {
    await this.database.transaction(async (sql) => {
      await sql.query(
        `update smart_city.deliveries set state = $3, attempts = attempts + 1, changed_at = $4, status = $5, reason = $6 where subscription = $1 and event_id = $2`,
        [subscription, event_id, o.dueMs === undefined ? 'dead' : 'pending', new Date(o.nowMs), o.status ?? null, o.reason.slice(0, 500)],
      );
      if (o.dueMs !== undefined) await sql.query(`update smart_city.deliveries set due_at = greatest(due_at, $3) where subscription = $1 and stream_id = $2 and state = 'pending'`, [subscription, stream_id, new Date(o.dueMs)]);
    });
  }

  /** The receiver is back: what waits for it is due. */
  async hurry(subscription: string, nowMs: number): Promise<void> {
    await this.database.query(`update smart_city.deliveries set due_at = $2 where subscription = $1 and state = 'pending' and due_at > $2`, [subscription, new Date(nowMs)]);
  }

  /** Does what the newest wish for redelivery says, once: before what waits of the same stream, which came after it. */
  async redeliver(subscription: Subscription, nowMs: number): Promise<void> {
    const { redelivery } = subscription;
    if (redelivery === undefined) return;
    const key = subscriptionKey(subscription);
    await this.database.transaction(async (sql) => {
      const { count } = await sql.run({ text: `insert into smart_city.redeliveries (subscription, asked_by) values ($1, $2) on conflict (subscription) do update set asked_by = excluded.asked_by where redeliveries.asked_by <> excluded.asked_by`, values: [key, redelivery.asked_by] });
      if (count === 0) return;
      const chosen = redelivery.events === 'dead' ? `state = 'dead'` : `state <> 'pending' and event_id = any($3::text[])`;
      const due = `least($2, (select min(w.due_at) from smart_city.deliveries w where w.subscription = d.subscription and w.stream_id = d.stream_id and w.state = 'pending'))`;
      await sql.query(`update smart_city.deliveries d set state = 'pending', attempts = 0, due_at = ${due}, changed_at = $2 where subscription = $1 and ${chosen}`, [key, new Date(nowMs), ...(redelivery.events === 'dead' ? [] : [redelivery.events])]);
    });
  }

  async list(subscription: string, o: { readonly state: DeliveryState | undefined; readonly after: number; readonly limit: number }): Promise<DeliveryView[]> {
    return this.database.query<DeliveryView>(
      `select event_id, stream_id, type, state, attempts, due_at, created_at, changed_at, status, reason, position from smart_city.deliveries
       where subscription = $1 and ($2::text is null or state = $2) and position > $3 order by position limit $4`,
      [subscription, o.state ?? null, o.after, o.limit],
    );
  }

  async counts(subscription: string): Promise<Record<DeliveryState, number>> {
    const rows = await this.database.query<{ state: DeliveryState; n: number }>('select state, count(*) as n from smart_city.deliveries where subscription = $1 group by state', [subscription]);
    return { pending: 0, delivered: 0, dead: 0, ...Object.fromEntries(rows.map(({ state, n }) => [state, n])) };
  }

  /** Drops what was delivered before `beforeMs`, and all of subscriptions that are no more. */
  async sweep(living: readonly string[], beforeMs: number): Promise<void> {
    await this.database.query(`delete from smart_city.deliveries where state = 'delivered' and changed_at < $1`, [new Date(beforeMs)]);
    await this.database.query(`delete from smart_city.deliveries where not subscription = any($1::text[])`, [living]);
    await this.database.query(`delete from smart_city.redeliveries where not subscription = any($1::text[])`, [living]);
  }
}
