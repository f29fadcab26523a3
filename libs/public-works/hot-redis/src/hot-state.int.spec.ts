import { silentLogger, systemClock } from '@symphainy/kernel';
import { ManualClock } from '@symphainy/kernel/testing';
import { hotStateContract } from '@symphainy/ports/testing';
import { startRedis, type RedisServer } from '@symphainy/servers-local';
import { MemoryHotState, RedisHotState } from './index.js';

// Real servers start here, on machines that may be busy.
jest.setTimeout(60_000);

hotStateContract('memory', () => Promise.resolve(new MemoryHotState(systemClock)));

it('memory - a value past its time is gone', async () => {
  const clock = new ManualClock();
  const hot = new MemoryHotState(clock);
  await hot.setMany([{ tenantId: 'acme', key: 'k', seq: 1, value: new Uint8Array(8), ttlSeconds: 60 }]);
  clock.advance(60_000);
  expect(await hot.get('acme', 'k')).toBeUndefined();
});

describe('hot-redis', () => {
  let server: RedisServer;
  const connect = async (url = server.url): Promise<RedisHotState> => {
    const hot = new RedisHotState({ url, logger: silentLogger });
    await hot.ready(2_000);
    return hot;
  };
  beforeAll(async () => {
    server = await startRedis();
  });
  afterAll(() => server.stop());

  let database = 0;
  hotStateContract('hot-redis', () => connect(`${server.url}/${database++}`));

  it('hot-redis - more entries than one script call may carry are all set', async () => {
    const hot = await connect(`${server.url}/${database++}`);
    await hot.setMany(Array.from({ length: 1_201 }, (_, i) => ({ tenantId: 'acme', key: `k${i}`, seq: i, value: new Uint8Array(1), ttlSeconds: 60 })));
    expect((await Promise.all(Array.from({ length: 1_201 }, (_, i) => hot.get('acme', `k${i}`)))).map((entry) => entry?.seq)).toEqual(Array.from({ length: 1_201 }, (_, i) => i));
    await hot.close();
  });

  it('hot-redis - gone: reads say undefined at once, writes are dropped, and it serves again when it is back', async () => {
    const own = await startRedis();
    const warnings: string[] = [];
    const hot = new RedisHotState({ url: own.url, logger: { ...silentLogger, warn: (_, message) => void warnings.push(message) } });
    expect(await hot.ready(2_000)).toBe(true);
    await hot.setMany([{ tenantId: 'acme', key: 'k', seq: 1, value: new Uint8Array(1) }]);
    await own.stop();
    expect(await hot.get('acme', 'k')).toBeUndefined();
    await hot.setMany([{ tenantId: 'acme', key: 'k', seq: 2, value: new Uint8Array(1) }]);
    await hot.delete('acme', 'k');
    expect(warnings).toHaveLength(1);
    const back = await startRedis({ port: own.port, password: new URL(own.url).password });
    expect(await hot.ready(4_000)).toBe(true);
    await hot.setMany([{ tenantId: 'acme', key: 'k', seq: 3, value: new Uint8Array(1) }]);
    expect((await hot.get('acme', 'k'))?.seq).toBe(3);
    await hot.close();
    await back.stop();
  });
});
