import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { connect, type Client } from '@symphainy/client';
import { startLocalStack, type LocalStack } from '@symphainy/launcher';
import { openDatabase } from '@symphainy/store-postgres';
import { memoryMiB } from './process-figures.js';

export interface MashFigures {
  /** Of the CSV, of the Postgres table, of the Parquet file. */
  readonly csv_rows: number;
  readonly postgres_rows: number;
  readonly parquet_rows: number;
  /** All three joined into one row per product, checked against the generator: from the intent's submission to its end. */
  readonly grouped_seconds: number;
  readonly grouped_rows_per_s: number;
  /** All three joined row by row, the first 100,000 written with their citations. */
  readonly joined_rows: number;
  readonly joined_seconds: number;
  readonly joined_rows_per_s: number;
  /** Peak resident memory over the whole run, in MiB: of the insights realm with the process of a mash, of the connector's host, of the runtime. */
  readonly insights_peak_mb: number;
  readonly solution_peak_mb: number;
  readonly runtime_peak_mb: number;
  /** Products whose count or sum is not the generator's. */
  readonly wrong: number;
}

type Say = (text: string) => void;

const root = join(__dirname, '..', '..', '..');
const PRODUCTS = 20;
const POLL_MS = 100;
const BINDING = 'policy-admin';

const policyOf = (claim: number, policies: number): number => (claim * 7919) % policies;
const centsOf = (claim: number): number => (claim * 31) % 1_000_000;
const productOf = (policy: number): number => policy % PRODUCTS;

/** Claims in a CSV, policies in a Postgres, products in a Parquet file, joined by `cross_realm.data_mash` in separate processes on real servers. */
export async function benchMash(claims: number, say: Say): Promise<MashFigures> {
  const dataDir = await mkdtemp(join(tmpdir(), 'symphainy-mash-'));
  const stack = await startLocalStack({ root, dataDir, only: ['smart-city', 'runtime', 'experience-gateway', 'realm-insights', 'realm-solution'], onLine: (service, line) => /"level":"fatal"/.test(line) && say(`${service}: ${line}`) });
  try {
    await allowPostgres(stack);
    return await measure(stack, claims, say);
  } finally {
    await stack.stop();
    await rm(dataDir, { recursive: true, force: true });
  }
}

/** The table is in the platform's own Postgres, whose port is known once it listens: the connector's host is started anew with it. */
async function allowPostgres(stack: LocalStack): Promise<void> {
  await stack.kill('realm-solution');
  await stack.start('realm-solution', { env: { CONNECTOR_POLICY_ADMIN: 'mash_reader:bench', CONNECTOR_ALLOWED_TARGETS: `127.0.0.1:${new URL(stack.postgresUrl).port}` } });
}

async function measure(stack: LocalStack, claims: number, say: Say): Promise<MashFigures> {
  const policies = Math.ceil(claims / 3);
  const client = connect({ baseUrl: stack.gatewayUrl, credentials: stack.keyOf('alice') });
  const { session_id } = await client.sessions.create();
  say(`writing ${claims} claims and ${policies} policies`);
  await fillPostgres(stack.postgresUrl, policies);
  await bind(stack);
  const run = runner(client, stack, session_id);
  const csv = (await client.files.upload(session_id, { name: 'claims.csv', content: claimsFile(claims, policies), mediaType: 'text/csv' })).reference;
  const lines = (await client.files.upload(session_id, { name: 'products.jsonl', content: new Blob(Array.from({ length: PRODUCTS }, (_, code) => `{"code":${code},"name":"product ${code}"}\n`)), mediaType: 'application/x-ndjson' })).reference;
  const parquet = `${(await run.execute('cross_realm.data_mash', { sources: [{ name: 'p', reference: lines }], sql: 'SELECT code, name FROM p', format: 'parquet' })).id}/query/rows`;
  const table = `${(await run.execute('solution.describe_external', { binding: BINDING, table: 'public.mash_policies', name: 'policies' })).id}/describe/policies`;
  const sources = [{ name: 'claims', reference: csv }, { name: 'policies', reference: table }, { name: 'products', reference: parquet }];
  const from = 'FROM claims c JOIN policies p ON c.policy_no = p.policy_no JOIN products r ON p.product_code = r.code';
  say('joining into one row per product');
  const grouped = await run.execute('cross_realm.data_mash', { sources, sql: `SELECT r.code, count(*) AS n, sum(c.cents) AS cents ${from} GROUP BY r.code ORDER BY r.code` });
  const rows = (await (await client.artifacts.content(`${grouped.id}/query/rows`)).text()).split('\n').filter((line) => line !== '').map((line) => JSON.parse(line) as { code: number; n: number; cents: number | string });
  say('joining row by row');
  const joined = await run.execute('cross_realm.data_mash', { sources, sql: `SELECT c.claim_no, c.cents, p.holder, r.name ${from}` });
  return {
    csv_rows: claims, postgres_rows: policies, parquet_rows: PRODUCTS,
    grouped_seconds: round(grouped.seconds), grouped_rows_per_s: Math.round((claims + policies) / grouped.seconds),
    joined_rows: claims, joined_seconds: round(joined.seconds), joined_rows_per_s: Math.round((claims + policies) / joined.seconds),
    ...run.peaks(), wrong: wrongIn(rows, claims, policies),
  };
}

const round = (value: number): number => Math.round(value * 10) / 10;

async function fillPostgres(url: string, policies: number): Promise<void> {
  const database = openDatabase({ url, applicationName: 'bench', statementTimeoutMs: 0 });
  try {
    await database.query(`create table public.mash_policies (policy_no int primary key, product_code int, holder text, notes text)`);
    await database.query(`insert into public.mash_policies select n, n % ${PRODUCTS}, 'holder ' || n, repeat('x', 100) from generate_series(0, ${policies - 1}) n`);
    await database.query(`create role mash_reader login password 'bench'`);
    await database.query('grant select (policy_no, product_code, holder) on public.mash_policies to mash_reader');
  } finally {
    await database.close();
  }
}

async function bind(stack: LocalStack): Promise<void> {
  const { hostname, port, pathname, searchParams } = new URL(stack.postgresUrl);
  const connector = { kind: 'postgres', tenants: ['acme'], host: hostname, port: Number(port), database: pathname.slice(1), secret: 'CONNECTOR_POLICY_ADMIN', tls: searchParams.has('sslrootcert') ? 'required' : 'off', ...(await authority(searchParams.get('sslrootcert'))), tables: [{ name: 'public.mash_policies', columns: ['policy_no', 'product_code', 'holder'] }] };
  const solution = { name: 'insurance', version: '1.0.0', context: { goals: ['bench'] }, intents: ['cross_realm.data_mash'], realms: ['insights'], bindings: [{ name: BINDING, system: 'Policy administration', connector }] };
  const answer = await fetch(`${stack.gatewayUrl}/v1/governance/register_solution`, { method: 'POST', headers: { 'content-type': 'application/json', authorization: `Bearer ${stack.keyOf('admin')}` }, body: JSON.stringify(solution) });
  if (!answer.ok) throw new Error(`the Solution was not registered: ${answer.status} ${await answer.text()}`);
}

async function authority(file: string | null): Promise<{ ca?: string }> {
  return file === null ? {} : { ca: await readFile(file, 'utf8') };
}

function claimsFile(claims: number, policies: number): Blob {
  const pieces = ['claim_no,policy_no,cents\n'];
  for (let from = 0; from < claims; from += 10_000) {
    let text = '';
    for (let claim = from; claim < Math.min(from + 10_000, claims); claim++) text += `${claim},${policyOf(claim, policies)},${centsOf(claim)}\n`;
    pieces.push(text);
  }
  return new Blob(pieces);
}

function wrongIn(rows: readonly { code: number; n: number; cents: number | string }[], claims: number, policies: number): number {
  const expected = Array.from({ length: PRODUCTS }, () => ({ n: 0, cents: 0 }));
  for (let claim = 0; claim < claims; claim++) {
    const of = expected[productOf(policyOf(claim, policies))]!;
    of.n++;
    of.cents += centsOf(claim);
  }
  return expected.filter(({ n, cents }, code) => {
    const row = rows.find((one) => one.code === code);
    return n > 0 && (row?.n !== n || Number(row.cents) !== cents);
  }).length;
}

/** Runs intents one after another, looking at memory meanwhile. */
function runner(client: Client, stack: LocalStack, session_id: string) {
  const peak = { insights: 0, solution: 0, runtime: 0 };
  const look = (): void => {
    peak.insights = Math.max(peak.insights, memoryMiB(stack.pidOf('realm-insights'), 'resident'));
    peak.solution = Math.max(peak.solution, memoryMiB(stack.pidOf('realm-solution'), 'resident'));
    peak.runtime = Math.max(peak.runtime, memoryMiB(stack.pidOf('runtime'), 'resident'));
  };
  return {
    peaks: () => ({ insights_peak_mb: Math.round(peak.insights), solution_peak_mb: Math.round(peak.solution), runtime_peak_mb: Math.round(peak.runtime) }),
    async execute(intent_type: string, payload: Record<string, unknown>): Promise<{ id: string; seconds: number }> {
      const started = performance.now();
      const { execution_id } = await client.intents.submit({ intent_type, session_id, payload } as Parameters<Client['intents']['submit']>[0]);
      for (;;) {
        const view = await client.executions.read(execution_id);
        look();
        if (view.status === 'completed') return { id: execution_id, seconds: (performance.now() - started) / 1000 };
        if (view.status !== 'running') throw new Error(`${intent_type} has ${view.status}: ${JSON.stringify(view.error)}`);
        await setTimeout(POLL_MS);
      }
    },
  };
}
