import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { silentLogger } from '@symphainy/kernel';
import { startThrowawayPostgres, type PostgresServer } from '@symphainy/servers-local';
import { bootService } from '@symphainy/service-host';
import { testChannels } from '@symphainy/service-host/testing';
import { openDatabase } from '@symphainy/store-postgres';
import { smartCityService } from '../smart-city.module.js';
import { PretendRuntime } from './pretend-runtime.js';

const SEED = Buffer.alloc(32, 5).toString('base64url');
const PASSWORD = 'a-password-for-tests-only';

export interface BenchCity {
  readonly runtime: PretendRuntime;
  readonly hub: ReturnType<typeof testChannels>['hub'];
  readonly channelsOf: ReturnType<typeof testChannels>['channelsOf'];
  readonly close: () => Promise<void>;
}

/** One Postgres for a file of tests, and a Smart City on a database of it as often as one is wanted. */
export class CityBench {
  private databases = 0;

  private constructor(
    private readonly postgres: PostgresServer,
    private readonly folder: string,
  ) {}

  static async open(bootstrap: string): Promise<CityBench> {
    const bench = new CityBench(await startThrowawayPostgres(), await mkdtemp(join(tmpdir(), 'city-bench-')));
    await writeFile(join(bench.folder, 'bootstrap.yaml'), bootstrap);
    return bench;
  }

  async close(): Promise<void> {
    await this.postgres.stop();
    await rm(this.folder, { recursive: true });
  }

  async newDatabase(): Promise<string> {
    const name = `city_${++this.databases}`;
    const owner = openDatabase({ url: this.postgres.url, applicationName: 'test' });
    await owner.query(`create database ${name}`);
    await owner.close();
    return name;
  }

  /** As the role of Smart City. */
  cityUrl(database: string): string {
    return Object.assign(new URL(this.postgres.url), { username: 'symphainy_city', password: PASSWORD, pathname: `/${database}` }).href;
  }

  /** Starts Smart City with a runtime that is up and has registered. */
  async start(database: string, env: Readonly<Record<string, string>> = {}): Promise<BenchCity> {
    const { hub, channelsOf } = testChannels();
    const runtime = new PretendRuntime(channelsOf('runtime'), hub.connect());
    const all = {
      DATABASE_URL: this.cityUrl(database),
      DATABASE_OWNER_URL: Object.assign(new URL(this.postgres.url), { pathname: `/${database}` }).href,
      BOOTSTRAP_FILE: join(this.folder, 'bootstrap.yaml'),
      BUNDLE_SIGNING_KEY: SEED,
      DRAIN_MS: '200',
      ...env,
    };
    const service = await bootService(smartCityService, { env: all, bus: hub.connect(), logger: silentLogger });
    runtime.serve();
    await runtime.register();
    return { runtime, hub, channelsOf, close: () => service.close() };
  }
}
