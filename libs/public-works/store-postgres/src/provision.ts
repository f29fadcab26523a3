/**
 * A schema of its own for a service: its owner, its login roles, its migrations. Run at boot by whoever holds the owner's URL; two
 * services (or two instances) that boot together wait for each other on an advisory lock.
 */
import { createHash, createHmac, pbkdf2Sync, randomBytes } from 'node:crypto';
import { DataSource, type MigrationInterface, type QueryRunner } from 'typeorm';
import { verify } from '@symphainy/kernel';
import { openDatabase } from './database.js';
import type { Connection } from './sql.js';

/** Runs one statement of a migration. */
export type RunStatement = (text: string, values?: unknown[]) => Promise<unknown>;

export interface Migration {
  /** A word and the moment it was written, in epoch milliseconds: `Log1790000000000`. Names order migrations, and are never changed. */
  readonly name: string;
  up(run: RunStatement): Promise<void>;
  /** Takes it back; absent: it cannot be. */
  down?(run: RunStatement): Promise<void>;
}

export interface SchemaPlan {
  readonly schema: string;
  /** A role that owns the schema's objects and cannot log in, e.g. `symphainy_runtime_owner`. */
  readonly owner: string;
  /** Login roles: their passwords, and settings that each of their sessions starts with. Migrations grant to them what they may do. */
  readonly roles: readonly { readonly name: string; readonly password: string; readonly settings?: Readonly<Record<string, string>> }[];
  /** In order. Each runs in a transaction of its own, as the owner. */
  readonly migrations: readonly Migration[];
  /** TypeORM entity classes of this schema. */
  readonly entities?: readonly (new () => object)[];
}

const NAME = /^[a-z][a-z0-9_]{0,62}$/;
const LOCK = 0x53_79_6d_70;

/** Makes roles and schema, then runs the migrations that have not run; returns their names. `ownerUrl`: a role that may create roles. */
export async function provisionSchema(ownerUrl: string, plan: SchemaPlan): Promise<string[]> {
  const names = [plan.schema, plan.owner, ...plan.roles.flatMap((r) => [r.name, ...Object.keys(r.settings ?? {})])];
  for (const name of names) verify(NAME.test(name), `"${name}" is a plain SQL name`);
  const database = openDatabase({ url: ownerUrl, applicationName: 'symphainy-provision', poolMax: 1, statementTimeoutMs: 0 });
  const connection = await database.connect();
  try {
    await connection.query('select pg_advisory_lock($1)', [LOCK]);
    await makeRoles(connection, plan);
    return await runMigrations(ownerUrl, plan);
  } finally {
    await connection.close();
    await database.close();
  }
}

async function makeRoles(connection: Connection, plan: SchemaPlan): Promise<void> {
  const known = new Set((await connection.query<{ rolname: string }>('select rolname from pg_roles')).map((row) => row.rolname));
  if (!known.has(plan.owner)) await connection.query(`create role ${plan.owner} nologin`);
  await connection.query(`grant ${plan.owner} to current_user`);
  for (const role of plan.roles) {
    const how = `login nosuperuser nocreatedb nocreaterole noinherit nobypassrls password '${scramVerifier(role.password)}'`;
    await connection.query(known.has(role.name) ? `alter role ${role.name} ${how}` : `create role ${role.name} ${how}`);
    for (const [name, value] of Object.entries(role.settings ?? {})) await connection.query(`alter role ${role.name} set ${name} = '${value}'`);
  }
  await connection.query(`create schema if not exists ${plan.schema} authorization ${plan.owner}`);
  const [database] = await connection.query<{ name: string }>('select quote_ident(current_database()) as name');
  await connection.query(`revoke create on schema public from public`);
  await connection.query(`grant connect on database ${database!.name} to ${[plan.owner, ...plan.roles.map((r) => r.name)].join(', ')}`);
}

/** The password as Postgres stores it (RFC 5803), so that the password itself is in no statement and no server log. */
function scramVerifier(password: string): string {
  verify(password.length >= 16 && /^[\x21-\x7e]+$/.test(password), 'a role password has at least 16 printable ASCII characters');
  const salt = randomBytes(16);
  const salted = pbkdf2Sync(password, salt, 4096, 32, 'sha256');
  const key = (name: string): Buffer => createHmac('sha256', salted).update(name).digest();
  const stored = createHash('sha256').update(key('Client Key')).digest('base64');
  return `SCRAM-SHA-256$4096:${salt.toString('base64')}$${stored}:${key('Server Key').toString('base64')}`;
}

/** TypeORM's view of a plan: its entities and its migrations, connected as the owner. Never `synchronize`. */
export const dataSourceOf = (ownerUrl: string, plan: SchemaPlan): DataSource =>
  new DataSource({
    type: 'postgres',
    url: ownerUrl,
    schema: plan.schema,
    applicationName: 'symphainy-migrations',
    synchronize: false,
    entities: [...(plan.entities ?? [])],
    migrations: plan.migrations.map(asTypeOrm),
    migrationsTableName: 'migrations',
    migrationsTransactionMode: 'each',
    extra: { options: `-c role=${plan.owner} -c search_path=${plan.schema}`, max: 1 },
  });

async function runMigrations(ownerUrl: string, plan: SchemaPlan): Promise<string[]> {
  const source = await dataSourceOf(ownerUrl, plan).initialize();
  try {
    return (await source.runMigrations()).map((migration) => migration.name);
  } finally {
    await source.destroy();
  }
}

/** TypeORM takes classes. */
const asTypeOrm = (migration: Migration): new () => MigrationInterface =>
  class {
    readonly name = migration.name;
    async up(runner: QueryRunner): Promise<void> {
      await migration.up((text, values) => runner.query(text, values));
    }
    async down(runner: QueryRunner): Promise<void> {
      verify(migration.down, `migration ${migration.name} cannot be taken back`);
      await migration.down((text, values) => runner.query(text, values));
    }
  };

/** `url` as another role: host, port, database and options stay. */
export function urlAsRole(url: string, role: string, password: string): string {
  const other = new URL(url);
  other.username = role;
  other.password = password;
  return other.href;
}

/** A role's password out of one key per service, so that a service keeps one secret, not one per role. */
export const rolePassword = (key: Uint8Array, role: string): string => createHmac('sha256', key).update(`postgres role ${role}`).digest('base64url');
