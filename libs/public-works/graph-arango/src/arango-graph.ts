import { hashOf } from '@symphainy/kernel';
import { joinedNodes, type GraphChanges, type GraphEdge, type GraphNode, type GraphWalk, type StateGraph, type WalkedEdge } from '@symphainy/ports';
import { Database } from 'arangojs';
import { CollectionType } from 'arangojs/collections';

const NODES = 'graph_nodes';
const EDGES = 'graph_edges';
const BATCH = 1_000;
/** The follower and a rebuilding may write one node at once: ArangoDB refuses the second (error 1200). */
const CONFLICTS = { retryOnConflict: 10 };

type EdgeDocument = { readonly from_id: string; readonly kind: string; readonly to_id: string; readonly at: string };

const key = (tenantId: string, ...names: string[]): string => `${tenantId}:${hashOf(names)}`;
const edgeOf = ({ from_id, kind, to_id, at }: EdgeDocument): GraphEdge => ({ from: from_id, to: to_id, kind, at });

export class ArangoGraph implements StateGraph {
  private constructor(private readonly database: Database) {}

  /** `url`: `http(s)://<user>:<password>@<host>:<port>/<database>`; the database is there already. */
  static async open(url: string): Promise<ArangoGraph> {
    const { protocol, host, username, password, pathname } = new URL(url);
    const database = new Database({ url: `${protocol}//${host}`, databaseName: decodeURIComponent(pathname.slice(1)) || '_system', auth: { username: decodeURIComponent(username), password: decodeURIComponent(password) } });
    await prepare(database);
    return new ArangoGraph(database);
  }

  async add(changes: readonly GraphChanges[]): Promise<void> {
    const nodes = joinedNodes(changes).map(({ tenantId, ...node }) => ({ _key: key(tenantId, node.id), tenant_id: tenantId, ...node }));
    const edges = changes.flatMap(({ tenantId, edges: of }) => of.map(({ from, kind, to, at }) => ({
      _key: key(tenantId, from, kind, to), _from: `${NODES}/${key(tenantId, from)}`, _to: `${NODES}/${key(tenantId, to)}`, tenant_id: tenantId, from_id: from, kind, to_id: to, at,
    }))).sort((a, b) => (a.at < b.at ? -1 : 1));
    if (nodes.length + edges.length === 0) return;
    // nodes first, so that no edge is ever without its ends; what fails in between is added again, and stands once
    await this.database.query(`FOR n IN @nodes UPSERT { _key: n._key } INSERT n UPDATE { at: MIN([OLD.at, n.at]), data: MERGE(OLD.data, n.data) } IN ${NODES}`, { nodes }, CONFLICTS);
    await this.database.query(`FOR e IN @edges INSERT e INTO ${EDGES} OPTIONS { overwriteMode: "ignore" }`, { edges }, CONFLICTS);
  }

  async nodes(tenantId: string, ids: readonly string[]): Promise<GraphNode[]> {
    const cursor = await this.database.query<GraphNode>(`FOR n IN ${NODES} FILTER n._key IN @keys AND n.tenant_id == @tenantId SORT TO_HEX(n.id) RETURN KEEP(n, "id", "kind", "at", "data")`, { tenantId, keys: ids.map((id) => key(tenantId, id)) });
    return cursor.all();
  }

  async walk(tenantId: string, { start, direction, depth, limit, until, kinds }: GraphWalk): Promise<{ edges: WalkedEdge[]; complete: boolean }> {
    const [here, there] = direction === 'up' ? (['from', 'to'] as const) : (['to', 'from'] as const);
    const seen = new Set(start);
    const edges: WalkedEdge[] = [];
    for (let level = 1, frontier = [...start]; level <= depth && frontier.length > 0 && edges.length <= limit; level++) {
      const found = await this.level(tenantId, `${here}_id`, frontier, { most: limit + 1 - edges.length, until: until ?? null, kinds: kinds ?? null });
      edges.push(...found.map((edge) => ({ ...edge, depth: level })));
      frontier = [...new Set(found.map((edge) => edge[there]))].filter((id) => !seen.has(id));
      for (const id of frontier) seen.add(id);
    }
    return { edges: edges.slice(0, limit), complete: edges.length <= limit };
  }

  async *all(tenantId: string): AsyncGenerator<GraphNode | GraphEdge> {
    const nodes = await this.database.query<GraphNode>(`FOR n IN ${NODES} FILTER n.tenant_id == @tenantId SORT TO_HEX(n.id) RETURN KEEP(n, "id", "kind", "at", "data")`, { tenantId }, { batchSize: BATCH });
    for await (const node of nodes) yield node;
    const edges = await this.database.query<EdgeDocument>(`FOR e IN ${EDGES} FILTER e.tenant_id == @tenantId SORT TO_HEX(e.from_id), e.kind, TO_HEX(e.to_id) RETURN KEEP(e, "from_id", "kind", "to_id", "at")`, { tenantId }, { batchSize: BATCH });
    for await (const edge of edges) yield edgeOf(edge);
  }

  async clear(tenantId: string): Promise<void> {
    for (const collection of [EDGES, NODES]) await this.database.query(`FOR d IN ${collection} FILTER d.tenant_id == @tenantId REMOVE d IN ${collection}`, { tenantId }, CONFLICTS);
  }

  close(): Promise<void> {
    this.database.close();
    return Promise.resolve();
  }

  private async level(tenantId: string, here: 'from_id' | 'to_id', frontier: readonly string[], bounds: { readonly most: number; readonly until: string | null; readonly kinds: readonly string[] | null }): Promise<GraphEdge[]> {
    const cursor = await this.database.query<EdgeDocument>(
      `FOR e IN ${EDGES} FILTER e.tenant_id == @tenantId AND e.${here} IN @frontier AND (@until == null OR e.at <= @until) AND (@kinds == null OR e.kind IN @kinds)
       SORT TO_HEX(e.from_id), e.kind, TO_HEX(e.to_id) LIMIT @most RETURN KEEP(e, "from_id", "kind", "to_id", "at")`,
      { tenantId, frontier, ...bounds },
    );
    return (await cursor.all()).map(edgeOf);
  }
}

/** Two instances may come at once: what is there already is no error. */
async function prepare(database: Database): Promise<void> {
  for (const [name, type] of [[NODES, CollectionType.DOCUMENT_COLLECTION], [EDGES, CollectionType.EDGE_COLLECTION]] as const) {
    if (await database.collection(name).exists()) continue;
    await database.createCollection(name, { type: type as CollectionType.DOCUMENT_COLLECTION }).catch(async (error: unknown) => {
      if (!(await database.collection(name).exists())) throw error;
    });
  }
  await database.collection(NODES).ensureIndex({ type: 'persistent', fields: ['tenant_id', 'id'], name: 'nodes_by_tenant' });
  for (const end of ['from_id', 'to_id']) await database.collection(EDGES).ensureIndex({ type: 'persistent', fields: ['tenant_id', end, 'kind'], name: `edges_by_${end}` });
}
