import { randomBytes } from 'node:crypto';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findProgram } from './install.js';
import { freePort } from './port.js';
import { ServerStartError, startServer } from './server-process.js';

export interface RedisServer {
  /** `redis://:<password>@127.0.0.1:<port>`. */
  readonly url: string;
  readonly port: number;
  readonly pid: number;
  stop(): Promise<void>;
  /** SIGKILL. */
  kill(): Promise<void>;
}

export interface RedisOptions {
  readonly port?: number;
  /** Default: random. */
  readonly password?: string;
  /** Write an append-only file, fsynced each second. Default false: nothing on disk. */
  readonly appendonly?: boolean;
  /** Where the append-only file goes. Default: a temporary directory, removed at stop. */
  readonly dataDir?: string;
}

const configText = (port: number, password: string, directory: string, appendonly: boolean): string =>
  [`port ${port}`, 'bind 127.0.0.1', `requirepass "${password}"`, `dir "${directory}"`, 'save ""', `appendonly ${appendonly ? 'yes' : 'no'}`, 'daemonize no', ''].join('\n');

/** Starts redis-server. Its configuration goes in by standard input, so the password shows in no process list. */
export async function startRedis(options: RedisOptions = {}): Promise<RedisServer> {
  const program = findProgram('redis-server');
  if (program === undefined) throw new ServerStartError('redis-server', 'not found: install the Debian package redis-server');
  const directory = options.dataDir ?? (await mkdtemp(join(tmpdir(), 'symphainy-redis-')));
  await mkdir(directory, { recursive: true });
  const cleanUp = async (): Promise<void> => (options.dataDir === undefined ? rm(directory, { recursive: true, force: true }) : undefined);
  const password = options.password ?? randomBytes(24).toString('base64url');
  const port = await freePort(options.port);
  const input = configText(port, password, directory, options.appendonly ?? false);
  const server = await startServer({ name: 'redis-server', program, args: ['-'], input, ready: /Ready to accept connections/, stopSignal: 'SIGTERM' }).catch(async (error: unknown) => {
    await cleanUp();
    throw error;
  });
  return { url: `redis://:${encodeURIComponent(password)}@127.0.0.1:${port}`, port, pid: server.pid, stop: () => server.stop().then(cleanUp), kill: () => server.kill().then(cleanUp) };
}
