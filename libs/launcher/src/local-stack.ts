import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { keepCertificates, startNats, startPostgres, startRedis, type NatsServer, type PostgresServer, type RedisServer, type RedisUser, type TlsFiles } from '@symphainy/servers-local';
import { localBusConfig, type ExtraRealm } from './bus-config.js';
import { lockDataDir } from './data-dir-lock.js';
import { apiKeyRecords, apiKeysFile, environments, evidenceKeys, evidenceKeysFile, type Surroundings } from './environments.js';
import { loadSecrets, type Secrets } from './secrets.js';
import { awaitReady, startService, type ServiceProcess, type ServiceProgram } from './service-process.js';

export interface LocalStackOptions {
  /** The repository root, built. */
  readonly root: string;
  readonly dataDir: string;
  /** Port of the gateway; 0: any free one. Default 0. */
  readonly httpPort?: number;
  /** Services to start; default: all seven. */
  readonly only?: readonly string[];
  /** Instances of the runtime: `runtime`, `runtime-2`, … Default 1. */
  readonly runtimes?: number;
  /** Realms beside the platform's own. */
  readonly realms?: readonly ExtraRealm[];
  readonly bootstrapFile?: string;
  /** Resolve once every service is ready (registered, governed), not as soon as they listen. Default true. */
  readonly awaitReady?: boolean;
  readonly logLevel?: Surroundings['logLevel'];
  /** Further variables per service name: failure tests shorten waits with them. */
  readonly env?: Readonly<Record<string, Readonly<Record<string, string>>>>;
  onLine(service: string, line: string): void;
  /** Gets each line of the servers’ own logs, where refused connections, messages and statements stand. */
  onServerLine?(server: ServerName, line: string): void;
  /** What becomes of the servers' configurations before they are used: the attack shows with it what they are good for. Default: nothing. */
  readonly servers?: {
    readonly busConfig?: (text: string) => string;
    /** Of what the runtime may do at Redis. */
    readonly redisRules?: (rules: string) => string;
  };
}

export interface BusAccess {
  readonly url: string;
  readonly user: string;
  readonly password: string;
  readonly inboxPrefix: string;
  readonly caFile: string;
}

/** The services as processes on real servers. Everything started here dies with this process. */
export interface LocalStack {
  readonly gatewayUrl: string;
  /** `performance.now()` when the first server was started, its data directory being ready. */
  readonly startedAt: number;
  keyOf(user: string): string;
  /** How a service reaches the bus. */
  busAccess(service: string): BusAccess;
  /** Superuser URL of Postgres: for those who check the log itself. */
  readonly postgresUrl: string;
  readonly redisPort: number;
  /** Of a service, or of `postgres`, `nats`, `redis`. */
  pidOf(name: string): number;
  /** Of a service that was killed, or of a server (`postgres`, `nats`, `redis`), which gets its old port and data. `instead`: this time only, another program or further variables. */
  start(name: string, instead?: Partial<Pick<ServiceProgram, 'program' | 'env'>>): Promise<void>;
  /** SIGKILL, of a service or of a server. */
  kill(name: string): Promise<void>;
  /** Resolves when a service that runs now has ended, in whatever way. */
  ended(service: string): Promise<{ code: number | null; signal: NodeJS.Signals | null }>;
  restartPostgres(): Promise<void>;
  restartNats(): Promise<void>;
  stopRedis(): Promise<void>;
  startRedis(): Promise<void>;
  stop(): Promise<void>;
}

/** Starts servers and services and resolves when all of them listen. A part that fails takes down what was started, and its error says why. */
export async function startLocalStack(options: LocalStackOptions): Promise<LocalStack> {
  const stack = new Stack(options);
  try {
    await stack.up();
  } catch (error) {
    await stack.stop();
    throw error;
  }
  return stack;
}

/** Waits for all, then rejects as the first that failed: what did start is known by then, and can be stopped. */
async function everyOne(starts: readonly Promise<unknown>[]): Promise<void> {
  await Promise.allSettled(starts);
  await Promise.all(starts);
}

/** What the runtime may do at Redis: its hot state, by the commands it uses (docker-compose.yml says the same; a house rule compares them). */
export const RUNTIME_REDIS_RULES = '~hot:* +hmget +hget +hset +expire +persist +unlink +eval +dbsize +info +ping';

/** Beside the runtime an operator, who may read who was refused what. */
const redisUsers = (secrets: Secrets, runtimeRules: string): RedisUser[] => [
  { name: 'runtime', password: secrets.passwords['redis']!, rules: runtimeRules },
  { name: 'operator', password: secrets.passwords['redis-operator']!, rules: '+acl|log +ping +info' },
];

const SERVERS = ['postgres', 'nats', 'redis'] as const;
export type ServerName = (typeof SERVERS)[number];
const isServer = (name: string): name is ServerName => (SERVERS as readonly string[]).includes(name);

const PORT_ATTEMPTS_MAX = 50;
const PORT_PAUSE_MS = 100;

/** Clients come back to the port they know. Somebody may sit on it for a moment: even a client that, dialling a dead port, met itself. */
async function onPort<S extends { readonly port: number; stop(): Promise<void> }>(port: number, start: () => Promise<S>): Promise<S> {
  for (let attempt = 1; ; attempt++) {
    const server = await start();
    if (server.port === port) return server;
    await server.stop();
    if (attempt === PORT_ATTEMPTS_MAX) throw new Error(`port ${port} is taken`);
    await new Promise((resolve) => setTimeout(resolve, PORT_PAUSE_MS));
  }
}

const REALMS = ['content', 'insights', 'journey', 'solution'] as const;
const READY_LIMIT_MS = 60_000;
const STOP_ORDER = ['experience-gateway', 'realm', 'smart-city', 'runtime'] as const;

class Stack implements LocalStack {
  startedAt = 0;
  private secrets!: Secrets;
  private around!: Surroundings;
  private postgres: PostgresServer | undefined;
  private nats: NatsServer | undefined;
  private redis: RedisServer | undefined;
  private natsConfig = '';
  private tls!: Readonly<Record<ServerName, TlsFiles>>;
  private gatewayPort = 0;
  private release: (() => Promise<void>) | undefined;
  private readonly programs = new Map<string, () => ServiceProgram>();
  private readonly running = new Map<string, ServiceProcess>();

  constructor(private readonly options: LocalStackOptions) {
    this.gatewayPort = options.httpPort ?? 0;
  }

  get gatewayUrl(): string {
    return this.process('experience-gateway').url;
  }

  async up(): Promise<void> {
    const { dataDir, root, realms = [] } = this.options;
    this.release = await lockDataDir(dataDir);
    await mkdir(join(dataDir, 'objects'), { recursive: true });
    this.secrets = await loadSecrets(dataDir);
    await writeFile(apiKeysFile(dataDir), JSON.stringify(apiKeyRecords(this.secrets)), { mode: 0o600 });
    await writeFile(evidenceKeysFile(dataDir), evidenceKeys(this.secrets));
    this.tls = await keepCertificates(join(dataDir, 'tls'), SERVERS, Date.now());
    this.natsConfig = (this.options.servers?.busConfig ?? String)(await localBusConfig(root, this.secrets, realms));
    // The data directory is made first: creating a database cluster is no part of a start.
    await (await startPostgres({ dataDir: join(dataDir, 'postgres') })).stop();
    this.startedAt = performance.now();
    await everyOne([
      this.openPostgres().then((server) => (this.postgres = server)),
      this.openNats().then((server) => (this.nats = server)),
      this.openRedis().then((server) => (this.redis = server)),
    ]);
    this.around = {
      root, dataDir, postgresUrl: this.postgres!.url, redisUrl: this.redis!.url, natsUrl: this.nats!.url, caFile: this.tls.nats.caFile, httpPort: this.gatewayPort, logLevel: this.options.logLevel ?? 'info',
      ...(this.options.bootstrapFile === undefined ? {} : { bootstrapFile: this.options.bootstrapFile }),
    };
    this.declarePrograms();
    await Promise.all([...this.programs.keys()].map((name) => this.start(name)));
    this.gatewayPort = Number(new URL(this.gatewayUrl).port);
    if (this.options.awaitReady ?? true) await Promise.all([...this.running.values()].map((service) => awaitReady(service, READY_LIMIT_MS)));
  }

  get postgresUrl(): string {
    return this.postgres!.url;
  }

  get redisPort(): number {
    return this.redis!.port;
  }

  keyOf(user: string): string {
    const found = this.secrets.api_keys.find((k) => k.user_id === user);
    if (found === undefined) throw new Error(`no API key for ${user}`);
    return found.key;
  }

  busAccess(service: string): BusAccess {
    return { caFile: this.tls.nats.caFile, url: this.nats!.url, user: service, password: this.secrets.passwords[service]!, inboxPrefix: `_INBOX_${service}` };
  }

  pidOf(name: string): number {
    return isServer(name) ? this.server(name).pid : this.process(name).pid;
  }

  async start(name: string, instead: Partial<Pick<ServiceProgram, 'program' | 'env'>> = {}): Promise<void> {
    if (isServer(name)) return this.startServer(name);
    const program = this.programs.get(name)?.();
    if (program === undefined) throw new Error(`no service is named ${name}`);
    const env = { ...program.env, ...instead.env };
    this.running.set(name, await startService({ ...program, ...instead, env }, this.options.onLine));
  }

  kill(name: string): Promise<void> {
    return isServer(name) ? this.server(name).kill() : this.process(name).kill();
  }

  ended(service: string): Promise<{ code: number | null; signal: NodeJS.Signals | null }> {
    return this.process(service).exited;
  }

  async restartPostgres(): Promise<void> {
    await this.postgres!.stop();
    await this.startServer('postgres');
  }

  async restartNats(): Promise<void> {
    await this.nats!.stop();
    await this.startServer('nats');
  }

  async stopRedis(): Promise<void> {
    await this.redis?.stop();
  }

  startRedis(): Promise<void> {
    return this.startServer('redis');
  }

  private async startServer(name: ServerName): Promise<void> {
    const { port } = this.server(name);
    switch (name) {
      case 'postgres':
        this.postgres = await onPort(port, () => this.openPostgres(port));
        return;
      case 'nats':
        this.nats = await onPort(port, () => this.openNats(port));
        return;
      case 'redis':
        this.redis = await onPort(port, () => this.openRedis(port));
    }
  }

  private openPostgres(port = 0): Promise<PostgresServer> {
    return startPostgres({ dataDir: join(this.options.dataDir, 'postgres'), port, tls: this.tls.postgres, onLine: this.linesOf('postgres') });
  }

  private openNats(port = 0): Promise<NatsServer> {
    return startNats({ port, config: this.natsConfig, tls: this.tls.nats, onLine: this.linesOf('nats') });
  }

  private openRedis(port = 0): Promise<RedisServer> {
    return startRedis({ port, users: redisUsers(this.secrets, (this.options.servers?.redisRules ?? String)(RUNTIME_REDIS_RULES)), tls: this.tls.redis, onLine: this.linesOf('redis') });
  }

  private readonly linesOf = (server: ServerName) => (line: string) => this.options.onServerLine?.(server, line);

  private server(name: ServerName): PostgresServer | NatsServer | RedisServer {
    const found = { postgres: this.postgres, nats: this.nats, redis: this.redis }[name];
    if (found === undefined) throw new Error(`${name} was never started`);
    return found;
  }

  /** Those who ask before those who answer, servers last, so that each can finish what it has in hand. */
  async stop(): Promise<void> {
    for (const group of STOP_ORDER) await Promise.all([...this.running].filter(([name]) => name.startsWith(group)).map(([, process]) => process.stop()));
    this.running.clear();
    await Promise.all([this.nats?.stop(), this.redis?.stop(), this.postgres?.stop()]);
    await this.release?.();
  }

  private process(name: string): ServiceProcess {
    const found = this.running.get(name);
    if (found === undefined) throw new Error(`${name} is not running`);
    return found;
  }

  private declarePrograms(): void {
    const wanted = (name: string): boolean => this.options.only?.includes(name) ?? true;
    const declare = (name: string, program: string, env: () => Readonly<Record<string, string>>): void =>
      void this.programs.set(name, () => ({ name, program, env: { ...env(), ...this.options.env?.[name] } }));
    const appOf = (app: string): string => join(this.options.root, 'apps', app, 'dist', 'main.js');
    for (let i = 1; i <= (this.options.runtimes ?? 1); i++) if (wanted('runtime')) declare(i === 1 ? 'runtime' : `runtime-${i}`, appOf('runtime'), () => environments.runtime(this.around, this.secrets));
    if (wanted('smart-city')) declare('smart-city', appOf('smart-city'), () => environments.smartCity(this.around, this.secrets));
    for (const realm of REALMS) if (wanted(`realm-${realm}`)) declare(`realm-${realm}`, appOf(`realm-${realm}`), () => environments.realm(this.around, this.secrets, `realm-${realm}`));
    for (const extra of this.options.realms ?? [])
      for (let i = 1; i <= (extra.replicas ?? 1); i++) declare(i === 1 ? extra.name : `${extra.name}-${i}`, extra.program, () => environments.realm(this.around, this.secrets, extra.name));
    if (wanted('experience-gateway')) declare('experience-gateway', appOf('experience-gateway'), () => environments.gateway({ ...this.around, httpPort: this.gatewayPort }, this.secrets));
  }
}
