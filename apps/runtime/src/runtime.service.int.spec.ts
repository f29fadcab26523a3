import { randomBytes } from 'node:crypto';
import { mkdtemp, readdir, rm, truncate } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sampleCapability, sampleSaga } from '@symphainy/execution/testing';
import { readSigningKey, signBundle } from '@symphainy/governance';
import { sampleBundle } from '@symphainy/governance/testing';
import { sha256Hex, silentLogger, systemClock } from '@symphainy/kernel';
import type { StepDispatch } from '@symphainy/contracts';
import { startThrowawayPostgres, type PostgresServer } from '@symphainy/servers-local';
import { bootService, encodeJson, type RunningService } from '@symphainy/service-host';
import { testChannels } from '@symphainy/service-host/testing';
import { openDatabase } from '@symphainy/store-postgres';
import { runtimeService } from './index.js';
import { alice, outcomeOf } from './testing/runtime-bed.js';

const signingKey = readSigningKey(Buffer.alloc(32, 7).toString('base64url'));
const maker = sampleCapability(sampleSaga('one'));
const taker = sampleCapability({ ...sampleSaga('one'), name: 'sample.read' }, { input_contract: { type: 'object', properties: { source: { type: 'string', format: 'data-reference' } } } });

// A real server and a whole service start here.
jest.setTimeout(60_000);

describe('the runtime as a service', () => {
  let postgres: PostgresServer;
  let directory: string;
  let service: RunningService;
  const net = testChannels();
  const gateway = net.channelsOf('gateway');
  const city = net.channelsOf('smart-city');
  /** Runs a step of the fake realm with what it needs of the runtime. */
  let step: (dispatch: StepDispatch) => Promise<Parameters<typeof outcomeOf>[1]>;

  const boot = (): Promise<RunningService> =>
    bootService(runtimeService, {
      env: {
        DATABASE_URL: postgres.url, DATABASE_OWNER_URL: postgres.url, DATABASE_ROLE_KEY: 'ab'.repeat(32), OBJECTS_DIR: directory, RUNTIME_TOKEN_KEY: 'cd'.repeat(32), PERSONAL_DATA_KEY: 'ef'.repeat(32),
        BUNDLE_PUBLIC_KEYS: signingKey.publicKey, CHECKPOINT_SIGNING_KEY: Buffer.alloc(32, 9).toString('base64url'), LEASE_MS: '600', LEASE_RENEW_MS: '150', ADOPTION_SCAN_MS: '100', DRAIN_MS: '2000',
      },
      bus: net.hub.connect(),
      logger: silentLogger,
    });

  beforeAll(async () => {
    [postgres, directory] = await Promise.all([startThrowawayPostgres(), mkdtemp(join(tmpdir(), 'runtime-spec-'))]);
    const bundle = signBundle(sampleBundle({ capabilities: [maker, taker] }), signingKey);
    city.serve('smart-city.register.{service}.{realm}', {}, () => Promise.resolve({ bundle }));
    const bus = net.hub.connect();
    bus.subscribe('realm.sample.*.step', (message) => {
      const dispatch = JSON.parse(new TextDecoder().decode(message.data)) as StepDispatch;
      void step(dispatch).then((answer) => bus.publish(message.reply!, encodeJson(outcomeOf(dispatch, answer))));
    }, { queue: 'sample' });
    service = await boot();
    await service.ready(10_000);
  });
  afterAll(async () => {
    await service.close();
    await postgres.stop();
    await rm(directory, { recursive: true, force: true });
  });

  const session = async (): Promise<string> => (await gateway.request('runtime.session.create', {}, { caller: alice })).session_id;
  const run = (session_id: string, intent_type: string, payload = {}) =>
    gateway.request('runtime.intent.submit', {}, { caller: alice, submission: { session_id, intent_type, payload }, correlation_id: 'c', wait_ms: 10_000 }, { timeoutMs: 20_000 });

  it('an object - is written by ticket, recorded by the step, read whole and in ranges, and its hash is watched', async () => {
    const bytes = randomBytes(300_000);
    step = async ({ token, attempt }) => {
      const { ticket_url } = await gateway.request('runtime.object.grant', {}, { token, attempt, media_type: 'application/octet-stream' });
      const put = await fetch(ticket_url, { method: 'PUT', body: bytes, headers: { 'content-type': 'application/json' } });
      expect(put.status).toBe(201);
      const stored = (await put.json()) as { hash: string; size: number };
      expect(stored).toEqual({ hash: sha256Hex(bytes), size: bytes.length });
      return { output: 1, artifacts: [{ name: 'file', artifact_type: 't', media_type: 'application/octet-stream', object: { ...stored, media_type: 'application/octet-stream' } }] };
    };
    const own = await session();
    const made = await run(own, 'sample.run');
    const source = `${made.execution_id}/one/file`;

    let url = '';
    step = async ({ token, attempt }) => {
      url = (await gateway.request('runtime.hydrate', {}, { token, attempt, reference: source })).ticket_url ?? '';
      const whole = await fetch(url);
      const part = await fetch(url, { headers: { range: 'bytes=10-19' } });
      expect(part.status).toBe(206);
      return { output: { whole: sha256Hex(new Uint8Array(await whole.arrayBuffer())), part: Buffer.from(await part.arrayBuffer()).toString('hex') } };
    };
    const read = await run(own, 'sample.read', { source });
    expect(read.result?.output).toEqual({ whole: sha256Hex(bytes), part: bytes.subarray(10, 20).toString('hex') });

    const [object] = (await readdir(join(directory, 'acme'), { recursive: true })).filter((name) => name.endsWith(sha256Hex(bytes)));
    await truncate(join(directory, 'acme', object!), 100_000);
    await expect(fetch(url).then((r) => r.arrayBuffer())).rejects.toThrow();
    expect((await fetch(`${url}x`)).status).toBe(403);
    expect(((await (await fetch(url.replace('?ticket=', '?other='))).json()) as { code: string }).code).toBe('object.ticket_invalid');
  });

  it('a replay - takes what a step writes, compares it by its hash, and keeps none of it', async () => {
    const bytes = [randomBytes(200_000), randomBytes(200_000)];
    const writing = (content: Uint8Array<ArrayBuffer>): typeof step => async ({ token, attempt }) => {
      const { ticket_url } = await gateway.request('runtime.object.grant', {}, { token, attempt, media_type: 'application/octet-stream' });
      const put = await fetch(ticket_url, { method: 'PUT', body: content, headers: { 'content-type': 'application/octet-stream' } });
      const stored = (await put.json()) as { hash: string; size: number };
      return { output: 1, artifacts: [{ name: 'file', artifact_type: 't', media_type: 'application/octet-stream', object: { ...stored, media_type: 'application/octet-stream' } }] };
    };
    step = writing(bytes[0]!);
    const { execution_id } = await run(await session(), 'sample.run');
    const replay = () => gateway.request('runtime.execution.replay', {}, { caller: alice, execution_id, mode: 'full' }, { timeoutMs: 20_000 });
    expect((await replay()).steps).toMatchObject([{ step: 'one', comparison: 'equal' }]);
    step = writing(bytes[1]!);
    expect((await replay()).steps).toMatchObject([{ step: 'one', comparison: 'diverged', field: '/artifacts/file/content_hash' }]);
    const stored = await readdir(join(directory, 'acme'), { recursive: true });
    expect(bytes.map((content) => stored.some((name) => name.endsWith(sha256Hex(content))))).toEqual([true, false]);
  });

  it('a lease that was taken away - the service begins a new life and goes on answering', async () => {
    step = () => Promise.resolve({ output: 1 });
    const own = await session();
    const admin = openDatabase({ url: postgres.url, applicationName: 'spec' });
    await admin.query(`update runtime.wal_writers set epoch = epoch + 1, taken_at = now(), lease_until = now() - interval '1 s' where retired_n is null`);
    const deadline = systemClock.monotonic() + 15_000;
    for (;;) {
      const reply = await run(own, 'sample.run').catch(() => undefined);
      if (reply?.status === 'completed') break;
      if (systemClock.monotonic() > deadline) throw new Error('no new life began');
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    await admin.close();
  });

  it('stopping - closes every connection, and the next start finds the session and the bundle', async () => {
    step = () => Promise.resolve({ output: 1 });
    const own = await session();
    await service.close();
    const admin = openDatabase({ url: postgres.url, applicationName: 'spec' });
    const connections = () => admin.query(`select application_name from pg_stat_activity where application_name like 'runtime %'`);
    while ((await connections()).length > 0) await new Promise((resolve) => setTimeout(resolve, 20));
    await admin.close();
    service = await boot();
    await service.ready(10_000);
    expect((await run(own, 'sample.run')).status).toBe('completed');
  });
});
