import type { Migration, SchemaPlan } from '@symphainy/store-postgres';
import { nurseMigration, nurseOperationsMigration } from '../nurse/nurse.migration.js';
import { postOfficeMigration } from '../post-office/post-office.migration.js';
import { CITY_ROLE } from './city-role.js';

const catalogueMigration: Migration = {
  name: 'Catalogue1790000000000',
  async up(run) {
    await run(`create table catalogue (kind text not null, key text not null, value text not null, primary key (kind, key))`);
    await run(`create table declared (kind text not null, key text not null, hash text not null, primary key (kind, key))`);
    await run(`create table unfinished (execution_id uuid primary key, changes text not null)`);
    await run(`create table offered (name text primary key, capability text not null)`);
    await run(`create table feed_position (writer text primary key, n bigint not null)`);
    await run(`create table bundles (version int primary key, hash text not null, signed text not null)`);
    await run(`create table head (single boolean primary key default true check (single), bundle_version int not null, keys_version int not null)`);
    await run(`insert into head (bundle_version, keys_version) values (0, 0)`);
    await run(`grant usage on schema smart_city to ${CITY_ROLE}`);
    await run(`grant select, insert, update, delete on catalogue, declared, unfinished, offered, feed_position to ${CITY_ROLE}`);
    await run(`grant select, insert on bundles to ${CITY_ROLE}`);
    await run(`grant select, update on head to ${CITY_ROLE}`);
  },
};

/** Counts changes of the catalogue, so that whoever has read it knows whether that still is so. */
const revisionMigration: Migration = {
  name: 'CatalogueRevision1790000500000',
  async up(run) {
    await run(`alter table head add column revision int not null default 1`);
  },
};

/** Two tenants may have executions of one id. What had no origin was kept before origins were; only the platform's own changes can be so old. */
const unfinishedByTenantMigration: Migration = {
  name: 'UnfinishedByTenant1790001100000',
  async up(run) {
    await run(`alter table unfinished alter column execution_id type text`);
    await run(`alter table unfinished rename column execution_id to execution`);
    await run(`update unfinished set execution = coalesce(changes::jsonb #>> '{origin,tenant_id}', 'platform') || '/' || execution`);
  },
};

export const cityPlan = (password: string): SchemaPlan => ({
  schema: 'smart_city',
  owner: 'symphainy_city_owner',
  roles: [{ name: CITY_ROLE, password }],
  migrations: [catalogueMigration, postOfficeMigration, nurseMigration, nurseOperationsMigration, revisionMigration, unfinishedByTenantMigration],
});
