import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { openDatabase } from '@symphainy/store-postgres';
import type { Attack, Attempt } from './attempt.js';
import { inventory, REFUSED_TOKEN } from './secret-inventory.js';
import { SecretSearch } from './secret-search.js';
import type { Target } from './target.js';
import { ended } from './target.js';

/** A place where somebody could look for secrets, and what stands there. */
interface Place {
  readonly name: string;
  readonly texts: Iterable<string> | AsyncIterable<string>;
}

/** Last of all: every secret of this platform is looked for in everything that it said, stored and sent, after all the attacks and after failures of its own. */
export const secretAttack: Attack = {
  name: 'secrets',
  guard: 'secrecy',
  async run(target) {
    const services = target.services;
    const secrets = await inventory(target, services);
    if (secrets.length < LEAST_SECRETS) throw new Error(`only ${secrets.length} secrets were found to look for`);
    await provokeFailures(target);
    const search = new SecretSearch(secrets);
    const attempts: Attempt[] = [];
    for (const place of await places(target)) attempts.push(await lookThrough(place, search, secrets.length));
    return attempts;
  },
};

const RECOVERY_LIMIT_MS = 30_000;

/** Fewer would mean that the inventory misses some. */
const LEAST_SECRETS = 30;

async function lookThrough({ name, texts }: Place, search: SecretSearch, secrets: number): Promise<Attempt> {
  const found = new Set<string>();
  let looked = 0;
  for await (const text of texts) {
    looked++;
    for (const secret of search.in(text)) found.add(secret);
  }
  const got = looked === 0 ? 'nothing was there to look through' : found.size > 0 ? [...found].join(', ') : undefined;
  return { name: `${secrets} secrets in ${name} (${looked} texts)`, got, recorded: () => true };
}

/** Credentials that fail at every door, a service started with secrets that are none, and a bus and a database that go away in the middle of work. */
async function provokeFailures({ stack, as, bearing, prey }: Target): Promise<void> {
  for (const credentials of [`${stack.keyOf('alice')}x`, REFUSED_TOKEN]) await bearing(credentials).call('GET', '/v1/me');
  const alice = as('alice');
  await alice.call('POST', '/v1/intents', { session_id: prey.sessionId, intent_type: 'content.ingest', payload: { source: stack.keyOf('alice').slice(0, 4) } });
  await stack.start('runtime', { env: { RUNTIME_TOKEN_KEY: 'no key', CHECKPOINT_SIGNING_KEY: 'no key either' } }).then(() => Promise.reject(new Error('a runtime runs on keys that are none')), () => undefined);
  await Promise.all([stack.restartNats(), stack.restartPostgres()]);
  for (const end = performance.now() + RECOVERY_LIMIT_MS; performance.now() < end; ) {
    const { status, body } = await alice.call('POST', '/v1/intents', { session_id: prey.sessionId, intent_type: 'content.ingest', payload: { source: prey.reference } }).catch(() => ({ status: 0, body: {} as Readonly<Record<string, unknown>> }));
    if (status === 202) return void (await ended(alice, String(body['execution_id'])));
    await pause(50);
  }
  throw new Error('the platform did not come back after bus and database had gone away');
}

async function places(target: Target): Promise<Place[]> {
  const { trail, stack, as, prey, dataDir } = target;
  for (const reader of ['alice', 'gina', 'admin'] as const) for (const path of ['/v1/wal?limit=1000', '/v1/executions', '/v1/metrics']) await as(reader).call('GET', path);
  for (const list of ['identities', 'tenants', 'policies', 'capabilities']) await as('admin').call('GET', `/v1/governance/${list}`);
  const evidence = (await as('alice').call('GET', `/v1/executions/${prey.executionId}/evidence`)).text;
  const metrics = await Promise.all(trail.urls().map(async (url) => (await fetch(`${url}/metrics`)).text()));
  return [
    { name: 'the logs of services and servers', texts: trail.allLines() },
    { name: 'answers and error bodies', texts: target.heard },
    { name: 'exported evidence', texts: [evidence] },
    { name: 'metrics', texts: metrics },
    { name: 'exported traces', texts: target.collector.said.map((body) => body.toString('latin1')) },
    { name: 'the database: log, projections, bundles', texts: rows(stack.postgresUrl) },
    { name: 'the object store', texts: files(join(dataDir, 'objects')) },
  ];
}

/** Every row of every table, bytes as hexadecimal digits and as text. */
async function* rows(url: string): AsyncGenerator<string> {
  const database = openDatabase({ url, applicationName: 'attack', poolMax: 1 });
  try {
    const tables = await database.query<{ name: string }>("select format('%I.%I', schemaname, tablename) as name from pg_tables where schemaname not in ('pg_catalog', 'information_schema') order by 1");
    for (const { name } of tables) {
      for (const { row } of await database.query<{ row: string }>(`select t::text as row from ${name} t`)) yield row + [...row.matchAll(/\\\\?x([0-9a-f]{32,})/g)].map(([, hex]) => Buffer.from(hex!, 'hex').toString('latin1')).join('\n');
    }
  } finally {
    await database.close();
  }
}

async function* files(directory: string): AsyncGenerator<string> {
  for (const entry of await readdir(directory, { recursive: true, withFileTypes: true })) if (entry.isFile()) yield await readFile(join(entry.parentPath, entry.name), 'latin1');
}
