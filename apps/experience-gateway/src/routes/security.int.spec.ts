import { failure, grant, type ApiKeyScope, type VerificationKeys } from '@symphainy/contracts';
import { sha256Hex } from '@symphainy/kernel';
import { startGateway, testKeys, type TestGateway } from '../testing/test-gateway.js';

const ID = '019b0000-0000-7000-8000-000000000001';
const scopedKey = `sk_scoped_${'S'.repeat(43)}`;

describe('API keys over REST', () => {
  let gateway: TestGateway;
  let keys: VerificationKeys;
  beforeAll(async () => {
    keys = testKeys;
    gateway = await startGateway({ keys });
    // Smart City, as far as keys go: what is submitted comes back as keys
    gateway.runtime.onSubmit = (order) => {
      const { intent_type, payload } = order.submission as { intent_type: string; payload: Record<string, string> };
      const revoked = intent_type === 'governance.revoke_key' ? payload['key_id'] : undefined;
      const issued = intent_type === 'governance.issue_key' ? [{ revoked: false, ...payload } as never] : [];
      keys = { ...keys, version: keys.version + 1, api_keys: [...keys.api_keys.map((key) => (key.key_id === revoked ? { ...key, revoked: true } : key)), ...issued] };
      gateway.smartCity.publish('gateway.keys.push', {}, keys);
      return Promise.resolve(gateway.runtime.complete({ ...order, wait_ms: 1 }));
    };
  });
  afterAll(() => gateway.close());

  it('a key that is issued - is told once, holds at once, and is submitted as its hash alone', async () => {
    const { status, body } = await gateway.call('POST', '/v1/keys', { json: { user_id: 'alice', key_id: 'laptop', expires_in_s: 3600 } });
    const text = String(body['api_key']);
    expect([status, body['key_id'], body['key_hash']]).toEqual([201, 'laptop', undefined]);
    expect((await gateway.call('GET', '/v1/me', { key: text })).body).toMatchObject({ user_id: 'alice', expires_at: expect.any(String) });
    const sent = JSON.stringify(gateway.runtime.submissions);
    expect([sent.includes(text.slice(-43)), sent.includes(sha256Hex(text))]).toEqual([false, true]);
    const listed = JSON.stringify((await gateway.call('GET', '/v1/keys')).body);
    expect([listed.includes('laptop'), listed.includes(text), listed.includes(sha256Hex(text)), listed.includes('gina')]).toEqual([true, false, false, false]);
  });

  it('a key that is revoked - is refused by the time the revocation is answered; another tenant’s is not found', async () => {
    const text = String((await gateway.call('POST', '/v1/keys', { json: { user_id: 'alice', key_id: 'lost' } })).body['api_key']);
    expect((await gateway.call('DELETE', '/v1/keys/gina')).body['code']).toBe('key.not_found');
    expect((await gateway.call('DELETE', '/v1/keys/lost')).body).toMatchObject({ key_id: 'lost', revoked: true });
    expect((await gateway.call('GET', '/v1/me', { key: text })).body['code']).toBe('auth.revoked');
  });

  it('a revocation that some gateway does not have - is not answered as done', async () => {
    await gateway.call('POST', '/v1/keys', { json: { user_id: 'alice', key_id: 'behind' } });
    gateway.runtime.inForce = false;
    expect((await gateway.call('DELETE', '/v1/keys/behind')).body).toMatchObject({ code: 'wait.elapsed', execution_id: expect.any(String) });
    gateway.runtime.inForce = true;
    expect((await gateway.call('DELETE', '/v1/keys/behind')).body).toMatchObject({ revoked: true });
  });

  it('a tenant’s keys - are told to whoever may read governance, without their hashes; another tenant’s to nobody of this one', async () => {
    const listed = async (query: string): Promise<string> => JSON.stringify((await gateway.call('GET', `/v1/keys?${query}`)).body);
    const [own, foreign] = [await listed('of=tenant'), await listed('of=tenant&tenant_id=globex')];
    expect(own).toContain('laptop');
    expect([own.includes('gina'), own.includes('key_hash'), foreign]).toEqual([false, false, own]);
    gateway.runtime.readGovernance = () => Promise.reject(failure('policy.denied'));
    expect((await gateway.call('GET', '/v1/keys?of=tenant')).body['code']).toBe('policy.denied');
    expect((await gateway.call('GET', '/v1/keys')).status).toBe(200);
  });

  it('a key that others have had in hand - says so with everything that is done with it, but for those of another tenant, who are above this one', async () => {
    const text = `sk_handed_${'H'.repeat(43)}`;
    const by = [{ tenant_id: 'acme', user_id: 'ada' }, { tenant_id: 'platform', user_id: 'root' }];
    keys = { ...keys, version: keys.version + 1, api_keys: [...keys.api_keys, { key_id: 'handed', key_hash: sha256Hex(text), tenant_id: 'acme', user_id: 'alice', revoked: false, issued_by: by }] };
    gateway.smartCity.publish('gateway.keys.push', {}, keys);
    while ((await gateway.call('GET', '/v1/me', { key: text })).status !== 200) await new Promise((resolve) => setImmediate(resolve));
    const session_id = (await gateway.call('POST', '/v1/sessions', { key: text, json: {} })).body['session_id'];
    await gateway.call('POST', '/v1/intents', { key: text, json: { session_id, intent_type: 'content.ingest', payload: {} } });
    expect(gateway.runtime.submissions.at(-1)?.caller).toEqual({ tenant_id: 'acme', user_id: 'alice', roles: [], auth: 'api_key', key_issuers: ['ada'] });
    expect(JSON.stringify((await gateway.call('GET', '/v1/keys')).body)).toContain(JSON.stringify(by));
  });

  it('an id that is taken - is refused before a key is drawn', async () => {
    expect((await gateway.call('POST', '/v1/keys', { json: { user_id: 'alice', key_id: 'gina' } })).body['code']).toBe('key.exists');
  });
});

describe('a key’s scope', () => {
  const withScope = async (scope: ApiKeyScope, work: (gateway: TestGateway) => Promise<void>): Promise<void> => {
    const gateway = await startGateway({ keys: { ...testKeys, api_keys: [...testKeys.api_keys, { key_id: 'scoped', key_hash: sha256Hex(scopedKey), tenant_id: 'acme', user_id: 'alice', revoked: false, scope }] } });
    await work(gateway).finally(() => gateway.close());
  };
  const codeOf = async (gateway: TestGateway, method: string, path: string, json?: object): Promise<unknown> => (await gateway.call(method, path, { key: scopedKey, ...(json === undefined ? {} : { json }) })).body['code'];

  it('read - opens what changes nothing, whatever its method, and nothing else; the refusal is recorded', async () => {
    await withScope({ actions: ['read'] }, async (gateway) => {
      expect(await codeOf(gateway, 'GET', '/v1/executions')).toBeUndefined();
      expect(await codeOf(gateway, 'POST', '/v1/policy/redecide', {})).toBeUndefined();
      expect(await codeOf(gateway, 'POST', '/v1/sessions', {})).toBe('auth.scope');
      expect(gateway.runtime.refusals.at(-1)).toMatchObject({ code: 'auth.scope', tenant_id: 'acme', user_id: 'alice' });
    });
  });

  it('intents - opens those, and no other way to change something', async () => {
    await withScope({ intents: ['content.*', 'insights.profile'] }, async (gateway) => {
      const session_id = (await gateway.call('POST', '/v1/sessions', { key: scopedKey, json: {} })).body['session_id'];
      const submit = (intent_type: string): Promise<unknown> => codeOf(gateway, 'POST', '/v1/intents', { session_id, intent_type });
      expect(await Promise.all(['content.ingest', 'insights.profile', 'insights.map', 'contents.ingest'].map(submit))).toEqual([undefined, undefined, 'auth.scope', 'auth.scope']);
      expect(await codeOf(gateway, 'POST', '/v1/governance/issue_key', {})).toBe('auth.scope');
      expect(await codeOf(gateway, 'POST', `/v1/executions/${ID}/cancel`, {})).toBe('auth.scope');
      expect(await codeOf(gateway, 'POST', '/v1/keys', { user_id: 'alice' })).toBe('auth.scope');
    });
  });

  it('routes - opens those alone', async () => {
    await withScope({ routes: ['readMe'] }, async (gateway) => {
      expect([await codeOf(gateway, 'GET', '/v1/me'), await codeOf(gateway, 'GET', '/v1/executions')]).toEqual([undefined, 'auth.scope']);
    });
  });
});

describe('AuthZEN over REST', () => {
  let gateway: TestGateway;
  beforeAll(async () => {
    gateway = await startGateway({ keys: testKeys });
  });
  afterAll(() => gateway.close());
  const subject = { type: 'user', id: 'bob' };
  const [yes, no] = ['yes', 'no'].map((id) => ({ type: 'capability', id }));

  it('several questions - take from the top what they leave out, and say which does not fit', async () => {
    const { body } = await gateway.call('POST', '/access/v1/evaluations', { json: { subject, action: { name: 'submit' }, resource: yes, options: { evaluations_semantic: 'deny_on_first_deny' }, evaluations: [{}, { resource: no, subject: { type: 'user', id: 'alice' } }] } });
    expect(body).toEqual({ evaluations: [{ decision: true }, { decision: false }] });
    expect(gateway.runtime.asked.at(-1)).toMatchObject({ semantic: 'deny_on_first_deny', questions: [{ subject, resource: yes }, { subject: { id: 'alice' }, resource: no }] });
    const broken = await gateway.call('POST', '/access/v1/evaluations', { json: { subject, evaluations: [{ resource: yes }] } });
    expect([broken.status, broken.body['evaluations']]).toMatchObject([200, [{ decision: false, context: { error: { field: '/evaluations/0/action' } } }]]);
  });

  it('no list of questions - is one question, and a request’s own id comes back', async () => {
    const { body, headers } = await gateway.call('POST', '/access/v1/evaluations', { json: { subject, action: { name: 'submit' }, resource: yes }, headers: { 'x-request-id': 'abc-1' } });
    expect([body, headers.get('x-request-id')]).toEqual([{ decision: true }, 'abc-1']);
    const refused = await gateway.call('POST', '/access/v1/evaluation', { json: { subject }, headers: { 'x-request-id': 'abc-2' } });
    expect([refused.status, refused.headers.get('x-request-id')]).toEqual([400, 'abc-2']);
  });

  it('what is no question - is a bad request, whatever is wrong with it; strangers are asked who they are', async () => {
    const bodies: { json?: unknown; raw?: string; headers?: Record<string, string> }[] = [{ json: {} }, { json: { subject, action: { name: 'submit' } } }, { json: { subject: 'bob', action: { name: 'submit' }, resource: yes } }, { raw: '{', headers: { 'content-type': 'application/json' } }, { raw: 'a=b', headers: { 'content-type': 'text/plain' } }, { raw: '', headers: { 'content-type': 'application/json' } }];
    const paths = ['evaluation', 'evaluations', 'search/subject', 'search/resource', 'search/action'];
    const answers = await Promise.all(paths.flatMap((path) => bodies.map(async (body) => [path, (await gateway.call('POST', `/access/v1/${path}`, body)).status])));
    expect(answers.filter(([, status]) => status !== 400)).toEqual([]);
    expect((await gateway.call('POST', '/access/v1/evaluation', { json: { subject }, key: '' })).status).toBe(401);
  });

  it('metadata - names the endpoints under the address that was asked', async () => {
    const { body } = await gateway.call('GET', '/.well-known/authzen-configuration', { key: '' });
    expect([body['policy_decision_point'], body['search_action_endpoint']]).toEqual([gateway.url, `${gateway.url}/access/v1/search/action`]);
  });
});

describe('grants over REST', () => {
  it('one that is not there, or decided already - is told before anything is submitted', async () => {
    const gateway = await startGateway({ keys: testKeys });
    gateway.runtime.grants.set(ID, grant.parse({ grant_id: ID, tenant_id: 'acme', user_id: 'bob', actions: ['replay'], reason: 'r', requested_at: '2026-01-01T00:00:00.000Z', status: 'refused' }));
    const codes = [await gateway.call('POST', `/v1/grants/${ID}/approve`, { json: {} }), await gateway.call('POST', `/v1/grants/${ID.replace(/1$/, '2')}/approve`, { json: {} })].map(({ body }) => body['code']);
    expect([codes, gateway.runtime.submissions]).toEqual([['grant.not_pending', 'grant.not_found'], []]);
    await gateway.close();
  });
});
