/** Where each node of a process stands on paper: left to right in order of the flow, one band per lane; subprocesses are drawn open. Units: pixels. */
import type { ProcessFlow, ProcessGraph, ProcessModel, ProcessNode } from '../model/process-model.js';

export interface Box {
  x: number;
  y: number;
  width: number;
  height: number;
}

export interface Layout {
  readonly nodes: ReadonlyMap<string, Box>;
  readonly edges: ReadonlyMap<string, { x: number; y: number }[]>;
  readonly lanes: ReadonlyMap<string, Box>;
  readonly pool: Box | undefined;
}

const GAP = 60;
const PAD = 40;
const POOL_LABEL = 30;
const sizes: Record<ProcessNode['kind'], readonly [number, number]> = { start: [36, 36], end: [36, 36], task: [140, 80], decision: [50, 50], join: [50, 50], subprocess: [140, 80] };

export function layOut(model: ProcessModel): Layout {
  const nodes = new Map<string, Box>();
  const edges = new Map<string, { x: number; y: number }[]>();
  const bands = bandsOf(model);
  const width = place(model.graph, { x: 160 + PAD, bands }, nodes, edges);
  if (model.lanes.length === 0) return { nodes, edges, lanes: new Map(), pool: undefined };
  const x = 160 + POOL_LABEL;
  const lanes = new Map(model.lanes.map((lane) => {
    const band = bands.find((b) => b.nodes?.has(lane.nodes[0] ?? '')) ?? bands[0];
    return [lane.id, { x, y: (band?.middle ?? 0) - (band?.height ?? 0) / 2, width: width + 2 * PAD - POOL_LABEL, height: band?.height ?? 0 }] as const;
  }));
  const height = bands.reduce((sum, band) => sum + band.height, 0);
  return { nodes, edges, lanes, pool: { x: 160, y: TOP, width: width + 2 * PAD, height } };
}

const TOP = 80;

interface Band {
  /** Undefined: all nodes. */
  readonly nodes?: ReadonlySet<string>;
  readonly middle: number;
  readonly height: number;
}

function bandsOf(model: ProcessModel): Band[] {
  const heightOf = (nodes: readonly ProcessNode[]) => Math.max(80, ...nodes.map((node) => sizeOf(node)[1])) + 3 * PAD;
  if (model.lanes.length === 0) return [{ middle: TOP + heightOf(model.graph.nodes) / 2, height: heightOf(model.graph.nodes) }];
  let y = TOP;
  return model.lanes.map((lane) => {
    const ids = new Set(lane.nodes);
    const height = heightOf(model.graph.nodes.filter((node) => ids.has(node.id)));
    y += height;
    return { nodes: ids, middle: y - height / 2, height };
  });
}

function sizeOf(node: ProcessNode): readonly [number, number] {
  if (node.content === undefined) return sizes[node.kind];
  const inner = node.content.nodes.map(sizeOf);
  return [inner.reduce((sum, [w]) => sum + w + GAP, 2 * PAD - GAP), Math.max(...inner.map(([, h]) => h)) + 3 * PAD];
}

/** Places a graph's nodes from `x` on; returns the width it takes. */
function place(graph: ProcessGraph, at: { x: number; bands: readonly Band[] }, nodes: Map<string, Box>, edges: Map<string, { x: number; y: number }[]>): number {
  let x = at.x;
  for (const node of graph.nodes) {
    const [width, height] = sizeOf(node);
    const middle = at.bands.find((band) => band.nodes?.has(node.id) ?? true)?.middle ?? at.bands[0]?.middle ?? 0;
    nodes.set(node.id, { x, y: middle - height / 2, width, height });
    if (node.content !== undefined) place(node.content, { x: x + PAD, bands: [{ middle, height }] }, nodes, edges);
    x += width + GAP;
  }
  const order = new Map(graph.nodes.map((node, i) => [node.id, i]));
  for (const flow of graph.flows) edges.set(flow.id, route(flow, nodes, (order.get(flow.to) ?? 0) - (order.get(flow.from) ?? 0)));
  return x - GAP - at.x;
}

/** Straight to the neighbour; below the others to a later step, above them back to an earlier one. */
function route(flow: ProcessFlow, nodes: ReadonlyMap<string, Box>, distance: number): { x: number; y: number }[] {
  const [from, to] = [nodes.get(flow.from), nodes.get(flow.to)];
  if (from === undefined || to === undefined) return [];
  const [right, left] = [{ x: from.x + from.width, y: from.y + from.height / 2 }, { x: to.x, y: to.y + to.height / 2 }];
  if (distance === 1) return right.y === left.y ? [right, left] : [right, { x: right.x + GAP / 2, y: right.y }, { x: right.x + GAP / 2, y: left.y }, left];
  const below = distance > 1;
  const level = below ? Math.max(from.y + from.height, to.y + to.height) + PAD / 2 : Math.min(from.y, to.y) - PAD / 2;
  const edgeOf = (box: Box) => ({ x: box.x + box.width / 2, y: below ? box.y + box.height : box.y });
  return [edgeOf(from), { x: edgeOf(from).x, y: level }, { x: edgeOf(to).x, y: level }, edgeOf(to)];
}
