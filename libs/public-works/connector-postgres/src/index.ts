/**
 * connector-postgres: tables of somebody's Postgres, which a Solution binds: described and read where they lie, and rows of them changed.
 *
 * `PostgresTables` reads, `PostgresWrites` changes rows, each through a connection of its own for each call, to the address that it was given and no other.
 *
 * 1. `PostgresTables` can only read: each transaction is read only, and a credential of a superuser is refused.
 * 2. Rows come from one snapshot, whose moment is told, as the server makes them: nothing is held but what the reader has not taken yet.
 * 3. Every statement has a time limit at the server. Who stops reading lets go of the server.
 * 4. Names are quoted and values are literals: nothing of a request is taken for SQL.
 * 5. A write and the receipt of it are one transaction, so a write is done once for its key, and what became of it can be asked for.
 */
export { PostgresTables, type PostgresPlace } from './postgres-tables.js';
export { PostgresWrites } from './postgres-writes.js';
