import { Inject, Injectable, Module, type DynamicModule, type OnApplicationBootstrap, type Provider } from '@nestjs/common';
import { env, isoTime, type EnvContract } from '@symphainy/kernel';
import { defineService, HOST, type ServiceDefinition, type ServiceHost } from '@symphainy/service-host';
import { RealmHost } from './realm-host.js';
import type { RealmDefinition } from './realm-definition.js';
import { registerService } from './registration.js';

export interface RealmEnv {
  STEP_CONCURRENCY: number;
}

export const realmEnv: EnvContract<RealmEnv> = {
  STEP_CONCURRENCY: env.integer({ description: 'attempts one instance runs at once; more wait in order', group: 'steps', default: '64', min: 1, max: 10_000 }),
};

/** A realm that was made for one host, and what else its service is made of. */
export interface HostedRealm {
  readonly realm: RealmDefinition;
  readonly providers: Provider[];
}

export interface RealmServiceOptions<E> {
  readonly name: string;
  /** A realm whose handlers need something of the host is made with it. */
  readonly realm: RealmDefinition | ((host: ServiceHost<RealmEnv & E>) => HostedRealm);
  /** Default RealmManager. */
  readonly manager?: new (host: ServiceHost<RealmEnv>, realm: RealmDefinition) => RealmManager;
  /** Variables beside those of every realm. */
  readonly env?: EnvContract<E>;
  /** See `ServiceDefinition`. */
  readonly secretsPrefix?: string;
}

const HEALTH_MS = 5000;
/** A realm that registers for the first time says nothing of its health so long: it only starts. Beyond it something is the matter. */
const START_MS = 60_000;
const REALM = Symbol('symphainy.realm');

/** A realm's manager: serves its steps, then registers what it can do. Realms extend it where they have a lifecycle of their own. */
@Injectable()
export class RealmManager implements OnApplicationBootstrap {
  private registered = false;

  constructor(
    @Inject(HOST) private readonly host: ServiceHost<RealmEnv>,
    @Inject(REALM) private readonly realm: RealmDefinition,
  ) {}

  onApplicationBootstrap(): void {
    this.host.readiness('registered', () => this.registered);
    new RealmHost(this.host, this.realm, { concurrency: this.host.env.STEP_CONCURRENCY }).start();
    const startedAt = this.host.clock.monotonic();
    const stopReporting = this.host.clock.every(HEALTH_MS, () => {
      if (this.registered || this.host.clock.monotonic() - startedAt > START_MS) this.reportHealth();
    });
    this.host.onDrain(() => Promise.resolve(stopReporting()));
    void registerService(this.host, { realm: this.realm.realm, capabilities: this.realm.describe() }).then(() => {
      this.registered = true;
      this.host.logger.info({ capabilities: this.realm.capabilities.size }, `${this.realm.realm} is registered`);
    });
  }

  private reportHealth(): void {
    const { name, instanceId, clock, channels } = this.host;
    channels.publish('smart-city.health.{service}', { service: name }, { service: name, instance: instanceId, status: this.registered ? 'ok' : 'degraded', at: isoTime(clock.now()) });
  }
}

@Module({})
class RealmModule {}

/** The service of a realm. */
export function realmService<E = unknown>({ name, realm, manager, env: own, secretsPrefix }: RealmServiceOptions<E>): ServiceDefinition<RealmEnv & E> {
  return defineService<RealmEnv & E>({
    name,
    plane: 'realm',
    env: { ...realmEnv, ...own } as EnvContract<RealmEnv & E>,
    ...(secretsPrefix === undefined ? {} : { secretsPrefix }),
    module: (host): DynamicModule => {
      const hosted = typeof realm === 'function' ? realm(host) : { realm, providers: [] };
      return { module: RealmModule, providers: [{ provide: REALM, useValue: hosted.realm }, ...hosted.providers, manager ?? RealmManager] };
    },
  });
}
