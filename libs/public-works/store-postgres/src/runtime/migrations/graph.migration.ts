import type { Migration } from '../../provision.js';

/** The state graph: written by the follower `graph`, rebuildable from the log. */
const tables = [
  `create table graph_nodes (
    tenant_id text collate "C" not null,
    id text collate "C" not null,
    kind text collate "C" not null,
    at timestamptz(3) not null,
    data jsonb not null,
    primary key (tenant_id, id)
  ) with (fillfactor = 80)`,
  `create table graph_edges (
    tenant_id text collate "C" not null,
    from_id text collate "C" not null,
    kind text collate "C" not null,
    to_id text collate "C" not null,
    at timestamptz(3) not null,
    primary key (tenant_id, from_id, kind, to_id)
  )`,
  `create index graph_edges_by_target on graph_edges (tenant_id, to_id, kind, from_id)`,
];

/** Breadth first, level by level in one round trip: of each level the edges, then the nodes they lead to that were not left before. */
const walk = (name: string, here: string, there: string): string => `create function ${name}(of_tenant text, start text[], deepest int, most int, until timestamptz, of_kinds text[])
  returns table (depth int, from_id text, kind text, to_id text, at timestamptz) language plpgsql stable as $$
  declare
    frontier text[] := start;
    seen text[] := start;
    told int := 0;
    found int;
  begin
    for level in 1..deepest loop
      return query select level, e.from_id, e.kind, e.to_id, e.at from runtime.graph_edges e
        where e.tenant_id = of_tenant and e.${here} = any(frontier) and (until is null or e.at <= until) and (of_kinds is null or e.kind = any(of_kinds))
        order by e.from_id, e.kind, e.to_id limit most - told;
      get diagnostics found = row_count;
      told := told + found;
      exit when found = 0 or told >= most;
      select array_agg(n.id), seen || array_agg(n.id) into frontier, seen from (
        select distinct e.${there} as id from runtime.graph_edges e
        where e.tenant_id = of_tenant and e.${here} = any(frontier) and (until is null or e.at <= until) and (of_kinds is null or e.kind = any(of_kinds))
        except select unnest(seen)) n;
      exit when frontier is null;
    end loop;
  end $$`;

const isolation = ['graph_nodes', 'graph_edges'].flatMap((name) => [
  `alter table ${name} enable row level security, force row level security`,
  `create policy follower_keeps on ${name} to symphainy_follower using (true) with check (true)`,
  `create policy reader_reads on ${name} for select to symphainy_reader using (tenant_id = (select current_setting('app.tenant', true)))`,
  `grant select, insert, update, delete on ${name} to symphainy_follower`,
  `grant select on ${name} to symphainy_reader`,
]);

export const graphMigration: Migration = {
  name: 'StateGraph1790000010000',
  up: async (run) => {
    for (const statement of [...tables, walk('graph_up', 'from_id', 'to_id'), walk('graph_down', 'to_id', 'from_id'), ...isolation]) await run(statement);
  },
};
