/** Smart City on a real Postgres and the in-process bus, with a runtime that only runs steps and hands back records. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readOfferedBundle, readPublicKeys, readSigningKey, verifySignedBundle } from '@symphainy/governance';
import { sampleCapability } from '@symphainy/governance/testing';
import { silentLogger, type Json } from '@symphainy/kernel';
import { startThrowawayPostgres, type PostgresServer } from '@symphainy/servers-local';
import { bootService, type RunningService } from '@symphainy/service-host';
import { testChannels } from '@symphainy/service-host/testing';
import { openDatabase } from '@symphainy/store-postgres';
import { smartCityService } from './index.js';
import { PretendRuntime } from './testing/pretend-runtime.js';

const SEED = Buffer.alloc(32, 5).toString('base64url');
const PUBLIC_KEYS = readPublicKeys(readSigningKey(SEED).publicKey);
const PASSWORD = 'a-password-for-tests-only';

let postgres: PostgresServer;
let folder: string;
let databases = 0;

beforeAll(async () => {
  postgres = await startThrowawayPostgres();
  folder = await mkdtemp(join(tmpdir(), 'smart-city-'));
  await writeFile(join(folder, 'bootstrap.yaml'), 'tenants: [{ tenant_id: acme, name: Acme }]\nidentities: [{ tenant_id: acme, user_id: alice, kind: person, roles: [builder] }]\n');
  await writeFile(join(folder, 'keys.json'), JSON.stringify([{ key_id: 'alice', key_hash: 'a'.repeat(64), tenant_id: 'acme', user_id: 'alice' }]));
}, 60_000);

afterAll(async () => {
  await postgres.stop();
  await rm(folder, { recursive: true });
});

interface City {
  readonly runtime: PretendRuntime;
  readonly url: string;
  /** Starts Smart City again on the same database; resolves to the same kind of thing. */
  restart(): Promise<City>;
  close(): Promise<void>;
}

const cityUrl = (database: string): string => Object.assign(new URL(postgres.url), { username: 'symphainy_city', password: PASSWORD, pathname: `/${database}` }).href;

async function startCity(database: string): Promise<City> {
  const { hub, channelsOf } = testChannels();
  const runtime = new PretendRuntime(channelsOf('runtime'), hub.connect());
  const env = {
    DATABASE_URL: cityUrl(database),
    DATABASE_OWNER_URL: Object.assign(new URL(postgres.url), { pathname: `/${database}` }).href,
    BOOTSTRAP_FILE: join(folder, 'bootstrap.yaml'),
    API_KEYS_FILE: join(folder, 'keys.json'),
    BUNDLE_SIGNING_KEY: SEED,
    DRAIN_MS: '200',
  };
  const service: RunningService = await bootService(smartCityService, { env, bus: hub.connect(), logger: silentLogger });
  const close = (): Promise<void> => service.close();
  return { runtime, url: service.url, close, restart: () => close().then(() => startCity(database)) };
}

async function newDatabase(): Promise<string> {
  const name = `city_${++databases}`;
  const owner = openDatabase({ url: postgres.url, applicationName: 'test' });
  await owner.query(`create database ${name}`);
  await owner.close();
  return name;
}

async function withCity(work: (city: City, database: string) => Promise<City | void>): Promise<void> {
  const database = await newDatabase();
  let last = await startCity(database);
  try {
    last = (await work(last, database)) ?? last;
  } finally {
    await last.close();
  }
}

const names = (runtime: PretendRuntime): string[] => runtime.bundle.bundle.capabilities.map((c) => c.name).filter((name) => !/^(governance|runtime)\./.test(name));

describe('Smart City', () => {
  it('bundle - a runtime that registers gets a first bundle, signed by the known key, with the platform’s own in it', async () => {
    await withCity(async ({ runtime }) => {
      const { bundle, applied, keys } = await runtime.register();
      if (bundle === undefined) throw new Error('a runtime gets the bundle');
      const verified = verifySignedBundle(readOfferedBundle(bundle), PUBLIC_KEYS);
      expect(verified.made_by).toMatchObject([{ tenant_id: 'platform', user_id: 'smart-city', intent_type: 'declaration' }]);
      expect([verified.version, applied, keys]).toEqual([1, {}, undefined]);
      expect(verified.tenants.map((t) => t.tenant_id)).toEqual(['acme', 'platform']);
      expect(verified.capabilities.map((c) => c.name)).toContain('runtime.upload');
    });
  });

  it('keys - a gateway that registers gets hashes and issuers, and no bundle', async () => {
    await withCity(async ({ runtime }) => {
      const { keys, bundle } = await runtime.register([], 'gateway');
      expect([keys?.api_keys.map((k) => [k.key_id, k.revoked]), bundle]).toEqual([[['alice', false]], undefined]);
    });
  });

  it('registration - realms that boot together become one recorded intent and one bundle version', async () => {
    await withCity(async ({ runtime }) => {
      runtime.serve();
      await runtime.register();
      await Promise.all(['content.ingest', 'insights.profile', 'journey.create_sop'].map((name) => runtime.register([sampleCapability(name)], 'realm', name.split('.')[0])));
      await runtime.until(() => runtime.bundles.some((b) => b.bundle.version === 2));
      expect([names(runtime), runtime.submissions.length]).toEqual([['content.ingest', 'insights.profile', 'journey.create_sop'], 1]);
      expect(runtime.submissions[0]?.caller).toEqual({ tenant_id: 'platform', user_id: 'smart-city', roles: [], auth: 'service' });
      expect(verifySignedBundle(runtime.bundle, PUBLIC_KEYS).version).toBe(2);
    });
  });

  it('registration - the same content again makes no intent and no version; a higher version does', async () => {
    await withCity(async ({ runtime }) => {
      runtime.serve();
      await runtime.register([sampleCapability('content.ingest')], 'realm', 'content');
      await runtime.until(() => runtime.bundles.some((b) => b.bundle.version === 2));
      await runtime.register([sampleCapability('content.ingest')], 'realm', 'content');
      await runtime.register([sampleCapability('content.ingest', { version: '1.1.0' })], 'realm', 'content');
      await runtime.until(() => runtime.bundles.some((b) => b.bundle.version === 3));
      await runtime.register([sampleCapability('content.ingest')], 'realm', 'content');
      expect([runtime.submissions.length, runtime.bundle.bundle.capabilities.find((c) => c.name === 'content.ingest')?.version]).toEqual([2, '1.1.0']);
    });
  });

  it('registration - before there is a runtime it waits, and is answered when one has come and it is in force', async () => {
    await withCity(async ({ runtime }) => {
      const answer = runtime.register([sampleCapability('content.ingest')], 'realm', 'content');
      runtime.serve();
      await runtime.register();
      expect([await answer, names(runtime)]).toEqual([{}, ['content.ingest']]);
    });
  });

  it('registration - without a runtime it is not said to be in force: it is pending, to be asked for again, and survives a restart', async () => {
    await withCity(async (city) => {
      await expect(city.runtime.register([sampleCapability('content.ingest')], 'realm', 'content')).rejects.toMatchObject({ code: 'smart_city.unavailable', retry: { mode: 'retryable' } });
      expect(await (await fetch(`${city.url}/readyz`)).text()).toContain('registrations');
      const again = await city.restart();
      again.runtime.serve();
      await again.runtime.register();
      await again.runtime.until(() => again.runtime.bundles.some((b) => b.bundle.version === 2));
      expect(names(again.runtime)).toEqual(['content.ingest']);
      return again;
    });
  }, 15_000);

  it('registration - a realm is not answered before the runtime holds the bundle', async () => {
    await withCity(async ({ runtime }) => {
      runtime.serve();
      await runtime.register();
      runtime.silent = true;
      let answered = false;
      const answer = runtime.register([sampleCapability('content.ingest')], 'realm', 'content').then(() => (answered = true));
      await runtime.until(() => runtime.bundles.some((b) => b.bundle.version === 2));
      // A further request goes the whole way there and back: an answer that was on its way would be here.
      await runtime.register([], 'gateway');
      expect(answered).toBe(false);
      runtime.sayWhichBundle();
      await answer;
    });
  });

  it('registration - a runtime that refuses is asked again, and nothing is lost', async () => {
    await withCity(async ({ runtime }) => {
      runtime.serve();
      runtime.refusing = 'policy.no_bundle';
      const answer = runtime.register([sampleCapability('content.ingest')], 'realm', 'content');
      await runtime.until(() => runtime.submissions.length > 1);
      runtime.refusing = undefined;
      expect([await answer, names(runtime)]).toEqual([{}, ['content.ingest']]);
    });
  });

  it('registration - a broken capability, another realm’s, or a version with other content is refused by name', async () => {
    await withCity(async ({ runtime }) => {
      runtime.serve();
      await expect(runtime.register([sampleCapability('content.ingest', { saga_hash: '0'.repeat(64) })], 'realm', 'content')).rejects.toMatchObject({ code: 'registration.invalid', field: '/capabilities/0/saga_hash' });
      await expect(runtime.register([sampleCapability('content.ingest')], 'realm', 'insights')).rejects.toMatchObject({ code: 'registration.invalid', field: '/capabilities/0/realm' });
      await expect(runtime.register([sampleCapability('governance.put_policy', { realm: 'content' })], 'realm', 'content')).rejects.toMatchObject({ code: 'registration.conflict', field: '/capabilities/0/name' });
      await expect(runtime.register([sampleCapability('governance.take_over', { realm: 'content' })], 'realm', 'content')).rejects.toMatchObject({ code: 'registration.invalid', field: '/capabilities/0/name' });
      const answer = runtime.register([sampleCapability('content.ingest')], 'realm', 'content');
      await expect(runtime.register([sampleCapability('content.ingest', { description: 'other' })], 'realm', 'content')).rejects.toMatchObject({ code: 'registration.conflict', field: '/capabilities/0/version' });
      await answer;
      await expect(runtime.register([sampleCapability('content.ingest', { description: 'other' })], 'realm', 'content')).rejects.toMatchObject({ code: 'registration.conflict' });
    });
  });

  it('records - delivered twice they change nothing more, and the position is answered', async () => {
    await withCity(async ({ runtime }) => {
      runtime.serve();
      await runtime.register([sampleCapability('content.ingest')], 'realm', 'content');
      await runtime.until(() => runtime.bundles.some((b) => b.bundle.version === 2));
      const { applied } = await runtime.deliver(runtime.frames);
      expect([Object.values(applied), runtime.bundle.bundle.version]).toEqual([[1], 2]);
    });
  });

  it('restart - catalogue, version and position are kept, and nothing is made anew', async () => {
    await withCity(async (city) => {
      city.runtime.serve();
      await city.runtime.register([sampleCapability('content.ingest')], 'realm', 'content');
      await city.runtime.until(() => city.runtime.bundles.some((b) => b.bundle.version === 2));
      const again = await city.restart();
      const { bundle, applied } = await again.runtime.register();
      expect([bundle, Object.values(applied ?? {})]).toEqual([city.runtime.bundle, [1]]);
      return again;
    });
  });

  it('rebuild - an emptied catalogue asks for every record, and governs by the same contents again', async () => {
    await withCity(async (city, database) => {
      city.runtime.serve();
      await city.runtime.register([sampleCapability('content.ingest')], 'realm', 'content');
      await city.runtime.until(() => city.runtime.bundles.some((b) => b.bundle.version === 2));
      await city.close();
      const tables = openDatabase({ url: cityUrl(database), applicationName: 'test' });
      for (const table of ['catalogue', 'declared', 'feed_position']) await tables.query(`delete from smart_city.${table}`);
      await tables.close();
      const again = await startCity(database);
      expect((await again.runtime.register()).applied).toEqual({});
      await again.runtime.deliver(city.runtime.frames);
      const { bundle } = await again.runtime.register();
      // The salt follows from version and time.
      expect({ ...bundle?.bundle, created_at: '', salt: '', made_by: [] }).toEqual({ ...city.runtime.bundle.bundle, created_at: '', salt: '', made_by: [], version: 4 });
      return again;
    });
  });

  it('a webhook - is subscribed under the settings a service is shipped with, and one at a private address is refused as that', async () => {
    await withCity(async ({ runtime }) => {
      await runtime.register();
      runtime.serve();
      const subscribe = async (subscription_id: string, url: string): Promise<unknown> => {
        const { status, result } = await runtime.perform('governance.subscribe', { tenant_id: 'acme', subscription_id, target: { kind: 'webhook', url } });
        return result?.error?.code ?? status;
      };
      expect([await subscribe('a', 'https://hooks.acme.example/x'), await subscribe('b', 'http://hooks.acme.example/x'), await subscribe('c', 'https://169.254.169.254/x')]).toEqual(['completed', 'webhook.target_refused', 'webhook.target_refused']);
    });
  });

  it('a tenant that there is none of, and what is not there to be taken away - are refused with their field, from the platform as from a tenant', async () => {
    await withCity(async ({ runtime }) => {
      await runtime.register();
      runtime.serve();
      const refused = async (action: string, payload: { [key: string]: Json }, tenant = 'platform'): Promise<unknown> => {
        const { status, result } = await runtime.perform(`governance.${action}`, payload, tenant);
        return result?.error === undefined ? status : `${result.error.code} ${result.error.field}`;
      };
      const identity = { user_id: 'zoe', kind: 'person', roles: [] };
      expect([await refused('register_identity', { ...identity, tenant_id: 'acmee' }), await refused('register_identity', { ...identity, tenant_id: 'acme' })]).toEqual(['governance.invalid /tenant_id', 'completed']);
      expect(await refused('subscribe', { tenant_id: 'acmee', subscription_id: 's', target: { kind: 'subject' } })).toBe('governance.invalid /tenant_id');
      expect(await refused('remove_policy', { id: 'no-such' })).toBe('governance.invalid /id');
      expect(await refused('lift_hold', { hold_id: 'h', reason: 'over' }, 'acme')).toBe('governance.invalid /hold_id');
      expect([await refused('place_hold', { hold_id: 'h', subject: 'x', reason: 'a suit' }, 'acme'), await refused('lift_hold', { hold_id: 'h', reason: 'over' }, 'acme'), await refused('lift_hold', { hold_id: 'h', reason: 'over' }, 'acme')]).toEqual(['completed', 'completed', 'governance.invalid /hold_id']);
    });
  });

  it('keys - a revoked key reaches the gateways with the record that revokes it', async () => {
    await withCity(async ({ runtime }) => {
      runtime.serve();
      const payload: { [key: string]: Json } = { tenant_id: 'acme', key_id: 'alice' };
      const stamp = { at: '2026-01-01T00:00:00.000Z', actor: 'acme/alice' };
      const change = { key: 'governance/api_key_revocation/alice', value: { tenant_id: payload['tenant_id'] ?? null } };
      const before = runtime.keys.at(-1)?.version ?? 0;
      await runtime.deliver([
        {
          tenant_id: 'acme', stream_id: '019b0000-0000-7000-8000-000000000009', seq: 1, kind: 'execution', at: stamp.at, hash: '0'.repeat(64), writer: 'w', n: 4,
          records: [{ type: 'step_completed', ...stamp, step: 'record', attempt: 1, handler_build: 'b', duration_ms: 1, artifacts: [], events: [], state_changes: [change] }, { type: 'execution_completed', ...stamp }],
        },
      ]);
      await runtime.until(() => (runtime.keys.at(-1)?.version ?? 0) > before);
      expect(runtime.keys.at(-1)?.api_keys).toMatchObject([{ key_id: 'alice', revoked: true }]);
    });
  });

  it('database - Smart City’s role keeps its schema and no more: it cannot change a signed bundle, make a table or read elsewhere', async () => {
    await withCity(async (_, database) => {
      const city = openDatabase({ url: cityUrl(database), applicationName: 'test' });
      for (const statement of [`update smart_city.bundles set hash = 'x'`, 'delete from smart_city.bundles', 'create table smart_city.more (x int)', 'create schema other', 'create table public.more (x int)', 'select * from pg_authid']) {
        await expect(city.query(statement)).rejects.toMatchObject({ code: '42501' });
      }
      await city.close();
    });
  });
});

describe('Smart City’s environment', () => {
  it('boot - a signing key that is none is named, and not shown', async () => {
    const { hub } = testChannels();
    const env = { DATABASE_URL: postgres.url, BOOTSTRAP_FILE: join(folder, 'bootstrap.yaml'), BUNDLE_SIGNING_KEY: 'not-a-key' };
    await expect(bootService(smartCityService, { env, bus: hub.connect(), logger: silentLogger })).rejects.toMatchObject({ message: expect.stringMatching(/BUNDLE_SIGNING_KEY must be an Ed25519 private key(?!.*not-a-key)/) });
  });
});
