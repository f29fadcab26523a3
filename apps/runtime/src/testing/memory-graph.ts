import type { GraphChanges, GraphEdge, GraphNode, GraphWalk, StateGraph, WalkedEdge } from '@symphainy/ports';

interface Tenant {
  readonly nodes: Map<string, GraphNode>;
  readonly edges: Map<string, GraphEdge>;
}

/** The state graph in memory: for cores without a database. */
export class MemoryGraph implements StateGraph {
  private readonly tenants = new Map<string, Tenant>();

  add(changes: readonly GraphChanges[]): Promise<void> {
    for (const { tenantId, nodes, edges } of changes) {
      const tenant = this.tenant(tenantId);
      for (const node of nodes) {
        const before = tenant.nodes.get(node.id);
        tenant.nodes.set(node.id, { ...node, at: before === undefined || node.at < before.at ? node.at : before.at, data: { ...before?.data, ...node.data } });
      }
      for (const edge of edges) if (!tenant.edges.has(keyOf(edge))) tenant.edges.set(keyOf(edge), edge);
    }
    return Promise.resolve();
  }

  nodes(tenantId: string, ids: readonly string[]): Promise<GraphNode[]> {
    const { nodes } = this.tenant(tenantId);
    return Promise.resolve([...new Set(ids)].sort().flatMap((id) => nodes.get(id) ?? []));
  }

  walk(tenantId: string, { start, direction, depth, limit, until, kinds }: GraphWalk): Promise<{ edges: WalkedEdge[]; complete: boolean }> {
    const all = [...this.tenant(tenantId).edges.values()].filter(({ at, kind }) => (until === undefined || at <= until) && (kinds === undefined || kinds.includes(kind))).sort(byKey);
    const [here, there] = direction === 'up' ? (['from', 'to'] as const) : (['to', 'from'] as const);
    const seen = new Set(start);
    const edges: WalkedEdge[] = [];
    for (let level = 1, open = new Set(start); level <= depth && open.size > 0; level++) {
      const found = all.filter((edge) => open.has(edge[here]));
      edges.push(...found.map((edge) => ({ ...edge, depth: level })));
      open = new Set(found.map((edge) => edge[there]).filter((id) => !seen.has(id)));
      for (const id of open) seen.add(id);
    }
    return Promise.resolve({ edges: edges.slice(0, limit), complete: edges.length <= limit });
  }

  async *all(tenantId: string): AsyncGenerator<GraphNode | GraphEdge> {
    const { nodes, edges } = this.tenant(tenantId);
    yield* await this.nodes(tenantId, [...nodes.keys()]);
    yield* [...edges.values()].sort(byKey);
  }

  clear(tenantId: string): Promise<void> {
    this.tenants.delete(tenantId);
    return Promise.resolve();
  }

  close(): Promise<void> {
    return Promise.resolve();
  }

  private tenant(tenantId: string): Tenant {
    const tenant = this.tenants.get(tenantId) ?? { nodes: new Map<string, GraphNode>(), edges: new Map<string, GraphEdge>() };
    this.tenants.set(tenantId, tenant);
    return tenant;
  }
}

const keyOf = ({ from, kind, to }: GraphEdge): string => JSON.stringify([from, kind, to]);
const byKey = (a: GraphEdge, b: GraphEdge): number => (order(a) < order(b) ? -1 : 1);
const order = ({ from, kind, to }: GraphEdge): string => `${from}\0${kind}\0${to}`;
