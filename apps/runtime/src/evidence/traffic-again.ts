import { failure, type IntentBar, type TrafficRules } from '@symphainy/contracts';
import { barOf } from '@symphainy/governance';
import type { PlatformError } from '@symphainy/kernel';
import type { Sql } from '@symphainy/store-postgres';
import { dayOf } from '../acceptance/calendar-day.js';

/** An accepted intent's place in the list of a tenant's executions. */
export interface Placed {
  readonly execution_id: string;
  readonly created_at: string;
}

/** Which accepted intents a tenant's rules of traffic would have turned away, all else as it was recorded: each counts those that were accepted before it. By execution. */
export async function trafficBars(sql: Sql, tenantId: string, rules: TrafficRules | undefined, accepted: readonly Placed[]): Promise<ReadonlyMap<string, IntentBar>> {
  const bars = new Map<string, IntentBar>();
  if (rules?.sessions !== undefined) await overTime(sql, tenantId, rules.sessions, accepted, bars);
  if (rules?.daily !== undefined) await overQuota(sql, tenantId, rules.daily, accepted, bars);
  return bars;
}

async function overQuota(sql: Sql, tenantId: string, { executions, time_zone }: NonNullable<TrafficRules['daily']>, accepted: readonly Placed[], bars: Map<string, IntentBar>): Promise<void> {
  const days = Map.groupBy(accepted, ({ created_at }) => dayOf(Date.parse(created_at), time_zone).from);
  const bar = barOf(told('tenant.quota_spent', `the tenant had begun its ${executions} executions of that day`));
  for (const [from, ofDay] of days) {
    const { to } = dayOf(from, time_zone);
    const [first] = await sql.query<Placed>(
      `select execution_id, created_at from runtime.executions
       where tenant_id = $1 and created_at >= to_timestamp($2::float8 / 1000) and created_at < to_timestamp($3::float8 / 1000) and status <> 'rejected' and intent_type not like 'governance.%' and intent_type not like 'runtime.%'
       order by created_at, execution_id offset $4 limit 1`,
      [tenantId, from, to, executions],
    );
    if (first !== undefined) ofDay.filter((one) => !isBefore(one, first)).forEach((one) => bars.set(one.execution_id, bar));
  }
}

async function overTime(sql: Sql, tenantId: string, { max_age_s, idle_s }: NonNullable<TrafficRules['sessions']>, accepted: readonly Placed[], bars: Map<string, IntentBar>): Promise<void> {
  const rows = await sql.query<{ execution_id: string; age_s: number; idle_s: number }>(
    `select e.execution_id, extract(epoch from e.created_at - s.created_at)::float8 as age_s,
       extract(epoch from e.created_at - greatest(s.created_at, (select max(p.created_at) from runtime.executions p where p.tenant_id = $1 and p.session_id = e.session_id and (p.created_at, p.execution_id) < (e.created_at, e.execution_id))))::float8 as idle_s
     from runtime.executions e join runtime.sessions s on s.tenant_id = e.tenant_id and s.session_id = e.session_id
     where e.tenant_id = $1 and e.execution_id = any($2::uuid[])`,
    [tenantId, accepted.map(({ execution_id }) => execution_id)],
  );
  for (const row of rows) {
    if (max_age_s !== undefined && row.age_s > max_age_s) bars.set(row.execution_id, barOf(told('session.closed', `its session was older than ${max_age_s} s`)));
    else if (idle_s !== undefined && row.idle_s >= idle_s) bars.set(row.execution_id, barOf(told('session.closed', `its session had been idle for longer than ${idle_s} s`)));
  }
}

const told = (code: 'tenant.quota_spent' | 'session.closed', message: string): PlatformError => failure(code, { message });
const isBefore = (a: Placed, b: Placed): boolean => Date.parse(a.created_at) < Date.parse(b.created_at) || (a.created_at === b.created_at && a.execution_id < b.execution_id);
