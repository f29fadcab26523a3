import type { Caller } from '@symphainy/contracts';
import { once } from 'node:events';
import { WebSocket } from 'ws';
import { at } from '../testing/runtime-responder.js';
import { aliceKey, expiredKey, ginaKey, startGateway, testKeys, type TestGateway } from '../testing/test-gateway.js';

const alice: Caller = { tenant_id: 'acme', user_id: 'alice', roles: [], auth: 'api_key' };
const progress = { type: 'step_progress' as const, at, actor: 'realm', step: 'parse', attempt: 1, progress: { page: 1 } };
type Event = { event: string; id: string; data: Record<string, unknown> };

describe('live streams', () => {
  let gateway: TestGateway;
  let session: string;
  let execution: string;
  beforeAll(async () => {
    gateway = await startGateway({ keys: testKeys });
    session = String((await gateway.call('POST', '/v1/sessions')).body['session_id']);
  });
  beforeEach(() => {
    execution = gateway.runtime.start(alice, session, 'content.ingest').view.execution_id;
    gateway.runtime.framesAsked.length = 0;
  });
  afterAll(() => gateway.close());

  const path = (more = ''): string => `/v1/executions/${execution}/events${more}`;

  /** Reads server-sent events; `onEvent` lets the test act in between. */
  async function events(more = '', headers: Record<string, string> = {}, onEvent: (event: Event) => void = () => undefined): Promise<Event[]> {
    const response = await fetch(gateway.url + path(more), { headers: { authorization: `Bearer ${aliceKey}`, ...headers } });
    expect([response.status, response.headers.get('content-type'), response.headers.get('cache-control')]).toEqual([200, 'text/event-stream; charset=utf-8', 'no-store']);
    const found: Event[] = [];
    let text = '';
    for await (const chunk of response.body!.pipeThrough(new TextDecoderStream())) {
      text += chunk;
      const blocks = text.split('\n\n');
      text = blocks.pop()!;
      for (const block of blocks) {
        const field = (name: string): string => new RegExp(`^${name}: (.*)$`, 'm').exec(block)?.[1] ?? '';
        if (field('data') === '') continue;
        const event = { event: field('event'), id: field('id'), data: JSON.parse(field('data')) as Record<string, unknown> };
        found.push(event);
        onEvent(event);
      }
    }
    return found;
  }

  it('SSE - what was recorded before, then what is recorded live, then the end', async () => {
    const seen = await events('', {}, ({ id }) => {
      if (id === '0') gateway.runtime.append(execution, [progress]);
      if (id === '1') gateway.runtime.finish(execution);
    });
    expect(seen.map(({ event, id }) => [event, id])).toEqual([['frame', '0'], ['frame', '1'], ['frame', '2'], ['end', '']]);
    expect(seen.at(-1)?.data).toEqual({ execution_id: execution, status: 'completed', last_seq: 2 });
    expect(seen[1]?.data).toMatchObject({ seq: 1, session_id: session, execution_id: execution, records: [progress] });
    expect(seen[0]?.data).not.toHaveProperty('writer');
  });

  it('SSE, records - a frame larger than a message of the bus is read all the same, among the others', async () => {
    const text = 'x'.repeat(2_500_000);
    const large = { ...progress, progress: { text } };
    const seen = await events('', {}, ({ id }) => {
      if (id !== '0') return;
      gateway.runtime.append(execution, [large], false);
      gateway.runtime.append(execution, [progress]);
      gateway.runtime.finish(execution);
    });
    expect(seen.map(({ id, data }) => [id, JSON.stringify(data).length > text.length])).toEqual([['0', false], ['1', true], ['2', false], ['3', false], ['', false]]);
    const { status, body } = await gateway.call('GET', `/v1/executions/${execution}/records`);
    expect([status, (body['frames'] as { records: unknown[] }[])[1]?.records]).toEqual([200, [large]]);
  });

  it('SSE - a hint that is lost is found in the log within a second', async () => {
    const started = performance.now();
    const seen = await events('', {}, ({ id }) => {
      if (id === '0') gateway.runtime.finish(execution, false);
    });
    expect(seen.map(({ id }) => id)).toEqual(['0', '1', '']);
    expect(performance.now() - started).toBeLessThan(2500);
  });

  it('SSE - hints twice, in the wrong order and with a gap still give each frame once, in order', async () => {
    const seen = await events('', {}, ({ id }) => {
      if (id !== '0') return;
      const [a, b, c] = [1, 2, 3].map(() => gateway.runtime.append(execution, [progress], false));
      for (const frame of [c!, a!, a!, b!]) gateway.runtime.tell(frame);
      gateway.runtime.finish(execution);
    });
    expect(seen.map(({ id }) => id)).toEqual(['0', '1', '2', '3', '4', '']);
  });

  it('SSE - resumes after the last event the client saw, by header or by query', async () => {
    for (let i = 0; i < 500; i++) gateway.runtime.append(execution, [progress], false);
    gateway.runtime.finish(execution);
    expect((await events('', { 'last-event-id': '497' })).map(({ id }) => id)).toEqual(['498', '499', '500', '501', '']);
    expect((await events('?from_seq=500')).map(({ id }) => id)).toEqual(['500', '501', '']);
    expect((await events()).length).toBe(503);
  });

  it('SSE - a browser that has everything is told to come no more', async () => {
    gateway.runtime.finish(execution);
    expect((await gateway.call('GET', path(), { headers: { 'last-event-id': '1' } })).status).toBe(204);
  });

  it.each([
    ['another tenant’s execution', ginaKey, 404, 'execution.not_found'],
    ['no credentials', '', 401, 'auth.missing'],
  ])('SSE - %s is a refusal, not a stream', async (_what, key, status, code) => {
    const answer = await gateway.call('GET', path(), { key });
    expect([answer.status, answer.body['code'], answer.headers.get('content-type')]).toEqual([status, code, 'application/problem+json']);
  });

  it('SSE - a client that goes away leaves no watch behind', async () => {
    const abort = new AbortController();
    const response = await fetch(gateway.url + path(), { headers: { authorization: `Bearer ${aliceKey}` }, signal: abort.signal });
    await response.body!.getReader().read();
    expect(await watchers()).toBe(1);
    abort.abort();
    while ((await watchers()) !== 0);
    expect(await watchers()).toBe(0);
  });

  const watchers = async (): Promise<number> => Number(/^symphainy_gateway_watchers(?:\{[^}]*\})? (\d+)/m.exec(String((await gateway.call('GET', '/metrics')).body['text']))?.[1]);

  /** A WebSocket and what came over it. */
  async function open(headers: Record<string, string> = {}): Promise<{ socket: WebSocket; next(): Promise<Record<string, unknown>>; say(message: unknown): void }> {
    const socket = new WebSocket(`${gateway.url.replace('http', 'ws')}/v1/stream`, { headers });
    const waiting: Record<string, unknown>[] = [];
    let wake: () => void = () => undefined;
    socket.on('message', (data: Buffer) => {
      waiting.push(JSON.parse(data.toString()) as Record<string, unknown>);
      wake();
    });
    await once(socket, 'open');
    return {
      socket,
      say: (message) => socket.send(typeof message === 'string' ? message : JSON.stringify(message)),
      next: async () => {
        while (waiting.length === 0) await new Promise<void>((resolve) => (wake = resolve));
        return waiting.shift()!;
      },
    };
  }
  const authorization = `Bearer ${aliceKey}`;

  it('WebSocket - two executions over one connection, each frame once, then their ends', async () => {
    const other = gateway.runtime.start(alice, session, 'content.ingest').view.execution_id;
    const { socket, next, say } = await open({ authorization });
    expect(await next()).toEqual({ type: 'ready', tenant_id: 'acme', user_id: 'alice' });
    say({ type: 'subscribe', execution_id: execution });
    say({ type: 'subscribe', execution_id: other, from_seq: 1 });
    const messages = [await next(), await next(), await next()];
    expect(messages.filter((m) => m['type'] === 'subscribed').map((m) => m['execution_id']).sort()).toEqual([execution, other].sort());
    gateway.runtime.finish(execution);
    expect([await next(), await next()]).toMatchObject([{ type: 'frame', execution_id: execution, frame: { seq: 1 } }, { type: 'end', execution_id: execution, status: 'completed', last_seq: 1 }]);
    gateway.runtime.finish(other);
    expect([await next(), await next()]).toMatchObject([{ type: 'frame', execution_id: other }, { type: 'end', execution_id: other }]);
    socket.close();
  });

  it('WebSocket - a browser signs in with its first message', async () => {
    const { socket, next, say } = await open();
    say({ type: 'auth', token: aliceKey });
    expect(await next()).toMatchObject({ type: 'ready', user_id: 'alice' });
    say({ type: 'subscribe', execution_id: execution });
    expect([(await next())['type'], (await next())['type']]).toEqual(['subscribed', 'frame']);
    say({ type: 'unsubscribe', execution_id: execution });
    expect(await next()).toEqual({ type: 'unsubscribed', execution_id: execution });
    socket.close();
  });

  it.each([
    ['a subscription before credentials', [{ type: 'subscribe', execution_id: '019b0000-0000-7000-8000-000000000000' }], 'auth.missing', 1008],
    ['credentials that do not hold', [{ type: 'auth', token: expiredKey }], 'auth.expired', 1008],
    ['another caller’s credentials later', [{ type: 'auth', token: aliceKey }, { type: 'auth', token: ginaKey }], 'auth.invalid', 1008],
  ])('WebSocket - %s end the connection with the reason', async (_what, said, code, closed) => {
    const { socket, next, say } = await open();
    const close = once(socket, 'close');
    for (const message of said) say(message);
    let last = await next();
    if (last['type'] === 'ready') last = await next();
    expect(last).toMatchObject({ type: 'problem', problem: { code } });
    expect((await close)[0]).toBe(closed);
  });

  it.each([
    ['no JSON', '{', 'request.malformed'],
    ['an unknown type', { type: 'dance' }, 'request.invalid'],
    ['an id of no form', { type: 'subscribe', execution_id: 'x' }, 'request.invalid'],
    ['an execution nobody made', { type: 'subscribe', execution_id: '019b0000-0000-7000-8000-000000000000' }, 'execution.not_found'],
  ])('WebSocket - %s is a problem, and the connection goes on', async (_what, said, code) => {
    const { socket, next, say } = await open({ authorization });
    await next();
    say(said);
    expect(await next()).toMatchObject({ type: 'problem', problem: { code } });
    say({ type: 'subscribe', execution_id: execution });
    expect((await next())['type']).toBe('subscribed');
    socket.close();
  });

  it.each([
    ['/v1/stream', { authorization: `Bearer ${expiredKey}` }, 401, 'auth.expired'],
    ['/v1/elsewhere', { authorization }, 404, 'request.not_found'],
  ])('WebSocket - an upgrade of %s that is refused answers with problem details', async (where, headers, status, code) => {
    const socket = new WebSocket(`${gateway.url.replace('http', 'ws')}${where}`, { headers });
    const [, response] = (await once(socket, 'unexpected-response')) as [unknown, NodeJS.ReadableStream & { statusCode: number }];
    let body = '';
    for await (const chunk of response) body += String(chunk);
    expect([response.statusCode, (JSON.parse(body) as { code: string }).code]).toEqual([status, code]);
  });
});

describe('live streams at the end of the service', () => {
  it('close - ends streams and connections, so that clients come back to another instance', async () => {
    const gateway = await startGateway({ keys: testKeys });
    const session = String((await gateway.call('POST', '/v1/sessions')).body['session_id']);
    const { execution_id } = gateway.runtime.start(alice, session, 'content.ingest').view;
    const response = await fetch(`${gateway.url}/v1/executions/${execution_id}/events`, { headers: { authorization: `Bearer ${aliceKey}` } });
    const socket = new WebSocket(`${gateway.url.replace('http', 'ws')}/v1/stream`, { headers: { authorization: `Bearer ${aliceKey}` } });
    await once(socket, 'open');
    const closed = once(socket, 'close');
    const text = response.text();
    await gateway.close();
    expect((await closed)[0]).toBe(1012);
    expect(await text).toContain('event: frame');
  });
});
