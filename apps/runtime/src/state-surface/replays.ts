import { failure, type ReplayReport, type SubjectRequest } from '@symphainy/contracts';
import { chainProblems, foldStored, hexOf, summaryOf, viewOf, type ExecutionState } from '@symphainy/execution';
import { canonicalJson } from '@symphainy/kernel';
import type { HotState } from '@symphainy/ports';
import { wireFrame } from '../wal/stored-frame.js';
import type { StoredFrame, WalReader } from '../acceptance/log.ports.js';
import { readHot } from './hot-view.js';
import type { Settled } from './settled.js';

interface ProjectedRow {
  readonly status: string;
  readonly ended_at: string | null;
  readonly steps_completed: number;
  readonly artifact_count: number;
  readonly record_count: number;
  readonly error_code: string | null;
  readonly head_seq: number;
  readonly head_hash: Uint8Array;
}

/** Replays of recorded executions, out of the log alone: nothing is run and nothing is written. */
export class Replays {
  constructor(private readonly parts: Settled & { readonly reader: WalReader; readonly hot: HotState }) {}

  async replay({ caller, execution_id, mode }: SubjectRequest<'runtime.execution.replay'>): Promise<ReplayReport> {
    const frames = await this.parts.reader.readStream(caller.tenant_id, execution_id);
    if (frames[0]?.kind !== 'execution') throw failure('execution.not_found');
    const report = { execution_id, mode, chain_valid: chainProblems(frames).length === 0 };
    return mode === 'events_only' ? { ...report, frames: frames.map(wireFrame) } : { ...report, ...(await this.fold(caller.tenant_id, frames)) };
  }

  /** The fold, and whether what was kept beside the log while the execution ran says the same. */
  private async fold(tenantId: string, frames: readonly StoredFrame[]): Promise<Pick<ReplayReport, 'state' | 'equal_to_live'>> {
    const state = foldStored(frames);
    if (state === undefined) throw failure('execution.not_found');
    await this.parts.settle();
    const [projected, hot] = await Promise.all([this.projected(tenantId, state), readHot(this.parts.hot, tenantId, state.executionId)]);
    const view = viewOf(state);
    // The execution may have gone on since its frames were read: only what is of the same frame can be compared.
    const comparisons = [
      ...(projected?.head_seq === state.head.seq ? [projectionEquals(projected, state)] : []),
      ...(hot?.seq === state.head.seq ? [canonicalJson(hot.hot.view) === canonicalJson(view)] : []),
    ];
    return { state: view, ...(comparisons.length === 0 ? {} : { equal_to_live: !comparisons.includes(false) }) };
  }

  private async projected(tenantId: string, state: ExecutionState): Promise<ProjectedRow | undefined> {
    const [row] = await this.parts.database.asTenant(tenantId, (sql) =>
      sql.query<ProjectedRow>('select status, ended_at, steps_completed, artifact_count, record_count, error_code, head_seq, head_hash from runtime.executions where tenant_id = $1 and execution_id = $2', [tenantId, state.executionId]),
    );
    return row;
  }
}

function projectionEquals(row: ProjectedRow, state: ExecutionState): boolean {
  const summary = summaryOf(state);
  const folded = [summary.status, summary.ended_at ?? null, summary.steps_completed, summary.artifact_count, summary.record_count, summary.error_code ?? null, hexOf(state.head.hash)];
  return canonicalJson(folded) === canonicalJson([row.status, row.ended_at, row.steps_completed, row.artifact_count, row.record_count, row.error_code, hexOf(row.head_hash)]);
}
