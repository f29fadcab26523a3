import { randomBytes, randomUUID } from 'node:crypto';
import { stateGraphContract } from '@symphainy/ports/testing';
import { startThrowawayPostgres, type PostgresServer } from '@symphainy/servers-local';
import { openDatabase, PostgresGraph, provisionRuntime, runtimeUrls, type Database } from '../index.js';

// Real servers start here, on machines that may be busy.
jest.setTimeout(60_000);

describe('postgres graph', () => {
  const key = randomBytes(32);
  let server: PostgresServer;
  const databases: Database[] = [];
  const open = (url: string): Database => {
    const database = openDatabase({ url, applicationName: 'spec' });
    databases.push(database);
    return database;
  };
  beforeAll(async () => {
    server = await startThrowawayPostgres();
    await provisionRuntime(server.url, key);
  });
  afterAll(async () => {
    await Promise.all(databases.map((database) => database.close()));
    await server.stop();
  });

  stateGraphContract(
    'postgres',
    () => {
      const urls = runtimeUrls(server.url, key);
      return Promise.resolve(new PostgresGraph({ reader: open(urls.reader), keeper: open(urls.follower) }));
    },
    () => `t-${randomUUID().slice(0, 8)}`,
  );

  it('isolation - a reader without a tenant, or of another, sees no row even by plain SQL', async () => {
    const urls = runtimeUrls(server.url, key);
    const graph = new PostgresGraph({ reader: open(urls.reader), keeper: open(urls.follower) });
    await graph.add([{ tenantId: 'acme', nodes: [{ id: 'a', kind: 'artifact', at: '2026-01-01T00:00:00.000Z', data: {} }], edges: [{ from: 'a', to: 'b', kind: 'derived_from', at: '2026-01-01T00:00:00.000Z' }] }]);
    const reader = open(urls.reader);
    expect(await reader.query('select 1 from runtime.graph_nodes')).toEqual([]);
    expect(await reader.asTenant('globex', (sql) => sql.query(`select * from runtime.graph_up('acme', '{a}', 5, 5, null, null)`))).toEqual([]);
    await expect(reader.asTenant('acme', (sql) => sql.query('delete from runtime.graph_edges'))).rejects.toMatchObject({ code: '42501' });
  });
});
