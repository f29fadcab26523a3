/**
 * store-postgres: everything that knows Postgres's driver and TypeORM.
 *
 * A service that keeps data: `provisionSchema` (once at boot, with the owner's URL: roles, schema, migrations), then `openDatabase`
 * per role, then `asTenant` for each tenant's reads and writes. The runtime's own schema (log, leases, projections) is here too:
 * `provisionRuntime`.
 *
 * 1. Migrations run under an advisory lock, each in a transaction, as a role that owns the schema and cannot log in.
 * 2. No default credential: passwords are given, or derived from a given key; the server sees only their SCRAM verifiers.
 * 3. A role can do what a migration granted to it, nothing else; row-level security is forced where tenants share a table.
 * 4. Driver types do not leave this project: `Sql`, `Database` and `Connection` are what others see.
 */
export { type Sql, type SqlValue, type Statement, type Connection, type Database, sqlStateOf, isConnectionLoss, isDatabaseAway } from './sql.js';
export { openDatabase, type DatabaseOptions } from './database.js';
export { provisionSchema, urlAsRole, rolePassword, type Migration, type RunStatement, type SchemaPlan } from './provision.js';
export { provisionRuntime, runtimeUrls, RUNTIME_ROLES, type RuntimeRole, type RuntimeUrls } from './runtime/runtime-schema.js';
export { PostgresGraph } from './runtime/postgres-graph.js';
