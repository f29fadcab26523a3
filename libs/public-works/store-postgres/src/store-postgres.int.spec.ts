import { randomBytes } from 'node:crypto';
import { createServer, type AddressInfo } from 'node:net';
import { startThrowawayPostgres, type PostgresServer } from '@symphainy/servers-local';
import { isDatabaseAway, openDatabase, provisionRuntime, provisionSchema, runtimeUrls, sqlStateOf, urlAsRole, type Database } from './index.js';
import { dataSourceOf } from './provision.js';
import { runtimePlan } from './runtime/runtime-schema.js';

// Real servers start here, on machines that may be busy.
jest.setTimeout(60_000);

describe('store-postgres', () => {
  const key = randomBytes(32);
  let server: PostgresServer;
  const open: Database[] = [];
  const as = (url: string): Database => {
    const database = openDatabase({ url, applicationName: 'spec' });
    open.push(database);
    return database;
  };

  beforeAll(async () => {
    server = await startThrowawayPostgres();
    await provisionRuntime(server.url, key);
  });
  afterAll(async () => {
    await Promise.all(open.map((database) => database.close()));
    await server.stop();
  });

  it('provision - two services booting together wait for each other, and a second run finds nothing to do', async () => {
    const plan = { schema: 'smart_city', owner: 'smart_city_owner', roles: [{ name: 'smart_city_app', password: 'a-password-of-enough-characters' }], migrations: [{ name: 'First1790000000000', up: async (run: (sql: string) => Promise<unknown>) => void (await run('create table things (id int primary key)')) }] };
    const ran = await Promise.all([provisionSchema(server.url, plan), provisionSchema(server.url, plan), provisionRuntime(server.url, key)]);
    expect(ran.flat()).toEqual(['First1790000000000']);
    const app = as(urlAsRole(server.url, 'smart_city_app', 'a-password-of-enough-characters'));
    await expect(app.query('select * from runtime.wal_writers')).rejects.toMatchObject({ code: '42501' });
    await expect(app.query('select * from smart_city.things')).rejects.toMatchObject({ code: '42501' });
  });

  it('entities - they say what the migrations made: TypeORM finds nothing to change', async () => {
    const source = await dataSourceOf(server.url, runtimePlan(key)).initialize();
    const log = await source.driver.createSchemaBuilder().log();
    await source.destroy();
    expect(log.upQueries.map((q) => q.query)).toEqual([]);
  });

  it('the log - neither its owner nor a superuser changes, removes or empties it', async () => {
    const owner = as(server.url);
    const frame = `'acme', gen_random_uuid(), 0, 'execution', now(), decode(repeat('00', 32), 'hex'), 'x', gen_random_uuid(), 1`;
    await owner.query(`insert into runtime.wal_frames values (${frame})`);
    for (const change of [`update runtime.wal_frames set body = 'y'`, 'delete from runtime.wal_frames', 'truncate runtime.wal_frames'])
      await expect(owner.query(change)).rejects.toThrow('append-only');
    // To the owner who cannot log in, row-level security does not even show the rows.
    const asOwner = (change: string): Promise<unknown> => owner.transaction((sql) => sql.query('set local role symphainy_runtime_owner').then(() => sql.run({ text: change })));
    expect(await asOwner(`update runtime.wal_frames set body = 'y'`)).toMatchObject({ count: 0 });
    await expect(asOwner('truncate runtime.wal_frames')).rejects.toThrow('append-only');
  });

  it('roles - the writer can neither read nor change the log, and a wrong password is refused', async () => {
    const urls = runtimeUrls(server.url, key);
    const writer = as(urls.writer);
    for (const wish of ['select * from runtime.wal_frames', `update runtime.wal_frames set body = 'y'`, 'delete from runtime.wal_frames', 'update runtime.wal_writers set epoch = 9'])
      await expect(writer.query(wish)).rejects.toMatchObject({ code: '42501' });
    await expect(as(runtimeUrls(server.url, randomBytes(32)).writer).query('select 1')).rejects.toMatchObject({ code: '28P01' });
  });

  it('reader - sees the tenant its transaction names, and nothing without one', async () => {
    const reader = as(runtimeUrls(server.url, key).reader);
    const count = (sql: { query: Database['query'] }): Promise<{ count: number }[]> => sql.query('select count(*)::int as count from runtime.wal_frames');
    expect(await reader.asTenant('acme', count)).toEqual([{ count: 1 }]);
    expect(await reader.asTenant('globex', count)).toEqual([{ count: 0 }]);
    expect(await count(reader)).toEqual([{ count: 0 }]);
  });

  it('values - int8 comes as a number, times as RFC 3339, bytes as bytes', async () => {
    const [row] = await as(server.url).query<{ n: number; at: string; b: Buffer }>(`select 5::int8 as n, '2026-01-02 03:04:05.678+02'::timestamptz as at, $1::bytea as b`, [Uint8Array.from([1, 2])]);
    expect(row).toEqual({ n: 5, at: '2026-01-02T01:04:05.678Z', b: Buffer.from([1, 2]) });
  });

  it('transactions - a failed one leaves nothing, and its connection serves on', async () => {
    const owner = as(server.url);
    await owner.query('create table public.things (id int)');
    await expect(
      owner.transaction(async (sql) => {
        await sql.query('insert into public.things values (1)');
        await sql.query('select 1 / 0');
      }),
    ).rejects.toMatchObject({ code: '22012' });
    expect(await owner.query('select * from public.things')).toEqual([]);
    expect(sqlStateOf(new Error('EPIPE'))).toBeUndefined();
  });

  it('a connection that breaks in the middle of a transaction, while nobody asks it anything - fails the transaction and nothing else; the pool goes on', async () => {
    const owner = as(server.url);
    const broken = owner.transaction(async (sql) => {
      const [backend] = await sql.query<{ pid: number }>('select pg_backend_pid() as pid');
      await owner.query('select pg_terminate_backend($1)', [backend!.pid]);
      while ((await owner.query('select 1 from pg_stat_activity where pid = $1', [backend!.pid])).length > 0);
      await sql.query('select 1');
    });
    expect(isDatabaseAway(await broken.then(() => undefined, (error: unknown) => error))).toBe(true);
    expect(await owner.query('select 1 as one')).toEqual([{ one: 1 }]);
  });

  it('a server that is asked for TLS while it goes down - is away', async () => {
    // what a postmaster that cannot start a backend any more answers: an error, where one letter is expected
    const dying = createServer((socket) => socket.once('data', () => socket.end('E')));
    await new Promise<void>((resolve) => dying.listen(0, '127.0.0.1', resolve));
    const url = new URL(server.url);
    url.port = String((dying.address() as AddressInfo).port);
    url.search = '?sslmode=verify-full';
    const seen = await as(url.href).query('select 1').then(() => undefined, (error: unknown) => error);
    dying.close();
    expect(isDatabaseAway(seen)).toBe(true);
  });

  it('a database that is away - is told from a fault of the statement or of the code', async () => {
    const nobody = new URL(server.url);
    nobody.port = '1';
    const failing = (work: Promise<unknown>): Promise<unknown> => work.then(() => undefined, (error: unknown) => error);
    const line = await as(server.url).connect();
    const broken = failing(line.query('select pg_terminate_backend(pg_backend_pid())'));
    const seen = [await failing(as(nobody.href).query('select 1')), await broken, await failing(line.query('select 1')), await failing(as(server.url).query('select 1 / 0')), new TypeError('x is not a function'), undefined];
    expect(seen.map(isDatabaseAway)).toEqual([true, true, true, false, false, false]);
  });
});
