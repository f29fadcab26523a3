import { env, type EnvContract } from '@symphainy/kernel';

/** Variables of the gateway. */
export interface GatewayEnv {
  OBJECTS_DIR: string;
  OBJECTS_S3_URL: string | undefined;
  CONSOLE_DIR: string | undefined;
  CORS_ORIGINS: string | undefined;
  MAX_STREAMS: number;
}

export const gatewayEnv: EnvContract<GatewayEnv> = {
  OBJECTS_DIR: env.text({ description: 'directory of the object store, shared with the runtime', group: 'objects' }),
  OBJECTS_S3_URL: env.optionalUrl({ description: 'S3 bucket for objects: s3://<key>:<secret>@<bucket>/<prefix>?endpoint=<url>&region=<region>, all but the bucket optional; unset: OBJECTS_DIR', group: 'objects', protocols: ['s3'], sensitive: true }),
  CONSOLE_DIR: env.optionalText({ description: 'directory of the built console, served at /console/; unset: no console', group: 'http' }),
  CORS_ORIGINS: env.optionalText({ description: 'origins that browsers may call from, separated by commas; unset: the gateway’s own only', group: 'http' }),
  MAX_STREAMS: env.integer({ description: 'live streams (SSE and WebSocket subscriptions) carried at once', group: 'http', default: '5000', min: 1, max: 1_000_000 }),
};
