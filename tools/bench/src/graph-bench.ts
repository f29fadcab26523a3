import { randomBytes } from 'node:crypto';
import { startThrowawayPostgres } from '@symphainy/servers-local';
import { openDatabase, PostgresGraph, provisionRuntime, runtimeUrls, type Database } from '@symphainy/store-postgres';

export interface GraphFigures {
  readonly edges: number;
  readonly depth: number;
  /** What one walk found. */
  readonly edges_found: number;
  readonly nodes_found: number;
  readonly walks: number;
  readonly up_p50_ms: number;
  readonly up_max_ms: number;
  readonly down_p50_ms: number;
  readonly down_max_ms: number;
}

const DEPTH = 50;
const WALKS = 50;
const LIMIT = 20_000;

/**
 * Lineage in a graph of about `edges` edges on a Postgres of its own: 51 layers, each node made of two of the layer below it, so that a walk of depth 50 finds 2,550 edges. Walks start at different
 * nodes; each is one question as the Runtime asks it, nodes read besides. Before each direction one walk goes unmeasured.
 */
export async function benchGraph(edges: number, say: (text: string) => void): Promise<GraphFigures> {
  const server = await startThrowawayPostgres();
  const key = randomBytes(32);
  const opened: Database[] = [];
  const open = (url: string): Database => {
    const database = openDatabase({ url, applicationName: 'bench', statementTimeoutMs: 0 });
    opened.push(database);
    return database;
  };
  try {
    await provisionRuntime(server.url, key);
    const width = Math.max(DEPTH + 1, Math.ceil(edges / (2 * DEPTH)));
    const made = await fill(open(server.url), width);
    say(`${made} edges stand`);
    const urls = runtimeUrls(server.url, key);
    return await measure(new PostgresGraph({ reader: open(urls.reader), keeper: open(urls.follower) }), made, width);
  } finally {
    await Promise.all(opened.map((database) => database.close()));
    await server.stop();
  }
}

/** Ids as long as those of artifacts. */
const nameIn = (layer: string, node: string): string => `'artifact:00000000-0000-7000-8000-' || lpad((${layer})::text, 12, '0') || '/layer-' || (${layer}) || '/node-' || (${node})`;

async function fill(database: Database, width: number): Promise<number> {
  const layers = `(select layer, i from generate_series(0, ${DEPTH}) layer, generate_series(0, ${width - 1}) i) n`;
  await database.query(`insert into runtime.graph_nodes (tenant_id, id, kind, at, data) select 'acme', ${nameIn('layer', 'i')}, 'artifact', now(), '{"artifact_type":"bench"}' from ${layers}`);
  await database.query(
    `insert into runtime.graph_edges (tenant_id, from_id, kind, to_id, at)
     select 'acme', ${nameIn('layer', 'i')}, 'derived_from', ${nameIn('layer - 1', `(i + beside) % ${width}`)}, now()
     from ${layers}, generate_series(0, 1) beside where layer > 0`,
  );
  await database.query('vacuum analyze runtime.graph_edges');
  await database.query('vacuum analyze runtime.graph_nodes');
  return (await database.query<{ count: number }>('select count(*) as count from runtime.graph_edges'))[0]!.count;
}

async function measure(graph: PostgresGraph, edges: number, width: number): Promise<GraphFigures> {
  const up = await timed(graph, width, 'up', DEPTH);
  const down = await timed(graph, width, 'down', 0);
  const at = (times: readonly number[], share: number): number => Number(times[Math.min(times.length - 1, Math.floor(times.length * share))]!.toFixed(1));
  return { edges, depth: DEPTH, edges_found: up.found, nodes_found: up.nodes, walks: WALKS, up_p50_ms: at(up.times, 0.5), up_max_ms: at(up.times, 1), down_p50_ms: at(down.times, 0.5), down_max_ms: at(down.times, 1) };
}

async function timed(graph: PostgresGraph, width: number, direction: 'up' | 'down', layer: number): Promise<{ times: number[]; found: number; nodes: number }> {
  const times: number[] = [];
  let [found, nodes] = [0, 0];
  for (let n = 0; n <= WALKS; n++) {
    const start = nameOf(layer, (n * 7919) % width);
    const began = performance.now();
    const { edges } = await graph.walk('acme', { start: [start], direction, depth: DEPTH, limit: LIMIT });
    const known = await graph.nodes('acme', [...new Set(edges.flatMap(({ from, to }) => [from, to]))]);
    if (n > 0) times.push(performance.now() - began);
    [found, nodes] = [edges.length, known.length];
  }
  return { times: times.sort((a, b) => a - b), found, nodes };
}

const nameOf = (layer: number, node: number): string => `artifact:00000000-0000-7000-8000-${String(layer).padStart(12, '0')}/layer-${layer}/node-${node}`;
