import type { GraphChanges, GraphEdge, GraphNode, StateGraph, WalkedEdge } from './graph.js';

const at = (second: number): string => `2026-01-01T00:00:${String(second).padStart(2, '0')}.000Z`;
const node = (id: string, data: GraphNode['data'] = {}): GraphNode => ({ id, kind: 'artifact', at: at(0), data });
const edge = (from: string, to: string, kind = 'derived_from', second = 0): GraphEdge => ({ from, to, kind, at: at(second) });
const changes = (tenantId: string, nodes: GraphNode[], edges: GraphEdge[]): GraphChanges => ({ tenantId, nodes, edges });
const pairs = (edges: readonly WalkedEdge[]): string[] => edges.map(({ depth, from, to }) => `${depth} ${from}>${to}`);

async function everything(graph: StateGraph, tenantId: string): Promise<(GraphNode | GraphEdge)[]> {
  const found: (GraphNode | GraphEdge)[] = [];
  for await (const one of graph.all(tenantId)) found.push(one);
  return found;
}

/** The StateGraph contract. `open` gives a graph that is shared by the tests; `tenant` a tenant never used before. */
export function stateGraphContract(name: string, open: () => Promise<StateGraph>, tenant: () => string): void {
  describe(`${name} - state graph contract`, () => {
    let graph: StateGraph;
    let acme: string;
    beforeAll(async () => {
      graph = await open();
    });
    afterAll(() => graph.close());
    beforeEach(() => {
      acme = tenant();
    });

    it('add - twice is once, and data that comes later completes what is there', async () => {
      const batch = changes(acme, [node('a', { media_type: 'text/csv' }), node('b')], [edge('a', 'b')]);
      await graph.add([batch]);
      await graph.add([batch, changes(acme, [node('a', { size: 3 })], [])]);
      expect(await everything(graph, acme)).toEqual([node('a', { media_type: 'text/csv', size: 3 }), node('b'), edge('a', 'b')]);
    });

    it('add - a node or edge named twice in one batch is one', async () => {
      await graph.add([changes(acme, [node('a', { x: 1 }), node('a', { y: 'two' })], [edge('a', 'b'), edge('a', 'b')])]);
      expect(await everything(graph, acme)).toEqual([node('a', { x: 1, y: 'two' }), edge('a', 'b')]);
    });

    it('names - slashes, quotes, spaces and letters of any script are told apart and come back as they were', async () => {
      const names = ['artifact:1/step/a', 'artifact:1_step_a', 'column:x#Bezeichnung "ä"', 'column:x#%2F', "o'clock"];
      await graph.add([changes(acme, names.map((id) => node(id, { id })), names.map((id) => edge(id, 'root')))]);
      expect((await graph.nodes(acme, [...names, 'never'])).map((n) => n.id).sort()).toEqual([...names].sort());
      expect((await graph.walk(acme, { start: ['root'], direction: 'down', depth: 1, limit: 10 })).edges.map((e) => e.from).sort()).toEqual([...names].sort());
    });

    it('walk - goes up along the edges and down against them, as deep as was asked', async () => {
      await graph.add([changes(acme, [], [edge('report', 'facts'), edge('facts', 'document'), edge('document', 'file'), edge('profile', 'document')])]);
      const up = await graph.walk(acme, { start: ['report'], direction: 'up', depth: 2, limit: 10 });
      expect([pairs(up.edges), up.complete]).toEqual([['1 report>facts', '2 facts>document'], true]);
      const down = await graph.walk(acme, { start: ['file'], direction: 'down', depth: 9, limit: 10 });
      expect(pairs(down.edges)).toEqual(['1 document>file', '2 facts>document', '2 profile>document', '3 report>facts']);
    });

    it('walk - ends in a circle, and leaves a node that is reached twice once', async () => {
      await graph.add([changes(acme, [], [edge('a', 'b'), edge('b', 'c'), edge('c', 'a'), edge('a', 'c')])]);
      const { edges } = await graph.walk(acme, { start: ['a'], direction: 'up', depth: 50, limit: 100 });
      expect(pairs(edges)).toEqual(['1 a>b', '1 a>c', '2 b>c', '2 c>a']);
    });

    it('walk - keeps to the kinds that were asked for', async () => {
      await graph.add([changes(acme, [], [edge('a', 'b', 'derived_from'), edge('a', 's', 'generated_by')])]);
      expect(pairs((await graph.walk(acme, { start: ['a'], direction: 'up', depth: 3, limit: 9, kinds: ['generated_by'] })).edges)).toEqual(['1 a>s']);
    });

    it('walk - as it was at a moment: what was recorded later is not there', async () => {
      await graph.add([changes(acme, [], [edge('a', 'file', 'derived_from', 1), edge('b', 'file', 'derived_from', 5)])]);
      const then = (until: string) => graph.walk(acme, { start: ['file'], direction: 'down', depth: 5, limit: 9, until });
      expect([pairs((await then(at(0))).edges), pairs((await then(at(1))).edges), pairs((await then(at(5))).edges)]).toEqual([[], ['1 a>file'], ['1 a>file', '1 b>file']]);
    });

    it('walk - says when the limit left something out, and only then', async () => {
      await graph.add([changes(acme, [], ['a', 'b', 'c'].map((id) => edge(id, 'file')))]);
      const most = (limit: number) => graph.walk(acme, { start: ['file'], direction: 'down', depth: 3, limit });
      expect([pairs((await most(2)).edges), (await most(2)).complete, (await most(3)).complete]).toEqual([['1 a>file', '1 b>file'], false, true]);
    });

    it('tenants - the same ids in another tenant are another graph, for reading, walking and clearing', async () => {
      const globex = tenant();
      await graph.add([changes(acme, [node('a')], [edge('a', 'b')]), changes(globex, [node('a', { theirs: true })], [edge('a', 'secret')])]);
      expect(pairs((await graph.walk(acme, { start: ['a'], direction: 'up', depth: 5, limit: 9 })).edges)).toEqual(['1 a>b']);
      expect(await graph.walk(acme, { start: ['secret'], direction: 'down', depth: 5, limit: 9 })).toEqual({ edges: [], complete: true });
      expect(await graph.nodes(acme, ['a'])).toEqual([node('a')]);
      await graph.clear(acme);
      expect(await everything(graph, acme)).toEqual([]);
      expect(await everything(graph, globex)).toEqual([node('a', { theirs: true }), edge('a', 'secret')]);
    });

    it('all - a graph of more than a page is told whole and in order', async () => {
      const ids = Array.from({ length: 2500 }, (_, i) => `n${String(i).padStart(5, '0')}`);
      await graph.add([changes(acme, ids.map((id) => node(id)), ids.slice(1).map((id, i) => edge(id, ids[i]!)))]);
      const found = await everything(graph, acme);
      expect([found.length, found[2499], found[2500]]).toEqual([4999, node('n02499'), edge('n00001', 'n00000')]);
    });
  });
}
