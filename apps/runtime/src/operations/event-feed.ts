import { failure, type LogPosition, type WantedFrames } from '@symphainy/contracts';
import type { Clock } from '@symphainy/kernel';
import type { Channels } from '@symphainy/service-host';
import type { Sql } from '@symphainy/store-postgres';
import type { StoredFrame } from '../acceptance/log.ports.js';
import { positionOf, type GovernanceFeed } from './governance-feed.js';
import { SubscribedFrames } from './subscribed-frames.js';

const ANSWER_MS = 10_000;
/** How long governance may take to come by; then it is away, and all of this begins again later. */
const BEHIND_MS = 5_000;
const LOOK_MS = 20;

export interface EventFeedParts {
  readonly channels: Channels;
  readonly clock: Clock;
  /** This instance's, which may work here or wait for its turn. */
  readonly governance: Pick<GovernanceFeed, 'name' | 'wantedAt'>;
}

/**
 * Sends Smart City the committed frames that it wants for subscribers and for Nurse, in log order, at least once. It never overtakes governance, so that a subscription misses
 * nothing from its own record on; and governance never waits for it, however many events are on their way.
 */
export class EventFeed {
  readonly name = 'smart-city-events';
  readonly gatherMs = 100;
  /** It writes nothing but its position, and sends again what comes after an older one. */
  readonly remakeable = true;
  private readonly subscribed = new SubscribedFrames();

  constructor(private readonly parts: EventFeedParts) {}

  /** Rejects while Smart City does not answer: the follower brings the same frames again. */
  async apply(frames: readonly StoredFrame[], sql: Sql): Promise<void> {
    const { channels } = this.parts;
    this.subscribed.want(await this.wantedAt(positionOf(frames), sql));
    for (const message of await this.subscribed.pick(frames, sql)) await channels.request('smart-city.events', {}, { frames: message }, { timeoutMs: ANSWER_MS });
  }

  /** Waits for governance to come by. Throws `smart_city.unavailable`. */
  private async wantedAt(position: LogPosition, sql: Sql): Promise<readonly WantedFrames[]> {
    const { clock, governance } = this.parts;
    const until = clock.monotonic() + BEHIND_MS;
    for (;;) {
      const wanted = governance.wantedAt(position);
      if (wanted !== undefined) return wanted;
      if (await this.passed(position, sql)) return this.ask();
      if (clock.monotonic() >= until) throw failure('smart_city.unavailable', { message: 'governance has not come as far as these events' });
      await new Promise<void>((resolve) => void clock.after(LOOK_MS, resolve));
    }
  }

  /** Whether governance came by at some instance. */
  private async passed(position: LogPosition, sql: Sql): Promise<boolean> {
    const rows = await sql.query<{ writer: string; n: number }>('select writer, n from runtime.follower_positions where follower = $1 and writer = any($2::uuid[])', [this.parts.governance.name, Object.keys(position)]);
    const reached = new Map(rows.map(({ writer, n }) => [writer, n]));
    return Object.entries(position).every(([writer, n]) => (reached.get(writer) ?? -1) >= n);
  }

  private async ask(): Promise<readonly WantedFrames[]> {
    return (await this.parts.channels.request('smart-city.records', {}, { frames: [], position: {} }, { timeoutMs: ANSWER_MS })).wants;
  }
}
