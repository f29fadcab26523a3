import { once } from 'node:events';
import { request, type IncomingMessage } from 'node:http';
import { json } from 'node:stream/consumers';
import { failure } from '@symphainy/contracts';
import { resultOf } from '../testing/runtime-responder.js';
import { aliceKey, bobKey, startGateway, testKeys, type TestGateway } from '../testing/test-gateway.js';

/** As fetch cannot: a header that is there more than once. */
async function withHeaders(url: string, headers: Record<string, string[]>, body: object): Promise<{ status: number | undefined; body: Record<string, unknown> }> {
  const sent = request(`${url}/v1/intents`, { method: 'POST', headers: { authorization: `Bearer ${aliceKey}`, 'content-type': 'application/json', ...headers } });
  sent.end(JSON.stringify(body));
  const [answer] = (await once(sent, 'response')) as [IncomingMessage];
  return { status: answer.statusCode, body: (await json(answer)) as Record<string, unknown> };
}

describe('POST /v1/intents', () => {
  let gateway: TestGateway;
  let session_id: string;
  let original: TestGateway['runtime']['onSubmit'];
  beforeAll(async () => {
    gateway = await startGateway({ keys: testKeys });
    original = gateway.runtime.onSubmit;
    session_id = String((await gateway.call('POST', '/v1/sessions')).body['session_id']);
  });
  beforeEach(() => {
    gateway.runtime.onSubmit = original;
    gateway.runtime.submissions.length = 0;
  });
  afterAll(() => gateway.close());

  const submit = (more: Record<string, unknown> = {}, headers: Record<string, string> = {}, key?: string): ReturnType<TestGateway['call']> =>
    gateway.call('POST', '/v1/intents', { json: { intent_type: 'bench.echo', session_id, payload: { a: [1, { b: null }] }, ...more }, headers, ...(key === undefined ? {} : { key }) });

  it('accepted - 202 with the execution, where it is read, and an id that the gateway made', async () => {
    const { status, headers, body } = await submit();
    const self = `/v1/executions/${String(body['execution_id'])}`;
    expect({ status, location: headers.get('location'), body }).toEqual({
      status: 202, location: self, body: { execution_id: expect.stringMatching(/^[0-9a-f]{8}-[0-9a-f]{4}-7/), session_id, status: 'running', duplicate: false, links: { self, status: `${self}/status`, result: `${self}/result`, events: `${self}/events` } },
    });
    expect(gateway.runtime.submissions[0]).toMatchObject({ caller: { tenant_id: 'acme', user_id: 'alice', roles: [], auth: 'api_key' }, submission: { payload: { a: [1, { b: null }] } }, wait_ms: 0, correlation_id: headers.get('x-correlation-id') });
  });

  it('Prefer: wait - 200 with the result, and says that the preference was applied', async () => {
    const { status, headers, body } = await submit({}, { prefer: 'wait=10' });
    expect({ status, applied: headers.get('preference-applied'), where: headers.get('content-location'), output: body['output'] }).toEqual({ status: 200, applied: 'wait=10', where: `/v1/executions/${String(body['execution_id'])}/result`, output: { a: [1, { b: null }] } });
  });

  it('a daily quota - what is left of it comes with the answer, and with the refusal when nothing is', async () => {
    gateway.runtime.onSubmit = (order) => Promise.resolve({ ...gateway.runtime.complete(order), quota: { limit: 10, remaining: 3, reset_s: 60 } });
    const { headers } = await submit();
    expect([headers.get('ratelimit-policy'), headers.get('ratelimit')]).toEqual(['"executions";q=10;w=86400', '"executions";r=3;t=60']);
    gateway.runtime.onSubmit = () => Promise.reject(failure('tenant.quota_spent', { retryAfterMs: 60_000, details: { limit: 10, remaining: 0, reset_s: 60 } }));
    const spent = await submit();
    expect([spent.status, spent.body['code'], spent.headers.get('retry-after'), spent.headers.get('ratelimit')]).toEqual([429, 'tenant.quota_spent', '60', '"executions";r=0;t=60']);
  });

  it('too many requests of a tenant - are turned away with the time to wait, recorded, and not seen by the runtime; it changes as the keys do', async () => {
    const rated = await startGateway({ keys: { ...testKeys, requests: [{ tenant_id: 'acme', max_per_s: 0.5 }] } });
    const list = (): ReturnType<TestGateway['call']> => rated.call('GET', '/v1/sessions');
    const [first, second] = [await list(), await list()];
    expect([first.status, second.status, second.body['code'], second.headers.get('retry-after')]).toEqual([200, 429, 'request.rate_limited', '2']);
    expect(rated.runtime.refusals).toMatchObject([{ tenant_id: 'acme', user_id: 'alice', code: 'request.rate_limited' }]);
    rated.smartCity.publish('gateway.keys.push', {}, { ...testKeys, version: testKeys.version + 1 });
    while ((await list()).status === 429);
    await rated.close();
  });

  it('Prefer: wait - 202 when the execution takes longer', async () => {
    gateway.runtime.onSubmit = async ({ submission, wait_ms }) => {
      await new Promise((resolve) => setTimeout(resolve, wait_ms));
      return { execution_id: submission.intent_id!, session_id, status: 'running', duplicate: false };
    };
    const { status, headers } = await submit({}, { prefer: 'wait=1' });
    expect([status, headers.get('preference-applied')]).toEqual([202, 'wait=1']);
  });

  it('Prefer: wait - 202 when the result is more than one answer holds: the execution was accepted', async () => {
    gateway.runtime.onSubmit = (order) => {
      const outcome = gateway.runtime.complete(order);
      return Promise.resolve({ ...outcome, result: { ...outcome.result!, output: 'x'.repeat(50 * 1024 * 1024) } });
    };
    const { status, body } = await submit({}, { prefer: 'wait=5' });
    expect([status, body['status'], typeof body['execution_id']]).toEqual([202, 'completed', 'string']);
  });

  it('a duplicate - the same intent id is the same execution, and its result is fetched when the caller waits', async () => {
    const first = await submit();
    const intent_id = first.body['execution_id'];
    gateway.runtime.onSubmit = ({ submission }) => Promise.resolve({ execution_id: submission.intent_id!, session_id, status: 'completed', duplicate: true });
    const again = await submit({ intent_id }, { prefer: 'wait=5' });
    expect([again.status, again.body['execution_id'], again.body['success']]).toEqual([200, intent_id, true]);
  });

  it('the runtime dies - the same intent is sent once more, and answered by its successor', async () => {
    let asked = 0;
    gateway.runtime.onSubmit = (order) => (++asked === 1 ? Promise.reject(failure('runtime.fenced')) : original(order));
    const { status } = await submit({}, { prefer: 'wait=5' });
    expect([status, asked, new Set(gateway.runtime.submissions.map((s) => s.submission.intent_id)).size]).toEqual([200, 2, 1]);
  });

  it('no runtime comes back - the problem names the execution, so that the caller can look for it', async () => {
    gateway.runtime.onSubmit = () => Promise.reject(failure('runtime.fenced'));
    const { status, headers, body } = await submit({}, { prefer: 'wait=5' });
    expect({ status, body, again: headers.get('retry-after') }).toMatchObject({ status: 503, body: { code: 'runtime.fenced', execution_id: gateway.runtime.submissions[0]?.submission.intent_id, retry_after_ms: 1000 }, again: '1' });
    expect(gateway.runtime.submissions).toHaveLength(2);
  });

  it('accepted before the silence - stays accepted', async () => {
    let asked = 0;
    gateway.runtime.onSubmit = ({ submission }) => (++asked === 1 ? Promise.resolve({ execution_id: submission.intent_id!, session_id, status: 'running' as const, duplicate: false }) : Promise.reject(failure('runtime.fenced')));
    expect((await submit({}, { prefer: 'wait=30' })).status).toBe(202);
  });

  it.each([
    ['policy.denied', 403],
    ['intent.payload_invalid', 422],
    ['wal.unavailable', 503],
    ['runtime.overloaded', 429],
  ] as const)('%s - is answered at once, never sent again', async (code, status) => {
    gateway.runtime.onSubmit = () => Promise.reject(failure(code, { field: '/payload/x', details: { verdicts: [], execution_id: 'x' }, retryAfterMs: 2500 }));
    const answer = await submit();
    expect([answer.status, answer.body['code'], answer.body['field'], answer.body['execution_id'], answer.body['details']]).toEqual([status, code, '/payload/x', 'x', { verdicts: [] }]);
    expect([gateway.runtime.submissions.length, answer.headers.get('retry-after')]).toEqual([1, status === 503 || status === 429 ? '3' : null]);
  });

  it('Idempotency-Key - counts as the body’s, and must not contradict it', async () => {
    await submit({}, { 'idempotency-key': 'k-1' });
    expect(gateway.runtime.submissions[0]?.submission.idempotency_key).toBe('k-1');
    const contradiction = await submit({ idempotency_key: 'other' }, { 'idempotency-key': 'k-1' });
    expect([contradiction.status, contradiction.body['field']]).toEqual([400, '/headers/idempotency-key']);
  });

  it.each([
    ['empty', [''], 'empty'],
    ['blank', ['  '], 'empty'],
    ['too long', ['k'.repeat(201)], '200'],
    ['sent twice, with different keys,', ['k-1', 'k-2'], 'more than once'],
  ])('an Idempotency-Key that is %s - would protect nobody: it is refused, and says what to do', async (_, keys, why) => {
    const { status, body } = await withHeaders(gateway.url, { 'idempotency-key': keys }, { intent_type: 'bench.echo', session_id });
    expect([status, body['code'], body['field'], body['detail']]).toEqual([400, 'request.invalid', '/headers/idempotency-key', expect.stringContaining(why)]);
    expect(gateway.runtime.submissions).toEqual([]);
  });

  it('another user’s session - is refused by the Runtime with its code', async () => {
    expect((await submit({}, {}, bobKey)).body['code']).toBe('session.foreign_user');
  });

  it('a failed execution - is a result, not a problem', async () => {
    gateway.runtime.onSubmit = ({ submission }) => Promise.resolve({ execution_id: submission.intent_id!, session_id, status: 'failed', duplicate: false, result: { ...(resultOf(submission.intent_id!, null) as object), success: false } as never });
    const { status, body } = await submit({}, { prefer: 'wait=5' });
    expect([status, body['success']]).toEqual([200, false]);
  });
});

describe('POST /v1/intents without a runtime', () => {
  it('nobody listens - 503 at once, with the execution’s id', async () => {
    const gateway = await startGateway({ keys: testKeys, runtimeAway: true });
    const json = { intent_type: 'bench.echo', session_id: '019b0000-0000-7000-8000-000000000000' };
    const { status, body } = await gateway.call('POST', '/v1/intents', { json });
    expect([status, body['code'], typeof body['execution_id']]).toEqual([503, 'runtime.unavailable', 'string']);
    await gateway.close();
  });
});
