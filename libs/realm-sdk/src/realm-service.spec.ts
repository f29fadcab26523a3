import { silentLogger, uuidV7Source } from '@symphainy/kernel';
import { ManualClock } from '@symphainy/kernel/testing';
import { decodeJson, type ServiceHost } from '@symphainy/service-host';
import { testChannels } from '@symphainy/service-host/testing';
import { defineRealm } from './realm-definition.js';
import { RealmManager, type RealmEnv } from './realm-service.js';

/** A realm that registers when Smart City answers. */
function stage() {
  const clock = new ManualClock();
  const { hub, channelsOf } = testChannels(clock);
  const smartCity = channelsOf('smart-city');
  const answer = Promise.withResolvers<object>();
  const told: string[] = [];
  smartCity.serve('smart-city.register.{service}.{realm}', {}, () => answer.promise);
  hub.connect().subscribe('smart-city.health.*', ({ data }) => void told.push((decodeJson(data) as { status: string }).status));
  const host = {
    name: 'realm-demo', plane: 'realm', instanceId: '019b0000-0000-7000-8000-000000000001', build: 'b1', env: { STEP_CONCURRENCY: 1 }, clock, ids: uuidV7Source(() => clock.now()), logger: silentLogger,
    bus: hub.connect(), channels: channelsOf('realm-demo'), readiness: () => undefined, onDrain: () => undefined,
  } as unknown as ServiceHost<RealmEnv>;
  new RealmManager(host, defineRealm({ realm: 'demo', capabilities: [] })).onApplicationBootstrap();
  const pass = async (ms: number): Promise<void> => {
    for (let spent = 0; spent < ms; spent += 5000) {
      clock.advance(5000);
      for (let i = 0; i < 10; i++) await new Promise((resolve) => setImmediate(resolve));
    }
  };
  return { told, pass, register: () => answer.resolve({}) };
}

describe('RealmManager', () => {
  it('a realm whose registration takes a while - does not call itself degraded while it starts', async () => {
    const { told, pass, register } = stage();
    await pass(20_000);
    expect(told).toEqual([]);
    register();
    await pass(20_000);
    expect([...new Set(told)]).toEqual(['ok']);
  });

  it('a realm that cannot register for more than a minute - says that it is degraded, and when it is well again', async () => {
    const { told, pass, register } = stage();
    await pass(65_000);
    expect(told).toEqual(['degraded']);
    register();
    await pass(20_000);
    expect(told.slice(1)).toContain('ok');
  });
});
