/**
 * launcher: how a local platform is put together, for `npm start`, `npm run stack`, the end-to-end tests and the benchmark.
 *
 * `loadSecrets` makes (once) and reads the secrets of a data directory; `environments` gives each service its own variables and no
 * more; `startLocalStack` runs the services as processes on real NATS, Redis and Postgres, and can kill and restart each part.
 * `lockDataDir` comes first: one running copy per data directory.
 *
 * 1. No secret has a default; all are random per data directory, in files only their owner reads.
 * 2. What is started here dies with the process that started it.
 */
export { loadSecrets, makeSecrets, type Secrets, type LocalApiKey } from './secrets.js';
export { environments, apiKeyRecords, apiKeysFile, evidenceKeys, evidenceKeysFile, type Surroundings } from './environments.js';
export { startLocalStack, RUNTIME_REDIS_RULES, type BusAccess, type LocalStack, type LocalStackOptions, type ServerName } from './local-stack.js';
export { startService, ServiceStartError, type ServiceProcess, type ServiceProgram } from './service-process.js';
export { DataDirError, lockDataDir } from './data-dir-lock.js';
export { type ExtraRealm } from './bus-config.js';
