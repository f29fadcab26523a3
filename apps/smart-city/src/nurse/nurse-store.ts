import type { SubscribedFrame } from '@symphainy/contracts';
import type { Database, Sql } from '@symphainy/store-postgres';
import { lookAt, watch, type Ending, type WatchedExecution } from './execution-watch.js';
import { type Counts, type Watching } from './findings.js';
import { objectiveKey, type Healing, type Objective, type Recommendation, type RecommendationView } from './nurse.schema.js';

const MINUTE_MS = 60_000;
const FAILED_KEPT_MS = 86_400_000;

/** What was told of a finding, by rule and finding. */
export interface Told {
  readonly since: string;
  readonly times: number;
  readonly told_at: string;
}

/** Nurse's memory in Postgres; with the feed's position it is a projection of the log, but for what was recommended and told. */
export class NurseStore {
  constructor(
    private readonly database: Database,
    /** How long an execution may be overdue before it is looked at. */
    private readonly patienceMs: number,
  ) {}

  /** Folds frames in, in the transaction of their position. Only execution streams tell of health. */
  async take(sql: Sql, frames: readonly SubscribedFrame[], objectives: ReadonlyMap<string, Objective>): Promise<void> {
    const mine = frames.filter((frame) => frame.kind === 'execution');
    if (mine.length === 0) return;
    const keyOf = (frame: SubscribedFrame): string => `${frame.tenant_id}/${frame.stream_id}`;
    const states = await this.states(sql, mine);
    const touched = new Set(mine.map(keyOf));
    for (const frame of mine) {
      const before = states.get(keyOf(frame));
      const { state, ending } = watch(before, frame);
      if (ending !== undefined) await count(sql, frame, ending, objectives);
      if (state === undefined) states.delete(keyOf(frame));
      else states.set(keyOf(frame), state);
    }
    await write(sql, [...touched].map((key) => ({ key, state: states.get(key) })), (tenant_id, state) => lookAt(state, this.patienceMs, objectives.get(objectiveKey({ tenant_id, intent_type: state.intent_type }))));
  }

  /** What may be a finding by now, longest first. */
  async suspects(nowMs: number, limit: number): Promise<Watching[]> {
    const rows = await this.database.query<{ tenant_id: string; execution_id: string; state: string }>('select tenant_id, execution_id, state from smart_city.nurse_executions where look_at <= $1 order by look_at limit $2', [new Date(nowMs), limit]);
    return rows.map(({ state, ...row }) => ({ ...row, state: JSON.parse(state) as WatchedExecution }));
  }

  async counts({ tenant_id, intent_type, window_minutes }: Objective, nowMs: number): Promise<Counts> {
    const [row] = await this.database.query<Counts>(
      'select coalesce(sum(total), 0)::int as total, coalesce(sum(failed), 0)::int as failed, coalesce(sum(slow), 0)::int as slow from smart_city.nurse_minutes where tenant_id = $1 and intent_type = $2 and minute > $3',
      [tenant_id, intent_type, new Date(nowMs - window_minutes * MINUTE_MS)],
    );
    return row ?? { total: 0, failed: 0, slow: 0 };
  }

  async denials(nowMs: number, minutes: number): Promise<Map<string, number>> {
    const rows = await this.database.query<{ tenant_id: string; n: number }>('select tenant_id, sum(denied)::int as n from smart_city.nurse_minutes where minute > $1 group by tenant_id', [new Date(nowMs - minutes * MINUTE_MS)]);
    return new Map(rows.map(({ tenant_id, n }) => [tenant_id, n]));
  }

  /** Of a tenant's executions that ended within the last minutes, by intent. */
  async recent(tenantId: string, nowMs: number, minutes: number): Promise<Map<string, Pick<Counts, 'total' | 'failed'>>> {
    const rows = await this.database.query<{ intent_type: string; total: number; failed: number }>('select intent_type, sum(total)::int as total, sum(failed)::int as failed from smart_city.nurse_minutes where tenant_id = $1 and minute > $2 group by intent_type', [tenantId, new Date(nowMs - minutes * MINUTE_MS)]);
    return new Map(rows.map(({ intent_type, ...counts }) => [intent_type, counts]));
  }

  /** How often an operation was recommended for an execution, and when last. */
  async recommended(tenantId: string, executionId: string, operation: Healing): Promise<{ times: number; lastMs: number }> {
    const [row] = await this.database.query<{ times: number; last: string | null }>('select count(*)::int as times, max(at) as last from smart_city.nurse_recommendations where tenant_id = $1 and execution_id = $2 and operation = $3', [tenantId, executionId, operation]);
    return { times: row?.times ?? 0, lastMs: typeof row?.last === 'string' ? Date.parse(row.last) : 0 };
  }

  /** False: somebody else made this one already. */
  async recommend(r: Recommendation, nowMs: number): Promise<boolean> {
    const { count } = await this.database.run({
      text: `insert into smart_city.nurse_recommendations (recommendation_id, tenant_id, execution_id, finding, operation, mode, attempt, reason, at, state) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, 'waiting') on conflict do nothing`,
      values: [r.recommendation_id, r.tenant_id, r.execution_id, r.finding, r.operation, r.mode, r.attempt, r.reason, new Date(nowMs)],
    });
    return count === 1;
  }

  async concluded(id: string, state: 'recommended' | 'done' | 'refused', outcome: string | undefined): Promise<void> {
    await this.database.query('update smart_city.nurse_recommendations set state = $2, outcome = $3 where recommendation_id = $1', [id, state, outcome?.slice(0, 500) ?? null]);
  }

  /** Those that were made and never recorded: their maker died, or the Runtime was away. */
  async unrecorded(): Promise<Recommendation[]> {
    return this.database.query<Recommendation>(`select recommendation_id, tenant_id, execution_id, finding, operation, mode, attempt, reason from smart_city.nurse_recommendations where state = 'waiting' order by at limit 100`);
  }

  async recommendations(tenantId: string, limit: number): Promise<RecommendationView[]> {
    return this.database.query<RecommendationView>('select recommendation_id, tenant_id, execution_id, finding, operation, mode, attempt, reason, at, state, outcome from smart_city.nurse_recommendations where tenant_id = $1 order by at desc limit $2', [tenantId, limit]);
  }

  async told(): Promise<Map<string, Told>> {
    const rows = await this.database.query<Told & { rule: string; finding: string }>('select rule, finding, since, times, told_at from smart_city.nurse_told');
    return new Map(rows.map((row) => [`${row.rule} ${row.finding}`, row]));
  }

  async tell(rule: string, finding: string, told: Told): Promise<void> {
    await this.database.query('insert into smart_city.nurse_told (rule, finding, since, times, told_at) values ($1, $2, $3, $4, $5) on conflict (rule, finding) do update set since = excluded.since, times = excluded.times, told_at = excluded.told_at', [rule, finding, told.since, told.times, told.told_at]);
  }

  /** What is no finding any more may be told anew. */
  async forgetTold(findings: readonly string[]): Promise<void> {
    await this.database.query('delete from smart_city.nurse_told where not finding = any($1::text[])', [findings]);
  }

  /** Counts that no window reaches, and executions that failed too long ago to be healed. */
  async sweep(nowMs: number, keepMs: number): Promise<void> {
    await this.database.query('delete from smart_city.nurse_minutes where minute < $1', [new Date(nowMs - keepMs)]);
    await this.database.query(`delete from smart_city.nurse_executions where (state::jsonb ? 'failed' or state::jsonb ? 'drifted') and (look_at is null or look_at < $1)`, [new Date(nowMs - FAILED_KEPT_MS)]);
  }

  private async states(sql: Sql, frames: readonly SubscribedFrame[]): Promise<Map<string, WatchedExecution>> {
    const rows = await sql.query<{ tenant_id: string; execution_id: string; state: string }>(
      'select e.tenant_id, e.execution_id, e.state from unnest($1::text[], $2::uuid[]) as u(tenant_id, execution_id) join smart_city.nurse_executions e using (tenant_id, execution_id)',
      [frames.map((f) => f.tenant_id), frames.map((f) => f.stream_id)],
    );
    return new Map(rows.map((row) => [`${row.tenant_id}/${row.execution_id}`, JSON.parse(row.state) as WatchedExecution]));
  }
}

async function write(sql: Sql, changes: readonly { readonly key: string; readonly state: WatchedExecution | undefined }[], lookAtOf: (tenantId: string, state: WatchedExecution) => number | undefined): Promise<void> {
  const parts = (key: string): [string, string] => key.split('/') as [string, string];
  const gone = changes.filter(({ state }) => state === undefined).map(({ key }) => parts(key));
  const kept = changes.flatMap(({ key, state }) => {
    if (state === undefined) return [];
    const id = parts(key);
    return [{ id, state, at: lookAtOf(id[0], state) }];
  });
  await sql.query('delete from smart_city.nurse_executions e using unnest($1::text[], $2::uuid[]) as u(tenant_id, execution_id) where e.tenant_id = u.tenant_id and e.execution_id = u.execution_id', [gone.map(([t]) => t), gone.map(([, e]) => e)]);
  await sql.query(
    `insert into smart_city.nurse_executions (tenant_id, execution_id, state, look_at) select * from unnest($1::text[], $2::uuid[], $3::text[], $4::timestamptz[])
     on conflict (tenant_id, execution_id) do update set state = excluded.state, look_at = excluded.look_at`,
    [kept.map(({ id }) => id[0]), kept.map(({ id }) => id[1]), kept.map(({ state }) => JSON.stringify(state)), kept.map(({ at }) => (at === undefined ? null : new Date(at)))],
  );
}

async function count(sql: Sql, { tenant_id, about }: SubscribedFrame, { outcome, at, started_at }: Ending, objectives: ReadonlyMap<string, Objective>): Promise<void> {
  if (outcome === 'cancelled') return;
  const intent_type = about.intent_type ?? 'unknown.unknown';
  const latency = objectives.get(objectiveKey({ tenant_id, intent_type }))?.latency_ms;
  const slow = outcome === 'completed' && latency !== undefined && Date.parse(at) - Date.parse(started_at) > latency;
  const minute = new Date(Math.floor(Date.parse(at) / MINUTE_MS) * MINUTE_MS);
  await sql.run({
    name: 'nurse-count',
    text: `insert into smart_city.nurse_minutes (tenant_id, intent_type, minute, total, failed, slow, denied) values ($1, $2, $3, $4, $5, $6, $7)
      on conflict (tenant_id, intent_type, minute) do update set total = nurse_minutes.total + excluded.total, failed = nurse_minutes.failed + excluded.failed, slow = nurse_minutes.slow + excluded.slow, denied = nurse_minutes.denied + excluded.denied`,
    values: [tenant_id, intent_type, minute, outcome === 'denied' ? 0 : 1, outcome === 'failed' ? 1 : 0, slow ? 1 : 0, outcome === 'denied' ? 1 : 0],
  });
}
