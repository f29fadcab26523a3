import { aliceKey, expiredKey, revokedKey, startGateway, testKeys, type TestGateway } from '../testing/test-gateway.js';

describe('requests that are refused', () => {
  let gateway: TestGateway;
  beforeAll(async () => {
    gateway = await startGateway({ keys: testKeys });
  });
  afterAll(() => gateway.close());

  it.each([
    ['no credentials', 'GET', '/v1/me', { key: '' }, 401, 'auth.missing', undefined],
    ['a header that is no bearer', 'GET', '/v1/me', { key: '', headers: { authorization: 'Basic abc' } }, 401, 'auth.invalid', undefined],
    ['a key nobody issued', 'GET', '/v1/me', { key: `sk_nobody_${'A'.repeat(43)}` }, 401, 'auth.invalid', undefined],
    ['a known key id with another secret', 'GET', '/v1/me', { key: `sk_alice_1_${'Z'.repeat(43)}` }, 401, 'auth.invalid', undefined],
    ['text that is neither key nor token', 'GET', '/v1/me', { key: 'hello' }, 401, 'auth.invalid', undefined],
    ['an expired key', 'GET', '/v1/me', { key: expiredKey }, 401, 'auth.expired', undefined],
    ['a revoked key', 'GET', '/v1/me', { key: revokedKey }, 401, 'auth.revoked', undefined],
    ['malformed JSON', 'POST', '/v1/intents', { raw: '{"intent_type":', headers: { 'content-type': 'application/json' } }, 400, 'request.malformed', undefined],
    ['JSON that reaches for the prototype', 'POST', '/v1/sessions', { raw: '{"context":{"__proto__":{"a":1}}}', headers: { 'content-type': 'application/json' } }, 400, 'request.malformed', undefined],
    ['half a surrogate pair', 'POST', '/v1/intents', { raw: '{"payload":{"a/b":["\\ud800"]}}', headers: { 'content-type': 'application/json' } }, 400, 'request.invalid', '/payload/a~1b/0'],
    ['a number beyond range', 'POST', '/v1/intents', { raw: '{"payload":{"n":1e999}}', headers: { 'content-type': 'application/json' } }, 400, 'request.invalid', '/payload/n'],
    ['the character U+0000', 'POST', '/v1/sessions', { raw: '{"context":{"a":"x\\u0000"}}', headers: { 'content-type': 'application/json' } }, 400, 'request.invalid', '/context/a'],
    ['the character U+0000 in a query', 'GET', '/v1/state?prefix=a%00b', {}, 400, 'request.invalid', '/query/prefix'],
    ['nesting without end', 'POST', '/v1/sessions', { raw: `{"context":{"a":${'['.repeat(100_000)}${']'.repeat(100_000)}}}`, headers: { 'content-type': 'application/json' } }, 400, 'request.invalid', '/context/a/0'],
    ['another content type', 'POST', '/v1/intents', { raw: '<a/>', headers: { 'content-type': 'application/xml' } }, 415, 'request.unsupported_media_type', undefined],
    ['plain text', 'POST', '/v1/intents', { raw: '{}', headers: { 'content-type': 'text/plain' } }, 415, 'request.unsupported_media_type', undefined],
    ['a form where JSON is taken', 'POST', '/v1/intents', { raw: new URLSearchParams({ a: 'b' }) }, 415, 'request.unsupported_media_type', undefined],
    ['a body over the limit', 'POST', '/v1/sessions', { json: { context: { a: 'x'.repeat(1024 * 1024) } } }, 413, 'request.too_large', undefined],
    ['an unknown route', 'GET', '/v1/nothing-here', {}, 404, 'request.not_found', undefined],
    ['an unknown route without credentials', 'GET', '/v1/nothing-here', { key: '' }, 404, 'request.not_found', undefined],
    ['a path that does not decode', 'GET', '/v1/%zz', {}, 404, 'request.not_found', undefined],
    ['a path segment without end', 'GET', `/v1/executions/${'a'.repeat(1000)}`, {}, 400, 'request.invalid', '/params/execution_id'],
    ['an id of no form', 'GET', '/v1/executions/not-an-id', {}, 400, 'request.invalid', '/params/execution_id'],
    ['an unknown query parameter', 'GET', '/v1/executions?colour=red', {}, 400, 'request.invalid', '/query/colour'],
    ['a page size that is no number', 'GET', '/v1/executions?limit=many', {}, 400, 'request.invalid', '/query/limit'],
    ['a type of record that there is none of', 'GET', '/v1/wal?record_type=step_finished', {}, 400, 'request.invalid', '/query/record_type'],
    ['a day that no calendar has', 'GET', '/v1/wal?after=2026-02-30T00:00:00.000Z', {}, 400, 'request.invalid', '/query/after'],
    ['a time of no zone', 'GET', '/v1/wal?after=2026-02-20T00:00:00', {}, 400, 'request.invalid', '/query/after'],
    ['a parameter sent twice', 'GET', '/v1/wal?record_type=a&record_type=b', {}, 400, 'request.invalid', '/query/record_type'],
    ['a body without what it needs', 'POST', '/v1/intents', {}, 400, 'request.invalid', '/intent_type'],
    ['an unknown field', 'POST', '/v1/sessions', { json: { context: {}, 'a/b': 1 } }, 400, 'request.invalid', '/a~1b'],
    ['a payload that is no object', 'POST', '/v1/intents', { json: { intent_type: 'a.b', session_id: '019b0000-0000-7000-8000-000000000000', payload: [1] } }, 400, 'request.invalid', '/payload'],
    ['a body that is null', 'POST', '/v1/sessions', { raw: 'null', headers: { 'content-type': 'application/json' } }, 400, 'request.invalid', ''],
    ['bytes that are no UTF-8', 'POST', '/v1/sessions', { raw: new Uint8Array([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d]), headers: { 'content-type': 'application/json' } }, 400, 'request.malformed', undefined],
    ['a content coding', 'POST', '/v1/sessions', { raw: '{}', headers: { 'content-type': 'application/json', 'content-encoding': 'gzip' } }, 415, 'request.unsupported_media_type', '/headers/content-encoding'],
    ['a method that the route does not take', 'PUT', '/v1/sessions/019b0000-0000-7000-8000-000000000000', {}, 405, 'request.method_not_allowed', undefined],
    ['a body that is a list', 'POST', '/v1/sessions', { json: [] }, 400, 'request.invalid', ''],
  ])('%s is problem details with a code and a fix', async (_what, method, path, options, status, code, field) => {
    const answer = await gateway.call(method, path, options);
    expect({ status: answer.status, type: answer.headers.get('content-type'), body: answer.body }).toMatchObject({ status, type: 'application/problem+json', body: { type: `/v1/errors/${code}`, status, code, title: expect.any(String), fix: expect.any(String), correlation_id: answer.headers.get('x-correlation-id') } });
    expect(answer.body['field']).toBe(field);
  });

  it('a wrong method is told which are right', async () => {
    expect([(await gateway.call('PUT', '/v1/intents', {})).headers.get('allow'), (await gateway.call('PATCH', '/v1/sessions/x', {})).headers.get('allow'), (await gateway.call('PUT', '/v1/none', {})).headers.get('allow')]).toEqual(['POST', 'DELETE, GET, HEAD', null]);
  });

  it('a refusal tells how to authenticate, and when to come back', async () => {
    const anonymous = await gateway.call('GET', '/v1/me', { key: '' });
    expect(anonymous.headers.get('www-authenticate')).toBe('Bearer realm="symphainy"');
    const invalid = await gateway.call('GET', '/v1/me', { key: expiredKey });
    expect(invalid.headers.get('www-authenticate')).toContain('error="invalid_token"');
  });

  it('every refusal of the gateway is recorded by the Runtime, with who and where', async () => {
    gateway.runtime.refusals.length = 0;
    await gateway.call('GET', '/v1/executions?colour=red', { headers: { 'x-correlation-id': 'look-here' } });
    await gateway.call('GET', '/v1/no-such', {});
    await gateway.call('GET', '/v1/me', { key: '' });
    expect(gateway.runtime.refusals.map(({ at: _at, ...rest }) => rest)).toMatchObject([
      { tenant_id: 'acme', user_id: 'alice', code: 'request.invalid', field: '/query/colour', route: 'GET /v1/executions', correlation_id: 'look-here' },
      { tenant_id: 'acme', user_id: 'alice', code: 'request.not_found', route: 'GET /v1/no-such' },
      { code: 'auth.missing', route: 'GET /v1/me' },
    ]);
  });

  it('a flood of refusals - reaches the Runtime to the last one, and does not hide another caller’s', async () => {
    const { refusals } = gateway.runtime;
    refusals.length = 0;
    await Promise.all(Array.from({ length: 200 }, () => gateway.call('GET', '/v1/me', { key: '' })));
    await gateway.call('GET', '/v1/executions?colour=red');
    expect(refusals.filter((r) => r.tenant_id === 'acme')).toHaveLength(1);
    const settled = (): number => refusals.filter((r) => r.code === 'auth.missing').reduce((sum, { count = 1 }) => sum + count, 0);
    while (settled() < 200) await new Promise((resolve) => setTimeout(resolve, 20));
    expect(settled()).toBe(200);
  });

  it('an id that is not the caller’s - is recorded with the id that was tried', async () => {
    gateway.runtime.refusals.length = 0;
    const path = '/v1/executions/019b0000-0000-7000-8000-000000000000';
    await gateway.call('GET', path);
    expect(gateway.runtime.refusals).toMatchObject([{ tenant_id: 'acme', user_id: 'alice', code: 'execution.not_found', route: `GET ${path}` }]);
  });

  it('a correlation id of the caller is kept, one that could harm a log is replaced', async () => {
    expect((await gateway.call('GET', '/v1/me', { headers: { 'x-correlation-id': 'order-7' } })).headers.get('x-correlation-id')).toBe('order-7');
    expect((await gateway.call('GET', '/v1/me', { headers: { 'x-correlation-id': 'a b{}' } })).headers.get('x-correlation-id')).toMatch(/^[0-9a-f-]{36}$/);
  });

  it('answers carry security headers, and no page of another origin may read them', async () => {
    const { headers } = await gateway.call('GET', '/v1/me', { key: aliceKey, headers: { origin: 'https://elsewhere.example' } });
    expect(Object.fromEntries(['x-content-type-options', 'content-security-policy', 'x-frame-options', 'cache-control', 'access-control-allow-origin'].map((name) => [name, headers.get(name)]))).toEqual({
      'x-content-type-options': 'nosniff', 'content-security-policy': "default-src 'none'; frame-ancestors 'none'", 'x-frame-options': 'DENY', 'cache-control': 'no-store', 'access-control-allow-origin': null,
    });
  });

  it('what the Runtime refuses arrives with its code, its details and no second record', async () => {
    gateway.runtime.refusals.length = 0;
    const answer = await gateway.call('GET', '/v1/sessions/019b0000-0000-7000-8000-000000000000');
    expect([answer.status, answer.body['code']]).toEqual([404, 'session.not_found']);
    expect(gateway.runtime.refusals).toEqual([]);
  });

  it('an empty body with a JSON content type is no body', async () => {
    expect((await gateway.call('POST', '/v1/sessions', { headers: { 'content-type': 'application/json' } })).status).toBe(201);
  });
});
