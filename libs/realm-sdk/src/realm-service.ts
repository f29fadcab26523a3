import { Inject, Injectable, Module, type DynamicModule, type OnApplicationBootstrap } from '@nestjs/common';
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

const HEALTH_MS = 5000;
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
    const stopReporting = this.host.clock.every(HEALTH_MS, () => this.reportHealth());
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

/** The service of a realm; `manager` defaults to RealmManager. */
export function realmService(options: { readonly name: string; readonly realm: RealmDefinition; readonly manager?: new (host: ServiceHost<RealmEnv>, realm: RealmDefinition) => RealmManager }): ServiceDefinition<RealmEnv> {
  return defineService<RealmEnv>({
    name: options.name,
    plane: 'realm',
    env: realmEnv,
    module: (): DynamicModule => ({ module: RealmModule, providers: [{ provide: REALM, useValue: options.realm }, options.manager ?? RealmManager] }),
  });
}
