import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { startThrowawayPostgres, type PostgresServer } from '@symphainy/servers-local';
import { openDatabase, type Database } from '@symphainy/store-postgres';
import { repositoryRoot, startStandaloneWith, type TestPlatform } from './harness/platform.js';
import type { Api } from './harness/api.js';

const sample = (name: string): Buffer => readFileSync(join(repositoryRoot, 'samples', name));

interface Row {
  readonly _sources: readonly { readonly reference: string }[];
  readonly [column: string]: unknown;
}

/** The mash that the guide shows. */
const guide = readFileSync(join(repositoryRoot, 'docs', 'guides', 'data-mash.md'), 'utf8');
const shown = JSON.parse(/```json\n([\s\S]*?)```/.exec(guide)![1]!) as { sources: { name: string; reference: string; table: string }[]; mapping: object };

describe('a data mash over real files', () => {
  let platform: TestPlatform;
  let alice: Api;
  let session: string;
  let outside: PostgresServer;
  let owner: Database;

  beforeAll(async () => {
    outside = await startThrowawayPostgres();
    owner = openDatabase({ url: outside.url, applicationName: 'owner' });
    platform = await startStandaloneWith({ CONNECTOR_ALLOWED_TARGETS: `127.0.0.1:${new URL(outside.url).port}`, CONNECTOR_POLICY_ADMIN: 'reader:hunter2' });
    alice = platform.as('alice');
    session = await alice.createSession();
  }, 120_000);

  afterAll(async () => {
    await platform.stop();
    await owner.close();
    await outside.stop();
  }, 60_000);

  /** Processes of mashes that the platform has started. */
  const mashProcesses = (): number =>
    readdirSync('/proc').filter((entry) => {
      try {
        return /^\d+$/.test(entry) && readFileSync(`/proc/${entry}/cmdline`, 'utf8').includes('mash-process.main.js') && readFileSync(`/proc/${entry}/status`, 'utf8').includes(`PPid:\t${platform.pid}\n`);
      } catch {
        return false;
      }
    }).length;

  const until = async (holds: () => Promise<boolean>): Promise<boolean> => {
    for (const end = performance.now() + 20_000; performance.now() < end; ) if (await holds()) return true;
    return false;
  };

  const upload = async (name: string): Promise<string> => (await alice.upload(session, name, sample(name))).body.reference;
  const made = async (intent: string, payload: object, artifact: string): Promise<string> => `${(await alice.execute(session, intent, payload)).execution_id}/${artifact}`;
  const mash = async (payload: object): Promise<readonly Row[]> => (await alice.get<{ preview: Row[] }>(`/v1/artifacts/${await made('cross_realm.data_mash', payload, 'query/mash')}/content`)).body.preview;

  const recordsOf = async (execution: string): Promise<readonly { type: string; error?: { code: string }; what?: string; reference?: string }[]> =>
    (await alice.get<{ frames: { records: { type: string; error?: { code: string } }[] }[] }>(`/v1/executions/${execution}/records?from_seq=0`)).body.frames.flatMap((frame) => frame.records);

  /** A Solution that binds the outside Postgres, for acme alone, with two columns of one table. */
  const bind = async (): Promise<void> => {
    const { hostname, port, pathname } = new URL(outside.url);
    const connector = { kind: 'postgres', tenants: ['acme'], host: hostname, port: Number(port), database: pathname.slice(1), secret: 'CONNECTOR_POLICY_ADMIN', tls: 'off', tables: [{ name: 'public.policies', columns: ['code', 'line'] }] };
    const solution = { name: 'insurance', version: '1.0.0', context: { goals: ['migrate'] }, intents: ['cross_realm.data_mash'], realms: ['insights'], bindings: [{ name: 'policy-admin', system: 'Policy administration', connector }] };
    const { status, body } = await platform.as('admin').post('/v1/governance/register_solution', solution);
    expect([status, body]).toEqual([expect.any(Number), expect.objectContaining({ execution_id: expect.any(String) })]);
  };

  it('a table of somebody’s Postgres - is joined where it lies, each row citing its key; another tenant’s, a hidden column, and a table that changed are refused, and that stands in the log', async () => {
    await owner.run({ text: `create role reader login password 'hunter2'; create table policies (code text primary key, line text, secret text); insert into policies values ('HO-3', 'home', 's1'), ('PA-1', 'auto', 's2'); grant select on policies to reader` });
    await bind();
    const described = { binding: 'policy-admin', table: 'public.policies', name: 'products' };
    const reference = await made('solution.describe_external', described, 'describe/products');
    const fees = (await alice.upload(session, 'fees.csv', Buffer.from('code,fee\nHO-3,12.50\nXX,1\n'), 'text/csv')).body.reference;
    const payload = { sources: [{ name: 'products', reference }, { name: 'fees', reference: fees }], sql: "SELECT line, fee FROM fees JOIN products USING (code) WHERE products.code <> 'PA-1'" };

    const [row] = await mash(payload);
    expect(row).toMatchObject({ line: 'home', fee: 12.5, _sources: [{ reference, row_key: { code: 'HO-3' }, as_of: expect.any(String) }, { reference: fees, row: 2 }] });
    const graph = await alice.get<{ edges: { from: string; to: string; kind: string }[] }>(`/v1/lineage/graph?node=${encodeURIComponent(`column:${reference}#line`)}&direction=down&depth=2`);
    expect(graph.body.edges.map(({ kind }) => kind)).toContain('column_from');
    expect((await alice.post(`/v1/references/${reference}/resolve`)).body).toMatchObject({ verified: 'described' });
    expect(JSON.stringify(await alice.get(`/v1/references/${reference}`))).not.toMatch(/hunter2|CONNECTOR_/);

    const hidden = await alice.execute(session, 'cross_realm.data_mash', { sources: [payload.sources[0]], sql: 'SELECT secret FROM products' });
    expect(hidden).toMatchObject({ status: 'failed', error: { code: 'mash.column_unknown' } });
    const gina = platform.as('gina');
    expect(await gina.execute(await gina.createSession(), 'solution.describe_external', described)).toMatchObject({ status: 'failed', error: { code: 'connector.unknown' } });

    await owner.run({ text: 'alter table policies alter column line type varchar(20)' });
    const changed = await alice.execute(session, 'cross_realm.data_mash', payload);
    expect(changed).toMatchObject({ status: 'failed', error: { code: 'reference.changed', field: '/sources/0/reference' } });
    expect((await recordsOf(changed.execution_id)).filter(({ type }) => type === 'access_refused').map(({ what, error }) => [what, error?.code])).toEqual([[`hydrate ${reference}`, 'reference.changed']]);
    expect((await alice.post(`/v1/references/${reference}/resolve`)).body).toMatchObject({ code: 'reference.changed' });
    expect((await alice.get(`/v1/executions/${reference.split('/')[0]}`)).status).toBe(200);
  }, 120_000);

  it('a mash that is cancelled - stops at once: the process of its query is gone with the next heartbeat', async () => {
    const fees = (await alice.upload(session, 'fees.csv', Buffer.from('code,fee\nHO-3,12.50\n'), 'text/csv')).body.reference;
    const { body } = await alice.post<{ execution_id: string }>('/v1/intents', { intent_type: 'cross_realm.data_mash', session_id: session, payload: { sources: [{ name: 'fees', reference: fees }], sql: 'SELECT count(*) FROM fees, range(10000000) a, range(10000000) b WHERE a.range + b.range < 0' } });
    const id = body.execution_id;
    expect(await until(async () => JSON.stringify((await alice.get(`/v1/executions/${id}`)).body).includes('querying'))).toBe(true);
    expect(mashProcesses()).toBe(1);
    await alice.post(`/v1/executions/${id}/cancel`, { reason: 'enough' });
    expect(await alice.ended(id)).toMatchObject({ status: 'cancelled' });
    expect(await until(() => Promise.resolve(mashProcesses() === 0))).toBe(true);
  }, 60_000);

  it('the guide’s own - a page of a PDF and two sheets, each row leading to both; records of a dataset beside them; what is refused stands in the log', async () => {
    const [permit, sheet, policies, copybook] = await Promise.all(['permit.pdf', 'spreadsheet.xlsx', 'policy-master.ebcdic', 'policy-master.cpy'].map(upload));
    const [permitDocument, sheetDocument, dataset] = await Promise.all([made('content.ingest', { source: permit }, 'normalise/document'), made('content.ingest', { source: sheet }, 'normalise/document'), made('content.decode', { source: policies, copybook }, 'assemble/dataset')]);
    const sources = shown.sources.map((source) => ({ ...source, reference: source.name === 'required' ? permitDocument : sheetDocument }));

    const [row] = await mash({ ...shown, sources });
    expect(row).toMatchObject({ inspection: expect.any(String), failed: expect.any(Number), _sources: expect.arrayContaining([expect.objectContaining({ reference: permitDocument, page: expect.any(Number) }), expect.objectContaining({ reference: sheetDocument, sheet: 'Inspections' })]) });

    const counted = await mash({ sources: [{ name: 'policies', reference: dataset }], sql: 'SELECT "PRODUCT-CODE" p, count(*) n FROM policies GROUP BY ALL ORDER BY p' });
    expect(counted.reduce((sum, { n }) => sum + Number(n), 0)).toBe(240);
    expect(counted[0]!._sources[0]).toMatchObject({ reference: policies, byte_start: expect.any(Number) });

    // a table of a PDF, a sheet, records of a mainframe, a Parquet file, CSV, JSON and a table of somebody's Postgres, as one query
    const code = String(counted[0]!.p);
    await owner.run({ text: 'insert into policies values ($1, $2, $3)', values: [code, 'all', 's'] });
    const json = Buffer.from(JSON.stringify([{ code, inspection: row!.inspection }]));
    const [products, parquet, fees, needs] = await Promise.all([
      made('solution.describe_external', { binding: 'policy-admin', table: 'public.policies', name: 'products' }, 'describe/products'),
      made('cross_realm.data_mash', { sources: [{ name: 'policies', reference: dataset }], sql: 'SELECT "PRODUCT-CODE" code, count(*) n FROM policies GROUP BY ALL', format: 'parquet' }, 'query/rows'),
      alice.upload(session, 'fees.csv', Buffer.from(`code,fee\n${code},12.50\n`), 'text/csv').then(({ body }) => body.reference), alice.upload(session, 'needs.json', json, 'application/json').then(({ body }) => body.reference),
    ]);
    const all = { policies: dataset, products, parquet, fees, needs };
    const everything = await alice.execute(session, 'cross_realm.data_mash', {
      sources: [...sources.slice(0, 2), ...Object.entries(all).map(([name, reference]) => ({ name, reference }))],
      sql: `SELECT code, line, n, fee, required."Inspection" inspection, count(DISTINCT _record) policies FROM policies JOIN products ON products.code = policies."PRODUCT-CODE" JOIN parquet USING (code) JOIN fees USING (code) JOIN needs USING (code)
        JOIN required ON required."Inspection" = needs.inspection JOIN inspections ON inspections.discipline = needs.inspection GROUP BY ALL`,
    });
    expect(everything).toMatchObject({ status: 'completed' });
    const joined = (await alice.get<Row>(`/v1/artifacts/${everything.execution_id}/query/rows/content`)).body;
    expect(joined).toMatchObject({ code, line: 'all', n: counted[0]!.n, fee: 12.5, inspection: row!.inspection, policies: counted[0]!.n });
    expect(new Set(joined._sources.map(({ reference }) => reference))).toEqual(new Set([permitDocument, sheetDocument, policies, products, parquet, fees, needs]));

    // by meaning, from a session that ingested nothing
    const asked = await alice.execute(await alice.createSession(), 'insights.query_data_mash', { content_refs: [permitDocument], question: 'Which inspections are required?', limit: 1 });
    expect(asked).toMatchObject({ status: 'completed' });
    expect((await alice.get<Row>(`/v1/artifacts/${asked.execution_id}/answer/rows/content`)).body._sources).toMatchObject([{ reference: permit, page: expect.any(Number) }]);

    const refused = await alice.execute(session, 'cross_realm.data_mash', { sources, sql: "COPY required TO '/tmp/required.csv'" });
    expect(refused).toMatchObject({ status: 'failed', error: { code: 'mash.sql_refused', field: '/sql' } });
    expect((await recordsOf(refused.execution_id)).filter((record) => record.type === 'step_failed').map((record) => record.error?.code)).toEqual(['mash.sql_refused']);

    const gina = platform.as('gina');
    const foreign = await gina.post<{ code: string }>('/v1/intents', { intent_type: 'cross_realm.data_mash', session_id: await gina.createSession(), payload: { sources: [{ name: 'x', reference: sheetDocument }], sql: 'SELECT * FROM x' } });
    expect([foreign.status, foreign.body.code]).toEqual([422, 'intent.reference_unknown']);
  }, 120_000);
});
