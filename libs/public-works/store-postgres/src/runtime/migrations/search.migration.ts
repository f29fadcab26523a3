import type { Migration } from '../../provision.js';

/** The tenant's search index: written by the follower `search`, rebuildable from the log. No text stands in it: terms are hashes, vectors are of eight bits a member. */
const tables = [
  `create table search_documents (
    tenant_id text collate "C" not null,
    artifact_id text collate "C" not null,
    artifact_type text collate "C" not null,
    execution_id uuid not null,
    session_id uuid not null,
    intent_type text collate "C" not null,
    realm text collate "C" not null,
    user_id text not null,
    classification text,
    model text collate "C" not null,
    sparse_model text collate "C" not null,
    passages integer not null,
    words bigint not null,
    primary key (tenant_id, artifact_id)
  )`,
  `create table search_passages (
    tenant_id text collate "C" not null,
    artifact_id text collate "C" not null,
    chunk integer not null,
    length integer not null,
    terms integer[] not null,
    times integer[] not null,
    vector bytea not null,
    primary key (tenant_id, artifact_id, chunk)
  )`,
  'create index search_passages_by_term on search_passages using gin (terms)',
];

const isolation = ['search_documents', 'search_passages'].flatMap((name) => [
  `alter table ${name} enable row level security, force row level security`,
  `create policy follower_keeps on ${name} to symphainy_follower using (true) with check (true)`,
  `create policy reader_reads on ${name} for select to symphainy_reader using (tenant_id = (select current_setting('app.tenant', true)))`,
  `grant select, insert, update, delete on ${name} to symphainy_follower`,
  `grant select on ${name} to symphainy_reader`,
]);

export const searchMigration: Migration = {
  name: 'SearchIndex1790000020000',
  up: async (run) => {
    for (const statement of [...tables, ...isolation]) await run(statement);
  },
};
