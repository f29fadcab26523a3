import type { Migration } from '../../provision.js';

/**
 * History without limit: kept folds of long streams, and the way out of the log for what retention archives.
 *
 * A checkpoint is beside the log, never above it: it names the frame it was made at, and is thrown away when that frame's hash is another.
 */
const tables = [
  `create table stream_checkpoints (
    tenant_id text collate "C" not null,
    stream_id uuid not null,
    seq integer not null,
    hash bytea not null check (octet_length(hash) = 32),
    fold integer not null,
    state bytea not null,
    primary key (tenant_id, stream_id)
  ) with (fillfactor = 50)`,
  `alter table stream_checkpoints alter column state set storage external`,
  `create table archived_streams (
    tenant_id text collate "C" not null,
    stream_id uuid not null,
    head_seq integer not null check (head_seq >= 0),
    head_hash bytea not null check (octet_length(head_hash) = 32),
    first_at timestamptz(3) not null,
    last_at timestamptz(3) not null,
    archived_at timestamptz(3) not null default now(),
    primary key (tenant_id, stream_id)
  )`,
  // Where retention had nothing to do but observe: so that it says so once.
  `create table archive_observations (
    tenant_id text collate "C" not null,
    stream_id uuid not null,
    observed_at timestamptz(3) not null default now(),
    primary key (tenant_id, stream_id)
  )`,
  // What stands in an archived stream's place belongs to no writer: its position counts on its own, so no follower ever meets it.
  `create sequence archived_position`,
];

const lastByWriter = `select f.writer, max(f.n) as n from runtime.wal_frames f where f.tenant_id = new.tenant_id and f.stream_id = new.stream_id group by f.writer`;

/**
 * Nobody changes the log. The archivist alone removes from it, and only frames of a stream that it has entered as archived: the entry is refused unless it names the
 * stream's last frame by its hash, every follower has read all of it, and none of its frames is a living writer's last.
 */
const guards = [
  `create or replace function refuse_change() returns trigger language plpgsql as $$
    begin
      if tg_op = 'DELETE' and current_user = 'symphainy_archivist' then
        if exists (select 1 from runtime.archived_streams a where a.tenant_id = old.tenant_id and a.stream_id = old.stream_id and old.seq <= a.head_seq) then
          return old;
        end if;
      end if;
      raise exception 'the log is append-only: % on %.% is refused', tg_op, tg_table_schema, tg_table_name using errcode = 'insufficient_privilege';
    end $$`,
  `create function check_archived() returns trigger language plpgsql as $$
    begin
      if not exists (select 1 from runtime.wal_frames f where f.tenant_id = new.tenant_id and f.stream_id = new.stream_id and f.seq = new.head_seq and f.hash = new.head_hash and f.kind = 'execution')
         or exists (select 1 from runtime.wal_frames f where f.tenant_id = new.tenant_id and f.stream_id = new.stream_id and f.seq > new.head_seq) then
        raise exception 'the archived head is not the head of stream %', new.stream_id using errcode = 'integrity_constraint_violation';
      end if;
      if exists (select 1 from (${lastByWriter}) s join runtime.follower_positions p on p.writer = s.writer where p.n < s.n) then
        raise exception 'a follower has not read stream % to its end', new.stream_id using errcode = 'object_not_in_prerequisite_state';
      end if;
      -- A writer counts on from its last frame.
      if exists (select 1 from (${lastByWriter}) s join runtime.wal_writers w on w.writer = s.writer and w.retired_n is null
                 where s.n = (select max(l.n) from runtime.wal_frames l where l.writer = s.writer)) then
        raise exception 'stream % holds the last frame of a living writer', new.stream_id using errcode = 'object_not_in_prerequisite_state';
      end if;
      return new;
    end $$`,
  `create trigger archived_is_the_stream before insert on archived_streams for each row execute function check_archived()`,
  `create function refuse_rewrite() returns trigger language plpgsql as $$
    begin
      raise exception 'what was archived stays so: % on %.% is refused', tg_op, tg_table_schema, tg_table_name using errcode = 'insufficient_privilege';
    end $$`,
  `create trigger archived_stays before update or delete on archived_streams for each row execute function refuse_rewrite()`,
];

/** One stream leaves the log: entered, removed, and its place taken by a stub that says where it is; all or nothing. False: it cannot go yet. */
const archive = `create function archive_stream(p_tenant text, p_stream uuid, p_head_seq int, p_head_hash bytea, p_stub_at timestamptz, p_stub_hash bytea, p_stub bytea)
  returns boolean language plpgsql as $$
  begin
    insert into runtime.archived_streams (tenant_id, stream_id, head_seq, head_hash, first_at, last_at)
      select p_tenant, p_stream, p_head_seq, p_head_hash, min(f.at), max(f.at) from runtime.wal_frames f where f.tenant_id = p_tenant and f.stream_id = p_stream;
    delete from runtime.wal_frames where tenant_id = p_tenant and stream_id = p_stream and seq <= p_head_seq;
    insert into runtime.wal_frames (tenant_id, stream_id, seq, kind, at, hash, body, writer, n)
      values (p_tenant, p_stream, 0, 'archived', p_stub_at, p_stub_hash, p_stub, '00000000-0000-0000-0000-000000000000', nextval('runtime.archived_position'));
    delete from runtime.stream_checkpoints where tenant_id = p_tenant and stream_id = p_stream;
    return true;
  exception when object_not_in_prerequisite_state then
    return false;
  end $$`;

const tenantIs = `tenant_id = (select current_setting('app.tenant', true))`;

const isolation = [
  `alter table stream_checkpoints enable row level security, force row level security`,
  `create policy follower_keeps on stream_checkpoints to symphainy_follower using (true) with check (true)`,
  `create policy archivist_drops on stream_checkpoints to symphainy_archivist using (true)`,
  `create policy reader_reads on stream_checkpoints for select to symphainy_reader using (${tenantIs})`,
  `alter table archived_streams enable row level security, force row level security`,
  `create policy archivist_enters on archived_streams to symphainy_archivist using (true) with check (true)`,
  `create policy reader_reads on archived_streams for select to symphainy_reader using (${tenantIs})`,
  `alter table archive_observations enable row level security, force row level security`,
  `create policy archivist_notes on archive_observations to symphainy_archivist using (true) with check (true)`,
  `create policy archivist_reads on wal_frames for select to symphainy_archivist using (true)`,
  `create policy archivist_removes on wal_frames for delete to symphainy_archivist using (true)`,
  `create policy archivist_leaves_stubs on wal_frames for insert to symphainy_archivist with check (kind = 'archived' and seq = 0)`,
  `create policy archivist_reads on executions for select to symphainy_archivist using (true)`,
];

const grants = [
  `grant usage on schema runtime to symphainy_archivist`,
  `grant select, insert, update, delete on stream_checkpoints to symphainy_follower`,
  `grant select on stream_checkpoints to symphainy_reader`,
  `grant select, delete on stream_checkpoints to symphainy_archivist`,
  `grant select, insert on archived_streams to symphainy_archivist`,
  `grant select on archived_streams to symphainy_reader`,
  `grant select, insert on archive_observations to symphainy_archivist`,
  `grant usage on sequence archived_position to symphainy_archivist`,
  `grant select, insert, delete on wal_frames to symphainy_archivist`,
  `grant select on wal_writers, follower_positions, executions to symphainy_archivist`,
  `revoke execute on function archive_stream, refuse_change, check_archived, refuse_rewrite from public`,
  `grant execute on function archive_stream to symphainy_archivist`,
];

export const historyMigration: Migration = {
  name: 'History1790000001400',
  up: async (run) => {
    for (const statement of [...tables, ...guards, archive, ...isolation, ...grants]) await run(statement);
  },
};
