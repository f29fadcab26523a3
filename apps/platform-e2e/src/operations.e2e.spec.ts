import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { hashOf } from '@symphainy/kernel';
import type { Answer, Api } from './harness/api.js';
import { startBootstrappedStack, type TestPlatform } from './harness/platform.js';

interface Problem {
  code: string;
  field?: string;
  details?: { operation_id?: string };
}

interface View {
  execution_id: string;
  operation_id: string;
  status: string;
  user_id: string;
  steps: { name: string; status: string; attempts: number }[];
  error?: { code: string };
}

interface Frames {
  frames: { records: { type: string; actor: string; intent?: { payload: { execution_id?: string } }; by?: { user_id: string }; operation?: string; reason?: string; own_targets?: boolean; outcome?: string }[] }[];
}

const retry = { max_attempts: 1, initial_delay_ms: 0, multiplier: 2, max_delay_ms: 30_000, non_retryable_codes: [] };
const wait = (name: string, timeout_ms = 600_000): object => ({ name, kind: 'signal', signal: name, timeout_ms, retry });

/** A capability of steps that need no realm, as the bootstrap file declares it. */
function capabilityOf(name: string, ...steps: object[]): object {
  const saga = { name, steps };
  return { name, realm: 'review', handler: name, version: '1.0.0', description: '', input_contract: { type: 'object' }, output_contract: {}, determinism: 'deterministic', children: [], tools: [], saga, saga_hash: hashOf(saga) };
}

const identity = (user_id: string, roles: string[], kind = 'person'): object => ({ tenant_id: 'acme', user_id, kind, roles });
const bootstrap = {
  tenants: [{ tenant_id: 'acme', name: 'Acme' }, { tenant_id: 'globex', name: 'Globex', switches: { auto_healing: 'enforce' } }, { tenant_id: 'initech', name: 'Initech', switches: { auto_healing: 'enforce' } }],
  identities: [identity('alice', ['builder']), identity('bob', ['builder']), identity('otto', ['operator']), { ...identity('gina', ['builder']), tenant_id: 'globex' }, { ...identity('nurse', ['operator'], 'service'), tenant_id: 'globex' }, { ...identity('olga', ['operator', 'grant_approver', 'data_protection_officer']), tenant_id: 'globex' }, { ...identity('greta', ['grant_approver']), tenant_id: 'globex' }, { ...identity('gale', ['governance_admin']), tenant_id: 'globex' }, { ...identity('ivan', ['builder']), tenant_id: 'initech' }, { ...identity('nurse', [], 'service'), tenant_id: 'initech' }, { ...identity('admin', ['governance_admin']), tenant_id: 'platform' }, identity('nightly', ['builder'], 'service'), identity('powerless', [], 'service')],
  policies: [
    { id: 'admins', role: 'security_guard', text: 'permit(principal in Tenant::"platform", action == Action::"submit", resource in Realm::"governance") when { principal.roles.contains("governance_admin") };' },
    { id: 'globex-admin', role: 'security_guard', text: 'permit(principal == User::"globex/gale", action == Action::"submit", resource in Realm::"governance");' },
    { id: 'builders', role: 'security_guard', text: 'permit(principal, action, resource) when { principal.roles.contains("builder") && context.own_session && resource.realm != "governance" };' },
    { id: 'four-eyes-operate', role: 'security_guard', text: '@reason("operators need a grant")\nforbid(principal in Tenant::"globex", action == Action::"submit", resource in Realm::"runtime") when { principal.kind == "person" } unless { context.own_targets || context.granted };' },
    { id: 'four-eyes-read', role: 'security_guard', text: '@reason("reading of others needs a grant")\nforbid(principal in Tenant::"globex", action in [Action::"replay", Action::"hydrate"], resource) unless { context.own_targets || context.granted };' },
  ],
  capabilities: [
    capabilityOf('review.two', wait('first'), wait('second')),
    capabilityOf('review.hasty', wait('first', 50), wait('second')),
    capabilityOf('review.late', wait('first', 3_000)),
    capabilityOf('review.nap', { name: 'nap', kind: 'timer', duration_ms: 8_000, timeout_ms: 60_000, retry }),
    capabilityOf('review.tick', { name: 'tick', kind: 'timer', duration_ms: 0, timeout_ms: 1000, retry }),
  ],
};

describe('operations', () => {
  let platform: TestPlatform;
  let alice: Api;
  let bob: Api;
  let otto: Api;
  let session: string;
  let naps: string[];

  /** Of the two runtimes neither looks for dead ones by itself: what one leaves is taken over at Nurse's word alone. */
  beforeAll(async () => {
    const patient = { ADOPTION_SCAN_MS: '3600000' };
    platform = await startBootstrappedStack(bootstrap, { 'smart-city': { NURSE_EVERY_MS: '200', NURSE_PATIENCE_MS: '12000' }, runtime: patient, 'runtime-2': patient }, 2);
    naps = await napsInBoth(platform.as('gina'));
    await platform.stack!.kill('runtime-2');
    [alice, bob, otto] = [platform.as('alice'), platform.as('bob'), await keyFor('otto')];
    session = await alice.createSession();
  }, 120_000);

  afterAll(async () => {
    await platform.stop();
  }, 60_000);

  /** Executions that sleep for a while, some in either runtime's memory. */
  async function napsInBoth(gina: Api): Promise<string[]> {
    const gardens = await gina.createSession();
    const begun: string[] = [];
    for (const owners = new Set<unknown>(); owners.size < 2; ) {
      const id = await start('review.nap', gina, gardens);
      owners.add((await gina.get<Frames>(`/v1/executions/${id}/records`)).body.frames[0]?.records.find((r) => r.type === 'saga_started')?.actor);
      begun.push(id);
    }
    return begun;
  }

  /** A key of somebody who has none from the launcher. */
  async function keyFor(user_id: string, tenant_id = 'acme', key_id = user_id): Promise<Api> {
    const key = `sk_${key_id}_${randomBytes(32).toString('base64url')}`;
    const admin = platform.as('admin');
    await admin.execute(await admin.createSession(), 'governance.issue_key', { key_id, key_hash: createHash('sha256').update(key).digest('hex'), tenant_id, user_id });
    const api = platform.bearing(key);
    while ((await api.get('/v1/me')).status !== 200) await pause(20);
    return api;
  }

  const start = async (intent_type = 'review.two', api = alice, in_session = session): Promise<string> =>
    (await api.post<{ execution_id: string }>('/v1/intents', { intent_type, session_id: in_session, payload: {} })).body.execution_id;
  const operate = (api: Api, id: string, path: string, body: object = {}): Promise<Answer<View & Problem>> => api.post(`/v1/executions/${id}/${path}`, body);
  const recordsOf = async (id: string): Promise<Frames['frames'][number]['records']> => (await alice.get<Frames>(`/v1/executions/${id}/records`)).body.frames.flatMap((f) => f.records);
  const told = ({ status, body }: Answer<View & Problem>): unknown[] => [status, body.code ?? body.status];

  it('an operation - is an execution of its own, and what it does to another names it and who asked', async () => {
    const id = await start();
    const { status, body } = await operate(otto, id, 'pause', { reason: 'audit' });
    expect([status, body.status]).toEqual([200, 'paused']);
    expect((await recordsOf(id)).at(-1)).toMatchObject({ type: 'paused', by: { user_id: 'otto' }, reason: 'audit', operation: body.operation_id });
    const own = await recordsOf(body.operation_id);
    expect(own.map((r) => r.type)).toEqual(['intent_received', 'policy_evaluated', 'capability_resolved', 'saga_started', 'step_started', 'operation_applied', 'step_completed', 'saga_completed', 'execution_completed']);
    expect(own.find((r) => r.type === 'policy_evaluated')).toMatchObject({ own_targets: false });
    expect(told(await operate(otto, id, 'terminate'))).toEqual([200, 'terminated']);
  });

  it('sent again under its idempotency key - is applied once, and answered as the first was; another request under the key is refused', async () => {
    const [id, key] = [await start(), randomUUID()];
    const signal = (data: object, named: string): Promise<Answer<View & Problem>> => alice.post(`/v1/executions/${id}/signals/first`, { data }, { 'idempotency-key': named });
    const both = await Promise.all([signal({ output: 1 }, key), signal({ output: 1 }, key)]);
    expect(both.map(told)).toEqual([[200, 'running'], [200, 'running']]);
    expect(new Set(both.map(({ body }) => body.operation_id)).size).toBe(1);
    expect(told(await signal({ output: 1 }, key))).toEqual([200, 'running']);
    expect((await recordsOf(id)).filter((r) => r.type === 'signal_received')).toHaveLength(1);
    const other = await signal({ output: 2 }, key);
    expect([...told(other), other.body.field]).toEqual([409, 'intent.duplicate', '/headers/idempotency-key']);
    expect([(await signal({ output: 1 }, '')).status, (await operate(alice, id, 'cancel')).status]).toEqual([400, 200]);
  });

  it('a paused execution - takes a signal only after it goes on', async () => {
    const id = await start();
    await operate(alice, id, 'pause');
    expect(told(await operate(alice, id, 'pause'))).toEqual([200, 'paused']);
    expect(told(await operate(alice, id, 'resume'))).toEqual([200, 'running']);
    expect(told(await operate(alice, id, 'resume'))).toEqual([200, 'running']);
    await operate(alice, id, 'signals/first', { data: { output: 1 } });
    expect(told(await operate(alice, id, 'signals/second', { data: { output: 2 } }))).toEqual([200, 'completed']);
    expect((await recordsOf(id)).filter((r) => r.type === 'signal_received').map((r) => [r.by?.user_id, typeof r.operation])).toEqual([['alice', 'string'], ['alice', 'string']]);
  });

  it('executions of others - are for operators, and the refusal is recorded as an intent of its own', async () => {
    const id = await start();
    const refused = await operate(bob, id, 'cancel');
    expect(told(refused)).toEqual([403, 'policy.denied']);
    expect((await recordsOf(id)).some((r) => r.type === 'cancel_requested')).toBe(false);
    expect(told(await operate(alice, id, 'terminate'))).toEqual([403, 'policy.denied']);
    expect(told(await operate(otto, id, 'cancel'))).toEqual([200, 'cancelled']);
    expect([await operate(alice, id, 'cancel'), await operate(alice, id, 'pause')].map(told)).toEqual([[200, 'cancelled'], [409, 'execution.ended']]);
    const denied = (await alice.get<{ executions: { intent_type: string; status: string; user_id: string }[] }>('/v1/executions?status=rejected')).body.executions;
    expect(denied.map((e) => [e.user_id, e.intent_type])).toEqual(expect.arrayContaining([['bob', 'runtime.cancel'], ['alice', 'runtime.terminate']]));
  });

  it('an execution that is not there - is not found, whatever is asked of it', async () => {
    expect(told(await operate(otto, '01930000-0000-7000-8000-000000000000', 'cancel'))).toEqual([404, 'execution.not_found']);
  });

  it('the platform’s own signals - are not for callers: an upload cannot be claimed', async () => {
    const upload = (await alice.post<{ execution_id: string }>('/v1/intents', { intent_type: 'runtime.upload', session_id: session, payload: { filename: 'a.txt', media_type: 'text/plain' } })).body.execution_id;
    expect(told(await operate(alice, upload, 'signals/uploaded', { data: {} }))).toEqual([403, 'execution.signal_reserved']);
    expect(told(await operate(alice, upload, 'cancel'))).toEqual([200, 'cancelled']);
  });

  it('a failed step - gets a new attempt; an earlier step and all that follow are run again', async () => {
    const id = await start('review.hasty');
    expect((await alice.ended(id)).status).toBe('failed');
    const again = await operate(alice, id, 'retry', { reason: 'the reviewer was late' });
    expect(again.status).toBe(200);
    expect((await recordsOf(id)).filter((r) => r.type === 'reopened')).toMatchObject([{ by: { user_id: 'alice' }, reason: 'the reviewer was late', operation: again.body.operation_id }]);

    const two = await start();
    for (const name of ['first', 'second']) await operate(alice, two, `signals/${name}`, { data: { output: name } });
    expect((await alice.ended(two)).status).toBe('completed');
    expect(told(await operate(alice, two, 'continue', { step: 'third' }))).toEqual([409, 'execution.not_applicable']);
    expect(told(await operate(alice, two, 'continue', { step: 'second' }))).toEqual([200, 'running']);
    expect(told(await operate(alice, two, 'signals/second', { data: { output: 'anew' } }))).toEqual([200, 'completed']);
    const view = (await alice.get<View>(`/v1/executions/${two}`)).body;
    expect(view.steps.map((s) => [s.name, s.attempts])).toEqual([['first', 1], ['second', 2]]);
  });

  it('a bulk operation - reaches what its query means and nothing else', async () => {
    const mine = await alice.createSession();
    const ids = await Promise.all([1, 2, 3].map(() => start('review.two', alice, mine)));
    const bobs = await start('review.two', bob, await bob.createSession());
    const bulk = (api: Api, body: object): Promise<Answer<{ operation_id: string; report: { matched: number; done: number; unchanged: number; refused: number; matches?: string[] } } & Problem>> => api.post('/v1/operations', body);
    const seen = async (): Promise<number> => (await alice.get<{ executions: unknown[] }>(`/v1/executions?session_id=${mine}&status=running`)).body.executions.length;
    while ((await seen()) < 3) await pause(20);
    const { report: wouldBe } = (await bulk(alice, { operation: 'pause', query: { session_id: mine }, dry_run: true })).body;
    expect({ ...wouldBe, matches: new Set(wouldBe.matches) }).toMatchObject({ matched: 3, done: 0, matches: new Set(ids) });
    expect(await seen()).toBe(3);
    const paused = await bulk(alice, { operation: 'pause', query: { session_id: mine }, reason: 'all of mine' });
    expect([paused.status, paused.body.report]).toMatchObject([200, { matched: 3, done: 3, unchanged: 0, refused: 0 }]);
    expect((await alice.get<{ steps: object[] }>(`/v1/executions/${paused.body.operation_id}`)).body.steps).toMatchObject([{ progress: { done: 3, unchanged: 0, refused: 0 } }]);
    expect((await Promise.all(ids.map(async (id) => (await alice.get<View>(`/v1/executions/${id}`)).body.status)))).toEqual(['paused', 'paused', 'paused']);
    expect((await alice.get<View>(`/v1/executions/${bobs}`)).body.status).toBe('running');
    expect((await bulk(alice, { operation: 'cancel', query: { of: 'tenant', intent_type: 'review.two' } })).body.code).toBe('policy.denied');
    const all = await bulk(otto, { operation: 'cancel', query: { of: 'tenant', intent_type: 'review.two', status: 'running' } });
    expect(all.body.report.done).toBeGreaterThanOrEqual(1);
    expect((await alice.get<View>(`/v1/executions/${bobs}`)).body.status).toBe('cancelled');
    expect((await bulk(alice, { operation: 'cancel', query: { colour: 'red' } })).body).toMatchObject({ code: 'request.invalid' });
  });

  it('a bulk operation over more than its limit - says that it left some as they are', async () => {
    const mine = await alice.createSession();
    const ids = await Promise.all([1, 2, 3].map(() => start('review.two', alice, mine)));
    while ((await alice.get<{ executions: unknown[] }>(`/v1/executions?session_id=${mine}&status=running`)).body.executions.length < ids.length) await pause(20);
    const reported = async (limit: number, dry_run: boolean): Promise<object> => (await alice.post<{ report: object }>('/v1/operations', { operation: 'cancel', query: { session_id: mine, limit }, dry_run })).body.report;
    expect(await reported(2, true)).toMatchObject({ matched: 2, more: true, done: 0 });
    expect(await reported(2, false)).toMatchObject({ matched: 2, more: true, done: 2 });
    expect(await reported(3, true)).not.toHaveProperty('more');
  });

  it('a schedule - submits as its service identity under that one’s policy, until it is ended', async () => {
    const schedule = (as: string, more: object = {}): Promise<Answer<{ schedule_id: string } & Problem>> => otto.post('/v1/schedules', { cron: '* * * * * *', as, intent: { intent_type: 'review.tick' }, ...more });
    expect(told((await schedule('nightly', { cron: 'soon' })) as unknown as Answer<View & Problem>)).toEqual([422, 'intent.payload_invalid']);
    expect((await schedule('nobody')).body).toMatchObject({ code: 'intent.payload_invalid', field: '/as' });
    expect((await schedule('nightly', { intent: { intent_type: 'review.tock' } })).body).toMatchObject({ code: 'intent.payload_invalid', field: '/intent/intent_type' });
    expect((await alice.post<Problem>('/v1/schedules', { cron: '* * * * *', as: 'nightly', intent: { intent_type: 'review.tick' } })).body.code).toBe('policy.denied');
    const { schedule_id } = (await schedule('nightly')).body;
    const powerless = (await schedule('powerless', { max_firings: 1 })).body.schedule_id;
    const ticks = async (): Promise<{ user_id: string; status: string }[]> => (await alice.get<{ executions: { user_id: string; status: string }[] }>('/v1/executions?intent_type=review.tick&status=completed')).body.executions;
    while ((await ticks()).length < 2) await pause(20);
    expect(new Set((await ticks()).map((e) => e.user_id))).toEqual(new Set(['nightly']));
    expect((await otto.ended(powerless)).status).toBe('completed');
    expect((await recordsOf(powerless)).filter((r) => r.type === 'operation_applied').map((r) => r.outcome)).toEqual(['refused']);
    const listed = async (): Promise<{ schedule_id: string; error_code?: string } | undefined> => (await otto.get<{ schedules: { schedule_id: string; error_code?: string }[] }>('/v1/schedules')).body.schedules.find((s) => s.schedule_id === schedule_id);
    expect(await listed()).not.toHaveProperty('error_code');
    // its identity is disabled meanwhile: the schedule goes on, and whoever lists it sees that it fails
    const admin = platform.as('admin');
    await admin.execute(await admin.createSession(), 'governance.register_identity', { tenant_id: 'acme', user_id: 'nightly', kind: 'service', roles: ['builder'], status: 'disabled' });
    while ((await listed())?.error_code === undefined) await pause(20);
    expect([await listed(), (await otto.get<View>(`/v1/executions/${schedule_id}`)).body.steps[0]]).toMatchObject([{ error_code: 'policy.denied', status: 'running' }, { error: { code: 'policy.denied' }, progress: { missed: 0 } }]);
    expect((await otto.call<View>('DELETE', `/v1/schedules/${schedule_id}`)).body.status).toBe('cancelled');
  }, 60_000);

  it('grants of four eyes - are needed for each of operate, signal, replay and hydrate, approved by somebody else alone, and hold for their scope until they are revoked', async () => {
    const gina = platform.as('gina');
    const [olga, greta] = [await keyFor('olga', 'globex'), await keyFor('greta', 'globex')];
    const [id, other] = [await start('review.two', gina, await gina.createSession()), await start('review.two', gina, await gina.createSession())];
    const signal = (of: string, name: string): Promise<Answer<View & Problem>> => operate(olga, of, `signals/${name}`, { data: { output: 1 } });
    /** What comes of everything that a grant may be for. */
    const tried = async (of: string): Promise<unknown[]> => [
      ...told(await operate(olga, of, 'pause')), ...told(await operate(olga, of, 'resume')), ...told(await signal(of, 'first')),
      (await operate(olga, of, 'replay', { mode: 'state_only' })).status, (await olga.get(`/v1/executions/${of}/records`)).status,
    ];
    const refused = [403, 'policy.denied', 403, 'policy.denied', 403, 'policy.denied', 403, 403];
    expect(await tried(id)).toEqual(refused);
    const asked = await olga.post<{ grant_id: string; status: string }>('/v1/grants', { actions: ['operate', 'signal', 'replay', 'hydrate'], scope: { execution_ids: [id] }, reason: 'the reviewer is ill', duration_s: 60 });
    expect([asked.status, asked.body.status]).toEqual([201, 'requested']);
    const decide = (who: Api, verb: string): Promise<Answer<{ status: string; decided_by: string } & Problem>> => who.post(`/v1/grants/${asked.body.grant_id}/${verb}`, {});
    const own = await decide(olga, 'approve');
    expect([own.status, own.body.code]).toEqual([403, 'policy.denied']);
    expect(await tried(id)).toEqual(refused);
    expect((await decide(greta, 'approve')).body).toMatchObject({ status: 'approved', decided_by: 'greta', expires_at: expect.any(String) });
    expect(await tried(id)).toEqual([200, 'paused', 200, 'running', 200, 'running', 200, 200]);
    expect(await tried(other)).toEqual(refused);
    expect((await decide(greta, 'revoke')).body.status).toBe('revoked');
    expect(told(await signal(id, 'second'))).toEqual([403, 'policy.denied']);
    // gale could hold greta's other key: she issued it
    const gale = await keyFor('gale', 'globex');
    const handed = await gale.post<{ api_key: string; issued_by: object[] }>('/v1/keys', { user_id: 'greta', key_id: 'handed' });
    expect([handed.status, handed.body.issued_by]).toEqual([201, [{ tenant_id: 'globex', user_id: 'gale' }]]);
    const wish = (await gale.post<{ grant_id: string }>('/v1/grants', { actions: ['replay'], reason: 'curious', duration_s: 60 })).body.grant_id;
    const byHanded = await platform.bearing(handed.body.api_key).post<Problem & { detail: string }>(`/v1/grants/${wish}/approve`, {});
    expect([byHanded.status, byHanded.body.code, byHanded.body.detail]).toEqual([403, 'policy.denied', expect.stringContaining('API key')]);
    expect((await greta.post<{ status: string }>(`/v1/grants/${wish}/approve`, {})).body.status).toBe('approved');
    const decisions = (await olga.get<{ frames: { records: { type: string; grants?: string[] }[] }[] }>('/v1/wal?record_type=policy_evaluated&limit=1000')).body.frames.flatMap((f) => f.records);
    expect(decisions.filter((r) => r.grants?.includes(asked.body.grant_id)).length).toBeGreaterThanOrEqual(5);
  }, 60_000);

  it('an erasure - needs a grant for that very person that somebody else approved; the grant names a pseudonym', async () => {
    const [olga, greta] = [await keyFor('olga', 'globex', 'officer'), await keyFor('greta', 'globex', 'approver')];
    const office = await olga.createSession();
    const erase = (subject: string): Promise<Answer<Problem & { status: string }>> => olga.post('/v1/intents', { intent_type: 'runtime.erase', session_id: office, payload: { subject, reason: 'asked for' } });
    expect((await erase('customer-1')).body.code).toBe('policy.denied');
    const asked = await olga.post<{ grant_id: string; scope: { subject: string } }>('/v1/grants', { actions: ['erase'], scope: { subject: 'customer-1' }, reason: 'request of 3 May', duration_s: 60 });
    expect([asked.status, asked.body.scope.subject.startsWith('subject:')]).toEqual([201, true]);
    expect((await olga.post<Problem>(`/v1/grants/${asked.body.grant_id}/approve`, {})).body.code).toBe('policy.denied');
    expect((await greta.post(`/v1/grants/${asked.body.grant_id}/approve`, {})).status).toBe(200);
    expect([(await erase('customer-1')).status, (await erase('customer-2')).body.code]).toEqual([202, 'policy.denied']);
  }, 60_000);

  describe('healing', () => {
    interface Recommended {
      execution_id: string;
      operation: string;
      state: string;
      outcome: string | null;
    }

    /** What Nurse recommended for an execution, once it is known what became of it. */
    async function healed(tenant_id: string, id: string, operation: string): Promise<Recommended> {
      for (;;) {
        const { body } = await platform.as('admin').post<{ output: { recommendations: Recommended[] } }>('/v1/governance/list_recommendations', { tenant_id });
        const found = body.output.recommendations.find((r) => r.execution_id === id && r.operation === operation && r.state !== 'waiting');
        if (found !== undefined) return found;
        await pause(50);
      }
    }
    const reach = async (api: Api, id: string, status: string): Promise<void> => {
      while ((await api.get<View>(`/v1/executions/${id}`)).body.status !== status) await pause(20);
    };
    const doneBy = async (api: Api, id: string, type: string): Promise<unknown[]> => (await api.get<Frames>(`/v1/executions/${id}/records`)).body.frames.flatMap((f) => f.records).filter((r) => r.type === type).map((r) => [r.by?.user_id, typeof r.operation]);

    it('a failure that passes - is retried by the tenant’s nurse, and the execution completes; what is done is reported', async () => {
      const gina = platform.as('gina');
      const id = await start('review.late', gina, await gina.createSession());
      expect((await gina.ended(id)).status).toBe('failed');
      await reach(gina, id, 'running');
      expect(told(await operate(gina, id, 'signals/first', { data: { output: 'late' } }))).toEqual([200, 'completed']);
      expect(await healed('globex', id, 'retry')).toMatchObject({ state: 'done' });
      expect(await doneBy(gina, id, 'reopened')).toEqual([['nurse', 'string']]);
    }, 60_000);

    it('an execution that its tenant gives up - is undone by the tenant’s nurse', async () => {
      const gina = platform.as('gina');
      await platform.as('admin').post('/v1/governance/set_objective', { tenant_id: 'globex', intent_type: 'review.two', success_rate: 0.9, give_up_after_ms: 500 });
      const id = await start('review.two', gina, await gina.createSession());
      expect((await gina.ended(id)).status).toBe('cancelled');
      expect(await healed('globex', id, 'compensate')).toMatchObject({ state: 'done' });
      expect(await doneBy(gina, id, 'compensation_requested')).toEqual([['nurse', 'string']]);
    }, 60_000);

    it('what a killed runtime left - is adopted at the word of the tenant’s nurse, and the recommendation and the report stand in the log', async () => {
      const gina = platform.as('gina');
      const ends = await Promise.all(naps.map((id) => gina.ended(id)));
      expect(ends.map((end) => end.status)).toEqual(naps.map(() => 'completed'));
      const taken = await Promise.all(naps.map(async (id) => ((await gina.get<Frames>(`/v1/executions/${id}/records`)).body.frames.flatMap((f) => f.records).some((r) => r.type === 'adopted') ? [id] : [])));
      const left = taken.flat();
      expect([left.length > 0, left.length < naps.length]).toEqual([true, true]);
      const found = await healed('globex', left[0]!, 'adopt');
      expect(found).toMatchObject({ state: 'done', outcome: expect.any(String) });
      const asked = (await gina.get<{ executions: { execution_id: string; user_id: string; status: string }[] }>('/v1/executions?intent_type=runtime.adopt')).body.executions;
      expect(asked.find((e) => e.execution_id === found.outcome)).toMatchObject({ user_id: 'nurse', status: 'completed' });
      const told = async (intent_type: string): Promise<unknown[]> => (await platform.as('admin').get<Frames>(`/v1/wal?record_type=intent_received&intent_type=${intent_type}&limit=1000`)).body.frames.flatMap((f) => f.records.map((r) => r.intent?.payload)).filter((payload) => payload?.execution_id === left[0]);
      expect(await told('governance.recommend')).toMatchObject([{ operation: 'adopt', finding: 'stuck', mode: 'enforce', attempt: 1 }]);
      expect(await told('governance.report_healing')).toMatchObject([{ operation: 'adopt', state: 'done' }]);
    }, 60_000);

    it('a nurse without the role - is refused by policy, which stands in the tenant’s log and in the recommendation, and nothing is done', async () => {
      const ivan = await keyFor('ivan', 'initech');
      const id = await start('review.hasty', ivan, await ivan.createSession());
      const refused = await healed('initech', id, 'retry');
      expect([refused.state, refused.outcome?.slice(0, 13)]).toEqual(['refused', 'policy.denied']);
      const denied = (await ivan.get<{ executions: { intent_type: string; user_id: string }[] }>('/v1/executions?status=rejected')).body.executions;
      expect(denied.map((e) => [e.user_id, e.intent_type])).toEqual([['nurse', 'runtime.retry']]);
      expect(await doneBy(ivan, id, 'reopened')).toEqual([]);
    }, 60_000);
  });
});
