import type { Migration } from '../../provision.js';
import { flushFunctions } from './flush.sql.js';

/** The log: frames, writers' leases, idempotency keys, followers' positions, bundles. */
const tables = [
  `create table wal_frames (
    tenant_id text collate "C" not null,
    stream_id uuid not null,
    seq integer not null check (seq >= 0),
    kind text collate "C" not null,
    at timestamptz(3) not null,
    hash bytea not null check (octet_length(hash) = 32),
    body bytea not null,
    writer uuid not null,
    n bigint not null check (n > 0),
    primary key (tenant_id, stream_id, seq)
  )`,
  `create unique index wal_frames_position on wal_frames (writer, n)`,
  // Bodies are read back whole: large ones lie out of line, and compressing them is not worth its time on the hot path.
  `alter table wal_frames alter column body set storage external`,
  `create table wal_writers (
    writer uuid not null,
    epoch integer not null,
    started_at timestamptz(3) not null default now(),
    lease_until timestamptz(3) not null,
    published_n bigint not null default 0,
    low_n bigint not null default 1,
    taken_at timestamptz(3),
    retired_n bigint,
    primary key (writer, epoch)
  ) with (fillfactor = 50)`,
  `create table idempotency (
    tenant_id text collate "C" not null,
    key text collate "C" not null,
    execution_id uuid not null,
    request_hash bytea not null,
    primary key (tenant_id, key)
  )`,
  `create table follower_positions (
    follower text collate "C" not null,
    writer uuid not null,
    n bigint not null,
    primary key (follower, writer)
  ) with (fillfactor = 50)`,
  `create table bundles (
    hash text collate "C" not null primary key,
    version bigint not null,
    signed text not null,
    accepted_at timestamptz(3) not null default now()
  )`,
];

/** Nobody changes or removes what the log holds: not the roles (no grant), not the owner (these triggers). */
const appendOnly = [
  `create function refuse_change() returns trigger language plpgsql as $$
    begin
      raise exception 'the log is append-only: % on %.% is refused', tg_op, tg_table_schema, tg_table_name using errcode = 'insufficient_privilege';
    end $$`,
  `create trigger append_only before update or delete on wal_frames for each row execute function refuse_change()`,
  `create trigger append_only_whole before truncate on wal_frames for each statement execute function refuse_change()`,
];

/**
 * A tenant is named by `app.tenant` (readers, one) or `app.tenants` (the writer, those of the batch). The sub-select makes the setting
 * be read once per statement, not once per row.
 */
const tenantIs = `tenant_id = (select current_setting('app.tenant', true))`;
const tenantIsInBatch = `tenant_id = any((select string_to_array(current_setting('app.tenants', true), ','))::text[])`;

const isolation = [
  `alter table wal_frames enable row level security, force row level security`,
  `create policy writer_adds on wal_frames for insert to symphainy_writer with check (${tenantIsInBatch})`,
  `create policy adopter_reads on wal_frames for select to symphainy_adopter using (true)`,
  `create policy follower_reads on wal_frames for select to symphainy_follower using (true)`,
  `create policy reader_reads on wal_frames for select to symphainy_reader using (${tenantIs})`,
  `alter table idempotency enable row level security, force row level security`,
  `create policy writer_adds on idempotency for insert to symphainy_writer with check (${tenantIsInBatch})`,
  `create policy writer_reads on idempotency for select to symphainy_writer using (${tenantIsInBatch})`,
];

/** A stream's frames as the reader, in one round trip: the tenant is set for the statement's own transaction. */
const readFunctions = [
  `create function read_stream(p_tenant text, p_stream uuid, p_from int, p_limit int) returns setof wal_frames language plpgsql as $$
    begin
      perform set_config('app.tenant', p_tenant, true);
      return query select * from runtime.wal_frames f where f.tenant_id = p_tenant and f.stream_id = p_stream and f.seq >= p_from order by f.seq limit p_limit;
    end $$`,
  `create function read_head(p_tenant text, p_stream uuid) returns setof wal_frames language plpgsql as $$
    begin
      perform set_config('app.tenant', p_tenant, true);
      return query select * from runtime.wal_frames f where f.tenant_id = p_tenant and f.stream_id = p_stream order by f.seq desc limit 1;
    end $$`,
];

const grants = [
  `grant usage on schema runtime to symphainy_writer, symphainy_adopter, symphainy_follower, symphainy_reader`,
  `grant insert on wal_frames to symphainy_writer`,
  `grant select, insert on idempotency to symphainy_writer`,
  // Locking the lease row for key share wants the right to update one column; epochs are the adopter's.
  `grant select, update (published_n) on wal_writers to symphainy_writer`,
  `grant select on wal_frames to symphainy_adopter, symphainy_follower, symphainy_reader`,
  `grant select, insert, update on wal_writers to symphainy_adopter`,
  `grant select on wal_writers to symphainy_follower, symphainy_reader`,
  `grant select, insert, update on follower_positions to symphainy_follower`,
  `grant select on follower_positions to symphainy_reader`,
  `grant select, insert on bundles to symphainy_reader`,
  `revoke execute on all functions in schema runtime from public`,
  `grant execute on function flush, flush_carefully to symphainy_writer`,
  `grant execute on function read_stream, read_head to symphainy_reader`,
];

export const logMigration: Migration = {
  name: 'Log1790000000000',
  up: async (run) => {
    for (const statement of [...tables, ...appendOnly, ...isolation, ...flushFunctions, ...readFunctions, ...grants]) await run(statement);
  },
};
