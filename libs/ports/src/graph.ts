/** What a node or edge tells beside its kind: small values. */
export type GraphData = { readonly [name: string]: string | number | boolean | null | readonly string[] };

export interface GraphNode {
  /** Unique in its tenant. */
  readonly id: string;
  readonly kind: string;
  /** When it was first recorded: RFC 3339, UTC, milliseconds. */
  readonly at: string;
  readonly data: GraphData;
}

/** From what came of something to what it came from. Its ends need not be known yet. */
export interface GraphEdge {
  readonly from: string;
  readonly to: string;
  readonly kind: string;
  readonly at: string;
}

export interface GraphChanges {
  readonly tenantId: string;
  readonly nodes: readonly GraphNode[];
  readonly edges: readonly GraphEdge[];
}

export interface GraphWalk {
  readonly start: readonly string[];
  /** `up`: along the edges, to what it came from; `down`: against them, to what came of it. */
  readonly direction: 'up' | 'down';
  /** Edges between the start and the farthest node. */
  readonly depth: number;
  /** Most edges told. */
  readonly limit: number;
  /** As the graph was then: edges recorded later are not there. */
  readonly until?: string;
  /** Kinds of edges that are followed. Default: all. */
  readonly kinds?: readonly string[];
}

export interface WalkedEdge extends GraphEdge {
  /** 1: an edge of the start. */
  readonly depth: number;
}

/**
 * A property graph that is projected from the log and can be made again from it. Every call is of one tenant and sees no other.
 * Breadth first, each node left once: a walk ends, however the edges run.
 */
export interface StateGraph {
  /** Adds what is not there and completes the data of what is; each tenant's changes whole or not at all. The same changes again change nothing. */
  add(changes: readonly GraphChanges[]): Promise<void>;
  /** Those of the named that are known, in the order of their ids. */
  nodes(tenantId: string, ids: readonly string[]): Promise<GraphNode[]>;
  /** By depth, then `from`, `kind`, `to`. `complete`: nothing within the depth was left out for the limit. */
  walk(tenantId: string, walk: GraphWalk): Promise<{ readonly edges: WalkedEdge[]; readonly complete: boolean }>;
  /** Everything, nodes first, each ordered by its key: equal graphs tell equal lists. */
  all(tenantId: string): AsyncIterable<GraphNode | GraphEdge>;
  clear(tenantId: string): Promise<void>;
  close(): Promise<void>;
}

/** One a node, its data put together, in the order of their keys: so that a statement writes no row twice, and writers do not wait for each other in a circle. */
export function joinedNodes(changes: readonly GraphChanges[]): (GraphNode & { readonly tenantId: string })[] {
  const known = new Map<string, GraphNode & { readonly tenantId: string }>();
  for (const { tenantId, nodes } of changes) {
    for (const node of nodes) {
      const key = `${tenantId}/${node.id}`;
      const before = known.get(key);
      known.set(key, { tenantId, ...node, at: before === undefined || node.at < before.at ? node.at : before.at, data: { ...before?.data, ...node.data } });
    }
  }
  return [...known].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, node]) => node);
}
