import type { Clock } from '@symphainy/kernel';
import { FileObjectStore } from '@symphainy/objects-files';
import type { ObjectStore } from '@symphainy/ports';
import type { GatewayEnv } from '../gateway.env.js';

/** The object store that the environment names. */
export const openObjects = (env: GatewayEnv, clock: Clock): Promise<ObjectStore> => FileObjectStore.open(env.OBJECTS_DIR, clock.now());
