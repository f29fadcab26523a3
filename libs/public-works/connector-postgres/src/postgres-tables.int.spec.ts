import { Client } from 'pg';
import { ExternalSystemError, type ExternalRows, type TableRead } from '@symphainy/ports';
import { startThrowawayPostgres, type PostgresServer } from '@symphainy/servers-local';
import { PostgresTables, type PostgresPlace } from './index.js';

jest.setTimeout(60_000);

const everything = { filters: [] };

async function textOf(rows: ExternalRows): Promise<string> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of rows.bytes) chunks.push(chunk);
  return Buffer.concat(chunks).toString('utf8');
}

describe('tables of a Postgres, read by a connector', () => {
  let server: PostgresServer;
  let owner: Client;
  let place: PostgresPlace;
  const read = async (name: string, asked: TableRead, columns?: readonly string[]): Promise<string> => textOf(await new PostgresTables(place).rows(name, columns, asked, () => undefined));
  const reasonOf = (asked: Promise<unknown>): Promise<string> => asked.then(() => 'none', (error: unknown) => (error instanceof ExternalSystemError ? error.reason : `another error: ${String(error)}`));

  beforeAll(async () => {
    server = await startThrowawayPostgres();
    owner = new Client({ connectionString: server.url });
    await owner.connect();
    const { host, port, database } = owner;
    await owner.query(`
      create role reader login password 'hunter2';
      create domain money_amount as numeric(12, 2);
      create table policies (no text, region int, premium money_amount not null, rate numeric, large int8, ratio float8, active bool, since date, seen timestamp, changed timestamptz, note text, tags text[], secret text, primary key (region, no));
      insert into policies values
        ('P-1', 2, 10.50, 1234567890123456789012.125, 9007199254740993, 0.1, true, '2024-02-29', '2024-02-29 13:00:00.5', '2024-02-29 13:00:00+02', E'a "quoted", line\\nand \\\\N', '{x,y}', 's1'),
        ('P-2', 1, -0.05, null, null, 'NaN', false, null, null, null, '', null, 's2'),
        ('Ünï', 1, 7, 3, 1, 1e300, null, '0001-01-01', null, '1999-12-31 23:59:59.999999-08', null, '{}', 's3');
      grant select (no, region, premium, rate, large, ratio, active, since, seen, changed, note, tags) on policies to reader;
      create table hidden (a int);
      create table many as select n as id, repeat('x', 200) as filler from generate_series(1, 200000) n;
      alter table many add primary key (id);
      grant select on many to reader;`);
    place = { address: host, port, database: database!, user: 'reader', password: 'hunter2', tls: false, statementTimeoutMs: 30_000 };
  });
  afterAll(async () => {
    await owner.end();
    await server.stop();
  });

  it('a description - tells each column’s type, also below a domain, and the key in its own order', async () => {
    const { columns, key } = await new PostgresTables(place).describe('public.policies', ['no', 'region', 'premium', 'rate', 'changed', 'seen', 'tags']);
    expect(key).toEqual(['region', 'no']);
    expect(columns).toEqual([
      { name: 'no', type: 'string', native: 'text', nullable: false }, { name: 'region', type: 'integer', native: 'integer', nullable: false },
      { name: 'premium', type: 'decimal', native: 'public.money_amount', nullable: false, digits: 12, scale: 2 }, { name: 'rate', type: 'decimal', native: 'numeric', nullable: true },
      { name: 'seen', type: 'datetime', native: 'timestamp without time zone', nullable: true, zoned: false }, { name: 'changed', type: 'datetime', native: 'timestamp with time zone', nullable: true, zoned: true },
      { name: 'tags', type: 'string', native: 'text[]', nullable: true },
    ]);
  });

  it('values - come exact, quoted, told apart from NULL, and in the order of the key', async () => {
    expect(await read('public.policies', { ...everything, columns: ['no', 'rate', 'large', 'ratio', 'active', 'since', 'seen', 'changed', 'note'] })).toBe(
      ['"P-2",\\N,\\N,"NaN","f",\\N,\\N,\\N,""', '"Ünï","3","1","1e+300",\\N,"0001-01-01",\\N,"2000-01-01 07:59:59.999999+00",\\N', '"P-1","1234567890123456789012.125","9007199254740993","0.1","t","2024-02-29","2024-02-29 13:00:00.5","2024-02-29 11:00:00+00","a ""quoted"", line\nand \\N"', ''].join('\n'),
    );
  });

  it('filters - are values and never SQL, and numbers need not fit the column', async () => {
    const only = (column: string, op: 'eq' | 'ne' | 'lt' | 'ge', ...values: string[]): Promise<string> => read('public.policies', { columns: ['no'], filters: [{ column, op, values }] });
    expect(await only('no', 'eq', 'P-1', `x') or true or no in ('`)).toBe('"P-1"\n');
    expect(await only('region', 'lt', '99999999999999999999')).toBe('"P-2"\n"Ünï"\n"P-1"\n');
    expect(await only('premium', 'ge', '10.5')).toBe('"P-1"\n');
    expect(await only('since', 'ge', '2000-01-01')).toBe('"P-1"\n');
    expect(await reasonOf(only('region', 'eq', '1); drop table many; --'))).toBe('refused');
    expect(await reasonOf(only('no" = no or "no', 'eq', 'a'))).toBe('missing');
  });

  it('what is not allowed, not there, or not granted - is told apart, and nobody’s value is told', async () => {
    expect(await reasonOf(read('public.policies', { ...everything, columns: ['secret'] }, ['no']))).toBe('missing');
    expect(await reasonOf(read('public.policies', { ...everything, columns: ['secret'] }))).toBe('credentials');
    expect(await reasonOf(read('public.hidden', { ...everything, columns: ['a'] }))).toBe('credentials');
    expect(await reasonOf(new PostgresTables(place).describe('public.nowhere'))).toBe('missing');
    expect(await reasonOf(new PostgresTables(place).describe('public.policies', ['nothing']))).toBe('missing');
    expect(await reasonOf(new PostgresTables({ ...place, password: 'wrong' }).describe('public.many'))).toBe('credentials');
    expect(await reasonOf(new PostgresTables({ ...place, port: 1 }).describe('public.many'))).toBe('unreachable');
    expect(await reasonOf(new PostgresTables({ ...place, tls: { host: 'db.example' } }).describe('public.many'))).toBe('unreachable');
  });

  it('a superuser’s credential - is refused: it could do more than read', async () => {
    const { username, password } = new URL(server.url);
    expect(await reasonOf(new PostgresTables({ ...place, user: username, password: decodeURIComponent(password) }).describe('public.many'))).toBe('credentials');
  });

  it('a table that is not as was agreed - is not read', async () => {
    const asked = new PostgresTables(place).rows('public.policies', ['no'], { ...everything, columns: ['no'] }, () => {
      throw new Error('not as it was');
    });
    await expect(asked).rejects.toThrow('not as it was');
  });

  it('a reader that stops, and a server that dies midway - let go, and reject', async () => {
    const rows = await new PostgresTables(place).rows('public.many', undefined, { ...everything, columns: ['id', 'filler'] }, () => undefined);
    let bytes = 0;
    for await (const chunk of rows.bytes) if ((bytes += chunk.length) > 100_000) break;
    expect(await until(async () => (await running()) === 0)).toBe(true);
    const broken = await new PostgresTables(place).rows('public.many', undefined, { ...everything, columns: ['id', 'filler'] }, () => undefined);
    await owner.query(`select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'symphainy-connector'`);
    expect(await reasonOf(textOf(broken))).toBe('unreachable');
  });

  it('a statement that takes longer than it may - is stopped at the server', async () => {
    await owner.query(`create view slow as select id, pg_sleep(0.01) is null as slept from many; grant select on slow to reader`);
    const slow = new PostgresTables({ ...place, statementTimeoutMs: 300 });
    expect(await reasonOf(slow.rows('public.slow', undefined, { ...everything, columns: ['id', 'slept'] }, () => undefined).then(textOf))).toBe('refused');
  });

  const running = async (): Promise<number> => Number((await owner.query(`select count(*) as n from pg_stat_activity where application_name = 'symphainy-connector' and state = 'active'`)).rows[0].n);
  const until = async (holds: () => Promise<boolean>): Promise<boolean> => {
    for (let tries = 0; tries < 500; tries++) if (await holds()) return true;
    return false;
  };
});
