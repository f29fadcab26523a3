import { signingKeyVariable, type SigningKey } from '@symphainy/governance';
import { env, type EnvContract } from '@symphainy/kernel';

/** Variables of the runtime. */
export interface RuntimeEnv {
  DATABASE_URL: string;
  DATABASE_OWNER_URL: string | undefined;
  DATABASE_ROLE_KEY: Uint8Array;
  OBJECTS_DIR: string;
  OBJECTS_S3_URL: string | undefined;
  ARANGO_URL: string | undefined;
  REDIS_URL: string | undefined;
  REDIS_CA_FILE: string | undefined;
  RUNTIME_TOKEN_KEY: Uint8Array;
  PERSONAL_DATA_KEY: Uint8Array;
  PERSONAL_DATA_KEY_PREVIOUS: Uint8Array | undefined;
  BUNDLE_PUBLIC_KEYS: string;
  BUNDLE_STALE_MS: number;
  CHECKPOINT_SIGNING_KEY: SigningKey;
  CHECKPOINT_INTERVAL_MS: number;
  REGION: string | undefined;
  LEASE_MS: number;
  LEASE_RENEW_MS: number;
  ADOPTION_SCAN_MS: number;
  MAX_EXECUTIONS: number;
  TENANT_MAX_RUNNING: number;
  TENANT_MAX_QUEUED: number;
  ADMISSION_WAIT_MS: number;
  REALM_WINDOW: number;
  PARK_AFTER_MS: number;
  RETENTION_SCAN_MS: number;
}

export const runtimeEnv: EnvContract<RuntimeEnv> = {
  DATABASE_URL: env.url({ description: 'Postgres: host and database; the runtime connects as its own roles, with passwords that follow from DATABASE_ROLE_KEY', group: 'database', protocols: ['postgres', 'postgresql'], sensitive: true }),
  DATABASE_OWNER_URL: env.optionalUrl({ description: 'Postgres as a role that may create roles and schemas: roles, schema and tables are then made at boot; unset: they are there already', group: 'database', protocols: ['postgres', 'postgresql'], sensitive: true }),
  DATABASE_ROLE_KEY: env.secretKey({ description: 'key that the passwords of the runtime’s database roles follow from', group: 'database' }),
  OBJECTS_DIR: env.text({ description: 'directory of the object store, shared with the gateway', group: 'objects' }),
  OBJECTS_S3_URL: env.optionalUrl({ description: 'S3 bucket for objects: s3://<key>:<secret>@<bucket>/<prefix>?endpoint=<url>&region=<region>, all but the bucket optional; unset: OBJECTS_DIR', group: 'objects', protocols: ['s3'], sensitive: true }),
  ARANGO_URL: env.optionalUrl({ description: 'ArangoDB for the state graph, with user, password and database; unset: kept in Postgres', group: 'state graph', protocols: ['http', 'https'], sensitive: true }),
  REDIS_URL: env.optionalUrl({ description: 'Redis for hot state; unset: kept in this process’s memory', group: 'hot state', protocols: ['redis', 'rediss'], sensitive: true }),
  REDIS_CA_FILE: env.optionalText({ description: 'PEM file of the authority that signed Redis’s certificate; unset: the system’s authorities', group: 'hot state' }),
  RUNTIME_TOKEN_KEY: env.secretKey({ description: 'key of execution tokens and object tickets, shared by all runtimes and known to nobody else', group: 'tokens' }),
  PERSONAL_DATA_KEY: env.secretKey({ description: 'key that tenants’ keys follow from, under which the keys of data subjects are wrapped: shared by all runtimes and known to nobody else; without it no personal data can be read', group: 'personal data' }),
  PERSONAL_DATA_KEY_PREVIOUS: env.optionalSecretKey({ description: 'the PERSONAL_DATA_KEY before this one, until runtime.rewrap_keys has wrapped every tenant’s keys anew', group: 'personal data' }),
  BUNDLE_PUBLIC_KEYS: env.text({ description: 'Ed25519 public keys that governance bundles may be signed with: <key_id>=<base64url or PEM>, separated by commas', group: 'bundle' }),
  BUNDLE_STALE_MS: env.integer({ description: 'how long Smart City may be silent, in ms, before no new intent is accepted (policy.bundle_stale); it speaks every ten seconds', group: 'bundle', default: '300000', min: 15_000, max: 86_400_000 }),
  CHECKPOINT_SIGNING_KEY: signingKeyVariable({ description: 'Ed25519 key that signs checkpoints of the log and exported evidence, shared by all runtimes', group: 'evidence' }),
  CHECKPOINT_INTERVAL_MS: env.integer({ description: 'how often a checkpoint is signed while the log goes on, in ms; an export signs one when it needs it', group: 'evidence', default: '10000', min: 100, max: 3_600_000 }),
  REGION: env.optionalText({ description: 'where this runtime is, as boundaries of data name regions; unset: boundaries that name regions let nothing through', group: 'personal data' }),
  LEASE_MS: env.integer({ description: 'how long a runtime’s lease lasts without renewal, in ms', group: 'ownership', default: '3000', min: 500, max: 60_000 }),
  LEASE_RENEW_MS: env.integer({ description: 'how often the lease is renewed, in ms: a runtime whose connection is gone is taken for dead after one and a half', group: 'ownership', default: '500', min: 100, max: 20_000 }),
  ADOPTION_SCAN_MS: env.integer({ description: 'how often dead runtimes are looked for, in ms', group: 'ownership', default: '250', min: 100, max: 3_600_000 }),
  RETENTION_SCAN_MS: env.integer({ description: 'how often ended executions past their tenant’s retention are looked for, in ms', group: 'retention', default: '600000', min: 100, max: 86_400_000 }),
  MAX_EXECUTIONS: env.integer({ description: 'executions in memory at once; further submissions wait, then are answered runtime.overloaded', group: 'flow control', default: '20000', min: 1, max: 1_000_000 }),
  TENANT_MAX_RUNNING: env.integer({ description: 'executions of one tenant in the memory of all runtimes at once, unless the tenant has a limit of its own; sleeping ones do not count', group: 'flow control', default: '10000', min: 1, max: 1_000_000 }),
  TENANT_MAX_QUEUED: env.integer({ description: 'submissions of one tenant that may wait for their turn, unless the tenant has a limit of its own; more are answered tenant.overloaded', group: 'flow control', default: '2000', min: 0, max: 100_000 }),
  ADMISSION_WAIT_MS: env.integer({ description: 'how long a submission waits for its turn at most, in ms; the gateway waits 4000 for an acceptance', group: 'flow control', default: '2500', min: 0, max: 3500 }),
  REALM_WINDOW: env.integer({ description: 'attempts that one runtime has out at one realm before the tenants take turns', group: 'flow control', default: '512', min: 1, max: 100_000 }),
  PARK_AFTER_MS: env.integer({ description: 'executions that sleep for longer leave memory, in ms; those that wait for an event leave after so long', group: 'flow control', default: '10000', min: 100, max: 3_600_000 }),
};
