import 'reflect-metadata';
import { type DynamicModule, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { type EnvContract, readEnv, systemClock, uuidV7Source, type Logger } from '@symphainy/kernel';
import { connectNats } from '@symphainy/bus-nats';
import type { Bus, SecretStore } from '@symphainy/ports';
import { createTelemetry, type Telemetry } from '@symphainy/telemetry-otel';
import { Channels } from './channels.js';
import { type HostEnv, hostEnv } from './host.env.js';
import { createLogger } from './logging.js';
import { addOperationsRoutes } from './operations-routes.js';
import { namedSecrets, withSecrets } from './secret-sources.js';
import { HOST, type ServiceDefinition, type ServiceHost } from './service-definition.js';

export interface BootOptions {
  /** The variables to read; a launcher passes its own, `runService` the process's. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** A connection to the in-process bus, for the standalone platform and tests; default: NATS at BUS_URL. */
  readonly bus?: Bus;
  readonly logger?: Logger;
}

export interface RunningService {
  readonly name: string;
  readonly instanceId: string;
  readonly url: string;
  /** Resolves once every condition of readiness holds; rejects naming those that do not within `limitMs`. */
  ready(limitMs: number): Promise<void>;
  /** Stops taking work, finishes what is in flight (at most DRAIN_MS), closes everything. */
  close(): Promise<void>;
}

@Module({})
class HostModule {}

const hostModule = (host: ServiceHost, module: DynamicModule): DynamicModule => ({
  module: HostModule,
  global: true,
  imports: [module],
  providers: [{ provide: HOST, useValue: host }],
  exports: [HOST],
});

/** Starts one service: env contract, logs, telemetry, bus, Nest module, HTTP. Rejects with EnvContractError naming every bad variable, or SecretStoreError. */
export async function bootService<E>(definition: ServiceDefinition<E>, options: BootOptions): Promise<RunningService> {
  const given = await withSecrets(contractOf(definition), options.env, definition.name);
  const settings = readEnv<HostEnv>(hostEnv, options.bus === undefined ? given : { ...given, BUS_URL: 'local://in-process' });
  const serviceEnv = readEnv<E>(definition.env, given);
  const telemetry = createTelemetry({ service: definition.name, version: settings.BUILD_ID, ...(settings.OTEL_EXPORTER_OTLP_ENDPOINT === undefined ? {} : { otlpEndpoint: settings.OTEL_EXPORTER_OTLP_ENDPOINT }) });
  const logger = options.logger?.child({ service: definition.name }) ?? createLogger(definition.name, settings.LOG_LEVEL, () => telemetry.tracing.traceId());
  const bus = options.bus ?? (await openNats(definition, settings, logger));
  const secrets = definition.secretsPrefix === undefined ? noSecrets : namedSecrets(definition.secretsPrefix, given, definition.name);
  return new Boot(definition, settings, serviceEnv, secrets, telemetry, logger, bus).start();
}

const noSecrets: SecretStore = { read: () => Promise.resolve({}) };

/** Every variable a service reads. */
export const contractOf = <E>(definition: Pick<ServiceDefinition<E>, 'env'>): EnvContract<Record<string, unknown>> => ({ ...hostEnv, ...definition.env }) as EnvContract<Record<string, unknown>>;

const openNats = (definition: ServiceDefinition<never> | ServiceDefinition, settings: HostEnv, logger: Logger): Promise<Bus> =>
  connectNats({
    url: settings.BUS_URL,
    name: definition.name,
    inboxPrefix: `_INBOX_${definition.name}`,
    logger,
    ...(settings.BUS_USER === undefined ? {} : { user: settings.BUS_USER }),
    ...(settings.BUS_PASSWORD === undefined ? {} : { password: settings.BUS_PASSWORD }),
    ...(settings.BUS_CA_FILE === undefined ? {} : { caFile: settings.BUS_CA_FILE }),
  });

const READY_POLL_MS = 5;

/** One service's way up and down. */
class Boot<E> {
  private readonly drains: (() => Promise<void>)[] = [];
  private readonly conditions = new Map<string, () => boolean>();
  private readonly channels: Channels;
  private readonly instanceId: string;
  private readonly ids = uuidV7Source(() => systemClock.now());
  private url = '';
  private draining = false;
  private closing: Promise<void> | undefined;

  constructor(
    private readonly definition: ServiceDefinition<E>,
    private readonly settings: HostEnv,
    private readonly serviceEnv: E,
    private readonly secrets: SecretStore,
    private readonly telemetry: Telemetry,
    private readonly logger: Logger,
    private readonly bus: Bus,
  ) {
    this.instanceId = this.ids.next();
    this.channels = new Channels({ bus, queue: definition.name, logger, tracing: telemetry.tracing });
    this.conditions.set('bus', () => bus.connected);
    this.conditions.set('not_draining', () => !this.draining);
  }

  async start(): Promise<RunningService> {
    const adapter = new FastifyAdapter({ bodyLimit: 1024 * 1024, forceCloseConnections: true, routerOptions: { maxParamLength: 300 } });
    const host = this.host();
    const app = await NestFactory.create<NestFastifyApplication>(hostModule(host, this.definition.module(host)), adapter, { logger: false, abortOnError: false, bodyParser: false });
    addOperationsRoutes(adapter.getInstance(), { missing: () => this.missing(), render: () => this.telemetry.render(), service: this.definition.name, build: this.settings.BUILD_ID });
    await app.listen(this.settings.HTTP_PORT, this.settings.HTTP_HOST);
    this.url = this.settings.HTTP_ADVERTISED_URL ?? (await app.getUrl());
    this.logger.info({ url: this.url, instance: this.instanceId, build: this.settings.BUILD_ID }, `${this.definition.name} is up`);
    return { name: this.definition.name, instanceId: this.instanceId, url: this.url, ready: (limitMs) => this.ready(limitMs), close: () => (this.closing ??= this.stop(app)) };
  }

  private async ready(limitMs: number): Promise<void> {
    const end = systemClock.monotonic() + limitMs;
    for (let missing = this.missing(); missing.length > 0; missing = this.missing()) {
      if (systemClock.monotonic() > end) throw new Error(`${this.definition.name} is not ready: ${missing.join(', ')}`);
      await new Promise<void>((resolve) => systemClock.after(READY_POLL_MS, resolve));
    }
  }

  private missing(): string[] {
    return [...this.conditions].filter(([, holds]) => !holds()).map(([name]) => name);
  }

  private async stop(app: NestFastifyApplication): Promise<void> {
    this.draining = true;
    await this.channels.drain(this.settings.DRAIN_MS, (ms, task) => systemClock.after(ms, task));
    for (const task of this.drains) await this.attempt(task);
    await this.attempt(() => app.close());
    await this.attempt(() => this.bus.drain());
    await this.attempt(() => this.telemetry.shutdown());
    this.logger.info({}, `${this.definition.name} has stopped`);
  }

  /** One part that fails to stop must not keep the others from stopping. */
  private async attempt(task: () => Promise<void>): Promise<void> {
    try {
      await task();
    } catch (error) {
      this.logger.error({ err: error }, 'a part of the service failed to stop cleanly');
    }
  }

  private host(): ServiceHost<E> {
    const url = (): string => this.url;
    return {
      name: this.definition.name,
      plane: this.definition.plane,
      instanceId: this.instanceId,
      build: this.settings.BUILD_ID,
      env: this.serviceEnv,
      clock: systemClock,
      ids: this.ids,
      logger: this.logger,
      bus: this.bus,
      channels: this.channels,
      metrics: this.telemetry.metrics,
      tracing: this.telemetry.tracing,
      secrets: this.secrets,
      http: {
        get url() {
          return url();
        },
      },
      readiness: (name, check) => void this.conditions.set(name, check),
      onDrain: (task) => void this.drains.push(task),
    };
  }
}
