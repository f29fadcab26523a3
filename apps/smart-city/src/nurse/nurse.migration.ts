import type { Migration } from '@symphainy/store-postgres';
import { CITY_ROLE } from '../bundle/city-role.js';

/** What Nurse keeps of the watched tenants' records: executions that have not ended well, counts by the minute, and what it recommended and told. */
export const nurseMigration: Migration = {
  name: 'Nurse1790000200000',
  async up(run) {
    await run(`create table nurse_executions (tenant_id text not null, execution_id uuid not null, state text not null, look_at timestamptz, primary key (tenant_id, execution_id))`);
    await run(`create index nurse_executions_look on nurse_executions (look_at) where look_at is not null`);
    await run(`create table nurse_minutes (tenant_id text not null, intent_type text not null, minute timestamptz not null, total int not null, failed int not null, slow int not null, denied int not null, primary key (tenant_id, intent_type, minute))`);
    await run(`create table nurse_recommendations (recommendation_id uuid primary key, tenant_id text not null, execution_id uuid not null, finding text not null, operation text not null, mode text not null,
      attempt int not null, reason text not null, at timestamptz not null, state text not null, outcome text, unique (tenant_id, execution_id, attempt))`);
    await run(`create table nurse_told (rule text not null, finding text not null, since timestamptz not null, times int not null, told_at timestamptz not null, primary key (rule, finding))`);
    await run(`grant select, insert, update, delete on nurse_executions, nurse_minutes, nurse_recommendations, nurse_told to ${CITY_ROLE}`);
  },
};

/** Each operation on an execution has its own count of attempts. */
export const nurseOperationsMigration: Migration = {
  name: 'NurseOperations1790000400000',
  async up(run) {
    await run(`alter table nurse_recommendations drop constraint nurse_recommendations_tenant_id_execution_id_attempt_key`);
    await run(`alter table nurse_recommendations add unique (tenant_id, execution_id, operation, attempt)`);
  },
};
