import { Client, Pool, types, type ClientBase, type ClientConfig, type QueryConfig, type QueryResult, type QueryResultRow } from 'pg';
import type { Connection, ConnectOptions, Database, Sql, SqlValue, Statement } from './sql.js';

export interface DatabaseOptions {
  /** `postgres://<role>:<password>@<host>:<port>/<database>`. */
  readonly url: string;
  /** Shown in pg_stat_activity. */
  readonly applicationName: string;
  /** Most connections at once. Default 5. */
  readonly poolMax?: number;
  /** A statement that runs longer is cancelled. Default 30 s; 0: never. */
  readonly statementTimeoutMs?: number;
  /** Called when an idle connection breaks; the pool replaces it. */
  readonly onIdleError?: (error: Error) => void;
}

const INT8 = 20;
const TIMESTAMPTZ = 1184;

/** Text forms to the values that `Sql` promises. */
const parsers: { readonly [oid: number]: (text: string) => unknown } = {
  [INT8]: Number,
  [TIMESTAMPTZ]: (text) => new Date(text).toISOString(),
};

const customTypes = {
  getTypeParser: (oid: number, format?: 'text' | 'binary') => (format !== 'binary' && parsers[oid]) || (types.getTypeParser(oid, format as 'text') as (text: string) => unknown),
} as NonNullable<ClientConfig['types']>;

const configOf = (options: DatabaseOptions): ClientConfig => ({
  connectionString: options.url,
  application_name: options.applicationName,
  statement_timeout: options.statementTimeoutMs ?? 30_000,
  connectionTimeoutMillis: 5_000,
  keepAlive: true,
  types: customTypes,
});

/** Opens a pool. Nothing connects before the first query. */
export function openDatabase(options: DatabaseOptions): Database {
  const pool = new Pool({ ...configOf(options), max: options.poolMax ?? 5, idleTimeoutMillis: 30_000 });
  let closing = false;
  pool.on('error', (error) => {
    if (!closing) options.onIdleError?.(error);
  });
  const inPool = async <T>(work: (sql: Sql) => Promise<T>, begin: readonly Statement[]): Promise<T> => {
    const client = await pool.connect();
    let broken: Error | undefined;
    // The pool listens to clients that are idle. One that breaks in somebody's hands tells it by an event as well, and without a listener that would end the process.
    const listen = (error: Error): void => void (broken = error);
    client.on('error', listen);
    try {
      return await inTransaction(client, work, begin);
    } catch (error) {
      if ((client as unknown as { _ending?: boolean })._ending === true) broken ??= error as Error;
      throw error;
    } finally {
      client.off('error', listen);
      client.release(broken);
    }
  };
  return {
    ...sqlOf(pool),
    transaction: (work) => inPool(work, []),
    asTenant: (tenantId, work) => inPool(work, [setTenant(tenantId)]),
    connect: (connection) => openConnection(options, connection),
    close: () => {
      closing = true;
      return pool.end();
    },
  };
}

const setTenant = (tenantId: string): Statement => ({ name: 'set-tenant', text: `select set_config('app.tenant', $1, true)`, values: [tenantId] });

/** What hangs on a connection (a lock, a turn) must not outlive a client that vanished from the network: the server asks after 10 s of silence. */
const KEEPALIVE = '-c tcp_keepalives_idle=10 -c tcp_keepalives_interval=5 -c tcp_keepalives_count=3';

async function openConnection(options: DatabaseOptions, { lazyCommits = false }: ConnectOptions = {}): Promise<Connection> {
  const client = new Client({ ...configOf(options), options: lazyCommits ? `${KEEPALIVE} -c synchronous_commit=off` : KEEPALIVE });
  const ended = new Promise<void>((resolve) => client.once('end', () => resolve()));
  // A broken line is told by the statements it breaks and by `ended`; an error event without a listener would end the process.
  client.on('error', () => undefined);
  await client.connect();
  return {
    ...sqlOf(client),
    backend: (client as unknown as { processID: number }).processID,
    ended,
    transaction: (work) => inTransaction(client, work, []),
    close: () => client.end(),
  };
}

/** By the callback: of the promises that the client makes itself, each leads to the next, and minor collections keep what all of them gave (a third to a half of it, against nothing). */
const ask = <R extends QueryResultRow>(client: Pool | ClientBase, query: QueryConfig): Promise<QueryResult<R>> =>
  new Promise((resolve, reject) => client.query<R>(query, (error: Error | null | undefined, result) => (error ? reject(error) : resolve(result))));

function sqlOf(client: Pool | ClientBase): Sql {
  const run = async <R extends object>(statement: Statement): Promise<{ rows: R[]; count: number }> => {
    const { rows, rowCount } = await ask<R>(client, { text: statement.text, values: (statement.values ?? []) as SqlValue[], ...(statement.name === undefined ? {} : { name: statement.name }) });
    return { rows, count: rowCount ?? 0 };
  };
  return { run, query: async <R extends object>(text: string, values: readonly SqlValue[] = []) => (await run<R>({ text, values })).rows };
}

async function inTransaction<T>(client: ClientBase, work: (sql: Sql) => Promise<T>, begin: readonly Statement[]): Promise<T> {
  const sql = sqlOf(client);
  await ask(client, { text: 'begin' });
  try {
    for (const statement of begin) await sql.run(statement);
    const result = await work(sql);
    await ask(client, { text: 'commit' });
    return result;
  } catch (error) {
    // The error that matters is the first; a rollback fails only on a line that is gone, and then the server rolls back by itself.
    await ask(client, { text: 'rollback' }).catch(() => undefined);
    throw error;
  }
}
