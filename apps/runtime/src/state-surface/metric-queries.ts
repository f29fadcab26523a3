import type { MetricsSnapshot, SubjectRequest } from '@symphainy/contracts';
import type { Sql } from '@symphainy/store-postgres';
import type { TenantUsage } from '../data-brain/uploads.js';
import type { RuntimeCounters } from '../intake/intake.ports.js';
import { quantilesOf, type Histogram } from './histogram.js';
import type { Settled } from './settled.js';
import type { StateQueries } from './state-queries.js';
import { METRIC, noChanges, noExecutions, noWal, type StepFigures } from './tenant-figures.js';

/** A tenant's figures: out of the log by the projections; dispatch and state reads as this instance counts them. */
export class MetricQueries implements TenantUsage {
  constructor(
    private readonly settled: Settled,
    private readonly counters: RuntimeCounters,
    private readonly state: StateQueries,
  ) {}

  async uploadedBytes(tenantId: string): Promise<number> {
    await this.settled.settle();
    const figures = await this.settled.database.asTenant(tenantId, (sql) => figuresOf(sql, tenantId));
    return read(figures, METRIC.changes, noChanges()).uploaded_bytes;
  }

  async acceptedSince(tenantId: string, from: number): Promise<number> {
    await this.settled.settle();
    const [row] = await this.settled.database.asTenant(tenantId, (sql) =>
      sql.query<{ accepted: number }>(
        `select count(*) as accepted from runtime.executions
         where tenant_id = $1 and created_at >= to_timestamp($2::float8 / 1000) and status <> 'rejected' and intent_type not like 'governance.%' and intent_type not like 'runtime.%'`,
        [tenantId, from],
      ),
    );
    return row?.accepted ?? 0;
  }

  async read({ caller }: SubjectRequest<'runtime.metrics.read'>): Promise<MetricsSnapshot> {
    const tenant = caller.tenant_id;
    await this.settled.settle();
    const { figures, size, seconds } = await this.settled.database.asTenant(tenant, async (sql) => ({ figures: await figuresOf(sql, tenant), ...(await sizeOf(sql, tenant)) }));
    const { reopened = 0, ...executions } = read(figures, METRIC.executions, noExecutions());
    const { sets, deletes } = read(figures, METRIC.changes, noChanges());
    const wal = read(figures, METRIC.wal, noWal());
    const lastMinute = Object.entries(wal.recent).filter(([second]) => Number(second) > seconds - 60).reduce((sum, [, frames]) => sum + frames, 0);
    return {
      executions: { ...executions, in_flight: executions.accepted + reopened - executions.completed - executions.failed - executions.cancelled },
      steps: Object.fromEntries(named<StepFigures>(figures, METRIC.step).map(([name, step]) => [name, stepFigures(step)])),
      execution_duration_ms: Object.fromEntries(named<Histogram>(figures, METRIC.execution).map(([name, histogram]) => [name, { count: histogram.count, ...quantilesOf(histogram) }])),
      state: { ...size, gets: this.state.getsOf(tenant), sets, deletes },
      wal: { frames: wal.frames, records: wal.records, bytes: wal.bytes, records_by_type: wal.by_type, frames_per_second_1m: Math.round((lastMinute / 60) * 100) / 100 },
      dispatch: { ...this.counters.dispatch },
    };
  }
}

type Figures = ReadonlyMap<string, object>;

async function figuresOf(sql: Sql, tenantId: string): Promise<Figures> {
  const rows = await sql.query<{ metric: string; value: string }>('select metric, value from runtime.tenant_metrics where tenant_id = $1', [tenantId]);
  return new Map(rows.map((row) => [row.metric, JSON.parse(row.value) as object]));
}

/** Entries of durable state with their bytes, and the database's time in epoch seconds. */
async function sizeOf(sql: Sql, tenantId: string): Promise<{ size: { entries: number; bytes: number }; seconds: number }> {
  const [row] = await sql.query<{ entries: number; bytes: number; seconds: number }>(
    `select count(*) as entries, coalesce(sum(octet_length(key) + octet_length(value)), 0)::bigint as bytes, extract(epoch from now())::float8 as seconds
     from runtime.state_entries where tenant_id = $1 and value is not null`,
    [tenantId],
  );
  return { size: { entries: row?.entries ?? 0, bytes: row?.bytes ?? 0 }, seconds: row?.seconds ?? 0 };
}

const read = <T extends object>(figures: Figures, metric: string, none: T): T => (figures.get(metric) as T | undefined) ?? none;

const named = <T extends object>(figures: Figures, prefix: string): [string, T][] => [...figures].filter(([metric]) => metric.startsWith(prefix)).map(([metric, value]) => [metric.slice(prefix.length), value as T]);

/** Of the attempts that have ended, the share that completed. */
const stepFigures = ({ completed, failed, retried, duration }: StepFigures): MetricsSnapshot['steps'][string] => ({
  completed, failed, retried, success_rate: completed + failed === 0 ? 1 : completed / (completed + failed), duration_ms: quantilesOf(duration),
});
