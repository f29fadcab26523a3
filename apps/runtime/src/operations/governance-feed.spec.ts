import { canonicalJson } from '@symphainy/kernel';
import { testChannels } from '@symphainy/service-host/testing';
import type { StoredFrame } from '../acceptance/log.ports.js';
import { GovernanceFeed } from './governance-feed.js';

const at = '2026-01-01T00:00:00.000Z';
const ID = '00000000-0000-7000-8000-000000000001';
let n = 0;
const frame = (tenantId: string, seq: number, ...records: object[]): StoredFrame => ({ tenantId, streamId: ID, seq, kind: 'execution', at, hash: new Uint8Array(32), body: Buffer.from(canonicalJson({ records })), writer: ID, n: ++n });
const received = (tenant_id: string): object => ({ type: 'intent_received', at, actor: 'user', caller: { tenant_id, user_id: 'root', roles: [], auth: 'api_key' }, correlation_id: 'c', intent: { intent_id: ID, intent_type: 'governance.put_policy', realm: 'governance', session_id: ID, tenant_id, payload: {}, metadata: {}, created_at: at } });
const ended = { type: 'execution_completed', at, actor: 'runtime' };

/** A feed, and what Smart City is told. */
function bench(): { feed: GovernanceFeed; told: string[] } {
  const { channelsOf } = testChannels();
  const told: string[] = [];
  channelsOf('smart-city').serve('smart-city.records', {}, ({ frames }) => {
    told.push(...frames.map((one) => `${one.tenant_id} ${one.seq}`));
    return Promise.resolve({ applied: {}, wants: [] });
  });
  return { feed: new GovernanceFeed(channelsOf('runtime')), told };
}

describe('the feed of governance', () => {
  it('an end that bears no mark, in the batch of its beginning or later - is sent', async () => {
    const { feed, told } = bench();
    await feed.apply([frame('acme', 0, received('acme')), frame('acme', 1, ended), frame('acme', 2, ended)]);
    await feed.apply([frame('globex', 0, received('globex'))]);
    await feed.apply([frame('globex', 1, ended)]);
    expect(told).toEqual(['acme 0', 'acme 1', 'globex 0', 'globex 1']);
  });

  it('another tenant’s change of the same execution id ends - the end of the one that goes on is sent all the same', async () => {
    const { feed, told } = bench();
    await feed.apply([frame('acme', 0, received('acme')), frame('globex', 0, received('globex')), frame('globex', 1, ended)]);
    await feed.apply([frame('acme', 1, ended)]);
    expect(told).toEqual(['acme 0', 'globex 0', 'globex 1', 'acme 1']);
  });
});
