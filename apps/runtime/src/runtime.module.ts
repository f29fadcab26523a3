import 'reflect-metadata';
import { readFileSync } from 'node:fs';
import { Module, type DynamicModule } from '@nestjs/common';
import { ArangoGraph } from '@symphainy/graph-arango';
import { MemoryHotState, RedisHotState } from '@symphainy/hot-redis';
import { FileObjectStore } from '@symphainy/objects-files';
import { S3ObjectStore, s3OptionsOf } from '@symphainy/objects-s3';
import type { HotState, ObjectStore, StateGraph } from '@symphainy/ports';
import type { ServiceHost, ServiceDefinition } from '@symphainy/service-host';
import { defineService } from '@symphainy/service-host';
import { provisionRuntime } from '@symphainy/store-postgres';
import { runtimeEnv, type RuntimeEnv } from './runtime.env.js';
import { RuntimeService } from './runtime.service.js';
import { GRAPH, HOT_STATE, OBJECTS } from './runtime.tokens.js';

@Module({})
class RuntimeModule {}

/** Roles, schema and tables are made where the owner's URL is given; then the object store is opened. */
async function openObjects({ env, clock }: ServiceHost<RuntimeEnv>): Promise<ObjectStore> {
  if (env.DATABASE_OWNER_URL !== undefined) await provisionRuntime(env.DATABASE_OWNER_URL, env.DATABASE_ROLE_KEY);
  return env.OBJECTS_S3_URL === undefined ? FileObjectStore.open(env.OBJECTS_DIR, clock.now()) : new S3ObjectStore(s3OptionsOf(env.OBJECTS_S3_URL));
}

function openHotState({ env, clock, logger }: ServiceHost<RuntimeEnv>): HotState {
  if (env.REDIS_URL === undefined) return new MemoryHotState(clock);
  return new RedisHotState({ url: env.REDIS_URL, logger, ...(env.REDIS_CA_FILE === undefined ? {} : { ca: readFileSync(env.REDIS_CA_FILE, 'utf8') }) });
}

/** Undefined: each life keeps it in the log’s own database. */
const openGraph = async ({ env }: ServiceHost<RuntimeEnv>): Promise<StateGraph | undefined> => (env.ARANGO_URL === undefined ? undefined : ArangoGraph.open(env.ARANGO_URL));

const runtimeModule = (host: ServiceHost<RuntimeEnv>): DynamicModule => ({
  module: RuntimeModule,
  providers: [{ provide: OBJECTS, useFactory: () => openObjects(host) }, { provide: GRAPH, useFactory: () => openGraph(host) }, { provide: HOT_STATE, useFactory: () => openHotState(host) }, RuntimeService],
});

export const runtimeService: ServiceDefinition<RuntimeEnv> = defineService<RuntimeEnv>({ name: 'runtime', plane: 'runtime', env: runtimeEnv, module: runtimeModule });
