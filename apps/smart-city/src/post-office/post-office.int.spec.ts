/** Post Office on a real Postgres and real HTTP, behind a runtime that only runs steps and sends frames. */
import { createPublicKey, verify } from 'node:crypto';
import { compactDecrypt, exportJWK, generateKeyPair } from 'jose';
import { Webhook } from 'standardwebhooks';
import type { SubscribedFrame } from '@symphainy/contracts';
import { uuidV7Source, systemClock, type Json } from '@symphainy/kernel';
import { openDatabase } from '@symphainy/store-postgres';
import { CityBench, type BenchCity } from '../testing/city-bench.js';
import { WebhookReceiver } from '../testing/webhook-receiver.js';
import { eventsOf } from './cloud-events.js';
import { DeliveryStore } from './delivery-store.js';

/** How much is behind in the test of it; POST_OFFICE_BEHIND=100000 for the figure in the guide. */
const BEHIND = Number(process.env['POST_OFFICE_BEHIND'] ?? 5_000);

const ids = uuidV7Source(() => systemClock.now());
const WRITER = ids.next();
let frames = 0;

/** A frame of an execution of acme with one record. */
function frame(execution: string, seq: number, record: object = {}): SubscribedFrame {
  const at = '2026-01-01T00:00:00.000Z';
  return { tenant_id: 'acme', stream_id: execution, seq, kind: 'execution', at, writer: WRITER, n: ++frames, records: [{ type: 'step_progress', at, actor: 'realm:content@1', step: 'parse', ...record }], about: { intent_type: 'content.ingest', session_id: execution, correlation_id: 'c-1' } };
}

jest.setTimeout(60_000);

let bench: CityBench;
let receiver: WebhookReceiver;
/** What most tests share; each has a subscription of its own. */
let city: BenchCity;
let database: string;
let subscriptions = 0;
let name: { tenant_id: string; subscription_id: string };

const envOf = (port: number, retries = '0,0,0'): Record<string, string> => ({ WEBHOOK_ALLOWED_TARGETS: `127.0.0.1:${port}`, WEBHOOK_RETRY_S: retries });

beforeAll(async () => {
  bench = await CityBench.open('tenants: [{ tenant_id: acme, name: Acme }, { tenant_id: globex, name: Globex }]\n');
  receiver = await WebhookReceiver.listen();
  database = await bench.newDatabase();
  city = await bench.start(database, envOf(receiver.port));
});
afterAll(async () => {
  await city.close();
  await receiver.close();
  await bench.close();
});
beforeEach(() => {
  name = { tenant_id: 'acme', subscription_id: `claims-${++subscriptions}` };
});
afterEach(async () => {
  await city.runtime.perform('governance.unsubscribe', name);
  receiver.answer = () => 200;
  receiver.received.length = 0;
});

const webhook = (more: object = {}): { [key: string]: Json } => ({ kind: 'webhook', url: receiver.url, ...more });

async function perform(intent: string, payload: { [key: string]: Json }): Promise<{ [key: string]: Json }> {
  const { status, result } = await city.runtime.perform(`governance.${intent}`, payload);
  if (status !== 'completed') throw new Error(`${intent}: ${result?.error?.code} ${result?.error?.message}`);
  return result?.output as { [key: string]: Json };
}

const order = (execution: string): number[] => receiver.received.filter(({ event }) => event['executionid'] === execution).map(({ event }) => Number(String(event['sequence']).split('.')[0]));
const deliveries = async (state: string): Promise<{ event_id: string; attempts: number; reason: string | null }[]> => (await perform('list_deliveries', { ...name, state }))['deliveries'] as never;

async function untilDead(count: number): Promise<{ event_id: string; attempts: number; reason: string | null }[]> {
  for (;;) {
    const dead = await deliveries('dead');
    if (dead.length >= count) return dead;
  }
}

describe('Post Office', () => {
  it.each(['structured', 'binary'])('a webhook, %s - what arrives is a CloudEvent whose signatures verify with the secret that was answered sealed', async (mode) => {
    const { publicKey, privateKey } = await generateKeyPair('ECDH-ES');
    const answer = await perform('subscribe', { ...name, target: webhook({ mode }), secret_for: (await exportJWK(publicKey)) as unknown as Json });
    const secret = new TextDecoder().decode((await compactDecrypt(answer['secret'] as string, privateKey)).plaintext);
    const execution = ids.next();
    await city.runtime.send([frame(execution, 3, { progress: { of: 'größe' } })]);
    await receiver.until(() => receiver.received.length === 1);
    const [{ headers, body, event } = { headers: {}, body: '', event: {} as never }] = receiver.received;
    expect(event).toMatchObject({ specversion: '1.0', id: `${execution}:3:0`, type: 'symphainy.record.step_progress', source: `/tenants/acme/executions/${execution}`, subject: `${execution}/parse`, tenantid: 'acme', intenttype: 'content.ingest', realm: 'content', data: { progress: { of: 'größe' } } });
    expect(() => new Webhook(secret).verify(body, headers as Record<string, string>)).not.toThrow();
    expect(() => new Webhook(secret).verify(`${body} `, headers as Record<string, string>)).toThrow('No matching signature');
    const signature = String(headers['webhook-signature']).split(' ').find((s) => s.startsWith('v1a,'))?.slice(4) ?? '';
    const key = createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x: Buffer.from(String(answer['public_key']).slice(5), 'base64').toString('base64url') }, format: 'jwk' });
    expect(verify(null, Buffer.from(`${headers['webhook-id'] as string}.${headers['webhook-timestamp'] as string}.${body}`), key, Buffer.from(signature, 'base64'))).toBe(true);
  });

  it('secrets - none is in what was recorded, in the bundle or in the database', async () => {
    const { publicKey, privateKey } = await generateKeyPair('ECDH-ES');
    const answer = await perform('subscribe', { ...name, target: webhook(), secret_for: (await exportJWK(publicKey)) as unknown as Json });
    const secret = new TextDecoder().decode((await compactDecrypt(answer['secret'] as string, privateKey)).plaintext).replace('whsec_', '');
    const db = openDatabase({ url: bench.cityUrl(database), applicationName: 'test' });
    const stored = await db.query('select value from smart_city.catalogue union all select signed from smart_city.bundles');
    await db.close();
    const everywhere = JSON.stringify([city.runtime.frames, city.runtime.bundles, stored, await perform('list_subscriptions', { tenant_id: 'acme' })]);
    expect([secret.length, everywhere.includes(secret), everywhere.includes(name.subscription_id)]).toEqual([44, false, true]);
  });

  it('order - a failing event holds back its own execution, and no other', async () => {
    const [held, free] = [ids.next(), ids.next()];
    let refusals = 0;
    receiver.answer = (event) => (event['executionid'] === held && event.id.endsWith(':1:0') && refusals++ < 2 ? 500 : 200);
    await perform('subscribe', { ...name, target: webhook() });
    await city.runtime.send([frame(held, 0), frame(free, 0), frame(held, 1), frame(free, 1), frame(held, 2)]);
    await receiver.until(() => receiver.received.length === 7);
    expect([order(held), order(free)]).toEqual([[0, 1, 1, 1, 2], [0, 1]]);
  });

  it('dead letters - an event that is never taken is one after the schedule’s tries; what follows goes on; redelivered it comes again', async () => {
    const execution = ids.next();
    receiver.answer = (event) => (event.id === `${execution}:0:0` ? 422 : 200);
    await perform('subscribe', { ...name, target: webhook() });
    await city.runtime.send([frame(execution, 0), frame(execution, 1)]);
    expect(await untilDead(1)).toMatchObject([{ event_id: `${execution}:0:0`, attempts: 4, reason: 'answered 422' }]);
    await receiver.until(() => order(execution).includes(1));
    expect(order(execution)).toEqual([0, 0, 0, 0, 1]);
    receiver.answer = () => 200;
    await perform('redeliver', name);
    await receiver.until(() => receiver.received.length === 6);
    expect(order(execution).at(-1)).toBe(0);
  });

  it('order - an event that comes in just as its predecessor fails waits with it; a dead letter that is sent again goes before what waits of its execution', async () => {
    const db = openDatabase({ url: bench.cityUrl(database), applicationName: 'test' });
    const store = new DeliveryStore(db);
    const [execution, key] = [ids.next(), 'acme/nobody'];
    const news = (seq: number) => [{ subscription: key, streamId: execution, event: eventsOf(frame(execution, seq))[0]! }];
    const due = async (at: number): Promise<number[]> => (await store.due(key, at, 10)).map(({ event_id }) => Number(event_id.split(':')[1]));
    const failed = async (at: number, dueMs?: number): Promise<void> => store.failed(key, (await store.due(key, at, 1))[0]!, { dueMs, nowMs: at, status: 500, reason: 'down' });
    await store.add(db, news(0), 1_000);
    await db.transaction(async (sql) => {
      await store.add(sql, news(1), 2_000);
      // what is not committed yet is not seen by the failure of its predecessor
      await failed(2_000, 9_000);
    });
    expect([await due(8_999), await store.nextDue(key), await due(9_000)]).toEqual([[], 9_000, [0]]);
    await failed(9_000);
    await store.redeliver({ tenant_id: 'acme', subscription_id: 'nobody', redelivery: { asked_by: ids.next(), events: 'dead' } } as never, 20_000);
    expect(await due(20_000)).toEqual([0, 1]);
    await db.close();
  });

  it('a subscriber and Smart City away - what happened meanwhile is all there afterwards, in order, though frames were sent twice', async () => {
    await perform('subscribe', { ...name, target: webhook() });
    const { port } = receiver;
    await receiver.close();
    const executions = Array.from({ length: 20 }, () => ids.next());
    const sent = Array.from({ length: 5 }, (_, seq) => executions.map((execution) => frame(execution, seq))).flat();
    await city.runtime.send(sent.slice(0, 60));
    await city.close();
    city = await bench.start(database, envOf(port, '1,1,1,1,1,1,1,1,1,1'));
    await city.runtime.send(sent);
    receiver = await WebhookReceiver.listen(port);
    await receiver.until(() => new Set(receiver.received.map(({ event }) => event.id)).size === 100);
    for (const execution of executions) expect([...new Set(order(execution))]).toEqual([0, 1, 2, 3, 4]);
  });

  it('selection - only what was asked for is wanted of the Runtime and delivered, and another tenant’s never', async () => {
    expect(await city.runtime.wants()).toEqual([]);
    await perform('subscribe', { ...name, target: webhook(), select: { types: ['symphainy.record.execution_failed'], filters: [{ not: { prefix: { intenttype: 'insights.' } } }] } });
    expect(await city.runtime.wants()).toEqual([{ tenant_id: 'acme', records: ['execution_failed'] }]);
    const [a, b, c, d] = [ids.next(), ids.next(), ids.next(), ids.next()] as [string, string, string, string];
    await city.runtime.send([frame(a, 0), { ...frame(b, 1, { type: 'execution_failed' }), tenant_id: 'globex' }, { ...frame(c, 1, { type: 'execution_failed' }), about: { intent_type: 'insights.profile' } }, frame(d, 1, { type: 'execution_failed' })]);
    await receiver.until(() => receiver.received.length === 1);
    expect(receiver.received.map(({ event }) => event['executionid'])).toEqual([d]);
  });

  it('pause and resume - nothing comes while it is paused, and all of it afterwards', async () => {
    await perform('subscribe', { ...name, target: webhook() });
    await perform('pause_subscription', name);
    const execution = ids.next();
    await city.runtime.send([frame(execution, 0), frame(execution, 1)]);
    expect([(await deliveries('pending')).length, receiver.received.length]).toEqual([2, 0]);
    await perform('resume_subscription', name);
    await receiver.until(() => receiver.received.length === 2);
    expect(order(execution)).toEqual([0, 1]);
  });

  it('rotation - both secrets verify for a day', async () => {
    const { publicKey, privateKey } = await generateKeyPair('RSA-OAEP-256');
    const reader = (await exportJWK(publicKey)) as unknown as Json;
    const opened = async (answer: { [key: string]: Json }): Promise<string> => new TextDecoder().decode((await compactDecrypt(answer['secret'] as string, privateKey)).plaintext);
    const first = await opened(await perform('subscribe', { ...name, target: webhook({ signatures: ['v1'] }), secret_for: reader }));
    const second = await opened(await perform('rotate_webhook_secret', { ...name, secret_for: reader }));
    await city.runtime.send([frame(ids.next(), 0)]);
    await receiver.until(() => receiver.received.length === 1);
    const { body, headers } = receiver.received[0] as { body: string; headers: Record<string, string> };
    expect(first).not.toBe(second);
    for (const secret of [first, second]) expect(() => new Webhook(secret).verify(body, headers)).not.toThrow();
  });

  it('redirects - are not followed, and a target that is not public is refused before anything is recorded', async () => {
    receiver.answer = () => 307;
    await perform('subscribe', { ...name, target: webhook() });
    await city.runtime.send([frame(ids.next(), 0)]);
    const dead = await untilDead(1);
    expect(dead).toMatchObject([{ reason: 'answered 307: redirects are not followed' }]);
    // each try asked once, and nothing asked where the answer pointed
    expect(receiver.received).toHaveLength(dead[0]?.attempts ?? 0);
    const refused = await city.runtime.perform('governance.subscribe', { tenant_id: 'acme', subscription_id: 'inside', target: { kind: 'webhook', url: 'https://169.254.169.254/latest' } });
    expect(refused.result?.error).toMatchObject({ code: 'webhook.target_refused', field: '/target/url' });
  });

  it('a subject - what it takes is delivered; while nobody listens it waits', async () => {
    await perform('subscribe', { ...name, target: { kind: 'subject' } });
    const execution = ids.next();
    await city.runtime.send([frame(execution, 0), frame(execution, 1)]);
    const taken: unknown[] = [];
    const all = new Promise<void>((resolve) => {
      city.channelsOf('acme-systems').serve('subscriber.{tenant}.{subscription}.event', { tenant: 'acme', subscription: name.subscription_id }, (event) => {
        if (taken.push(event['id']) === 2) resolve();
        return Promise.resolve({ received: true as const });
      });
    });
    await all;
    expect(taken).toEqual([`${execution}:0:0`, `${execution}:1:0`]);
  });

  it('thousands of events behind - memory stays bounded while they are taken in, and they come in order once the subscriber is let in', async () => {
    await perform('subscribe', { ...name, target: webhook() });
    await perform('pause_subscription', name);
    const executions = Array.from({ length: 250 }, () => ids.next());
    await city.runtime.send(executions.map((execution) => frame(execution, 0)));
    const before = process.memoryUsage().heapUsed;
    for (let seq = 1; seq < BEHIND / 250; seq++) await city.runtime.send(executions.map((execution) => frame(execution, seq)));
    const { subscriptions: all } = await perform('list_subscriptions', { tenant_id: 'acme' });
    expect((all as { subscription_id: string; deliveries: object }[]).find((s) => s.subscription_id === name.subscription_id)?.deliveries).toEqual({ pending: BEHIND, delivered: 0, dead: 0 });
    expect(process.memoryUsage().heapUsed - before).toBeLessThan(200 * 1024 * 1024);
    await perform('resume_subscription', name);
    await receiver.until(() => receiver.received.length >= 1_000);
    for (const execution of executions.slice(0, 20)) expect(order(execution)).toEqual([...new Set(order(execution))].sort((a, b) => a - b));
  });
});
