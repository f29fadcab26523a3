import type { Migration } from '../../provision.js';

/**
 * Breadth first, level by level in one round trip. A level's edges are read once (upwards out of the primary key alone, which holds all of an edge); where the next level begins is told
 * from them in memory: the nodes they lead to that were not left before.
 */
const walk = (name: string, here: string, there: string): string => `create or replace function ${name}(of_tenant text, start text[], deepest int, most int, until timestamptz, of_kinds text[])
  returns table (depth int, from_id text, kind text, to_id text, at timestamptz) language plpgsql stable as $$
  declare
    frontier text[] := start;
    seen text[] := start;
    told int := 0;
    edges runtime.graph_edges[];
  begin
    for level in 1..deepest loop
      select array_agg(row(e.tenant_id, e.from_id, e.kind, e.to_id, e.at)::runtime.graph_edges) into edges from (
        select g.tenant_id, g.from_id, g.kind, g.to_id, g.at from runtime.graph_edges g
        where g.tenant_id = of_tenant and g.${here} = any(frontier) and (until is null or g.at <= until) and (of_kinds is null or g.kind = any(of_kinds))
        order by g.from_id, g.kind, g.to_id limit most - told) e;
      exit when edges is null;
      return query select level, e.from_id, e.kind, e.to_id, e.at from unnest(edges) e;
      told := told + cardinality(edges);
      exit when told >= most;
      select array_agg(next.id) into frontier from (select e.${there} from unnest(edges) e except select unnest(seen)) next(id);
      exit when frontier is null;
      seen := seen || frontier;
    end loop;
  end $$`;

export const graphWalkMigration: Migration = {
  name: 'StateGraphWalk1790000011000',
  up: async (run) => {
    for (const statement of [
      'alter table graph_edges drop constraint graph_edges_pkey, add primary key (tenant_id, from_id, kind, to_id) include (at)',
      walk('graph_up', 'from_id', 'to_id'),
      walk('graph_down', 'to_id', 'from_id'),
    ]) await run(statement);
  },
};
