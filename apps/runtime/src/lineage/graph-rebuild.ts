import type { Caller, Json } from '@symphainy/contracts';
import { decodeBody } from '@symphainy/execution';
import { canonicalJson, hashOf, sha256Stream, utf8 } from '@symphainy/kernel';
import type { StateGraph } from '@symphainy/ports';
import type { WalReader } from '../acceptance/log.ports.js';
import { streamPages } from '../acceptance/stream-fold.js';
import type { LiveExecution } from '../engine/live-execution.js';
import type { StepOk } from '../engine/reports.js';
import type { QueryHandlers } from '../intake/intake.ports.js';
import { executionPages } from '../state-surface/execution-pages.js';
import { acceptanceIn, graphChangesOf, touchesData, type Acceptance } from './graph-records.js';

export interface GraphRebuildParts {
  readonly graph: StateGraph;
  readonly reader: WalReader;
  readonly queries: Pick<QueryHandlers, 'runtime.execution.list'>;
  readonly settle: () => Promise<void>;
}

/** Makes a tenant's graph again from its log, archived streams included, and tells whether it came out as it was. Readers see it grow meanwhile. */
export class GraphRebuild {
  constructor(private readonly parts: GraphRebuildParts) {}

  async step({ state }: Pick<LiveExecution, 'state'>): Promise<StepOk> {
    const output = await this.rebuild(state.caller);
    return { handler_build: 'runtime', duration_ms: 0, output: output as unknown as Json, output_hash: hashOf(output), artifacts: [], events: [], state_changes: [] };
  }

  /** What was committed before is in it at the end; what comes meanwhile, the follower adds. */
  async rebuild(caller: Caller): Promise<{ streams: number; nodes: number; edges: number; equal: boolean }> {
    const { graph, settle } = this.parts;
    const { tenant_id } = caller;
    await settle();
    const before = await this.fingerprint(tenant_id);
    await graph.clear(tenant_id);
    let streams = 0;
    for await (const page of executionPages(this.parts.queries, { caller, limit: 1000 })) {
      for (const { execution_id } of page) if (await this.replay(tenant_id, execution_id)) streams++;
    }
    await settle();
    const after = await this.fingerprint(tenant_id);
    return { streams, nodes: after.nodes, edges: after.edges, equal: after.hash === before.hash };
  }

  private async replay(tenantId: string, executionId: string): Promise<boolean> {
    let acceptance: Acceptance | undefined;
    let any = false;
    for await (const page of streamPages(this.parts.reader, tenantId, executionId)) {
      for (const frame of page) {
        const records = decodeBody(frame.body);
        if (frame.seq === 0) acceptance = acceptanceIn(records);
        if (acceptance === undefined || !records.some(touchesData)) continue;
        any = true;
        await this.parts.graph.add([graphChangesOf(tenantId, executionId, acceptance, records)]);
      }
    }
    return any;
  }

  private async fingerprint(tenantId: string): Promise<{ hash: string; nodes: number; edges: number }> {
    const digest = sha256Stream();
    const counted = { nodes: 0, edges: 0 };
    for await (const one of this.parts.graph.all(tenantId)) {
      counted['from' in one ? 'edges' : 'nodes']++;
      digest.update(utf8(canonicalJson(one as unknown as Json)));
    }
    return { hash: digest.digestHex(), ...counted };
  }
}
