import type { Migration } from '../../provision.js';

/**
 * The log's Merkle trees, one a tenant, written by the follower `sealer`. Leaves, full tiles and signed checkpoints are never changed; the
 * edge is where the tree grows, and follows from the leaves.
 */
const tables = [
  // `seq`: of kind head, the stream's last frame that the leaf binds; of kind members, how many executions of the session it binds.
  `create table sealed_leaves (
    tenant_id text collate "C" not null,
    stream_id uuid not null,
    kind text collate "C" not null,
    seq integer not null,
    leaf_index bigint not null,
    hash bytea not null check (octet_length(hash) = 32),
    primary key (tenant_id, stream_id, kind, seq)
  )`,
  `create table merkle_tiles (
    tenant_id text collate "C" not null,
    level integer not null,
    tile_index bigint not null,
    hashes bytea not null check (octet_length(hashes) = 8192),
    primary key (tenant_id, level, tile_index)
  )`,
  `create table merkle_edges (
    tenant_id text collate "C" not null primary key,
    tree_size bigint not null,
    edge bytea not null,
    position jsonb not null,
    signed_size bigint not null default 0
  ) with (fillfactor = 50)`,
  `create table checkpoints (
    tenant_id text collate "C" not null,
    tree_size bigint not null,
    signed text not null,
    sealed_at timestamptz(3) not null,
    primary key (tenant_id, tree_size)
  )`,
];

const kept = ['sealed_leaves', 'merkle_tiles', 'checkpoints'];

const appendOnly = kept.flatMap((name) => [
  `create trigger append_only before update or delete on ${name} for each row execute function refuse_change()`,
  `create trigger append_only_whole before truncate on ${name} for each statement execute function refuse_change()`,
]);

const isolation = [...kept, 'merkle_edges'].flatMap((name) => [
  `alter table ${name} enable row level security, force row level security`,
  `create policy follower_keeps on ${name} to symphainy_follower using (true) with check (true)`,
  `create policy reader_reads on ${name} for select to symphainy_reader using (tenant_id = (select current_setting('app.tenant', true)))`,
  `grant select, insert${name === 'merkle_edges' ? ', update' : ''} on ${name} to symphainy_follower`,
  `grant select on ${name} to symphainy_reader`,
]);

export const evidenceMigration: Migration = {
  name: 'Evidence1790000006000',
  up: async (run) => {
    for (const statement of [...tables, ...appendOnly, ...isolation]) await run(statement);
  },
};

/** A stream leaves the log only when a leaf binds its last frame: what was archived can be proven like everything else. Triggers run in the order of their names. */
const sealedBeforeArchived = [
  `grant select on sealed_leaves to symphainy_archivist`,
  `create policy archivist_reads on sealed_leaves for select to symphainy_archivist using (true)`,
  `create function check_sealed() returns trigger language plpgsql as $$
    begin
      if not exists (select 1 from runtime.sealed_leaves l where l.tenant_id = new.tenant_id and l.stream_id = new.stream_id and l.kind = 'head' and l.seq = new.head_seq and l.hash = new.head_hash) then
        raise exception 'stream % is not sealed to its end', new.stream_id using errcode = 'object_not_in_prerequisite_state';
      end if;
      return new;
    end $$`,
  `create trigger archived_then_sealed before insert on archived_streams for each row execute function check_sealed()`,
];

export const sealedArchiveMigration: Migration = {
  name: 'SealedArchive1790000007000',
  up: async (run) => {
    for (const statement of sealedBeforeArchived) await run(statement);
  },
};
