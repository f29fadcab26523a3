import type { Sql } from '@symphainy/store-postgres';
import { canonicalJson } from '@symphainy/kernel';
import type { StoredFrame } from '../acceptance/log.ports.js';
import { SubscribedFrames } from './subscribed-frames.js';

const at = '2026-01-01T00:00:00.000Z';
const caller = { tenant_id: 'acme', user_id: 'alice', roles: [], auth: 'api_key' };
const received = { type: 'intent_received', at, actor: 'acme/alice', caller, correlation_id: 'c', intent: { intent_id: 'e', intent_type: 'content.ingest', realm: 'content', session_id: 's', tenant_id: 'acme', payload: {}, metadata: {}, created_at: at } };
const completed = { type: 'execution_completed', at, actor: 'runtime' };
let n = 0;
const frame = (tenantId: string, streamId: string, seq: number, ...records: object[]): StoredFrame => ({ tenantId, streamId, seq, kind: 'execution', at, hash: new Uint8Array(32), body: Buffer.from(canonicalJson({ records })), writer: 'w', n: ++n, sessionId: 's' }) as StoredFrame;

/** A log whose first frames may be looked up; it counts how often. */
function logOf(firsts: readonly StoredFrame[]): { sql: Sql; asked: string[][] } {
  const asked: string[][] = [];
  const query = (_: string, [, streams]: [string[], string[]]) => {
    asked.push(streams);
    return Promise.resolve(firsts.filter((f) => streams.includes(f.streamId)).map((f) => ({ tenant_id: f.tenantId, stream_id: f.streamId, seq: 0, kind: f.kind, at, hash: f.hash, body: f.body, writer: f.writer, n: f.n })));
  };
  return { sql: { query } as unknown as Sql, asked };
}

/** A frame that may not be looked at. */
const untouchable = new Proxy({} as StoredFrame, { get: (_, field) => { throw new Error(`looked at ${String(field)}`); } });
const tenantOnly = new Proxy({} as StoredFrame, { get: (_, field) => { if (field === 'tenantId') return 'globex'; throw new Error(`looked at ${String(field)}`); } });

describe('frames for subscribers', () => {
  it('nobody wants anything - no frame is looked at; somebody does, and of other tenants’ frames only the tenant is', async () => {
    const { sql } = logOf([]);
    const frames = new SubscribedFrames();
    expect(await frames.pick([untouchable], sql)).toEqual([]);
    frames.want([{ tenant_id: 'acme', records: ['execution_failed'] }]);
    expect(await frames.pick([tenantOnly], sql)).toEqual([]);
  });

  it('record types - only frames that bear one are sent, each with what its intent was, looked up once where its beginning went by unseen', async () => {
    const { sql, asked } = logOf([frame('acme', 'old', 0, received)]);
    const frames = new SubscribedFrames();
    frames.want([{ tenant_id: 'acme', records: ['execution_completed'] }]);
    const [message] = await frames.pick([frame('acme', 'new', 0, received), frame('acme', 'new', 1, completed), frame('acme', 'old', 5, completed)], sql);
    const about = { intent_type: 'content.ingest', session_id: 's', user_id: 'alice', correlation_id: 'c' };
    expect(message?.map((f) => [f.stream_id, f.seq, f.about])).toEqual([['new', 1, about], ['old', 5, about]]);
    await frames.pick([frame('acme', 'old', 6, completed)], sql);
    expect(asked).toEqual([['old']]);
  });

  it('two tenants have executions of one id - each is told what its own is about, whether it was seen to begin or looked up', async () => {
    const theirs = { ...received, caller: { ...caller, tenant_id: 'globex', user_id: 'gina' }, intent: { ...received.intent, intent_type: 'content.decode', tenant_id: 'globex' } };
    const users = async (frames: SubscribedFrames, some: readonly StoredFrame[], sql: Sql): Promise<unknown[]> => (await frames.pick(some, sql)).flat().map((f) => [f.tenant_id, f.about.user_id]);
    const wants = [{ tenant_id: 'acme', records: ['execution_completed' as const] }, { tenant_id: 'globex', records: ['execution_completed' as const] }];
    const ends = (): StoredFrame[] => [frame('acme', 'same', 1, completed), frame('globex', 'same', 1, completed)];
    const firsts = [frame('acme', 'same', 0, received), frame('globex', 'same', 0, theirs)];
    const [seen, lookedUp] = [new SubscribedFrames(), new SubscribedFrames()];
    for (const frames of [seen, lookedUp]) frames.want(wants);
    const right = [['acme', 'alice'], ['globex', 'gina']];
    expect(await users(seen, [...firsts, ...ends()], logOf([]).sql)).toEqual(right);
    expect(await users(lookedUp, ends(), logOf(firsts).sql)).toEqual(right);
  });

  it('a frame larger than a message - comes without its contents; many frames are cut into messages, in order', async () => {
    const { sql } = logOf([]);
    const frames = new SubscribedFrames();
    frames.want([{ tenant_id: 'acme' }]);
    const big = frame('acme', 'a', 0, received, { type: 'step_completed', at, actor: 'r', step: 'parse', output: 'x'.repeat(300_000) });
    const half = (seq: number) => frame('acme', 'a', seq, { ...completed, filler: 'x'.repeat(150_000) });
    const messages = await frames.pick([big, half(1), half(2)], sql);
    expect(messages.map((m) => m.map((f) => f.seq))).toEqual([[0], [1], [2]]);
    expect(messages[0]?.[0]?.records[1]).toEqual({ type: 'step_completed', at, actor: 'r', step: 'parse', omitted: true });
  });
});
