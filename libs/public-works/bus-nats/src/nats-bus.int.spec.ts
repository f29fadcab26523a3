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

  busContract('bus-nats', () => connectNats({ url: server.url, name: 'contract', logger: silentLogger }));
});
