/**
 * Lineage as it is drawn: what was found so far, put together. An edge leads from what came of something to what it came from. Pure.
 *
 * Nodes are those of the state graph, and `place`s: a value, a region of a page, bytes of a file. A place that is a whole artifact is that artifact's node, so that both meet.
 */
import type { Json, LineageEdge, LineageGraph, SourceRegion, TracedPlace, ValueTrace } from '@symphainy/contracts';

export type Direction = 'up' | 'down';

export interface LineageNodeView {
  readonly id: string;
  readonly kind: 'artifact' | 'column' | 'step' | 'execution' | 'intent' | 'decision' | 'place';
  readonly data: { readonly [name: string]: Json };
  /** When it was recorded; unknown of what is only named, and of places. */
  readonly at?: string;
  readonly region?: SourceRegion;
  /** Why the way ends here although it might go on. */
  readonly ended?: { readonly code: string; readonly message: string };
}

export interface LineageEdgeView {
  readonly from: string;
  readonly to: string;
  readonly kind: string;
}

/** What one question brought. */
export interface Finding {
  readonly nodes: readonly LineageNodeView[];
  readonly edges: readonly LineageEdgeView[];
  /** Nodes of which everything next to them, in the direction asked, is told. */
  readonly explored: readonly string[];
  /** There is more: how to ask for it; `cut` where one cannot. */
  readonly cursor?: string;
  readonly cut?: boolean;
}

/** A place's node; the whole of a reference is its artifact. */
export function placeId({ reference, content_hash: _, ...place }: SourceRegion): string {
  const members = Object.entries(place).filter(([, value]) => value !== undefined && value !== '').toSorted(([a], [b]) => (a < b ? -1 : 1));
  return members.length === 0 ? `artifact:${reference}` : `place:${reference}#${JSON.stringify(Object.fromEntries(members))}`;
}

/** The page of a walk. `depth`: as far as was asked. */
export function walkFinding({ nodes, edges, start, next_cursor }: LineageGraph, direction: Direction, depth: number): Finding {
  const [near, far] = direction === 'up' ? (['from', 'to'] as const) : (['to', 'from'] as const);
  const depths = new Map([[start, 0]]);
  for (const edge of edges) if (!depths.has(edge[far])) depths.set(edge[far], edge.depth);
  // Breadth first: where the page was cut, the last level's nodes may have more.
  const whole = next_cursor === undefined ? depth : (edges.at(-1)?.depth ?? 1) - 1;
  const explored = [...depths].filter(([, at]) => at < whole).map(([id]) => id);
  for (const edge of edges) if (edge.depth < whole && !depths.has(edge[near])) explored.push(edge[near]);
  return { nodes, edges: edges.map(edgeView), explored, ...(next_cursor === undefined ? {} : { cursor: next_cursor }) };
}

const edgeView = ({ from, to, kind }: LineageEdge): LineageEdgeView => ({ from, to, kind });

/** A trace of places, each with the step, execution, intent and decision that made it. */
export function traceFinding({ places, complete }: ValueTrace, direction: Direction): Finding {
  const ids = new Map(places.map((place) => [place.id, placeId(place.region)]));
  const nodes = places.flatMap((place) => [placeNode(place), ...makerNodes(place)]);
  const edges = places.flatMap((place) => {
    const [own, other] = [ids.get(place.id) ?? '', place.of === undefined ? undefined : ids.get(place.of)];
    const way = other === undefined || other === own ? [] : [{ from: direction === 'up' ? other : own, to: direction === 'up' ? own : other, kind: place.kind ?? 'derived_from' }];
    return [...way, ...makerEdges(own, place)];
  });
  return { nodes, edges, explored: complete ? [...new Set(ids.values())].filter((id) => id.startsWith('place:')) : [], ...(complete ? {} : { cut: true }) };
}

const placeNode = ({ region, artifact, value, ended }: TracedPlace): LineageNodeView => {
  const id = placeId(region);
  const data = { ...(artifact === undefined ? {} : (artifact as { readonly [name: string]: Json })), ...(value === undefined ? {} : { value }) };
  return { id, kind: id.startsWith('artifact:') ? 'artifact' : 'place', data, region, ...(ended === undefined ? {} : { ended }) };
};

function makerNodes({ made_by: made }: TracedPlace): LineageNodeView[] {
  if (made === undefined) return [];
  const { execution_id: execution, step, intent_type, user_id, at, decision, handler_build } = made;
  return [
    { id: `step:${execution}/${step}`, kind: 'step', at, data: { step, ...(handler_build === undefined ? {} : { handler_build }) } },
    { id: `execution:${execution}`, kind: 'execution', data: { capability: intent_type } },
    { id: `intent:${execution}`, kind: 'intent', data: { intent_type, user_id } },
    ...(decision === undefined ? [] : [{ id: `decision:${execution}`, kind: 'decision' as const, data: { decision: decision.decision, bundle_version: decision.bundle_version, policies: decision.verdicts.flatMap((verdict) => [...verdict.policies]) } }]),
  ];
}

function makerEdges(own: string, { made_by: made }: TracedPlace): LineageEdgeView[] {
  if (made === undefined) return [];
  const { execution_id: execution, step, decision } = made;
  return [
    { from: own, to: `step:${execution}/${step}`, kind: 'generated_by' },
    { from: `step:${execution}/${step}`, to: `execution:${execution}`, kind: 'part_of' },
    { from: `execution:${execution}`, to: `intent:${execution}`, kind: 'runs' },
    ...(decision === undefined ? [] : [{ from: `intent:${execution}`, to: `decision:${execution}`, kind: 'decided_by' }]),
  ];
}

export interface LineageView {
  readonly nodes: ReadonlyMap<string, LineageNodeView>;
  readonly edges: readonly LineageEdgeView[];
}

/** Everything found, each node and edge once; what is known of a node is put together. */
export function joinFindings(findings: Iterable<Finding>): LineageView {
  const nodes = new Map<string, LineageNodeView>();
  const edges = new Map<string, LineageEdgeView>();
  for (const finding of findings) {
    for (const node of finding.nodes) {
      const before = nodes.get(node.id);
      nodes.set(node.id, before === undefined ? node : { ...before, ...node, at: node.at ?? before.at, data: { ...before.data, ...node.data } });
    }
    for (const edge of finding.edges) edges.set(`${edge.from}\n${edge.kind}\n${edge.to}`, edge);
  }
  return { nodes, edges: [...edges.values()].filter(({ from, to }) => nodes.has(from) && nodes.has(to)) };
}

export interface Fold {
  readonly id: string;
  readonly members: readonly LineageNodeView[];
}

export interface FoldedView {
  readonly nodes: readonly LineageNodeView[];
  readonly folds: readonly Fold[];
  readonly edges: readonly LineageEdgeView[];
}

/** More nodes than this that stand in the same relations to the same others are drawn as one. */
const MOST_ALIKE = 6;

/** Folds what differs in its name alone: the 250 parts of a file are one node until it is opened. `open`: folds that are; `kept`: nodes that are never folded. */
export function foldAlike({ nodes, edges }: LineageView, open: ReadonlySet<string>, kept: ReadonlySet<string>): FoldedView {
  const relations = new Map<string, string[]>();
  const relate = (id: string, relation: string): void => void (relations.get(id)?.push(relation) ?? relations.set(id, [relation]));
  for (const { from, to, kind } of edges) {
    relate(from, `>${kind} ${to}`);
    relate(to, `<${kind} ${from}`);
  }
  const alike = Map.groupBy(nodes.values(), (node) => (kept.has(node.id) || !relations.has(node.id) ? node.id : `fold:${node.kind} ${String(node.data['artifact_type'] ?? '')} ${(relations.get(node.id) ?? []).toSorted().join('\n')}`));
  const folds = [...alike].filter(([id, members]) => members.length > MOST_ALIKE && !open.has(id)).map(([id, members]) => ({ id, members }));
  const within = new Map(folds.flatMap(({ id, members }) => members.map((member) => [member.id, id] as const)));
  const drawn = new Map(edges.map(({ from, to, kind }) => [within.get(from) ?? from, within.get(to) ?? to, kind] as const).map(([from, to, kind]) => [`${from}\n${kind}\n${to}`, { from, to, kind }]));
  return { nodes: [...nodes.values()].filter(({ id }) => !within.has(id)), folds, edges: [...drawn.values()] };
}
