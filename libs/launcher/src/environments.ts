import { join } from 'node:path';
import type { Secrets } from './secrets.js';

/** Where a local platform's parts are. */
export interface Surroundings {
  /** The repository (or installation) root: bootstrap file, console. */
  readonly root: string;
  readonly dataDir: string;
  /** Superuser URL of Postgres, for provisioning only. */
  readonly postgresUrl: string;
  /** Undefined: hot state in memory. */
  readonly redisUrl: string | undefined;
  /** Undefined: the in-process bus. */
  readonly natsUrl: string | undefined;
  /** PEM file of the authority that signed the servers’ certificates; undefined where there are none of them. */
  readonly caFile: string | undefined;
  readonly httpPort: number;
  /** Lowest level that is logged. */
  readonly logLevel: 'debug' | 'info' | 'warn' | 'error';
  readonly bootstrapFile?: string;
}

type Env = Readonly<Record<string, string>>;

/** Hashes of the local API keys, in the form Smart City's API_KEYS_FILE has. */
export const apiKeyRecords = (secrets: Secrets): object[] => secrets.api_keys.map(({ key_id, key_hash, tenant_id, user_id }) => ({ key_id, key_hash, tenant_id, user_id }));

/** The public keys that exported evidence is checked with, in the form symphainy-verify reads. */
export const evidenceKeys = (secrets: Secrets): string => `checkpoint ${secrets.checkpoint_public_keys}\nbundle ${secrets.bundle_public_keys}\n`;

export const evidenceKeysFile = (dataDir: string): string => join(dataDir, 'evidence-keys.txt');

export const apiKeysFile = (dataDir: string): string => join(dataDir, 'api-keys.json');

/** A Postgres URL as another role. */
function asRole(url: string, role: string, password: string): string {
  const other = new URL(url);
  other.username = role;
  other.password = password;
  return other.href;
}

const busOf = (around: Surroundings, secrets: Secrets, service: string): Env =>
  around.natsUrl === undefined ? {} : { BUS_URL: around.natsUrl, BUS_USER: service, BUS_PASSWORD: secrets.passwords[service]!, ...(around.caFile === undefined ? {} : { BUS_CA_FILE: around.caFile }) };

const common = (around: Surroundings, secrets: Secrets, service: string): Env => ({ LOG_LEVEL: around.logLevel, ...busOf(around, secrets, service) });

/** The environment of each service: least privilege, so that no service is given another's credentials. */
export const environments = {
  runtime: (around: Surroundings, secrets: Secrets): Env => ({
    ...common(around, secrets, 'runtime'),
    DATABASE_URL: around.postgresUrl,
    DATABASE_OWNER_URL: around.postgresUrl,
    DATABASE_ROLE_KEY: secrets.database_key,
    OBJECTS_DIR: join(around.dataDir, 'objects'),
    RUNTIME_TOKEN_KEY: secrets.token_key,
    PERSONAL_DATA_KEY: secrets.personal_data_key,
    BUNDLE_PUBLIC_KEYS: secrets.bundle_public_keys,
    CHECKPOINT_SIGNING_KEY: secrets.checkpoint_signing_key,
    ...(around.redisUrl === undefined ? {} : { REDIS_URL: around.redisUrl, ...(around.caFile === undefined ? {} : { REDIS_CA_FILE: around.caFile }) }),
  }),
  smartCity: (around: Surroundings, secrets: Secrets): Env => ({
    ...common(around, secrets, 'smart-city'),
    DATABASE_URL: asRole(around.postgresUrl, 'symphainy_city', secrets.passwords['symphainy_city']!),
    DATABASE_OWNER_URL: around.postgresUrl,
    BOOTSTRAP_FILE: around.bootstrapFile ?? join(around.root, 'deploy', 'bootstrap', 'standalone.yaml'),
    API_KEYS_FILE: apiKeysFile(around.dataDir),
    BUNDLE_SIGNING_KEY: secrets.bundle_signing_key,
  }),
  gateway: (around: Surroundings, secrets: Secrets): Env => ({
    ...common(around, secrets, 'experience-gateway'),
    HTTP_PORT: String(around.httpPort),
    OBJECTS_DIR: join(around.dataDir, 'objects'),
    CONSOLE_DIR: join(around.root, 'apps', 'console', 'dist'),
  }),
  realm: (around: Surroundings, secrets: Secrets, service: string): Env => common(around, secrets, service),
} as const;
