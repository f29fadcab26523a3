import { isoTime } from '@symphainy/kernel';
import { PLATFORM_TENANT } from '../city-manager/platform-tenant.js';
import type { WatchedExecution } from './execution-watch.js';
import type { HealthReport } from './health-registry.js';
import { objectiveKey, type Finding, type Objective } from './nurse.schema.js';

/** How long after its due time, or after its last record, an execution is given before it counts as stuck. */
export const GRACE_MS = 30_000;
/** In a realm's hands without a record for so long, it is slow; its tenant may state less as the capability's latency. */
const SLOW_MS = 600_000;
/** Refused intents of one tenant within five minutes. */
export const DENIALS_BURST = 20;
export const DENIALS_WINDOW_MIN = 5;
/** Below so many executions a rate says nothing. */
const LEAST_COUNT = 10;

export interface Surroundings {
  readonly nowMs: number;
  readonly health: readonly HealthReport[];
  /** Smart City has listened long enough to know that who is not heard is not there. */
  readonly healthKnown: boolean;
  readonly objectives: ReadonlyMap<string, Objective>;
}

export interface Watching {
  readonly tenant_id: string;
  readonly execution_id: string;
  readonly state: WatchedExecution;
}

type About = Pick<Finding, 'kind' | 'since' | 'detail' | 'advice'> & Pick<Finding, 'operation'>;

/** What is the matter with an execution, if anything is: the most telling first. */
export function findingOf(watching: Watching, around: Surroundings): Finding | undefined {
  const { tenant_id, execution_id, state } = watching;
  const about = failedOf(state) ?? attentionOf(state) ?? stuckOf(state, around) ?? slowOf(tenant_id, state, around);
  if (about === undefined) return undefined;
  const detail = { intent_type: state.intent_type, ...(state.step === undefined ? {} : { step: state.step }), ...about.detail };
  return { ...about, key: `${tenant_id}/${execution_id}/${about.kind}`, tenant_id, subject: execution_id, detail };
}

function failedOf({ failed }: WatchedExecution): About | undefined {
  if (failed?.retryable !== true) return undefined;
  return { kind: 'execution_failed', since: failed.at, detail: { code: failed.code }, operation: 'retry', advice: 'it failed for a reason that passes: retry it' };
}

const ATTENTION = {
  effect_unknown: 'ask the outside system by the effect’s key, then resolve the effect',
  compensation_failed: 'mend the cause and retry, or skip the compensation',
  approval_waiting: 'somebody other than the submitter approves, or refuses',
} as const;

function attentionOf({ attention }: WatchedExecution): About | undefined {
  if (attention === undefined) return undefined;
  const { kind, since, step } = attention;
  return { kind, since, detail: { step }, advice: ATTENTION[kind], ...(kind === 'compensation_failed' ? { operation: 'retry' as const } : {}) };
}

function stuckOf(state: WatchedExecution, { nowMs, health, healthKnown }: Surroundings): About | undefined {
  const since = state.due_at ?? state.progressed_at;
  if (state.paused === true || nowMs - Date.parse(since) < GRACE_MS) return undefined;
  const stuck = (cause: string, advice: string): About => ({ kind: 'stuck', since, detail: { cause }, advice });
  if (healthKnown && !health.some((h) => h.service === 'runtime')) return stuck('owner_gone', 'no runtime is there: start one, and it adopts what is unfinished');
  if (state.due_at !== undefined) return stuck('past_due', 'it was due and did not go on: see whether its runtime is overloaded or gone');
  if (state.in_realm !== true || !healthKnown) return undefined;
  const realm = state.intent_type.split('.')[0];
  return realmState(realm ?? '', health) === 'open' ? stuck('realm_away', `start the realm ${realm}: it is waited for, and costs no attempt`) : undefined;
}

function slowOf(tenantId: string, state: WatchedExecution, { nowMs, objectives }: Surroundings): About | undefined {
  const latency = objectives.get(objectiveKey({ tenant_id: tenantId, intent_type: state.intent_type }))?.latency_ms;
  const promised = latency !== undefined && nowMs - Date.parse(state.started_at) > latency;
  const idle = state.in_realm === true && nowMs - Date.parse(state.progressed_at) > SLOW_MS;
  if (!promised && !idle) return undefined;
  const since = promised ? isoTime(Date.parse(state.started_at) + latency) : isoTime(Date.parse(state.progressed_at) + SLOW_MS);
  return { kind: 'slow', since, detail: promised ? { latency_ms: latency } : { idle_ms: SLOW_MS }, advice: 'see the step’s duration in the metrics, and whether its realm keeps up' };
}

export type CircuitState = 'closed' | 'half_open' | 'open';

/** Whether work for a realm gets through: `closed`: an instance is well; `half_open`: all that are there are not; `open`: none is there. Steps of the platform's own need none. */
export function realmState(realm: string, health: readonly HealthReport[]): CircuitState {
  if (['runtime', 'governance', 'cross_realm', 'solution'].includes(realm)) return 'closed';
  const there = health.filter((h) => h.realm === realm);
  return there.length === 0 ? 'open' : there.some((h) => h.status === 'ok') ? 'closed' : 'half_open';
}

export const serviceFindings = (health: readonly HealthReport[]): Finding[] =>
  health
    .filter((h) => h.status === 'degraded')
    .map((h) => ({ key: `${PLATFORM_TENANT}/${h.instance}/service_unhealthy`, tenant_id: PLATFORM_TENANT, kind: 'service_unhealthy' as const, subject: `${h.service}/${h.instance}`, since: h.since, detail: { service: h.service, status: h.status, build: h.build }, advice: 'its /readyz names what is missing' }));

/** Counts of a capability's executions that ended within an objective's window. */
export interface Counts {
  readonly total: number;
  readonly failed: number;
  readonly slow: number;
}

export interface Budget extends Counts {
  readonly objective: Objective;
  /** Share of the budget that is used; 1 and more: it is spent. */
  readonly spent: number;
}

/** An execution counts against the budget when it failed or took longer than promised. */
export const budgetOf = (objective: Objective, counts: Counts): Budget => ({ objective, ...counts, spent: counts.total === 0 ? 0 : (counts.failed + counts.slow) / counts.total / (1 - objective.success_rate) });

export const budgetFindings = (budgets: readonly Budget[], nowMs: number): Finding[] =>
  budgets
    .filter(({ spent, total }) => spent >= 1 && total >= LEAST_COUNT)
    .map(({ objective: { tenant_id, intent_type, window_minutes }, total, failed, slow, spent }) => ({
      key: `${tenant_id}/${intent_type}/budget_spent`, tenant_id, kind: 'budget_spent' as const, subject: intent_type, since: isoTime(nowMs), detail: { total, failed, slow, spent: Math.round(spent * 100) / 100, window_minutes }, advice: 'hold changes to this capability back until it keeps its promise again',
    }));

export const denialFindings = (denied: ReadonlyMap<string, number>, nowMs: number): Finding[] =>
  [...denied]
    .filter(([, count]) => count >= DENIALS_BURST)
    .map(([tenant_id, count]) => ({ key: `${tenant_id}/denial_burst`, tenant_id, kind: 'denial_burst' as const, subject: tenant_id, since: isoTime(nowMs), detail: { denied: count, window_minutes: DENIALS_WINDOW_MIN }, advice: 'see who was refused what: records of the type intent_rejected' }));
