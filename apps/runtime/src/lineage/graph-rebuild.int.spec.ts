import type { Artifact, Caller } from '@symphainy/contracts';
import { hashOf } from '@symphainy/kernel';
import type { GraphEdge, GraphNode } from '@symphainy/ports';
import { PostgresGraph } from '@symphainy/store-postgres';
import type { Follower } from '../wal/follower.js';
import { newCaller, RecordedBed } from '../testing/recorded-streams.js';
import { GraphProjector } from './graph-projector.js';
import { GraphRebuild } from './graph-rebuild.js';

// Real servers start here, on machines that may be busy.
jest.setTimeout(60_000);

describe('the state graph made again', () => {
  let bed: RecordedBed;
  let graph: PostgresGraph;
  let follower: Follower;
  let rebuild: GraphRebuild;
  let caller: Caller;

  beforeAll(async () => {
    bed = await RecordedBed.start();
    graph = new PostgresGraph({ reader: bed.log.queries, keeper: bed.log.projections });
    follower = bed.log.follow(new GraphProjector(graph));
    rebuild = new GraphRebuild({ graph, reader: bed.log.reader, queries: bed.surface.queries, settle: async () => void (await follower.caughtUp(10_000)) });
  });
  afterAll(() => bed.stop());
  beforeEach(() => {
    caller = newCaller();
  });

  /** An execution that made one artifact, from those named. */
  const made = async (...derived_from: string[]): Promise<string> => {
    const stream = bed.stream(caller);
    const id = stream.intent.intent_id;
    const artifact: Artifact = {
      name: 'table', artifact_type: 'sample.table', media_type: 'application/json', content: 1, content_hash: hashOf(1), artifact_id: `${id}/one/table`, execution_id: id, step: 'one', derived_from,
      lineage: { columns: derived_from.map((reference) => ({ column: 'total', from: [{ reference, column: 'premium', kind: 'aggregation' }] })) },
    };
    stream.now += 40;
    stream.add([{ type: 'step_completed', ...stream.stamp, step: 'one', attempt: 1, handler_build: 'b1', duration_ms: 40, output: null, artifacts: [artifact], events: [], state_changes: [] }]);
    stream.settle();
    await bed.append(stream.frames);
    return artifact.artifact_id;
  };
  const everything = async (): Promise<(GraphNode | GraphEdge)[]> => {
    await follower.caughtUp(10_000);
    const found: (GraphNode | GraphEdge)[] = [];
    for await (const one of graph.all(caller.tenant_id)) found.push(one);
    return found;
  };

  it('equal - what was followed and what is made again from the log are the same, node by node and edge by edge', async () => {
    const source = await made();
    await made(source, await made(source));
    await bed.append(bed.finish(bed.stream(caller)).frames);
    const before = await everything();
    expect(before.filter((one) => 'id' in one && one.kind === 'artifact')).toHaveLength(3);
    expect(await rebuild.rebuild(caller)).toEqual({ streams: 3, nodes: before.filter((one) => 'id' in one).length, edges: before.filter((one) => 'from' in one).length, equal: true });
    expect(await everything()).toEqual(before);
  });

  it('a graph that lost something - is found unequal, and is whole afterwards', async () => {
    const source = await made();
    await made(source);
    const before = await everything();
    await bed.admin.query('delete from runtime.graph_edges where tenant_id = $1 and kind = $2', [caller.tenant_id, 'derived_from']);
    expect(await everything()).not.toEqual(before);
    expect((await rebuild.rebuild(caller)).equal).toBe(false);
    expect(await everything()).toEqual(before);
    expect((await rebuild.rebuild(caller)).equal).toBe(true);
  });

  it('data that comes in a later frame than the acceptance - has its intent and decision too', async () => {
    const stream = bed.stream(caller);
    await bed.append(stream.frames);
    await follower.caughtUp(10_000);
    const accepted = stream.frames.length;
    stream.now += 40;
    stream.add([{ type: 'reference_hydrated', ...stream.stamp, step: 'one', attempt: 1, reference: `${stream.intent.intent_id}/zero/file` }]);
    await bed.append(stream.frames.slice(accepted));
    expect((await everything()).flatMap((one) => ('id' in one ? [one.kind] : [])).sort()).toEqual(['decision', 'execution', 'intent', 'step']);
  });
});
