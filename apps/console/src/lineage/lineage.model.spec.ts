import type { LineageGraph, ValueTrace } from '@symphainy/contracts';
import { foldAlike, joinFindings, placeId, traceFinding, walkFinding, type Finding } from './lineage.model.js';

const E = '01900000-0000-7000-8000-000000000001';
const AT = '2026-01-01T00:00:00.000Z';
const artifact = (name: string) => `artifact:${E}/s/${name}`;
const node = (id: string) => ({ id, kind: 'artifact' as const, at: AT, data: {} });

/** a ← b ← c: a chain walked up from c. */
const graph = (more?: string): LineageGraph => ({
  start: artifact('c'),
  nodes: ['c', 'b', 'a'].map((name) => node(artifact(name))),
  edges: [{ from: artifact('c'), to: artifact('b'), kind: 'derived_from', at: AT, depth: 1 }, { from: artifact('b'), to: artifact('a'), kind: 'derived_from', at: AT, depth: 2 }],
  ...(more === undefined ? {} : { next_cursor: more }),
});

const made = (step: string, at: string) => ({ execution_id: E, session_id: E, step, intent_type: 'content.ingest', user_id: 'alice', at });

describe('walkFinding', () => {
  it('a node at the depth asked for - may have more beyond it, those before it have not', () => {
    expect(walkFinding(graph(), 'up', 2).explored).toEqual([artifact('c'), artifact('b')]);
    expect(walkFinding(graph(), 'up', 9).explored).toEqual([artifact('c'), artifact('b'), artifact('a')]);
  });

  it('a page that was cut - takes no node of its last levels for whole, and says how to go on', () => {
    const finding = walkFinding(graph('next'), 'up', 9);
    expect(finding.explored).toEqual([artifact('c')]);
    expect(finding.cursor).toBe('next');
  });
});

describe('traceFinding', () => {
  const trace: ValueTrace = {
    complete: true,
    places: [
      { id: 0, depth: 0, region: { reference: `${E}/facts/facts`, pointer: '/facts/0' }, value: { predicate: 'fee', value: '12' }, made_by: made('facts', AT) },
      { id: 1, of: 0, depth: 1, region: { reference: `${E}/upload/file`, page: 1, box: [1, 2, 3, 4] } },
    ],
  };

  it('a value - leads to its place, its step, its execution and its intent', () => {
    const { edges } = traceFinding(trace, 'up');
    const fact = placeId(trace.places[0]!.region);
    expect(edges).toContainEqual({ from: fact, to: placeId(trace.places[1]!.region), kind: 'derived_from' });
    expect(edges).toContainEqual({ from: fact, to: `step:${E}/facts`, kind: 'generated_by' });
    expect(edges).toContainEqual({ from: `execution:${E}`, to: `intent:${E}`, kind: 'runs' });
  });

  it('downwards - edges run the other way round', () => {
    expect(traceFinding(trace, 'down').edges).toContainEqual({ from: placeId(trace.places[1]!.region), to: placeId(trace.places[0]!.region), kind: 'derived_from' });
  });

  it('the whole of a reference - is the artifact itself, so that trace and graph meet', () => {
    expect(placeId({ reference: 'e/s/n', content_hash: 'sha256:00' })).toBe('artifact:e/s/n');
    expect(placeId({ reference: 'e/s/n', pointer: '' })).toBe('artifact:e/s/n');
    expect(placeId({ reference: 'e/s/n', page: 1, line: 2 })).toBe(placeId({ line: 2, page: 1, reference: 'e/s/n' }));
  });
});

describe('joinFindings', () => {
  it('a node that is named first and known later - keeps what is known', () => {
    const named: Finding = { nodes: [{ id: 'artifact:a', kind: 'artifact', data: {} }], edges: [], explored: [] };
    const known: Finding = { nodes: [{ id: 'artifact:a', kind: 'artifact', at: AT, data: { name: 'a' } }], edges: [], explored: [] };
    for (const order of [[named, known], [known, named]]) expect(joinFindings(order).nodes.get('artifact:a')).toMatchObject({ at: AT, data: { name: 'a' } });
  });

  it('an edge found twice, or without its ends - is drawn once, or not', () => {
    const { nodes, edges } = graph();
    const finding = { nodes, edges: [...edges, ...edges, { from: artifact('a'), to: artifact('gone'), kind: 'used' }], explored: [] };
    expect(joinFindings([finding, finding]).edges).toHaveLength(2);
  });
});

describe('foldAlike', () => {
  /** A file in `count` parts, put together to a dataset. */
  const parts = (count: number) => joinFindings([{
    nodes: [node('artifact:file'), node('artifact:dataset'), ...Array.from({ length: count }, (_, i) => node(`artifact:part-${i}`))],
    edges: Array.from({ length: count }, (_, i) => [{ from: `artifact:part-${i}`, to: 'artifact:file', kind: 'derived_from' }, { from: 'artifact:dataset', to: `artifact:part-${i}`, kind: 'derived_from' }]).flat(),
    explored: [],
  }]);

  it('many nodes that differ in their name alone - are one, with their relations once', () => {
    const folded = foldAlike(parts(250), new Set(), new Set());
    expect(folded.nodes).toHaveLength(2);
    expect(folded.folds.map(({ members }) => members.length)).toEqual([250]);
    expect(folded.edges).toHaveLength(2);
  });

  it('few of them, one that was opened, and the chosen one - are drawn each', () => {
    expect(foldAlike(parts(6), new Set(), new Set()).folds).toEqual([]);
    const [fold] = foldAlike(parts(20), new Set(), new Set()).folds;
    expect(foldAlike(parts(20), new Set([fold!.id]), new Set()).nodes).toHaveLength(22);
    expect(foldAlike(parts(20), new Set(), new Set(['artifact:part-3'])).nodes.map(({ id }) => id)).toContain('artifact:part-3');
  });
});
