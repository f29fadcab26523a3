import fc from 'fast-check';
import type { FoldedView } from './lineage.model.js';
import { layOut, NODE_HEIGHT, NODE_WIDTH, nodeTowards } from './lineage-layout.js';

const view = (count: number, edges: readonly (readonly [from: number, to: number])[]): FoldedView => ({
  nodes: Array.from({ length: count }, (_, i) => ({ id: `artifact:${i}`, kind: 'artifact', data: {} })),
  folds: [],
  edges: edges.map(([from, to]) => ({ from: `artifact:${from}`, to: `artifact:${to}`, kind: 'derived_from' })),
});

/** Of a pixel. */
const ROUNDING = 0.01;

/** Later nodes come of earlier ones: no circles, as in a log that grows. */
const growing = fc.integer({ min: 1, max: 30 }).chain((count) => fc.record({
  count: fc.constant(count),
  edges: fc.array(fc.tuple(fc.nat(count - 1), fc.nat(count - 1)), { maxLength: 60 }).map((pairs) => pairs.filter(([a, b]) => a !== b).map(([a, b]) => [Math.max(a, b), Math.min(a, b)] as const)),
}));

describe('layOut', () => {
  it('whatever the graph - no two nodes overlap, all are within, and what came first stands left', () => {
    fc.assert(fc.property(growing, ({ count, edges }) => {
      const { places, width, height } = layOut(view(count, edges));
      const all = [...places.values()];
      expect(all).toHaveLength(count);
      for (const [at, a] of all.entries()) {
        expect(a.x >= -ROUNDING && a.y >= -ROUNDING && a.x + NODE_WIDTH <= width + ROUNDING && a.y + NODE_HEIGHT <= height + ROUNDING).toBe(true);
        for (const b of all.slice(at + 1)) expect(Math.abs(a.x - b.x) >= NODE_WIDTH - ROUNDING || Math.abs(a.y - b.y) >= NODE_HEIGHT - ROUNDING).toBe(true);
      }
      for (const [from, to] of edges) expect(places.get(`artifact:${to}`)!.x).toBeLessThan(places.get(`artifact:${from}`)!.x);
    }), { numRuns: 25, interruptAfterTimeLimit: 4_000 });
  });

  it('a circle, which a graph of names may hold - is drawn all the same', () => {
    expect(layOut(view(3, [[0, 1], [1, 2], [2, 0]])).places.size).toBe(3);
  });

  it('two nodes related in two ways - have an edge for each', () => {
    const twice = view(2, [[1, 0]]);
    const { edges } = layOut({ ...twice, edges: [...twice.edges, { from: 'artifact:1', to: 'artifact:0', kind: 'projects' }] });
    expect(edges.map(({ path }) => path.startsWith('M'))).toEqual([true, true]);
  });
});

describe('nodeTowards', () => {
  const layout = layOut(view(4, [[1, 0], [2, 0], [3, 1]]));

  it('left and right - lead along edges, up and down within the layer', () => {
    expect(nodeTowards('ArrowLeft', 'artifact:3', layout)).toBe('artifact:1');
    expect(nodeTowards('ArrowRight', 'artifact:1', layout)).toBe('artifact:3');
    const [upper, lower] = ['artifact:1', 'artifact:2'].toSorted((a, b) => layout.places.get(a)!.y - layout.places.get(b)!.y);
    expect(nodeTowards('ArrowDown', upper!, layout)).toBe(lower);
    expect(nodeTowards('ArrowUp', lower!, layout)).toBe(upper);
  });

  it('where nothing is, and other keys - lead nowhere', () => {
    expect(nodeTowards('ArrowLeft', 'artifact:0', layout)).toBeUndefined();
    expect(nodeTowards('a', 'artifact:0', layout)).toBeUndefined();
  });
});
