import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { CommitLine, startThrowawayPostgres, type PostgresServer } from '@symphainy/servers-local';
import { openDatabase, type Database } from '@symphainy/store-postgres';
import type { Api } from './harness/api.js';
import { startConnectedStack, type TestPlatform } from './harness/platform.js';

interface WalRecord {
  readonly type: string;
  readonly key?: string;
  readonly preview?: unknown;
  readonly receipt?: unknown;
  readonly what?: string;
  readonly error?: { readonly code: string };
  readonly by?: { readonly user_id: string };
}
interface View {
  readonly status: string;
  readonly error?: { readonly code: string; readonly field?: string };
  readonly result?: { readonly output?: unknown };
  readonly attention?: { readonly what: string };
}

describe('outside systems, read and written through a whole platform', () => {
  let outside: PostgresServer;
  let owner: Database;
  let line: CommitLine;
  let files: Server;
  /** What the web server has, by path. */
  const served = new Map<string, { body: string; etag?: string }>();
  let platform: TestPlatform;
  let alice: Api;
  let bob: Api;
  let session: string;

  beforeAll(async () => {
    outside = await startThrowawayPostgres();
    owner = openDatabase({ url: outside.url, applicationName: 'owner' });
    for (const text of [
      `create role reader login password 'r'`, `create role writer login password 'w'`,
      `create table policies (policy_no text primary key, premium numeric(12, 2) check (premium >= 0), note text)`,
      `create table changes (policy_no text)`,
      `create function count_change() returns trigger language plpgsql security definer as $$ begin insert into public.changes values (new.policy_no); return new; end $$`,
      `create trigger counted after update on policies for each row execute function count_change()`,
      `create table symphainy_receipts (write_key text primary key, receipt json)`,
      `insert into policies select 'P-' || n, 10 * n, 'as sold' from generate_series(1, 6) n`,
      `grant select on policies to reader`, `grant select, insert, update, delete on policies, symphainy_receipts to writer`,
    ]) await owner.run({ text });
    line = new CommitLine(outside.port);
    const port = await line.listen();
    files = createServer((request, response) => {
      const found = served.get(request.url ?? '');
      if (request.headers.authorization !== 'Bearer f' || found === undefined) return void response.writeHead(found === undefined ? 404 : 401).end();
      response.writeHead(200, { 'content-type': request.url!.includes('.csv') ? 'text/csv' : 'application/json', ...(found.etag === undefined ? {} : { etag: found.etag }) }).end(found.body);
    }).listen(0, '127.0.0.1');
    await once(files, 'listening');
    const web = `127.0.0.1:${(files.address() as AddressInfo).port}`;
    platform = await startConnectedStack({ CONNECTOR_ALLOWED_TARGETS: `127.0.0.1:${port},${web}`, CONNECTOR_READER: 'reader:r', CONNECTOR_WRITER: 'writer:w', CONNECTOR_FILES: 'Bearer f' });
    [alice, bob] = [platform.as('alice'), platform.as('bob')];
    session = await bob.createSession();
    const tables = [{ name: 'public.policies', columns: ['policy_no', 'premium', 'note'], writable: ['premium'] }];
    const bindings = [
      { name: 'policy-admin', system: 'Policy administration', connector: { kind: 'postgres', tenants: ['acme'], host: '127.0.0.1', port, database: new URL(outside.url).pathname.slice(1), secret: 'CONNECTOR_READER', tls: 'off', tables, writes: { secret: 'CONNECTOR_WRITER', receipts: 'public.symphainy_receipts' } } },
      { name: 'claims', system: 'Claims', connector: { kind: 'http', tenants: ['acme'], base_url: `http://${web}`, paths: ['/'], secret: 'CONNECTOR_FILES' } },
    ];
    const admin = platform.as('admin');
    expect((await admin.post('/v1/governance/register_solution', { name: 'insurance', version: '1.0.0', context: { goals: ['migrate'] }, intents: ['migration.correct'], realms: ['migration'], bindings })).status).toBeLessThan(300);
    expect((await admin.post('/v1/governance/update_tenant', { tenant_id: 'acme', switches: { effect_approval: 'enforce' } })).status).toBeLessThan(300);
  }, 120_000);

  afterAll(async () => {
    await platform.stop();
    await Promise.all([owner.close(), line.close(), new Promise((done) => files.close(done))]);
    await outside.stop();
  }, 60_000);

  const recordsOf = async (id: string): Promise<readonly WalRecord[]> => (await bob.get<{ frames?: { records: WalRecord[] }[] }>(`/v1/executions/${id}/records?from_seq=0`)).body.frames?.flatMap(({ records }) => records) ?? [];
  async function recorded(id: string, type: string): Promise<WalRecord> {
    for (;;) {
      const found = (await recordsOf(id)).find((record) => record.type === type);
      if (found !== undefined) return found;
      await pause(20);
    }
  }
  const premiumOf = async (no: string): Promise<string> => (await owner.query<{ premium: string }>('select premium::text as premium from policies where policy_no = $1', [no]))[0]!.premium;
  const changesOf = async (no: string): Promise<number> => (await owner.query('select 1 from changes where policy_no = $1', [no])).length;
  const submit = async (intent_type: string, payload: object): Promise<string> => (await bob.post<{ execution_id: string }>('/v1/intents', { intent_type, session_id: session, payload })).body.execution_id;
  const write = (no: string, values: object): Promise<string> => submit('solution.write_rows', { binding: 'policy-admin', table: 'public.policies', reason: 'spec', changes: [{ do: 'update', key: { policy_no: no }, values }] });
  async function approve(id: string, approved: boolean): Promise<void> {
    await recorded(id, 'approval_requested');
    expect((await alice.post(`/v1/executions/${id}/steps/write/approval`, { approved, reason: 'looked at' })).status).toBe(200);
  }
  const childOf = async (id: string): Promise<string> => ((await recorded(id, 'child_accepted')) as unknown as { child_execution_id: string }).child_execution_id;

  it('a write that a saga decides - has its own decision, preview and approval; its realm is killed when the rows are written and it does not know, and they are written once', async () => {
    const parent = await submit('migration.correct', { policy_no: 'P-1', premium: '11.25' });
    const child = await childOf(parent);
    const change = { do: 'update', key: { policy_no: 'P-1' }, columns: { premium: { before: '10.00', after: '11.25' } } };
    expect(await recorded(child, 'effect_previewed')).toMatchObject({ preview: { binding: 'policy-admin', rows: [change] } });
    expect((await bob.post<{ code: string }>(`/v1/executions/${child}/steps/write/approval`, { approved: true, reason: 'mine' })).body.code).toBe('policy.denied');
    expect(await premiumOf('P-1')).toBe('10.00');

    line.breaks = 'after';
    const killed = new Promise<void>((resolve) => (line.onCommitted = () => platform.stack!.kill('realm-solution').finally(resolve)));
    await approve(child, true);
    await killed;
    await platform.stack!.start('realm-solution');

    const ended = await bob.ended<View>(parent);
    expect([ended.status, ended.error]).toEqual(['completed', undefined]);
    expect([await premiumOf('P-1'), await changesOf('P-1')]).toEqual(['11.25', 1]);
    const records = await recordsOf(child);
    expect(records.find(({ type }) => type === 'policy_evaluated')).toMatchObject({ decision: { decision: 'permit' } });
    expect(records.find(({ type }) => type === 'effect_approved')?.by?.user_id).toBe('alice');
    expect(records.find(({ type }) => type === 'effect_completed')?.receipt).toMatchObject({ rows: [{ before: { premium: '10.00', note: 'as sold' }, after: { premium: '11.25', note: 'as sold' } }] });
  }, 60_000);

  it('a system that stays away after it wrote - leaves the outcome unknown, until an operator looks the key up and says', async () => {
    const id = await write('P-2', { premium: '21' });
    line.breaks = 'after';
    line.onCommitted = () => Promise.resolve(void (line.cut = true));
    await approve(id, true);
    const { key } = await recorded(id, 'effect_unknown');
    expect((await bob.get<View>(`/v1/executions/${id}`)).body).toMatchObject({ status: 'stuck', attention: { what: 'effect_unknown' } });
    line.cut = false;
    const [found] = await owner.query<{ receipt: object }>('select receipt from symphainy_receipts where write_key = $1', [key!]);
    expect((await alice.post(`/v1/executions/${id}/steps/write/resolution`, { happened: true, receipt: found!.receipt, reason: 'its receipt is there' })).status).toBe(200);
    expect(await bob.ended<View>(id)).toMatchObject({ status: 'completed' });
    expect([await premiumOf('P-2'), await changesOf('P-2')]).toEqual(['21.00', 1]);
    expect((await recordsOf(id)).find(({ type }) => type === 'effect_resolved')).toMatchObject({ happened: true, receipt: { rows: [{ before: { premium: '20.00' } }] }, by: { user_id: 'alice' } });
  }, 60_000);

  it('what an approver refuses, what changed since the preview, what the binding keeps - is not written, and says why', async () => {
    const refused = await write('P-3', { premium: '31' });
    await approve(refused, false);
    expect(await bob.ended<View>(refused)).toMatchObject({ status: 'failed', error: { code: 'effect.not_approved' } });
    const late = await write('P-4', { premium: '41' });
    await recorded(late, 'approval_requested');
    await owner.run({ text: `update policies set premium = 40.5 where policy_no = 'P-4'` });
    await approve(late, true);
    expect(await bob.ended<View>(late)).toMatchObject({ status: 'failed', error: { code: 'connector.row_changed', field: '/changes/0' } });
    expect(await bob.ended<View>(await write('P-5', { note: 'x' }))).toMatchObject({ status: 'failed', error: { code: 'connector.not_allowed', field: '/changes/0' } });
    expect(await Promise.all(['P-3', 'P-4', 'P-5'].map(premiumOf))).toEqual(['30.00', '40.50', '50.00']);
  }, 60_000);

  it('a write that is undone - is written back, once', async () => {
    const id = await write('P-6', { premium: '61' });
    await approve(id, true);
    expect((await bob.ended<View>(id)).status).toBe('completed');
    expect((await alice.post(`/v1/executions/${id}/compensate`, { reason: 'a mistake' })).status).toBe(200);
    await recorded(id, 'compensation_completed');
    expect([await premiumOf('P-6'), await changesOf('P-6')]).toEqual(['60.00', 2]);
  }, 60_000);

  it('objects and an API behind HTTP - are described, joined where they lie, and refused when they are others or gone', async () => {
    served.set('/fees.csv', { body: 'policy_no,fee\nP-3,12.50\nP-4,7\n', etag: '"1"' });
    served.set('/plain.csv', { body: 'policy_no,paid\nP-3,1\n' });
    served.set('/claims?state=open', { body: '[{"policy_no":"P-3","amount":3}]', etag: '"c"' });
    const describe = async (payload: object): Promise<string> => `${(await bob.execute(session, 'solution.describe_external', { binding: 'claims', name: 'it', ...payload })).execution_id}/describe/it`;
    const [fees, plain, claims] = await Promise.all([describe({ object: '/fees.csv' }), describe({ object: '/plain.csv', hash: true }), describe({ api: '/claims?state=open' })]);
    const sources = [{ name: 'fees', reference: fees }, { name: 'plain', reference: plain }, { name: 'claims', reference: claims }];
    const mash = (): Promise<View & { execution_id: string }> => bob.execute<View>(session, 'cross_realm.data_mash', { sources, sql: 'SELECT fee, paid, amount FROM fees JOIN plain USING (policy_no) JOIN claims USING (policy_no)' });

    const done = await mash();
    const { preview } = (await bob.get<{ preview: unknown[] }>(`/v1/artifacts/${done.execution_id}/query/mash/content`)).body;
    expect(preview).toEqual([expect.objectContaining({ fee: 12.5, paid: 1, amount: 3, _sources: [expect.objectContaining({ reference: fees, row: 2 }), expect.objectContaining({ reference: plain, row: 2 }), expect.objectContaining({ reference: claims, pointer: '/0' })] })]);

    const refusal = async (): Promise<unknown[]> => {
      const { execution_id, error } = await mash();
      return [error?.code, error?.field, (await recordsOf(execution_id)).filter(({ type }) => type === 'access_refused').map((record) => record.error?.code)];
    };
    served.set('/plain.csv', { body: 'policy_no,paid\nP-3,2\n' });
    expect((await refusal()).slice(0, 2)).toEqual(['reference.changed', '/sources/1/reference']);
    served.set('/plain.csv', { body: 'policy_no,paid\nP-3,1\n' });
    served.delete('/claims?state=open');
    expect(await refusal()).toEqual(['connector.missing', '/sources/2/reference', ['connector.missing']]);
    served.set('/fees.csv', { body: 'policy_no,fee\nP-3,12.50\n', etag: '"2"' });
    expect((await Promise.all([fees, claims].map((reference) => bob.post<{ code: string }>(`/v1/references/${reference}/resolve`)))).map(({ body }) => body.code)).toEqual(['reference.changed', 'connector.missing']);
  }, 60_000);
});
