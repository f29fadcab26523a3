import { createHash, randomBytes } from 'node:crypto';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TlsFiles } from './certificates.js';
import { findProgram } from './install.js';
import { freePort } from './port.js';
import { ServerStartError, startServer } from './server-process.js';

export interface RedisServer {
  /** `redis://:<password>@127.0.0.1:<port>`; with users, as the first of them; with TLS, `rediss://…`. */
  readonly url: string;
  readonly port: number;
  readonly pid: number;
  stop(): Promise<void>;
  /** SIGKILL. */
  kill(): Promise<void>;
}

export interface RedisUser {
  readonly name: string;
  readonly password: string;
  /** As in an ACL: `~keys:* +get`. Nothing else is allowed. */
  readonly rules: string;
}

export interface RedisOptions {
  readonly port?: number;
  /** Of the default user, who may do everything. Default: random. */
  readonly password?: string;
  /** Users that may do what their rules say; then the default user may not come in. */
  readonly users?: readonly RedisUser[];
  /** Nobody gets in without TLS. Default: nobody gets it. */
  readonly tls?: TlsFiles;
  /** Gets each line of its log. */
  readonly onLine?: (line: string) => void;
  /** Write an append-only file, fsynced each second. Default false: nothing on disk. */
  readonly appendonly?: boolean;
  /** Where the append-only file goes. Default: a temporary directory, removed at stop. */
  readonly dataDir?: string;
}

const configText = (port: number, password: string, directory: string, { users, tls, appendonly = false }: RedisOptions): string =>
  [
    ...(tls === undefined ? [`port ${port}`] : ['port 0', `tls-port ${port}`, 'tls-auth-clients no', `tls-ca-cert-file "${tls.caFile}"`, `tls-cert-file "${tls.certificateFile}"`, `tls-key-file "${tls.keyFile}"`]),
    ...(users === undefined ? [`requirepass "${password}"`] : ['user default off', ...users.map(asAcl)]),
    'bind 127.0.0.1', `dir "${directory}"`, 'save ""', `appendonly ${appendonly ? 'yes' : 'no'}`, 'daemonize no', '',
  ].join('\n');

/** By the password's hash, which is all that the server keeps. */
const asAcl = ({ name, password, rules }: RedisUser): string => `user ${name} on #${createHash('sha256').update(password).digest('hex')} resetchannels -@all ${rules}`;

/** Starts redis-server. Its configuration goes in by standard input, so the password shows in no process list. */
export async function startRedis(options: RedisOptions = {}): Promise<RedisServer> {
  const program = findProgram('redis-server');
  if (program === undefined) throw new ServerStartError('redis-server', 'not found: install the Debian package redis-server');
  const directory = options.dataDir ?? (await mkdtemp(join(tmpdir(), 'symphainy-redis-')));
  await mkdir(directory, { recursive: true });
  const cleanUp = async (): Promise<void> => (options.dataDir === undefined ? rm(directory, { recursive: true, force: true }) : undefined);
  const [first] = options.users ?? [];
  const password = first?.password ?? options.password ?? randomBytes(24).toString('base64url');
  const port = await freePort(options.port);
  const input = configText(port, password, directory, options);
  const server = await startServer({ name: 'redis-server', program, args: ['-'], input, ready: /Ready to accept connections/, stopSignal: 'SIGTERM', onLine: options.onLine }).catch(async (error: unknown) => {
    await cleanUp();
    throw error;
  });
  return { url: `${options.tls === undefined ? 'redis' : 'rediss'}://${first?.name ?? ''}:${encodeURIComponent(password)}@127.0.0.1:${port}`, port, pid: server.pid, stop: () => server.stop().then(cleanUp), kill: () => server.kill().then(cleanUp) };
}
