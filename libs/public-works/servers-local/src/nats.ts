import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TlsFiles } from './certificates.js';
import { findProgram } from './install.js';
import { freePort } from './port.js';
import { ServerStartError, startServer } from './server-process.js';

export interface NatsServer {
  /** `nats://127.0.0.1:<port>`, or `tls://…`, without credentials. */
  readonly url: string;
  readonly port: number;
  readonly pid: number;
  stop(): Promise<void>;
  /** SIGKILL. */
  kill(): Promise<void>;
}

/**
 * On one machine the bus shares its cores with everything it serves, and one is more than it needs: further threads of Go's scheduler spin for work on those of
 * others, and a collector that runs at every few megabytes costs more than the memory. Half the bus's CPU per message.
 */
const GO_RUNTIME = ['GOMAXPROCS=1', 'GOGC=400'];

export interface NatsOptions {
  readonly port?: number;
  /** The text of a configuration file (accounts, permissions, limits); address, port and TLS are ours. */
  readonly config?: string;
  /** Nobody gets in without TLS. Default: nobody gets it. */
  readonly tls?: TlsFiles;
  /** Gets each line of its log: who was refused what stands there. */
  readonly onLine?: (line: string) => void;
}

/** Starts nats-server. */
export async function startNats(options: NatsOptions = {}): Promise<NatsServer> {
  const program = findProgram('nats-server');
  if (program === undefined) throw new ServerStartError('nats-server', 'not found: install the Debian package nats-server');
  const directory = await mkdtemp(join(tmpdir(), 'symphainy-nats-'));
  const config = join(directory, 'nats.conf');
  await writeFile(config, (options.config ?? '') + tlsConfig(options.tls), { mode: 0o600 });
  const port = await freePort(options.port);
  const args = ['-c', config, '-a', '127.0.0.1', '-p', String(port)];
  const cleanUp = (): Promise<void> => rm(directory, { recursive: true, force: true });
  const server = await startServer({ name: 'nats-server', program: 'env', args: [...GO_RUNTIME, program, ...args], ready: /Server is ready/, stopSignal: 'SIGTERM', onLine: options.onLine }).catch(async (error: unknown) => {
    await cleanUp();
    throw error;
  });
  return { url: `${options.tls === undefined ? 'nats' : 'tls'}://127.0.0.1:${port}`, port, pid: server.pid, stop: () => server.stop().then(cleanUp), kill: () => server.kill().then(cleanUp) };
}

const tlsConfig = (tls: TlsFiles | undefined): string => (tls === undefined ? '' : `\ntls {\n  cert_file: ${JSON.stringify(tls.certificateFile)}\n  key_file: ${JSON.stringify(tls.keyFile)}\n}\n`);
