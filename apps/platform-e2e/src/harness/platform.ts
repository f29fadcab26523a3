import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { startLocalStack, type LocalStack } from '@symphainy/launcher';
import { Api } from './api.js';
import { validateEverything } from './validation.js';

export type Mode = 'standalone' | 'processes';

/** A platform under test: real processes, a data directory of its own. */
export interface TestPlatform {
  readonly mode: Mode;
  readonly url: string;
  readonly dataDir: string;
  /** The processes and servers, in the mode that has them apart. */
  readonly stack: LocalStack | undefined;
  /** The API as a person of the sample tenants (alice and bob of acme, gina of globex), or as the platform's administrator. */
  as(user: 'alice' | 'bob' | 'gina' | 'admin'): Api;
  /** The API with whatever credentials. */
  bearing(credentials: string): Api;
  anonymous(): Api;
  /** Of the standalone platform’s process. */
  readonly pid: number | undefined;
  /** Validates every execution made here, then stops: rejects when one does not hold. */
  stop(): Promise<void>;
}

const PEOPLE = ['alice', 'bob', 'gina', 'admin'] as const;

export const repositoryRoot = join(__dirname, '..', '..', '..', '..');

/** Starts a platform in a mode and waits until it serves. */
export const startPlatform = (mode: Mode): Promise<TestPlatform> => described(mode, mode === 'standalone' ? startStandalone : startProcesses);

/** The standalone platform with variables of its own: for the connectors of Solutions. */
export const startStandaloneWith = (env: Readonly<Record<string, string>>): Promise<TestPlatform> => described('standalone', (dataDir) => startStandalone(dataDir, env));

async function described(mode: Mode, start: (dataDir: string) => Promise<Running>): Promise<TestPlatform> {
  const dataDir = await mkdtemp(join(tmpdir(), `symphainy-e2e-${mode}-`));
  const running = await start(dataDir);
  const secrets = JSON.parse(await readFile(join(dataDir, 'secrets.json'), 'utf8')) as { api_keys: { user_id: string; key: string }[] };
  const as = (user: string): Api => new Api(running.url, secrets.api_keys.find((k) => k.user_id === user)!.key);
  return {
    mode,
    dataDir,
    url: running.url,
    stack: running.stack,
    pid: running.pid,
    as,
    bearing: (credentials) => new Api(running.url, credentials),
    anonymous: () => new Api(running.url, undefined),
    stop: async () => {
      try {
        await validateEverything(PEOPLE.map(as));
      } finally {
        await running.stop();
        await rm(dataDir, { recursive: true, force: true });
      }
    },
  };
}

/** A stack that begins with a bootstrap file of the test's own; `env`: what services are told besides, by their names. */
export async function startBootstrappedStack(bootstrap: object, env: Readonly<Record<string, Readonly<Record<string, string>>>> = {}, runtimes = 1): Promise<TestPlatform> {
  return described('processes', async (dataDir) => {
    const bootstrapFile = join(dataDir, 'bootstrap.json');
    await writeFile(bootstrapFile, JSON.stringify(bootstrap));
    return startLocalStack({ root: repositoryRoot, dataDir, only: ['smart-city', 'runtime', 'experience-gateway'], bootstrapFile, env, runtimes, onLine: () => undefined }).then(runningStack);
  });
}

/** A stack with the benchmark's three-step realm beside the platform's governors: small, for many executions. */
export async function startBenchStack(options: { readonly runtimes: number }): Promise<TestPlatform> {
  return described('processes', (dataDir) =>
    startLocalStack({
      root: repositoryRoot,
      dataDir,
      only: ['smart-city', 'runtime', 'experience-gateway'],
      runtimes: options.runtimes,
      realms: [benchRealm],
      onLine: () => undefined,
    }).then(runningStack),
  );
}

/** A stack with the migration realm, whose outside systems are files in the data directory: `books.txt` and `moves.txt`. */
export async function startMigrationStack(options: { readonly runtimes: number }): Promise<TestPlatform> {
  return described('processes', (dataDir) =>
    startLocalStack({
      root: repositoryRoot,
      dataDir,
      only: ['smart-city', 'runtime', 'experience-gateway'],
      runtimes: options.runtimes,
      realms: [migrationRealm],
      env: { 'realm-bench': { BOOKS_FILE: join(dataDir, 'books.txt'), MOVES_FILE: join(dataDir, 'moves.txt') } },
      onLine: () => undefined,
    }).then(runningStack),
  );
}

/** A stack with the realms that read and write outside systems, told of them by `solution`, and the migration realm, whose sagas have their writes as children. */
export async function startConnectedStack(solution: Readonly<Record<string, string>>): Promise<TestPlatform> {
  return described('processes', (dataDir) =>
    startLocalStack({
      root: repositoryRoot,
      dataDir,
      only: ['smart-city', 'runtime', 'experience-gateway', 'realm-insights', 'realm-solution'],
      realms: [migrationRealm],
      env: { 'realm-solution': solution },
      onLine: () => undefined,
    }).then(runningStack),
  );
}

const migrationRealm = { name: 'realm-bench', realm: 'migration', program: join(repositoryRoot, 'apps', 'platform-e2e', 'dist', 'harness', 'migration-realm.js') };
const benchRealm = { name: 'realm-bench', realm: 'bench', program: join(repositoryRoot, 'tools', 'bench', 'dist', 'bench-realm.js') };

const runningStack = (stack: LocalStack): Running => ({ url: stack.gatewayUrl, stack, stop: () => stack.stop() });

interface Running {
  readonly url: string;
  readonly stack: LocalStack | undefined;
  readonly pid?: number | undefined;
  stop(): Promise<void>;
}

/** The same program a newcomer starts, without its demonstration. */
async function startStandalone(dataDir: string, env: Readonly<Record<string, string>> = {}): Promise<Running> {
  const child = spawn(process.execPath, [join(repositoryRoot, 'apps', 'standalone', 'dist', 'main.js'), '--idle', '--json', '--data-dir', dataDir, '--port', '0'], { stdio: ['ignore', 'pipe', 'pipe'], env: { ...process.env, ...env } });
  const log: string[] = [];
  createInterface({ input: child.stderr }).on('line', (line) => log.push(line));
  const url = await new Promise<string>((resolve, reject) => {
    createInterface({ input: child.stdout }).on('line', (line) => {
      // one that could not start says so on the same line, and ends
      const { url } = JSON.parse(line) as { url?: string };
      if (url !== undefined) resolve(url);
    });
    child.once('close', (code) => reject(new Error(`the standalone platform ended with ${code}:\n${log.slice(-40).join('\n')}`)));
  });
  return {
    url,
    stack: undefined,
    pid: child.pid,
    stop: async () => {
      const exited = once(child, 'exit');
      child.kill('SIGTERM');
      await exited;
    },
  };
}

const startProcesses = (dataDir: string): Promise<Running> => startLocalStack({ root: repositoryRoot, dataDir, onLine: () => undefined }).then(runningStack);
