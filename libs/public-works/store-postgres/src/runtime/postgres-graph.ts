import { joinedNodes, type GraphChanges, type GraphEdge, type GraphNode, type GraphWalk, type StateGraph, type WalkedEdge } from '@symphainy/ports';
import type { Database, Sql } from '../sql.js';

const PAGE = 1_000;

interface NodeRow {
  readonly id: string;
  readonly kind: string;
  readonly at: string;
  readonly data: GraphNode['data'];
}
interface EdgeRow {
  readonly from_id: string;
  readonly kind: string;
  readonly to_id: string;
  readonly at: string;
}

/** The state graph in two tables, by row-level security of one tenant: the embedded one. */
export class PostgresGraph implements StateGraph {
  /** `reader` and `keeper`: as the runtime's roles reader and follower. Their owner closes them. */
  constructor(private readonly databases: { readonly reader: Database; readonly keeper: Database }) {}

  async add(changes: readonly GraphChanges[]): Promise<void> {
    if (changes.length === 0) return;
    await this.databases.keeper.transaction(async (sql) => {
      await addNodes(sql, joinedNodes(changes));
      await addEdges(sql, changes);
    });
  }

  async nodes(tenantId: string, ids: readonly string[]): Promise<GraphNode[]> {
    return this.databases.reader.asTenant(tenantId, (sql) =>
      sql.query<NodeRow>('select id, kind, at, data from runtime.graph_nodes where tenant_id = $1 and id = any($2) order by id', [tenantId, ids]));
  }

  async walk(tenantId: string, { start, direction, depth, limit, until, kinds }: GraphWalk): Promise<{ edges: WalkedEdge[]; complete: boolean }> {
    const rows = await this.databases.reader.asTenant(tenantId, (sql) =>
      sql.query<EdgeRow & { depth: number }>(`select depth, from_id, kind, to_id, at from runtime.graph_${direction}($1, $2, $3, $4, $5, $6)`, [tenantId, start, depth, limit + 1, until ?? null, kinds ?? null]));
    return { edges: rows.slice(0, limit).map((row) => ({ ...edgeOf(row), depth: row.depth })), complete: rows.length <= limit };
  }

  async *all(tenantId: string): AsyncGenerator<GraphNode | GraphEdge> {
    for (let after = ''; ; ) {
      const page = await this.databases.reader.asTenant(tenantId, (sql) =>
        sql.query<NodeRow>('select id, kind, at, data from runtime.graph_nodes where tenant_id = $1 and id > $2 order by id limit $3', [tenantId, after, PAGE]));
      yield* page;
      if (page.length < PAGE) break;
      after = page[page.length - 1]!.id;
    }
    for (let last: EdgeRow | undefined; ; ) {
      const page: EdgeRow[] = await this.databases.reader.asTenant(tenantId, (sql) =>
        sql.query<EdgeRow>('select from_id, kind, to_id, at from runtime.graph_edges where tenant_id = $1 and (from_id, kind, to_id) > ($2, $3, $4) order by from_id, kind, to_id limit $5',
          [tenantId, last?.from_id ?? '', last?.kind ?? '', last?.to_id ?? '', PAGE]));
      yield* page.map(edgeOf);
      if (page.length < PAGE) return;
      last = page[page.length - 1];
    }
  }

  async clear(tenantId: string): Promise<void> {
    await this.databases.keeper.transaction(async (sql) => {
      await sql.query('delete from runtime.graph_edges where tenant_id = $1', [tenantId]);
      await sql.query('delete from runtime.graph_nodes where tenant_id = $1', [tenantId]);
    });
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}

const edgeOf = ({ from_id, kind, to_id, at }: EdgeRow): GraphEdge => ({ from: from_id, to: to_id, kind, at });

async function addNodes(sql: Sql, nodes: readonly (GraphNode & { readonly tenantId: string })[]): Promise<void> {
  if (nodes.length === 0) return;
  await sql.run({
    name: 'graph-nodes',
    text: `insert into runtime.graph_nodes as n (tenant_id, id, kind, at, data) select * from unnest($1::text[], $2::text[], $3::text[], $4::timestamptz[], $5::jsonb[])
      on conflict (tenant_id, id) do update set at = least(n.at, excluded.at), data = n.data || excluded.data where n.data is distinct from n.data || excluded.data or excluded.at < n.at`,
    values: [nodes.map((n) => n.tenantId), nodes.map((n) => n.id), nodes.map((n) => n.kind), nodes.map((n) => n.at), nodes.map((n) => JSON.stringify(n.data))],
  });
}

async function addEdges(sql: Sql, changes: readonly GraphChanges[]): Promise<void> {
  const edges = changes.flatMap(({ tenantId, edges: of }) => of.map((edge) => ({ tenantId, ...edge })));
  if (edges.length === 0) return;
  await sql.run({
    name: 'graph-edges',
    text: `insert into runtime.graph_edges (tenant_id, from_id, kind, to_id, at)
      select t, f, k, o, min(a) from unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::timestamptz[]) as u(t, f, k, o, a) group by t, f, k, o order by t, f, k, o
      on conflict do nothing`,
    values: [edges.map((e) => e.tenantId), edges.map((e) => e.from), edges.map((e) => e.kind), edges.map((e) => e.to), edges.map((e) => e.at)],
  });
}
