import { mkdtemp, open, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { findPostgresBinaries } from './postgres-binaries.js';
import type { TlsFiles } from './certificates.js';
import { admitOnly, awaitFree, DATA_DIR_BY_DESCRIPTOR, ensureDataDir } from './postgres-data.js';
import { postgresUser } from './postgres-user.js';
import { freePort } from './port.js';
import { ServerStartError, startServer, type RunningServer } from './server-process.js';

export { DataDirInUseError } from './postgres-data.js';

export interface PostgresServer {
  /** `postgres://postgres:<password>@127.0.0.1:<port>/postgres`, with TLS `?sslmode=verify-full&sslrootcert=<file>` behind, the superuser: for migrations and bootstrap only. */
  readonly url: string;
  readonly port: number;
  readonly pid: number;
  /** Stops in order (open connections are closed, nothing committed is lost). */
  stop(): Promise<void>;
  /** SIGKILL of the server process: its backends end by themselves, and the next start recovers from the log. */
  kill(): Promise<void>;
}

export interface PostgresOptions {
  /** Made when it does not exist. */
  readonly dataDir: string;
  /** Wanted port; another is chosen when it is taken. Default: any free one. */
  readonly port?: number;
  /** Nobody gets in without TLS. Default: nobody gets it. */
  readonly tls?: TlsFiles;
  /** Gets each line of its log. */
  readonly onLine?: (line: string) => void;
  /** Further settings, as in postgresql.conf. */
  readonly settings?: Readonly<Record<string, string>>;
}

const DEFAULT_SETTINGS = {
  // Taken as it is filled. With 128 MB a log is out of them after some ten thousand executions, and who appends then writes others' pages first.
  shared_buffers: '512MB',
  max_connections: '100',
  max_wal_size: '2GB',
  checkpoint_timeout: '15min',
  checkpoint_completion_target: '0.9',
  // A new segment of its log is made long enough, not filled with zeros first: filling one held up every commit for 38 ms on a disk of 100 MB/s. What is written there later is flushed with its place.
  wal_init_zero: 'off',
  // Statements here are short; compiling them costs more than it saves.
  jit: 'off',
  random_page_cost: '1.1',
  timezone: 'UTC',
  log_timezone: 'UTC',
  log_checkpoints: 'off',
  lc_messages: 'C',
} as const;

/** Names within the data directory, where `admitOnly` puts them. */
const TLS_SETTINGS = { ssl: 'on', ssl_cert_file: 'server.crt', ssl_key_file: 'server.key', ssl_min_protocol_version: 'TLSv1.3' } as const;

const verified = (tls: TlsFiles | undefined): string => (tls === undefined ? '' : `?sslmode=verify-full&sslrootcert=${encodeURIComponent(tls.caFile)}`);

const BIND_ATTEMPTS_MAX = 5;

/** Starts Postgres on a data directory, initialising it first if need be. Rejects with DataDirInUseError, or ServerStartError. */
export async function startPostgres(options: PostgresOptions): Promise<PostgresServer> {
  const dataDir = resolve(options.dataDir);
  const user = postgresUser();
  const binaries = await findPostgresBinaries(user?.name);
  const password = await ensureDataDir(dataDir, binaries, user);
  for (let attempt = 1; ; attempt++) {
    await awaitFree(dataDir);
    await admitOnly(dataDir, options.tls, user);
    const port = await freePort(options.port);
    try {
      const settings = { ...DEFAULT_SETTINGS, ...(options.tls === undefined ? {} : TLS_SETTINGS), ...options.settings };
      const server = await serve({ dataDir, program: binaries.postgres, port, user: user?.name, settings, onLine: options.onLine });
      return { url: `postgres://postgres:${password}@127.0.0.1:${port}/postgres${verified(options.tls)}`, port, pid: server.pid, stop: () => server.stop(), kill: () => server.kill() };
    } catch (error) {
      if (attempt === BIND_ATTEMPTS_MAX || !passes(error)) throw error;
    }
  }
}

/** The port was taken between our look and the server's, or the last server's processes are not all gone yet. */
const passes = (error: unknown): boolean => error instanceof ServerStartError && /Address already in use|still in use/.test(error.output);

interface Serving {
  readonly dataDir: string;
  readonly program: string;
  readonly port: number;
  readonly user: string | undefined;
  readonly settings: Readonly<Record<string, string>>;
  readonly onLine: ((line: string) => void) | undefined;
}

async function serve({ dataDir, program, port, user, settings, onLine }: Serving): Promise<RunningServer> {
  const flags = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
  const directory = await open(dataDir, 'r');
  try {
    return await startServer({
      name: 'postgres',
      program,
      args: ['-D', DATA_DIR_BY_DESCRIPTOR, '-p', String(port), '-k', '', '-c', 'listen_addresses=127.0.0.1', ...flags],
      ready: /database system is ready to accept connections/,
      // Fast shutdown: open transactions are rolled back, sessions closed.
      stopSignal: 'SIGINT',
      inheritFd: directory.fd,
      onLine,
      ...(user === undefined ? {} : { user }),
    });
  } finally {
    await directory.close();
  }
}

/** A Postgres for one test run: its data directory is temporary and goes at stop. Crash safety is off, transactions behave as ever. */
export async function startThrowawayPostgres(settings: Readonly<Record<string, string>> = {}): Promise<PostgresServer> {
  const parent = await mkdtemp(join(tmpdir(), 'symphainy-postgres-data-'));
  const cleanUp = (): Promise<void> => rm(parent, { recursive: true, force: true });
  const server = await startPostgres({ dataDir: join(parent, 'data'), settings: { fsync: 'off', ...settings } }).catch(async (error: unknown) => {
    await cleanUp();
    throw error;
  });
  return { ...server, stop: () => server.stop().then(cleanUp) };
}
