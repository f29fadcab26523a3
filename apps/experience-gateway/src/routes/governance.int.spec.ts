import { startGateway, testKeys, type TestGateway } from '../testing/test-gateway.js';

const error = { code: 'governance.invalid', kind: 'platform' as const, message: 'no such tenant', field: '/tenant_id', retry: { mode: 'terminal' as const } };

describe('governance over REST', () => {
  let gateway: TestGateway;
  beforeAll(async () => {
    gateway = await startGateway({ keys: testKeys });
  });
  afterAll(() => gateway.close());

  it('a change - is the intent of its name in the caller’s own session, and is waited for without being asked to', async () => {
    const answer = await gateway.call('POST', '/v1/governance/create_tenant', { json: { tenant_id: 'initech' } });
    const sent = gateway.runtime.submissions.at(-1);
    expect([answer.status, answer.body['success'], answer.headers.get('content-location')]).toEqual([200, true, `/v1/executions/${sent?.submission.intent_id}/result`]);
    expect(sent).toMatchObject({ caller: { user_id: 'alice' }, submission: { intent_type: 'governance.create_tenant', payload: { tenant_id: 'initech' } } });
    expect(gateway.runtime.sessions.get(sent!.submission.session_id)?.context).toEqual({ purpose: 'governance' });
  });

  it('a change that is not waited for - is told where it can be followed', async () => {
    const answer = await gateway.call('POST', '/v1/governance/create_tenant', { json: {}, headers: { prefer: 'wait=0' } });
    expect([answer.status, answer.headers.get('location'), answer.body['status']]).toEqual([202, `/v1/executions/${String(answer.body['execution_id'])}`, 'running']);
  });

  it('a change that is recorded and not in force at every runtime yet - is no success', async () => {
    gateway.runtime.inForce = false;
    const answer = await gateway.call('POST', '/v1/governance/create_tenant', { json: {} });
    gateway.runtime.inForce = true;
    expect([answer.status, answer.headers.get('governance-bundle'), answer.body['status']]).toEqual([202, expect.stringMatching(/^2 [0-9a-f]{64}$/), 'completed']);
  });

  it('a change that failed - is a problem with its code, field and execution, not a success that says no', async () => {
    gateway.runtime.onSubmit = (order) => Promise.resolve({ execution_id: order.submission.intent_id!, session_id: order.submission.session_id, status: 'failed', duplicate: false, result: { execution_id: order.submission.intent_id!, success: false, artifacts: [], events: [], state_changes: [], execution_time_ms: 1, error } });
    const answer = await gateway.call('POST', '/v1/governance/suspend_tenant', { json: { tenant_id: 'nobody' } });
    expect([answer.status, answer.body['code'], answer.body['field'], answer.body['execution_id']]).toEqual([422, 'governance.invalid', '/tenant_id', gateway.runtime.submissions.at(-1)?.submission.intent_id]);
  });

  it('a name that is none - is refused before anybody is asked', async () => {
    expect((await gateway.call('POST', '/v1/governance/Create', { json: {} })).body).toMatchObject({ code: 'request.invalid', field: '/params/name' });
    expect((await gateway.call('GET', '/v1/governance/a.b')).body).toMatchObject({ code: 'request.invalid', field: '/params/name' });
  });
});
