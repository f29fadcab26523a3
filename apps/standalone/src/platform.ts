import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { LocalBusHub } from '@symphainy/bus-local';
import { gatewayService } from '@symphainy/experience-gateway';
import { type Logger, systemClock } from '@symphainy/kernel';
import { apiKeyRecords, apiKeysFile, environments, evidenceKeys, evidenceKeysFile, loadSecrets, lockDataDir, type LocalApiKey, type Surroundings } from '@symphainy/launcher';
import { contentService } from '@symphainy/realm-content';
import { insightsService } from '@symphainy/realm-insights';
import { journeyService } from '@symphainy/realm-journey';
import { solutionService } from '@symphainy/realm-solution';
import { runtimeService } from '@symphainy/runtime';
import { freePort, startPostgres } from '@symphainy/servers-local';
import { bootService, type RunningService, type ServiceDefinition } from '@symphainy/service-host';
import { smartCityService } from '@symphainy/smart-city';

export interface PlatformOptions {
  /** The installation's root: console, bootstrap file, samples. */
  readonly root: string;
  readonly dataDir: string;
  /** Wanted port of the gateway; another is chosen when it is taken. */
  readonly port: number;
  readonly logger: Logger;
  /** Variables and secrets of the connectors of Solutions: `CONNECTOR_*`, and `SECRETS_*` where those lie elsewhere. */
  readonly connectors: Readonly<Record<string, string>>;
  /** Aborted: the start is given up at the next step, and what was started is stopped. */
  readonly signal: AbortSignal;
}

export interface Platform {
  /** Base URL of the REST API and the console. */
  readonly url: string;
  readonly apiKeys: readonly LocalApiKey[];
  close(): Promise<void>;
}

const READY_LIMIT_MS = 60_000;

/** Boots all seven services in this process: in-process bus, embedded Postgres, hot state in memory, objects in files. */
export async function startPlatform(options: PlatformOptions): Promise<Platform> {
  const { dataDir } = options;
  const release = await lockDataDir(dataDir);
  try {
    const platform = await startParts(options);
    return { ...platform, close: () => platform.close().finally(release) };
  } catch (error) {
    await release();
    throw error;
  }
}

async function startParts({ dataDir, root, port, logger, connectors, signal }: PlatformOptions): Promise<Platform> {
  await mkdir(join(dataDir, 'objects'), { recursive: true });
  const secrets = await loadSecrets(dataDir);
  await writeFile(apiKeysFile(dataDir), JSON.stringify(apiKeyRecords(secrets)), { mode: 0o600 });
  await writeFile(evidenceKeysFile(dataDir), evidenceKeys(secrets));
  const postgres = await startPostgres({ dataDir: join(dataDir, 'postgres') });
  const running: RunningService[] = [];
  const close = async (): Promise<void> => {
    for (const service of running.reverse()) await service.close();
    await postgres.stop();
  };
  try {
    signal.throwIfAborted();
    const around: Surroundings = { root, dataDir, postgresUrl: postgres.url, redisUrl: undefined, natsUrl: undefined, caFile: undefined, httpPort: await freePort(port), logLevel: 'warn' };
    const hub = new LocalBusHub(systemClock);
    const boot = async <E>(definition: ServiceDefinition<E>, env: Readonly<Record<string, string>>): Promise<RunningService> => {
      const service = await bootService(definition, { env, bus: hub.connect(), logger });
      running.push(service);
      signal.throwIfAborted();
      return service;
    };
    await boot(smartCityService, environments.smartCity(around, secrets));
    await boot(runtimeService, environments.runtime(around, secrets));
    await Promise.all([
      boot(contentService, environments.realm(around, secrets, 'realm-content')),
      boot(insightsService, environments.realm(around, secrets, 'realm-insights')),
      boot(journeyService, environments.realm(around, secrets, 'realm-journey')),
      boot(solutionService, { ...environments.realm(around, secrets, 'realm-solution'), ...connectors }),
    ]);
    const gateway = await boot(gatewayService, environments.gateway(around, secrets));
    await Promise.all(running.map((service) => service.ready(READY_LIMIT_MS)));
    return { url: gateway.url, apiKeys: secrets.api_keys, close };
  } catch (error) {
    await close();
    throw error;
  }
}
