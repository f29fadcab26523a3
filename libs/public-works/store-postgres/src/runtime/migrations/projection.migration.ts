import type { Migration } from '../../provision.js';

/** Projections: what one queries by, written by the follower `surface`, rebuildable from the log. */
const tables = [
  `create table executions (
    tenant_id text collate "C" not null,
    execution_id uuid not null,
    session_id uuid not null,
    user_id text not null,
    intent_type text collate "C" not null,
    correlation_id text collate "C" not null,
    status text collate "C" not null,
    created_at timestamptz(3) not null,
    ended_at timestamptz(3),
    steps_completed integer not null,
    artifact_count integer not null,
    record_count integer not null,
    error_code text,
    head_seq integer not null,
    head_hash bytea not null,
    last_at timestamptz(3) not null,
    primary key (tenant_id, execution_id)
  ) with (fillfactor = 70)`,
  `create index executions_by_time on executions (tenant_id, created_at, execution_id)`,
  `create index executions_by_session on executions (tenant_id, session_id, created_at, execution_id)`,
  `create index executions_by_correlation on executions (tenant_id, correlation_id)`,
  `create table sessions (
    tenant_id text collate "C" not null,
    session_id uuid not null,
    user_id text not null,
    created_at timestamptz(3) not null,
    closed_at timestamptz(3),
    context text not null,
    head_seq integer not null,
    primary key (tenant_id, session_id)
  )`,
  `create index sessions_by_time on sessions (tenant_id, created_at, session_id)`,
  `create table artifacts (
    tenant_id text collate "C" not null,
    position bigint generated always as identity,
    execution_id uuid not null,
    session_id uuid not null,
    artifact_type text collate "C" not null,
    artifact text not null,
    primary key (tenant_id, position)
  )`,
  `create index artifacts_by_execution on artifacts (tenant_id, execution_id, position)`,
  `create index artifacts_by_session on artifacts (tenant_id, session_id, position)`,
  `create table state_entries (
    tenant_id text collate "C" not null,
    key text collate "C" not null,
    value text,
    execution_id uuid not null,
    seq integer not null,
    updated_at timestamptz(3) not null,
    primary key (tenant_id, key)
  ) with (fillfactor = 70)`,
  `create table frame_index (
    tenant_id text collate "C" not null,
    position bigint generated always as identity,
    stream_id uuid not null,
    seq integer not null,
    at timestamptz(3) not null,
    intent_type text collate "C",
    record_types bigint not null,
    primary key (tenant_id, position)
  )`,
  `create table tenant_metrics (
    tenant_id text collate "C" not null,
    metric text collate "C" not null,
    value text not null,
    primary key (tenant_id, metric)
  ) with (fillfactor = 30)`,
];

const names = ['executions', 'sessions', 'artifacts', 'state_entries', 'frame_index', 'tenant_metrics'];

const isolation = names.flatMap((name) => [
  `alter table ${name} enable row level security, force row level security`,
  `create policy follower_keeps on ${name} to symphainy_follower using (true) with check (true)`,
  `create policy reader_reads on ${name} for select to symphainy_reader using (tenant_id = (select current_setting('app.tenant', true)))`,
  `grant select, insert, update, delete on ${name} to symphainy_follower`,
  `grant select on ${name} to symphainy_reader`,
]);

export const projectionMigration: Migration = {
  name: 'Projections1790000001000',
  up: async (run) => {
    for (const statement of [...tables, ...isolation]) await run(statement);
  },
};
