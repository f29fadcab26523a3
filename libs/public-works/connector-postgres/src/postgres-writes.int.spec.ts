import { Client } from 'pg';
import { ExternalConflictError, ExternalSystemError, UnknownWriteError, type RowChange } from '@symphainy/ports';
import { CommitLine, startThrowawayPostgres, type PostgresServer } from '@symphainy/servers-local';
import { PostgresWrites, type PostgresPlace } from './index.js';

jest.setTimeout(60_000);

describe('rows of a Postgres, changed by a connector', () => {
  let server: PostgresServer;
  let owner: Client;
  let line: CommitLine;
  let place: PostgresPlace;
  const RECEIPTS = 'public.receipts';
  const COLUMNS = ['no', 'premium', 'note'];
  const write = (key: string, changes: readonly RowChange[], at = place): Promise<unknown> => new PostgresWrites(at, RECEIPTS).write(key, 'public.policies', COLUMNS, changes);
  const update = (no: string, from: string, to: string): RowChange => ({ key: { no }, before: { premium: from }, after: { premium: to } });
  const premiumOf = async (no: string): Promise<string | undefined> => (await owner.query<{ premium: string }>('select premium from policies where no = $1', [no])).rows[0]?.premium;
  const changesOf = async (no: string): Promise<number> => Number((await owner.query<{ n: string }>('select count(*) as n from changes where no = $1', [no])).rows[0]!.n);

  beforeAll(async () => {
    server = await startThrowawayPostgres();
    owner = new Client({ connectionString: server.url });
    await owner.connect();
    await owner.query(`
      create role writer login password 'hunter2';
      create table policies (no text primary key, premium numeric(12, 2) check (premium >= 0), note text, secret text);
      create table changes (no text);
      create function count_change() returns trigger language plpgsql security definer as $$ begin insert into public.changes values (coalesce(new.no, old.no)); return coalesce(new, old); end $$;
      create trigger counted after insert or update or delete on policies for each row execute function count_change();
      create table receipts (write_key text primary key, receipt json);
      insert into policies values ('A', 10, 'a'), ('B', 20, 'b'), ('C', 30, null), ('D', 40, 'd'), ('E', 50, 'e');
      delete from changes;
      grant select, insert, update, delete on policies, receipts to writer;`);
    line = new CommitLine(server.port);
    place = { address: '127.0.0.1', port: await line.listen(), database: owner.database!, user: 'writer', password: 'hunter2', tls: false, statementTimeoutMs: 10_000 };
  });
  afterAll(async () => {
    await line.close();
    await owner.end();
    await server.stop();
  });

  it('changes - are all done together, each with what was and what is; asked again under the same key, they are told again and not done', async () => {
    const changes: RowChange[] = [{ key: { no: 'N' }, before: null, after: { premium: '1.5', note: `it's "new"` } }, update('A', '10.00', '11.25'), { key: { no: 'B' }, before: { no: 'B', premium: '20.00', note: 'b' }, after: null }];
    const receipt = await write('k1', changes);
    expect(receipt).toMatchObject({
      at: expect.stringMatching(/Z$/),
      rows: [
        { key: { no: 'N' }, before: null, after: { no: 'N', premium: '1.50', note: `it's "new"` } },
        { key: { no: 'A' }, before: { no: 'A', premium: '10.00', note: 'a' }, after: { no: 'A', premium: '11.25', note: 'a' } },
        { key: { no: 'B' }, before: { no: 'B', premium: '20.00', note: 'b' }, after: null },
      ],
    });
    expect(await write('k1', changes)).toEqual(receipt);
    expect([await premiumOf('A'), await changesOf('A'), await premiumOf('B')]).toEqual(['11.25', 1, undefined]);
  });

  it.each(['before', 'after'] as const)('a connection that dies %s the server has the commit - leaves it open, and asked again under its key the row is changed once', async (when) => {
    const no = when === 'before' ? 'C' : 'D';
    const from = (await premiumOf(no))!;
    line.breaks = when;
    await expect(write(`dies-${when}`, [update(no, from, '99.00')])).rejects.toBeInstanceOf(UnknownWriteError);
    const again = (await write(`dies-${when}`, [update(no, from, '99.00')])) as { rows: { before: unknown; after: unknown }[] };
    expect(again.rows[0]).toMatchObject({ before: { premium: from }, after: { premium: '99.00' } });
    expect([await premiumOf(no), await changesOf(no)]).toEqual(['99.00', 1]);
  });

  it('a server that does not answer - leaves open what an earlier try did: it is never said that nothing happened', async () => {
    await expect(write('away', [update('E', '50.00', '51')], { ...place, port: 1 })).rejects.toBeInstanceOf(UnknownWriteError);
  });

  it('two tries under one key at once - change the row once, and both have the receipt', async () => {
    const [one, two] = await Promise.all([write('twice', [update('E', '50.00', '51.00')]), write('twice', [update('E', '50.00', '51.00')])]);
    expect(two).toEqual(one);
    expect([await premiumOf('E'), await changesOf('E')]).toEqual(['51.00', 1]);
  });

  it('a row that is not as it was, a value that does not fit, a right that is not there - change nothing, no row of the others either, and leave the key free', async () => {
    const conflict = await write('k2', [update('A', '11.25', '12.00'), update('E', '50.00', '1.00')]).catch((error: unknown) => error);
    expect(conflict).toBeInstanceOf(ExternalConflictError);
    expect((conflict as ExternalConflictError).index).toBe(1);
    const refused = await write('k2', [update('A', '11.25', '-1.00')]).catch((error: unknown) => error);
    expect([(refused as ExternalSystemError).reason, (refused as Error).message]).toEqual(['refused', expect.not.stringContaining('11.25')]);
    await expect(write('k2', [{ key: { no: 'A' }, before: {}, after: { missing: 'x' } }])).rejects.toMatchObject({ reason: 'refused' });
    expect([await premiumOf('A'), (await owner.query(`select 1 from receipts where write_key = 'k2'`)).rowCount]).toEqual(['11.25', 0]);
  });

  it('a key that names more rows than one - is refused', async () => {
    await expect(write('k3', [{ key: { premium: '99.00' }, before: {}, after: { note: 'x' } }])).rejects.toMatchObject({ reason: 'refused' });
  });
});
