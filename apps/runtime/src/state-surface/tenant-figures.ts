import type { WalRecord } from '@symphainy/contracts';
import type { ExecutionState } from '@symphainy/execution';
import type { StoredFrame } from '../acceptance/log.ports.js';
import { emptyHistogram, observe, type Histogram } from './histogram.js';

/** A tenant's figures, one JSON value per row of `tenant_metrics`. */
export interface ExecutionFigures {
  accepted: number;
  completed: number;
  failed: number;
  cancelled: number;
  rejected: number;
  /** Brought back after they had ended: each then ends once more. */
  reopened?: number;
}
export interface StepFigures {
  completed: number;
  failed: number;
  retried: number;
  duration: Histogram;
}
export interface WalFigures {
  frames: number;
  records: number;
  bytes: number;
  by_type: { [type: string]: number };
  /** Frames by second (epoch seconds), of the last minute. */
  recent: { [second: string]: number };
}
export interface ChangeFigures {
  sets: number;
  deletes: number;
  uploaded_bytes: number;
}

export const noExecutions = (): ExecutionFigures => ({ accepted: 0, completed: 0, failed: 0, cancelled: 0, rejected: 0 });
export const noWal = (): WalFigures => ({ frames: 0, records: 0, bytes: 0, by_type: {}, recent: {} });
export const noChanges = (): ChangeFigures => ({ sets: 0, deletes: 0, uploaded_bytes: 0 });
const noSteps = (): StepFigures => ({ completed: 0, failed: 0, retried: 0, duration: emptyHistogram() });

/** Names of the rows: fixed ones, and `step <intent type>/<step>`, `execution <intent type>`. */
export const METRIC = { executions: 'executions', wal: 'wal', changes: 'changes', step: 'step ', execution: 'execution ' } as const;

const RECENT_S = 60;

/** All tenants' figures in memory, and which of them changed since they were last taken for writing. */
export class TenantFigures {
  private readonly values = new Map<string, { tenant: string; metric: string; value: object }>();
  private readonly changed = new Set<string>();

  load(rows: readonly { readonly tenant_id: string; readonly metric: string; readonly value: string }[]): void {
    this.values.clear();
    this.changed.clear();
    for (const row of rows) this.values.set(`${row.tenant_id} ${row.metric}`, { tenant: row.tenant_id, metric: row.metric, value: JSON.parse(row.value) as object });
  }

  /** What changed, as rows. */
  takeChanged(): { tenant_id: string; metric: string; value: string }[] {
    const rows = [...this.changed].map((key) => this.values.get(key)!).map(({ tenant, metric, value }) => ({ tenant_id: tenant, metric, value: JSON.stringify(value) }));
    this.changed.clear();
    return rows;
  }

  countFrame(frame: StoredFrame, records: readonly WalRecord[]): void {
    const wal = this.figures(frame.tenantId, METRIC.wal, noWal);
    wal.frames += 1;
    wal.records += records.length;
    wal.bytes += frame.body.length;
    for (const { type } of records) wal.by_type[type] = (wal.by_type[type] ?? 0) + 1;
    const second = Math.floor(Date.parse(frame.at) / 1000);
    const sameSecond = wal.recent[second];
    wal.recent[second] = (sameSecond ?? 0) + 1;
    if (sameSecond === undefined) for (const old of Object.keys(wal.recent)) if (Number(old) < second - RECENT_S) delete wal.recent[old];
  }

  /** Counts a record of an execution; `state` is the fold with that record. */
  countRecord(state: ExecutionState, record: WalRecord): void {
    const tenant = state.intent.tenant_id;
    const type = state.intent.intent_type;
    const executions = (): ExecutionFigures => this.figures(tenant, METRIC.executions, noExecutions);
    const steps = (step: string): StepFigures => this.figures(tenant, `${METRIC.step}${type}/${step}`, noSteps);
    switch (record.type) {
      case 'saga_started': executions().accepted += 1; break;
      case 'intent_rejected': executions().rejected += 1; break;
      case 'adopted': if (record.reason === 'reopened') executions().reopened = (executions().reopened ?? 0) + 1; break;
      case 'step_failed': steps(record.step).failed += 1; break;
      case 'step_retry_scheduled': steps(record.step).retried += 1; break;
      case 'step_completed': this.countCompleted(tenant, steps(record.step), record); break;
      case 'execution_completed': executions().completed += 1; this.countEnd(tenant, type, state); break;
      case 'execution_failed': executions().failed += 1; this.countEnd(tenant, type, state); break;
      case 'execution_cancelled':
      case 'execution_terminated': executions().cancelled += 1; break;
      default: break;
    }
  }

  private countCompleted(tenant: string, step: StepFigures, record: Extract<WalRecord, { type: 'step_completed' }>): void {
    step.completed += 1;
    observe(step.duration, record.duration_ms);
    const uploaded = record.artifacts.filter((artifact) => artifact.artifact_type === 'runtime.file').reduce((sum, artifact) => sum + (artifact.object?.size ?? 0), 0);
    if (record.state_changes.length === 0 && uploaded === 0) return;
    const changes = this.figures(tenant, METRIC.changes, noChanges);
    for (const { value } of record.state_changes) changes[value === null ? 'deletes' : 'sets'] += 1;
    changes.uploaded_bytes += uploaded;
  }

  private countEnd(tenant: string, type: string, state: ExecutionState): void {
    if (state.endedAt !== undefined) observe(this.figures(tenant, `${METRIC.execution}${type}`, emptyHistogram), Date.parse(state.endedAt) - Date.parse(state.createdAt));
  }

  private figures<T extends object>(tenant: string, metric: string, empty: () => T): T {
    const key = `${tenant} ${metric}`;
    this.changed.add(key);
    const known = this.values.get(key);
    if (known !== undefined) return known.value as T;
    const value = empty();
    this.values.set(key, { tenant, metric, value });
    return value;
  }
}
