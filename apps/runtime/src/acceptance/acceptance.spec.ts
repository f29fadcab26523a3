import { sampleCapability, sampleSaga } from '@symphainy/execution/testing';
import { decodeBody } from '@symphainy/execution';
import { alice, RuntimeBed, type RealmHandler } from '../testing/runtime-bed.js';

const contract = { type: 'object', properties: { source: { type: 'string', format: 'data-reference' }, count: { type: 'integer' } }, required: ['count'] };
const capability = sampleCapability(sampleSaga('one'), { input_contract: contract });
const producer: RealmHandler = () => ({ output: 1, artifacts: [{ name: 'doc', artifact_type: 't', media_type: 'application/json', content: { a: 1 } }] });

async function bedReady(): Promise<{ bed: RuntimeBed; session: string }> {
  const bed = new RuntimeBed();
  await bed.govern([capability]);
  await bed.runtime();
  bed.realm('sample', producer);
  return { bed, session: await bed.session() };
}

const refusals = (bed: RuntimeBed) => bed.log.all().filter((f) => f.kind === 'audit').flatMap((f) => decodeBody(f.body)).flatMap((r) => (r.type === 'access_refused' ? [r.error.code] : []));

describe('acceptance', () => {
  it.each([
    ['an unknown intent', { intent_type: 'sample.other' }, 'intent.unknown', '/intent_type'],
    ['a payload with a wrong type', { payload: { count: 'x' } }, 'intent.payload_invalid', '/payload/count'],
    ['a payload that lacks a field', { payload: {} }, 'intent.payload_invalid', '/payload/count'],
    ['a realm that disagrees', { payload: { count: 1 }, realm: 'other' }, 'intent.realm_mismatch', '/realm'],
    ['a reference to nothing', { payload: { count: 1, source: '019b0000-0000-7000-8000-0000000000ff/one/doc' } }, 'intent.reference_unknown', '/payload/source'],
  ])('%s - is refused, names the field, and the refusal stands in the intent’s stream', async (_, submission, code, field) => {
    const { bed, session } = await bedReady();
    const refused = await bed.submit(session, submission).then(() => undefined, (error: unknown) => error as { code: string; field: string; details: { execution_id: string } });
    expect(refused).toMatchObject({ code, field });
    const records = await bed.records(refused!.details.execution_id);
    expect(records.map((r) => r.type)).toEqual(['intent_received', 'intent_rejected']);
    expect((await bed.fold(refused!.details.execution_id)).status).toBe('rejected');
  });

  it('an unknown field - is named by its own place', async () => {
    const bed = new RuntimeBed();
    await bed.govern([sampleCapability(sampleSaga('one'), { input_contract: { ...contract, additionalProperties: false } })]);
    await bed.runtime();
    await expect(bed.submit(await bed.session(), { payload: { count: 1, 'a/b': 2 } })).rejects.toMatchObject({ code: 'intent.payload_invalid', field: '/payload/a~1b' });
  });

  it('the same intent id again - is refused again when it was refused, and is a duplicate when it asks for something else', async () => {
    const { bed, session } = await bedReady();
    const intent_id = '019b0000-0000-7000-8000-0000000000aa';
    const refusal = { code: 'intent.payload_invalid', field: '/payload/count', details: { execution_id: intent_id } };
    await expect(bed.submit(session, { intent_id, payload: {} })).rejects.toMatchObject(refusal);
    await expect(bed.submit(session, { intent_id, payload: {} })).rejects.toMatchObject(refusal);
    await expect(bed.submit(session, { intent_id, payload: { count: 1 } })).rejects.toMatchObject({ code: 'intent.duplicate', field: '/intent_id' });
  });

  it('a session of another user, of another tenant, of nobody - is refused, and recorded where an auditor looks', async () => {
    const { bed, session } = await bedReady();
    await expect(bed.submit(session, { payload: { count: 1 } }, { caller: { ...alice, user_id: 'bob' } })).rejects.toMatchObject({ code: 'session.foreign_user' });
    await expect(bed.submit(session, { payload: { count: 1 } }, { caller: { ...alice, tenant_id: 'globex' } })).rejects.toMatchObject({ code: 'session.not_found' });
    await expect(bed.submit(session, { payload: { count: 1 }, tenant_id: 'globex' })).rejects.toMatchObject({ code: 'intent.tenant_mismatch' });
    expect(refusals(bed)).toEqual(['session.foreign_user', 'session.not_found', 'intent.tenant_mismatch'].sort((a, b) => refusals(bed).indexOf(a) - refusals(bed).indexOf(b)));
    expect(bed.log.all().filter((f) => f.kind === 'execution')).toEqual([]);
  });

  it('many submissions of a session that is not in memory any more - read it from the log once, and others’ sessions do not wait behind', async () => {
    const { bed, session } = await bedReady();
    bed.clock.advance(1_001);
    const read = jest.spyOn(bed.log, 'readStream');
    const submission = { intent_type: 'sample.run', session_id: session, payload: { count: 1 } };
    await bed.during(Promise.all(Array.from({ length: 50 }, () => bed.gateway.request('runtime.intent.submit', {}, { caller: alice, submission, correlation_id: 'c-1', wait_ms: 0 }))));
    expect(read.mock.calls.filter(([, stream]) => stream === session)).toHaveLength(1);
  });

  it('a closed session - takes no more intents', async () => {
    const { bed, session } = await bedReady();
    const closed = await bed.during(bed.gateway.request('runtime.session.close', {}, { caller: alice, session_id: session }));
    expect(closed.closed_at).toBeDefined();
    await expect(bed.submit(session, { payload: { count: 1 } })).rejects.toMatchObject({ code: 'session.closed' });
  });

  it('no bundle - no permit: nothing starts', async () => {
    const bed = new RuntimeBed();
    await bed.runtime();
    await expect(bed.session()).rejects.toMatchObject({ code: 'policy.no_bundle' });
  });

  it('a denial - is recorded as carefully as a permit', async () => {
    const { bed } = await bedReady();
    const stranger = { ...alice, tenant_id: 'nobody' };
    await expect(bed.during(bed.gateway.request('runtime.session.create', {}, { caller: stranger }))).rejects.toMatchObject({ code: 'policy.denied' });
    const session = await bed.session({ ...alice, user_id: 'svc', auth: 'service' });
    const denied = await bed.submit(session, { payload: { count: 1 } }, { caller: { ...alice, user_id: 'svc', auth: 'service' } }).then(() => undefined, (error: unknown) => error as { code: string; details: { execution_id: string } });
    expect(denied?.code).toBe('policy.denied');
    expect((await bed.records(denied!.details.execution_id)).map((r) => r.type)).toEqual(['intent_received', 'policy_evaluated', 'intent_rejected']);
  });

  it('the same intent id again - is the same execution; for another session it is refused', async () => {
    const { bed, session } = await bedReady();
    const intent_id = '019b0000-0000-7000-8000-00000000abcd';
    const first = await bed.submit(session, { intent_id, payload: { count: 1 } }, { wait_ms: 5000 });
    const again = await bed.submit(session, { intent_id, payload: { count: 1 } }, { wait_ms: 5000 });
    expect(again).toMatchObject({ execution_id: first.execution_id, duplicate: true, status: 'completed' });
    await expect(bed.submit(await bed.session(), { intent_id, payload: { count: 1 } })).rejects.toMatchObject({ code: 'intent.duplicate' });
  });

  it('an idempotency key - binds the same request to one execution, and refuses another request', async () => {
    const { bed, session } = await bedReady();
    const keyed = { payload: { count: 1 }, idempotency_key: 'k-1' };
    const [a, b] = await Promise.all([bed.submit(session, keyed), bed.submit(session, keyed)]);
    expect(a.execution_id).toBe(b.execution_id);
    expect([a.duplicate, b.duplicate].sort()).toEqual([false, true]);
    await expect(bed.submit(session, { payload: { count: 2 }, idempotency_key: 'k-1' })).rejects.toMatchObject({ code: 'intent.duplicate', field: '/idempotency_key' });
  });

  it.each([
    ['a retired capability', { notices: [{ capability: 'sample.run', deprecated_at: '2020-01-01T00:00:00.000Z', retires_at: '2020-06-01T00:00:00.000Z', replacement: 'sample.next' }] }, 'intent.retired', { replacement: 'sample.next' }],
    ['a saga that the tenant’s rules do not allow', { saga_rules: [{ rule_id: 'no-tasks', tenant_id: 'acme', step_kinds: ['effect' as const] }] }, 'saga.not_allowed', { rule_id: 'no-tasks', place: '/saga/steps/0' }],
  ])('%s - is refused before policy is asked, says why, and is recorded', async (_, more, code, details) => {
    const bed = new RuntimeBed();
    await bed.govern([capability], 1, {}, more);
    await bed.runtime();
    const refused = await bed.submit(await bed.session(), { payload: { count: 1 } }).then(() => undefined, (error: unknown) => error as { code: string; field: string; details: { execution_id: string } });
    expect(refused).toMatchObject({ code, field: '/intent_type', details });
    expect((await bed.records(refused!.details.execution_id)).map((r) => r.type)).toEqual(['intent_received', 'intent_rejected']);
  });

  it('a capability that is deprecated, and the saga rules of another tenant - keep nobody from working', async () => {
    const bed = new RuntimeBed();
    await bed.govern([capability], 1, {}, { notices: [{ capability: 'sample.run', deprecated_at: '2020-01-01T00:00:00.000Z', retires_at: '2999-01-01T00:00:00.000Z' }], saga_rules: [{ rule_id: 'r', tenant_id: 'globex', max_steps: 1, step_kinds: [] }] });
    await bed.runtime();
    bed.realm('sample', producer);
    expect((await bed.submit(await bed.session(), { payload: { count: 1 } }, { wait_ms: 5000 })).status).toBe('completed');
  });

  it.each([
    ['too old', { max_age_s: 120 }, 60_000, 61_000, 'it is older than 120 s'],
    ['idle for too long', { idle_s: 90 }, 60_000, 91_000, 'it was idle for longer than 90 s'],
  ])('a session that is %s - takes no more intents, and its stream tells why it was closed', async (_, sessions, first, second, reason) => {
    const bed = new RuntimeBed();
    await bed.govern([capability], 1, { traffic: { sessions } });
    await bed.runtime();
    bed.realm('sample', producer);
    const session = await bed.session();
    bed.clock.advance(first);
    await bed.submit(session, { payload: { count: 1 } });
    bed.clock.advance(second);
    await expect(bed.submit(session, { payload: { count: 1 } })).rejects.toMatchObject({ code: 'session.closed', field: '/session_id' });
    expect((await bed.records(session)).flatMap((r) => (r.type === 'session_closed' ? [r.reason] : []))).toEqual([reason]);
  });

  it('an idempotency key under observe - refuses nothing, and the record names the execution it doubles', async () => {
    const bed = new RuntimeBed();
    await bed.govern([capability], 1, { switches: { idempotency: 'observe', auto_replay: 'off', sla: 'off', auto_healing: 'off', retention: 'off' } });
    await bed.runtime();
    const session = await bed.session();
    const ids: string[] = [];
    for (const count of [1, 1, 2]) ids.push((await bed.submit(session, { payload: { count }, idempotency_key: 'k-1' })).execution_id);
    expect(new Set(ids).size).toBe(3);
    const doubled = await Promise.all(ids.map(async (id) => (await bed.records(id)).flatMap((r) => (r.type === 'intent_received' ? [r.duplicate_of] : []))));
    expect(doubled).toEqual([[undefined], [{ execution_id: ids[0], same_request: true }], [{ execution_id: ids[0], same_request: false }]]);
  });

  it('an idempotency key under off - says nothing', async () => {
    const bed = new RuntimeBed();
    await bed.govern([capability], 1, { switches: { idempotency: 'off', auto_replay: 'off', sla: 'off', auto_healing: 'off', retention: 'off' } });
    await bed.runtime();
    const session = await bed.session();
    const [a, b] = [await bed.submit(session, { payload: { count: 1 }, idempotency_key: 'k-1' }), await bed.submit(session, { payload: { count: 1 }, idempotency_key: 'k-1' })];
    expect(a.execution_id).not.toBe(b.execution_id);
    expect((await bed.records(b.execution_id))[0]).not.toHaveProperty('duplicate_of');
  });

  it('a reference of the own tenant - is accepted; the same one from another tenant does not exist', async () => {
    const { bed, session } = await bedReady();
    const made = await bed.submit(session, { payload: { count: 1 } }, { wait_ms: 5000 });
    const source = `${made.execution_id}/one/doc`;
    expect((await bed.submit(session, { payload: { count: 1, source } }, { wait_ms: 5000 })).status).toBe('completed');
    const other = { ...alice, tenant_id: 'globex' };
    await expect(bed.submit(await bed.session(other), { payload: { count: 1, source } }, { caller: other })).rejects.toMatchObject({ code: 'intent.reference_unknown' });
  });
});
