import type { Caller, Json } from '@symphainy/contracts';
import { decodeBody, type RecordOf } from '@symphainy/execution';
import { hashOf } from '@symphainy/kernel';
import type { Database } from '@symphainy/store-postgres';
import type { WalReader } from '../acceptance/log.ports.js';
import { streamPages } from '../acceptance/stream-fold.js';
import type { LiveExecution } from '../engine/live-execution.js';
import type { StepOk } from '../engine/reports.js';
import type { QueryHandlers } from '../intake/intake.ports.js';
import { executionPages } from '../state-surface/execution-pages.js';
import type { SearchIndex } from './search-index.js';
import { searchableIn, type SearchProjector } from './search-projector.js';

export interface SearchRebuildParts {
  readonly index: Pick<SearchIndex, 'settle' | 'fingerprint'>;
  readonly projector: SearchProjector;
  /** As the role that keeps projections. */
  readonly keeper: Database;
  readonly reader: WalReader;
  readonly queries: Pick<QueryHandlers, 'runtime.execution.list'>;
}

/** Makes a tenant's search index again from its log and objects, archived streams included, and tells whether it came out as it was. Questions find less meanwhile. */
export class SearchRebuild {
  constructor(private readonly parts: SearchRebuildParts) {}

  async step({ state }: Pick<LiveExecution, 'state'>): Promise<StepOk> {
    const output = await this.rebuild(state.caller);
    return { handler_build: 'runtime', duration_ms: 0, output: output as unknown as Json, output_hash: hashOf(output), artifacts: [], events: [], state_changes: [] };
  }

  /** What was committed before is in it at the end; what comes meanwhile, the follower adds. */
  async rebuild(caller: Caller): Promise<{ documents: number; passages: number; equal: boolean }> {
    const { index, projector, keeper } = this.parts;
    const { tenant_id } = caller;
    await index.settle();
    const before = await index.fingerprint(tenant_id);
    await keeper.transaction((sql) => projector.forget(tenant_id, sql));
    for await (const page of executionPages(this.parts.queries, { caller, limit: 1000 })) {
      for (const { execution_id } of page) await this.replay(tenant_id, execution_id);
    }
    await index.settle();
    const { documents, passages, hash } = await index.fingerprint(tenant_id);
    return { documents, passages, equal: hash === before.hash };
  }

  private async replay(tenantId: string, executionId: string): Promise<void> {
    let received: RecordOf<'intent_received'> | undefined;
    for await (const page of streamPages(this.parts.reader, tenantId, executionId)) {
      for (const frame of page) {
        const first = frame.seq === 0 ? decodeBody(frame.body)[0] : undefined;
        if (first?.type === 'intent_received') received = first;
        const found = searchableIn(frame);
        if (found.length === 0) continue;
        await this.parts.keeper.transaction(async (sql) => {
          for (const artifact of found) await this.parts.projector.take(frame, artifact, received, sql);
        });
      }
    }
  }
}
