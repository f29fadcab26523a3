import type { Clock } from '@symphainy/kernel';
import { FileObjectStore } from '@symphainy/objects-files';
import { S3ObjectStore, s3OptionsOf } from '@symphainy/objects-s3';
import type { ObjectStore } from '@symphainy/ports';
import type { GatewayEnv } from '../gateway.env.js';

/** The object store that the environment names. */
export const openObjects = async (env: GatewayEnv, clock: Clock): Promise<ObjectStore> =>
  env.OBJECTS_S3_URL === undefined ? FileObjectStore.open(env.OBJECTS_DIR, clock.now()) : new S3ObjectStore(s3OptionsOf(env.OBJECTS_S3_URL));
