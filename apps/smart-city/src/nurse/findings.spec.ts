import { budgetFindings, budgetOf, capabilityState, denialFindings, findingOf, realmState, type Surroundings } from './findings.js';
import type { HealthReport } from './health-registry.js';
import { objective } from './nurse.schema.js';
import type { WatchedExecution } from './execution-watch.js';
import { escalationsOf } from './escalation.js';
import { escalationRule, type Finding } from './nurse.schema.js';
import { mayRecommend } from './healer.js';

const T0 = Date.UTC(2026, 0, 1);
const at = (second: number): string => new Date(T0 + second * 1000).toISOString();
const state: WatchedExecution = { intent_type: 'content.ingest', writer: 'runtime', started_at: at(0), progressed_at: at(0), step: 'parse', in_realm: true };
const instance = (service: string, realm?: string, status: HealthReport['status'] = 'ok'): HealthReport => ({ service, instance: service, status, build: '1', realm, since: at(0), heard_ms_ago: 0 });
const around = (second: number, more: Partial<Surroundings> = {}): Surroundings => ({ nowMs: T0 + second * 1000, patienceMs: 30_000, health: [instance('runtime'), instance('realm-content', 'content')], healthKnown: true, objectives: new Map(), ...more });
const found = (of: Partial<WatchedExecution>, surroundings: Surroundings): unknown => {
  const finding = findingOf({ tenant_id: 'acme', execution_id: 'e', state: { ...state, ...of } }, surroundings);
  return finding && [finding.kind, finding.detail['cause'], finding.operation];
};

describe('what is the matter', () => {
  it('an execution whose realm works - nothing; past ten minutes without a record, or past its promise, it is slow', () => {
    const promise = new Map([['acme/content.ingest', objective.parse({ tenant_id: 'acme', intent_type: 'content.ingest', success_rate: 0.99, latency_ms: 45_000 })]]);
    expect([found({}, around(40)), found({}, around(601)), found({}, around(50, { objectives: promise }))]).toEqual([undefined, ['slow', undefined, undefined], ['slow', undefined, undefined]]);
  });

  it('no runtime, no realm, a due time gone by - is stuck, and says for what', () => {
    const [noRuntime, noRealm] = [[instance('realm-content', 'content')], [instance('runtime'), instance('realm-x', 'x')]];
    expect([
      found({}, around(40, { health: noRuntime })), found({}, around(40, { health: noRealm })), found({ in_realm: false, due_at: at(5) }, around(40)),
      found({}, around(20, { health: noRuntime })), found({}, around(40, { health: noRealm, healthKnown: false })), found({ paused: true }, around(40, { health: noRuntime })),
    ]).toEqual([['stuck', 'owner_gone', 'adopt'], ['stuck', 'realm_away', undefined], ['stuck', 'past_due', undefined], undefined, undefined, undefined]);
  });

  it('its runtime is gone while another is there - is to be adopted when it should have gone on; what waits for a signal is in nobody’s hands', () => {
    const others = { health: [{ ...instance('runtime'), instance: 'other' }, instance('realm-content', 'content')] };
    expect([
      found({}, around(40, others)), found({ in_realm: false, due_at: at(5) }, around(40, others)), found({ in_realm: false }, around(40, others)),
      found({}, around(20, others)), found({ in_realm: false, due_at: at(500) }, around(40, others)), found({}, around(40, { ...others, healthKnown: false })), found({ paused: true }, around(40, others)),
    ]).toEqual([['stuck', 'owner_gone', 'adopt'], ['stuck', 'owner_gone', 'adopt'], undefined, undefined, undefined, undefined, undefined]);
  });

  it('not ended by when its tenant gives it up - is to be undone, once, counted from when it was brought back', () => {
    const objectives = new Map([['acme/content.ingest', objective.parse({ tenant_id: 'acme', intent_type: 'content.ingest', success_rate: 0.99, give_up_after_ms: 60_000 })]]);
    expect([
      found({}, around(59, { objectives })), found({}, around(60, { objectives })), found({ undone: true }, around(60, { objectives })), found({ paused: true }, around(60, { objectives })),
      found({ reopened_at: at(30) }, around(60, { objectives })), found({ reopened_at: at(30) }, around(90, { objectives })),
    ]).toEqual([undefined, ['given_up', undefined, 'compensate'], undefined, undefined, undefined, ['given_up', undefined, 'compensate']]);
  });

  it('what failed and was undone - is not recommended to be retried, which would be refused', () => {
    expect(found({ undone: true, failed: { code: 'c', retryable: true, at: at(1) } }, around(2))).toEqual(['execution_failed', undefined, undefined]);
  });

  it('a capability’s circuit - is its realm’s, and half open while half of ten or more failed', () => {
    expect([capabilityState('closed', { total: 10, failed: 4 }), capabilityState('closed', { total: 10, failed: 5 }), capabilityState('closed', { total: 9, failed: 9 }), capabilityState('open', { total: 10, failed: 10 })]).toEqual(['closed', 'half_open', 'closed', 'open']);
  });

  it('what trying again may mend - is recommended; what wants judgement is not', () => {
    const attention = (kind: 'effect_unknown' | 'compensation_failed' | 'approval_waiting') => found({ attention: { kind, step: 's', since: at(1) } }, around(2));
    expect([attention('effect_unknown'), attention('approval_waiting'), attention('compensation_failed'), found({ failed: { code: 'c', retryable: true, at: at(1) } }, around(2))]).toEqual([['effect_unknown', undefined, undefined], ['approval_waiting', undefined, undefined], ['compensation_failed', undefined, 'retry'], ['execution_failed', undefined, 'retry']]);
  });

  it('a realm’s circuit - is open without instances, half open while none is well', () => {
    expect(['content', 'insights', 'runtime'].map((realm) => realmState(realm, [instance('realm-content', 'content', 'degraded')]))).toEqual(['half_open', 'open', 'closed']);
  });

  it('budgets - failures and slow ones use them up; few executions say nothing', () => {
    const promise = objective.parse({ tenant_id: 'acme', intent_type: 'content.ingest', success_rate: 0.9 });
    const spent = (total: number, failed: number, slow: number) => budgetFindings([budgetOf(promise, { total, failed, slow })], T0).map((f) => f.detail['spent']);
    expect([spent(100, 5, 4), spent(100, 6, 6), spent(9, 9, 0), spent(0, 0, 0)]).toEqual([[], [1.2], [], []]);
  });

  it('denials - twenty are a burst, nineteen are not', () => {
    expect(denialFindings(new Map([['acme', 20], ['globex', 19]]), T0).map((f) => f.tenant_id)).toEqual(['acme']);
  });
});

describe('who is told', () => {
  const finding: Finding = { key: 'acme/e/stuck', tenant_id: 'acme', kind: 'stuck', subject: 'e', since: at(0), detail: {}, advice: '' };
  const rule = escalationRule.parse({ tenant_id: 'acme', rule_id: 'r', on: ['stuck'], after_s: 60, tell: ['a', 'b'], repeat_s: 300 });
  const tell = (second: number, told = new Map(), findings = [finding]) => escalationsOf([rule], findings, told, T0 + second * 1000);

  it('a rule - tells after its time, once, and again when it says so; never of another tenant or kind', () => {
    const [first] = tell(60);
    const told = new Map([['acme/r acme/e/stuck', first!.told]]);
    expect([tell(59).length, first?.deliveries.map((d) => d.subscription), tell(61, told).length, tell(361, told).map((e) => e.told.times)]).toEqual([0, ['acme/a', 'acme/b'], 0, [2]]);
    expect(tell(99, new Map(), [{ ...finding, tenant_id: 'globex' }, { ...finding, kind: 'slow' }])).toEqual([]);
  });

  it('telling that was interrupted - makes the same event again; the next time it is another', () => {
    const idOf = (second: number, told = new Map()) => tell(second, told)[0]?.deliveries[0]?.event.id;
    const told = new Map([['acme/r acme/e/stuck', tell(60)[0]!.told]]);
    expect([idOf(60) === idOf(70), idOf(60) === idOf(400, told)]).toEqual([true, false]);
  });
});

describe('healing', () => {
  it('attempts - are three at most, each twice as long after the one before', () => {
    const may = (times: number, seconds: number) => mayRecommend(times, T0, T0 + seconds * 1000);
    expect([may(0, 0), may(1, 59), may(1, 60), may(2, 119), may(2, 120), may(3, 86_400)]).toEqual([true, false, true, false, true, false]);
  });
});
