import { isoTime } from '@symphainy/kernel';
import { PLATFORM_TENANT } from '../city-manager/platform-tenant.js';
import { givenUpAt, type WatchedExecution } from './execution-watch.js';
import type { HealthReport } from './health-registry.js';
import { objectiveKey, type Finding, type Objective } from './nurse.schema.js';

/** In a realm's hands without a record for so long, it is slow; its tenant may state less as the capability's latency. */
const SLOW_MS = 600_000;
/** Refused intents of one tenant within five minutes. */
export const DENIALS_BURST = 20;
export const DENIALS_WINDOW_MIN = 5;
/** Below so many executions a rate says nothing. */
const LEAST_COUNT = 10;

export interface Surroundings {
  readonly nowMs: number;
  /** How long after its due time, or after its last record, an execution is given before it counts as stuck. */
  readonly patienceMs: number;
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
  const about = driftedOf(state) ?? failedOf(state) ?? attentionOf(state) ?? leftOf(state, around) ?? givenUpOf(tenant_id, state, around) ?? stuckOf(state, around) ?? slowOf(tenant_id, state, around);
  if (about === undefined) return undefined;
  const detail = { intent_type: state.intent_type, ...(state.step === undefined ? {} : { step: state.step }), ...about.detail };
  return { ...about, key: `${tenant_id}/${execution_id}/${about.kind}`, tenant_id, subject: execution_id, detail };
}

function driftedOf({ drifted }: WatchedExecution): About | undefined {
  if (drifted === undefined) return undefined;
  return { kind: 'replay_drifted', since: drifted.since, detail: { problem: drifted.problem }, advice: 'validate it, hold its evidence against a checkpoint that was kept, and see who wrote to the database' };
}

/** What was undone cannot be retried: its steps would have to be done again, which is for its submitter to say. */
function failedOf({ failed, undone }: WatchedExecution): About | undefined {
  if (failed?.retryable !== true) return undefined;
  const about = { kind: 'execution_failed' as const, since: failed.at, detail: { code: failed.code } };
  return undone === true ? { ...about, advice: 'it failed for a reason that passes, and what it had completed was undone: submit it again' } : { ...about, operation: 'retry', advice: 'it failed for a reason that passes: retry it' };
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

/** Since when it should have gone on; undefined: it need not have, yet. */
function overdueSince({ due_at, progressed_at, paused }: WatchedExecution, { nowMs, patienceMs }: Surroundings): string | undefined {
  const since = due_at ?? progressed_at;
  return paused === true || nowMs - Date.parse(since) < patienceMs ? undefined : since;
}

const stuck = (since: string, cause: string, advice: string): About => ({ kind: 'stuck', since, detail: { cause }, advice });

/** Its runtime is not there, and it should have gone on. What waits for a signal is in nobody's hands: any runtime takes it. */
function leftOf(state: WatchedExecution, around: Surroundings): About | undefined {
  const { health, healthKnown } = around;
  const since = overdueSince(state, around);
  const runtimes = health.filter((h) => h.service === 'runtime');
  if (since === undefined || !healthKnown || runtimes.some((h) => h.instance === state.writer)) return undefined;
  if (runtimes.length === 0) return { ...stuck(since, 'owner_gone', 'no runtime is there: start one, and it adopts what is unfinished'), operation: 'adopt' };
  if (state.in_realm !== true && state.due_at === undefined) return undefined;
  return { ...stuck(since, 'owner_gone', 'its runtime is gone and no other goes on with it: have one adopt it'), operation: 'adopt' };
}

function givenUpOf(tenantId: string, state: WatchedExecution, { nowMs, objectives }: Surroundings): About | undefined {
  const objective = objectives.get(objectiveKey({ tenant_id: tenantId, intent_type: state.intent_type }));
  const at = givenUpAt(state, objective);
  if (at === undefined || state.paused === true || nowMs < at) return undefined;
  return { kind: 'given_up', since: isoTime(at), detail: { give_up_after_ms: objective?.give_up_after_ms ?? 0 }, operation: 'compensate', advice: 'it has not ended by the time its tenant gives it up: undo what it completed' };
}

function stuckOf(state: WatchedExecution, around: Surroundings): About | undefined {
  const { health, healthKnown } = around;
  const since = overdueSince(state, around);
  if (since === undefined) return undefined;
  if (state.due_at !== undefined) return stuck(since, 'past_due', 'it was due and did not go on: see whether its runtime is overloaded');
  if (state.in_realm !== true || !healthKnown) return undefined;
  const realm = state.intent_type.split('.')[0];
  return realmState(realm ?? '', health) === 'open' ? stuck(since, 'realm_away', `start the realm ${realm}: it is waited for, and costs no attempt`) : undefined;
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

/** Whether work for a capability gets through: as its realm's; and `half_open` while half or more of what ended lately failed. */
export const capabilityState = (realm: CircuitState, { total, failed }: Pick<Counts, 'total' | 'failed'>): CircuitState => (realm === 'closed' && total >= LEAST_COUNT && failed * 2 >= total ? 'half_open' : realm);

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
