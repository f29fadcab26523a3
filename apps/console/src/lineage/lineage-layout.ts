/** Where nodes and edges are drawn: in layers from what came first, left, to what came of it, right (Sugiyama's method, as dagre does it). */
import { Graph, layout } from '@dagrejs/dagre';
import type { FoldedView } from './lineage.model.js';

export const NODE_WIDTH = 212;
export const NODE_HEIGHT = 52;
const BETWEEN_NODES = 14;
const BETWEEN_LAYERS = 64;
const MARGIN = 28;

export interface Placed {
  readonly id: string;
  /** Upper left corner. */
  readonly x: number;
  readonly y: number;
}

export interface PlacedEdge {
  readonly from: string;
  readonly to: string;
  readonly kind: string;
  readonly path: string;
}

export interface LineageLayout {
  readonly width: number;
  readonly height: number;
  readonly places: ReadonlyMap<string, Placed>;
  readonly edges: readonly PlacedEdge[];
}

export function layOut({ nodes, folds, edges }: FoldedView): LineageLayout {
  const graph = new Graph({ multigraph: true });
  graph.setGraph({ rankdir: 'LR', nodesep: BETWEEN_NODES, ranksep: BETWEEN_LAYERS, marginx: MARGIN, marginy: MARGIN });
  for (const { id } of [...nodes, ...folds]) graph.setNode(id, { width: NODE_WIDTH, height: NODE_HEIGHT });
  for (const { from, to, kind } of edges) graph.setEdge(to, from, {}, kind);
  layout(graph);
  const { width = 0, height = 0 } = graph.graph() as { width?: number; height?: number };
  const places = new Map(graph.nodes().map((id) => {
    const { x, y } = graph.node(id) as { x: number; y: number };
    return [id, { id, x: x - NODE_WIDTH / 2, y: y - NODE_HEIGHT / 2 }];
  }));
  return { width, height, places, edges: edges.map((edge) => ({ ...edge, path: pathOf(places.get(edge.to), (graph.edge(edge.to, edge.from, edge.kind) as { points: Point[] }).points, places.get(edge.from)) })) };
}

interface Point {
  readonly x: number;
  readonly y: number;
}

/** From the right side of one node to the left side of the other, by way of the points between, level at each. */
function pathOf(from: Placed | undefined, points: readonly Point[], to: Placed | undefined): string {
  if (from === undefined || to === undefined) return '';
  const middle = NODE_HEIGHT / 2;
  const way = [{ x: from.x + NODE_WIDTH, y: from.y + middle }, ...points.slice(1, -1), { x: to.x, y: to.y + middle }];
  const [first, ...rest] = way.map(({ x, y }) => ({ x: round(x), y: round(y) }));
  const curves = rest.map(({ x, y }, at) => {
    const before = (at === 0 ? first : rest[at - 1]) ?? { x, y };
    const half = round((before.x + x) / 2);
    return `C${half} ${before.y} ${half} ${y} ${x} ${y}`;
  });
  return `M${first?.x ?? 0} ${first?.y ?? 0}${curves.join('')}`;
}

const round = (value: number): number => Math.round(value * 10) / 10;

/** The node that an arrow key leads to: along an edge sideways, to the nearest of the same layer up or down. */
export function nodeTowards(key: string, from: string, { places, edges }: LineageLayout): string | undefined {
  const here = places.get(from);
  if (here === undefined) return undefined;
  const nearest = (candidates: readonly (Placed | undefined)[]): string | undefined => candidates.filter((one) => one !== undefined).toSorted((a, b) => distance(here, a) - distance(here, b))[0]?.id;
  const all = [...places.values()].filter(({ id }) => id !== from);
  switch (key) {
    case 'ArrowLeft': return nearest(edges.filter((edge) => edge.from === from).map(({ to }) => places.get(to)));
    case 'ArrowRight': return nearest(edges.filter((edge) => edge.to === from).map((edge) => places.get(edge.from)));
    case 'ArrowUp': return nearest(all.filter(({ x, y }) => Math.abs(x - here.x) < NODE_WIDTH && y < here.y));
    case 'ArrowDown': return nearest(all.filter(({ x, y }) => Math.abs(x - here.x) < NODE_WIDTH && y > here.y));
    default: return undefined;
  }
}

const distance = (a: Placed, b: Placed): number => Math.abs(a.x - b.x) + Math.abs(a.y - b.y);
