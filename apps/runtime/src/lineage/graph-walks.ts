import { failure, type LineageEdge, type LineageGraph, type LineageNode, type SubjectReply, type SubjectRequest } from '@symphainy/contracts';
import type { StateGraph } from '@symphainy/ports';
import { z } from 'zod';
import type { WalReader } from '../acceptance/log.ports.js';
import { cursorOf, placeOf } from '../state-surface/cursor.js';
import { asAt } from './as-at.js';

/** A walk is done anew for each page: so far one pages. */
const MOST_EDGES = 20_000;

export class GraphWalks {
  constructor(private readonly parts: { readonly graph: StateGraph; readonly reader: WalReader; readonly settle: () => Promise<void> }) {}

  /** Throws `artifact.not_found` where nothing is known of the node. */
  async walk({ caller, node, direction, depth, limit, cursor, as_of, run, kinds }: SubjectRequest<'runtime.lineage.walk'>): Promise<SubjectReply<'runtime.lineage.walk'>> {
    const [told, frozen] = placeOf(cursor, z.tuple([z.number().int(), z.string()])) ?? [0, ''];
    await this.parts.settle();
    const until = frozen !== '' ? frozen : (await asAt(this.parts.reader, caller.tenant_id, { as_of, run }));
    const most = Math.min(told + limit, MOST_EDGES);
    const found = await this.parts.graph.walk(caller.tenant_id, { start: [node], direction, depth, limit: most, ...(until === undefined ? {} : { until }), ...(kinds === undefined ? {} : { kinds }) });
    const edges = found.edges.slice(told) as LineageEdge[];
    const ids = [...new Set([...(told === 0 ? [node] : []), ...edges.flatMap(({ from, to }) => [from, to])])];
    const nodes = await this.nodesOf(caller.tenant_id, ids);
    if (told === 0 && found.edges.length === 0 && nodes[0]?.at === undefined) throw failure('artifact.not_found', { message: `nothing is known of ${node}` });
    const more = !found.complete && most < MOST_EDGES;
    return { start: node, ...(until === undefined ? {} : { as_of: until }), nodes, edges, ...(more ? { next_cursor: cursorOf([most, until ?? '']) } : {}) } satisfies LineageGraph;
  }

  private async nodesOf(tenantId: string, ids: readonly string[]): Promise<LineageNode[]> {
    const known = new Map((await this.parts.graph.nodes(tenantId, ids)).map((one) => [one.id, one]));
    return ids.map((id) => {
      const found = known.get(id);
      return { id, kind: id.slice(0, id.indexOf(':')) as LineageNode['kind'], ...(found === undefined ? {} : { at: found.at }), data: { ...(found?.data as LineageNode['data']) } };
    });
  }
}
