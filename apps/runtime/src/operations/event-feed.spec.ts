import { canonicalJson } from '@symphainy/kernel';
import { ManualClock } from '@symphainy/kernel/testing';
import { testChannels } from '@symphainy/service-host/testing';
import type { Sql } from '@symphainy/store-postgres';
import type { StoredFrame } from '../acceptance/log.ports.js';
import { EventFeed } from './event-feed.js';
import { GovernanceFeed } from './governance-feed.js';

const at = '2026-01-01T00:00:00.000Z';
const WRITER = '00000000-0000-7000-8000-000000000001';
const frame = (n: number, ...records: object[]): StoredFrame => ({ tenantId: 'acme', streamId: `00000000-0000-7000-8000-0000000001${String(n).padStart(2, '0')}`, seq: 0, kind: 'execution', at, hash: new Uint8Array(32), body: Buffer.from(canonicalJson({ records })), writer: WRITER, n, sessionId: 's' }) as unknown as StoredFrame;
const received = (intent_type: string): object => ({ type: 'intent_received', at, actor: 'acme/alice', caller: { tenant_id: 'acme', user_id: 'alice', roles: [], auth: 'api_key' }, correlation_id: 'c', intent: { intent_id: WRITER, intent_type, realm: intent_type.split('.')[0], session_id: WRITER, tenant_id: 'acme', payload: {}, metadata: {}, created_at: at } });

/** Both feeds of one instance, a Smart City that wants acme's frames once `frame 1` has told it of a subscription, and a log in which governance stands at `saved`. */
function bench(saved = 0) {
  const clock = new ManualClock();
  const { channelsOf } = testChannels();
  const city = channelsOf('smart-city');
  const told: number[] = [];
  let subscribed = saved > 0;
  let release: (() => void) | undefined;
  let stalled: Promise<void> | undefined;
  city.serve('smart-city.records', {}, ({ frames }) => {
    subscribed ||= frames.length > 0;
    return Promise.resolve({ applied: {}, wants: subscribed ? [{ tenant_id: 'acme' }] : [] });
  });
  city.serve('smart-city.events', {}, async ({ frames }) => {
    told.push(...frames.map(({ n }) => n));
    await stalled;
    return { taken: frames.length };
  });
  const channels = channelsOf('runtime');
  const governance = new GovernanceFeed(channels);
  const sql = { query: () => Promise.resolve(saved > 0 ? [{ writer: WRITER, n: saved }] : []) } as unknown as Sql;
  return { clock, governance, events: new EventFeed({ channels, clock, governance }), sql, told, stall: () => void (stalled = new Promise((resolve) => (release = resolve))), release: () => release?.() };
}

const settled = async <T>(promise: Promise<T>): Promise<string> => Promise.race([promise.then(() => 'done', (error: { code: string }) => error.code), new Promise<string>((resolve) => setImmediate(() => setImmediate(() => resolve('waiting'))))]);

describe('the feed of events', () => {
  it('events that come before the governance that wants them - wait for it, and none is missed', async () => {
    const { clock, governance, events, sql, told } = bench();
    const frames = [frame(1, received('governance.subscribe')), frame(2, received('content.ingest'))];
    const sent = events.apply(frames, sql);
    expect(await settled(sent)).toBe('waiting');
    await governance.apply(frames);
    clock.advance(20);
    await sent;
    expect(told).toEqual([1, 2]);
  });

  it('governance that works at another instance - is seen in the log, and Smart City asked what it wants', async () => {
    const { events, sql, told } = bench(7);
    await events.apply([frame(7, received('content.ingest'))], sql);
    expect(told).toEqual([7]);
  });

  it('governance that does not come - has the events wait for a later turn, and nothing is sent', async () => {
    const { clock, events, sql, told } = bench();
    const sent = events.apply([frame(1, received('content.ingest'))], sql).catch((error: unknown) => error);
    for (let look = 0; look < 300; look++) {
      clock.advance(20);
      await new Promise(setImmediate);
    }
    expect([await sent, told]).toEqual([expect.objectContaining({ code: 'smart_city.unavailable' }), []]);
  });

  it('events that are taken slowly - hold no change of governance back', async () => {
    const { governance, events, sql, told, stall, release } = bench();
    await governance.apply([frame(1, received('governance.subscribe'))]);
    stall();
    const slow = events.apply([frame(1, received('governance.subscribe'))], sql);
    expect(await settled(slow)).toBe('waiting');
    expect(await settled(governance.apply([frame(2, received('governance.revoke_key'))]))).toBe('done');
    expect(told).toEqual([1]);
    release();
    await slow;
  });
});
