/** Nurse on a real Postgres, telling a real HTTP receiver, behind a runtime that only runs steps and sends frames. */
import type { SubscribedFrame } from '@symphainy/contracts';
import { isoTime, systemClock, uuidV7Source, type Json } from '@symphainy/kernel';
import { CityBench, type BenchCity } from '../testing/city-bench.js';
import { WebhookReceiver } from '../testing/webhook-receiver.js';

jest.setTimeout(60_000);

const ids = uuidV7Source(() => systemClock.now());
const WRITER = ids.next();
let frames = 0;
let bench: CityBench;
let city: BenchCity;
let receiver: WebhookReceiver;

beforeAll(async () => {
  bench = await CityBench.open('tenants: [{ tenant_id: acme, name: Acme, switches: { auto_healing: observe } }, { tenant_id: globex, name: Globex, switches: { auto_healing: enforce } }, { tenant_id: initech, name: Initech }, { tenant_id: umbrella, name: Umbrella, status: closed }]\n');
  receiver = await WebhookReceiver.listen();
  city = await bench.start(await bench.newDatabase(), { WEBHOOK_ALLOWED_TARGETS: `127.0.0.1:${receiver.port}`, NURSE_EVERY_MS: '100' });
});
afterAll(async () => {
  await city.close();
  await receiver.close();
  await bench.close();
});

function frame(tenant_id: string, execution: string, ...records: object[]): SubscribedFrame {
  const at = isoTime(systemClock.now());
  return { tenant_id, stream_id: execution, seq: ++frames, kind: 'execution', at, writer: WRITER, n: frames, records: records.map((r) => ({ type: '', at, actor: 'a', ...r })), about: { intent_type: 'content.ingest', session_id: execution } };
}

const passing = { type: 'execution_failed', error: { code: 'realm.unavailable', kind: 'platform', message: 'away', retry: { mode: 'retryable' } } };

async function ask(intent: string, payload: { [key: string]: Json }): Promise<{ [key: string]: Json }> {
  const { status, result } = await city.runtime.perform(`governance.${intent}`, payload);
  if (status !== 'completed') throw new Error(`${intent}: ${result?.error?.code} ${result?.error?.message}`);
  return result?.output as { [key: string]: Json };
}

const asked = (execution: string): string[] => city.runtime.submissions.filter(({ submission }) => submission.payload?.['execution_id'] === execution).map(({ caller, submission }) => `${caller.tenant_id}/${caller.user_id} ${submission.intent_type}`);

describe('Nurse', () => {
  it('observe - a failure that passes is recommended for, recorded once, and nothing is done', async () => {
    const execution = ids.next();
    await city.runtime.send([frame('acme', execution, { type: 'intent_received' }, passing)]);
    await city.runtime.until(() => asked(execution).length > 0);
    const settled = async (): Promise<Json> => ((await ask('list_recommendations', { tenant_id: 'acme' }))['recommendations'] as Json[])[0] ?? null;
    let seen = await settled();
    while ((seen as { state?: string } | null)?.state === 'waiting') seen = await settled();
    expect(seen).toMatchObject({ execution_id: execution, operation: 'retry', mode: 'observe', attempt: 1, state: 'recommended' });
    expect(asked(execution)).toEqual(['platform/smart-city governance.recommend']);
  });

  it('enforce - the operation is submitted as the tenant’s nurse after the recommendation is recorded, and reported after; a refusal is no loop', async () => {
    const execution = ids.next();
    await city.runtime.send([frame('globex', execution, { type: 'intent_received' }, passing)]);
    await city.runtime.until(() => asked(execution).length >= 3);
    // the runtime here has no handler for it, so it is refused
    expect(asked(execution)).toEqual(['platform/smart-city governance.recommend', 'globex/nurse runtime.retry', 'platform/smart-city governance.report_healing']);
    const [found] = (await ask('list_findings', { tenant_id: 'globex' }))['findings'] as Json[];
    expect(found).toMatchObject({ kind: 'execution_failed', subject: execution });
  });

  it('off - a tenant that asked for nothing is not watched; a rule makes it watched, and an approval that waits is told to whom the rule names', async () => {
    expect((await city.runtime.wants()).map((w) => w.tenant_id)).toEqual(['acme', 'globex']);
    await ask('subscribe', { tenant_id: 'initech', subscription_id: 'desk', target: { kind: 'webhook', url: receiver.url }, select: { types: ['symphainy.record.none'] } });
    await ask('set_escalation_rule', { tenant_id: 'initech', rule_id: 'approvals', on: ['approval_waiting'], tell: ['desk'] });
    expect(await city.runtime.wants()).toContainEqual({ tenant_id: 'initech' });
    const execution = ids.next();
    await city.runtime.send([frame('initech', execution, { type: 'intent_received' }, { type: 'approval_requested', step: 'pay' })]);
    await receiver.until(() => receiver.received.length > 0);
    expect(receiver.received.map(({ event }) => [event.type, event.subject, (event.data as { rule_id: string }).rule_id])).toEqual([['symphainy.attention.approval_waiting', execution, 'approvals']]);
    expect(asked(execution)).toEqual([]);
  });

  it('objectives - what failed is counted once, though frames come twice', async () => {
    await ask('set_objective', { tenant_id: 'initech', intent_type: 'content.ingest', success_rate: 0.5 });
    const sent = [1, 2, 3].map((i) => frame('initech', ids.next(), { type: 'intent_received' }, i === 1 ? { ...passing, error: { ...passing.error, retry: { mode: 'terminal' } } } : { type: 'execution_completed' }));
    await city.runtime.send(sent);
    await city.runtime.send(sent);
    expect((await ask('list_budgets', { tenant_id: 'initech' }))['budgets']).toMatchObject([{ total: 3, failed: 1, slow: 0 }]);
  });

  it('an escalation - whose subscription is not there yet is told when it is, after its time, once, and to nobody of a tenant that is closed', async () => {
    const { url } = receiver;
    const toldOf = (rule: string) => receiver.received.filter(({ event }) => (event.data as { rule_id?: string }).rule_id === rule);
    const waiting = (execution: string): SubscribedFrame => frame('initech', execution, { type: 'intent_received' }, { type: 'approval_requested', step: 'pay' });
    await ask('set_escalation_rule', { tenant_id: 'initech', rule_id: 'late', on: ['approval_waiting'], tell: ['night-desk'] });
    await ask('set_escalation_rule', { tenant_id: 'initech', rule_id: 'patient', on: ['approval_waiting'], after_s: 1, tell: ['night-desk'] });
    const [early, second] = [ids.next(), ids.next()];
    await city.runtime.send([waiting(early)]);
    // the other rule has told of it: Nurse has looked, and these found nobody to tell
    await receiver.until(() => toldOf('approvals').some(({ event }) => event.subject === early));
    await ask('subscribe', { tenant_id: 'initech', subscription_id: 'night-desk', target: { kind: 'webhook', url }, select: { types: ['symphainy.record.none'] } });
    await receiver.until(() => toldOf('late').some(({ event }) => event.subject === early));
    await city.runtime.send([waiting(second)]);
    await receiver.until(() => toldOf('patient').some(({ event }) => event.subject === second));
    expect([early, second].map((id) => toldOf('late').filter(({ event }) => event.subject === id).length)).toEqual([1, 1]);
    const data = toldOf('patient').map(({ event }) => ({ subject: event.subject, after: Date.parse(event.time!) - Date.parse((event.data as { since: string }).since) }));
    expect([early, second].map((id) => data.filter(({ subject }) => subject === id).length)).toEqual([1, 1]);
    expect(Math.min(...data.map(({ after }) => after))).toBeGreaterThanOrEqual(1000);

    const third = ids.next();
    for (const tenant_id of ['umbrella', 'globex']) {
      await ask('subscribe', { tenant_id, subscription_id: 'desk', target: { kind: 'webhook', url }, select: { types: ['symphainy.record.none'] } });
      await ask('set_escalation_rule', { tenant_id, rule_id: `of-${tenant_id}`, on: ['approval_waiting'], tell: ['desk'] });
    }
    await city.runtime.send([{ ...waiting(third), tenant_id: 'umbrella' }]);
    await city.runtime.send([{ ...waiting(ids.next()), tenant_id: 'globex' }]);
    // the later one has come: what was to come of the earlier has come as well
    await receiver.until(() => toldOf('of-globex').length > 0);
    expect(toldOf('of-umbrella')).toEqual([]);
  });
});
