import type { DynamicModule } from '@nestjs/common';
import type { Plane } from '@symphainy/contracts';
import type { Clock, EnvContract, IdSource, Logger } from '@symphainy/kernel';
import type { Bus, Metrics, SecretStore, Tracing } from '@symphainy/ports';
import type { Channels } from './channels.js';

/** What a service is: its name, its plane, the variables it reads, and its Nest module. */
export interface ServiceDefinition<E = unknown> {
  /** Unique, e.g. `realm-content`; also its NATS user and queue group. */
  readonly name: string;
  readonly plane: Plane;
  readonly env: EnvContract<E>;
  /** Prefix of the secrets whose names it is told while it runs; unset: it asks for none. */
  readonly secretsPrefix?: string;
  module(host: ServiceHost<E>): DynamicModule;
}

/** What the host gives a service. Inject it with `@Inject(HOST)`. */
export interface ServiceHost<E = unknown> {
  readonly name: string;
  readonly plane: Plane;
  /** Fresh per process start. */
  readonly instanceId: string;
  /** Names the code that runs: recorded with every step result. */
  readonly build: string;
  readonly env: E;
  readonly clock: Clock;
  readonly ids: IdSource;
  readonly logger: Logger;
  readonly bus: Bus;
  readonly channels: Channels;
  readonly metrics: Metrics;
  readonly tracing: Tracing;
  /** Those of the definition’s `secretsPrefix`, and no others. */
  readonly secrets: SecretStore;
  readonly http: {
    /** Base URL under which other services reach this one; known once it listens. */
    readonly url: string;
  };
  /** Marks a condition of readiness; `/readyz` answers 503 and names what is missing until all hold. */
  readiness(name: string, check: () => boolean): void;
  /** Work to finish before the bus closes, run in order of registration when the service stops. */
  onDrain(task: () => Promise<void>): void;
}

/** Injection token of the ServiceHost. */
export const HOST = Symbol('symphainy.host');

export const defineService = <E>(definition: ServiceDefinition<E>): ServiceDefinition<E> => definition;
