import { silentLogger } from '@symphainy/kernel';
import { busContract } from '@symphainy/ports/testing';
import { startNats, type NatsServer } from '@symphainy/servers-local';
import { connectNats } from './nats-bus.js';

describe('bus-nats', () => {
  let server: NatsServer;

  beforeAll(async () => {
    server = await startNats();
  });

  afterAll(async () => {
    await server.stop();
  });

  it('publish - what one turn publishes leaves in order, and a message too large is refused to its sender', async () => {
    const bus = await connectNats({ url: server.url, name: 'outbox', logger: silentLogger });
    const seen: number[] = [];
    const all = new Promise<void>((resolve) => bus.subscribe('outbox.test', ({ data }) => void (seen.push(data[0]!) === 200 && resolve())));
    for (let i = 0; i < 200; i++) bus.publish('outbox.test', Uint8Array.of(i));
    await all;
    expect(seen).toEqual(Array.from({ length: 200 }, (_, i) => i));
    const large = new Uint8Array(2 * 1024 * 1024);
    expect(() => bus.publish('outbox.test', large)).toThrow('larger than the bus takes');
    await expect(bus.request('outbox.test', large, { timeoutMs: 100 })).rejects.toThrow('larger than the bus takes');
    await bus.drain();
  });

  it('request - many at once each get their own answer, and one that comes too late is dropped', async () => {
    const [server_, client] = await Promise.all(['s', 'c'].map((name) => connectNats({ url: server.url, name, logger: silentLogger })));
    let answerLate: () => void = () => undefined;
    server_!.subscribe('echo.test', (message) => {
      if (message.data[0] === 7) answerLate = () => message.respond(message.data);
      else message.respond(message.data);
    });
    await server_!.flush();
    const ask = async (i: number): Promise<number | string> => client!.request('echo.test', Uint8Array.of(i), { timeoutMs: i === 7 ? 20 : 1000 }).then(({ data }) => data[0]!, (error: Error) => error.name);
    expect(await Promise.all(Array.from({ length: 100 }, (_, i) => ask(i)))).toEqual(Array.from({ length: 100 }, (_, i) => (i === 7 ? 'RequestTimeoutError' : i)));
    answerLate();
    expect(await ask(8)).toBe(8);
    await Promise.all([server_!.drain(), client!.drain()]);
  });

  busContract('bus-nats', () => connectNats({ url: server.url, name: 'contract', logger: silentLogger }));
});
