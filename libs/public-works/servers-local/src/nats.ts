import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findProgram } from './install.js';
import { freePort } from './port.js';
import { ServerStartError, startServer } from './server-process.js';

export interface NatsServer {
  /** `nats://127.0.0.1:<port>`, without credentials. */
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

/** Starts nats-server. `config` is the text of a configuration file (accounts, permissions, limits); address and port are ours. */
export async function startNats(options: { readonly port?: number; readonly config?: string } = {}): Promise<NatsServer> {
  const program = findProgram('nats-server');
  if (program === undefined) throw new ServerStartError('nats-server', 'not found: install the Debian package nats-server');
  const directory = await mkdtemp(join(tmpdir(), 'symphainy-nats-'));
  const config = join(directory, 'nats.conf');
  await writeFile(config, options.config ?? '', { mode: 0o600 });
  const port = await freePort(options.port);
  const args = ['-c', config, '-a', '127.0.0.1', '-p', String(port)];
  const cleanUp = (): Promise<void> => rm(directory, { recursive: true, force: true });
  const server = await startServer({ name: 'nats-server', program: 'env', args: [...GO_RUNTIME, program, ...args], ready: /Server is ready/, stopSignal: 'SIGTERM' }).catch(async (error: unknown) => {
    await cleanUp();
    throw error;
  });
  return { url: `nats://127.0.0.1:${port}`, port, pid: server.pid, stop: () => server.stop().then(cleanUp), kill: () => server.kill().then(cleanUp) };
}
