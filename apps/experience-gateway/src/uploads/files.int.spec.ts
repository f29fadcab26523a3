import { failure } from '@symphainy/contracts';
import { readdirSync, rmSync, writeFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { join } from 'node:path';
import { once } from 'node:events';
import { sha256Hex } from '@symphainy/kernel';
import { aliceKey, ginaKey, startGateway, testKeys, type TestGateway } from '../testing/test-gateway.js';

describe('POST /v1/files', () => {
  let gateway: TestGateway;
  let session: string;
  beforeAll(async () => {
    gateway = await startGateway({ keys: testKeys });
    session = String((await gateway.call('POST', '/v1/sessions')).body['session_id']);
  });
  beforeEach(() => {
    gateway.runtime.maxUpload = 1_000_000;
    gateway.runtime.cancelled.length = 0;
    gateway.runtime.refusals.length = 0;
  });
  afterAll(() => gateway.close());

  const form = (parts: [string, string | Blob, string?][]): FormData => {
    const built = new FormData();
    for (const [name, value, filename] of parts) typeof value === 'string' ? built.append(name, value) : built.append(name, value, filename);
    return built;
  };
  const upload = (content: Blob | string, name = 'note.txt', more: [string, string][] = []): ReturnType<TestGateway['call']> =>
    gateway.call('POST', '/v1/files', { raw: form([['session_id', session], ...more, ['file', new Blob([content], { type: 'text/plain' }), name]]) });

  it('a file - is stored and recorded under its reference, and comes back byte for byte', async () => {
    const bytes = 'héllo '.repeat(50_000);
    const { status, headers, body } = await upload(new Blob([bytes]), 'C:\\secret\\nöte.txt', [['classification', 'internal'], ['size', String(Buffer.byteLength(bytes))]]);
    expect({ status, location: headers.get('location'), body }).toEqual({
      status: 201, location: `/v1/artifacts/${String(body['reference'])}`,
      body: { reference: `${String(body['execution_id'])}/receive/file`, execution_id: expect.any(String), filename: 'nöte.txt', size: Buffer.byteLength(bytes), hash: sha256Hex(bytes), media_type: 'text/plain' },
    });
    const artifact = await gateway.call('GET', `/v1/artifacts/${String(body['reference'])}`);
    expect(artifact.body).toMatchObject({ artifact_type: 'runtime.file', classification: 'internal', object: { hash: sha256Hex(bytes), media_type: 'text/plain' }, summary: { filename: 'nöte.txt' } });
    const content = await gateway.call('GET', `/v1/artifacts/${String(body['reference'])}/content`);
    expect([content.status, content.body['text'] === bytes, content.headers.get('content-disposition'), content.headers.get('content-security-policy')]).toEqual([200, true, `attachment; filename="n_te.txt"; filename*=UTF-8''n%C3%B6te.txt`, "sandbox; default-src 'none'"]);
  });

  it('evidence - small comes as it is, large out of the object store, both as a download under its name', async () => {
    const id = '019b0000-0000-7000-8000-000000000000';
    const small = await gateway.call('GET', `/v1/executions/${id}/evidence`);
    expect([small.status, small.body, small.headers.get('content-disposition')]).toEqual([200, { subject: { kind: 'execution', id } }, expect.stringContaining(`filename="evidence-execution-${id}.json"`)]);
    const text = JSON.stringify({ type: 'symphainy.evidence.v1', filler: 'x'.repeat(700_000) });
    const { body } = await upload(text, 'large.json');
    const before = gateway.runtime.onExport;
    const asked: unknown[] = [];
    gateway.runtime.onExport = (order) => {
      asked.push(order);
      return Promise.resolve({ object: { hash: String(body['hash']), size: Number(body['size']), media_type: 'application/json' } });
    };
    const large = await gateway.call('GET', `/v1/sessions/${session}/evidence?since=7&include=objects`);
    gateway.runtime.onExport = before;
    expect([large.status, large.body['type'], String(large.body['filler']).length, large.headers.get('cache-control')]).toEqual([200, 'symphainy.evidence.v1', 700_000, 'private, no-store']);
    expect(asked).toMatchObject([{ kind: 'session', id: session, since: 7, include_objects: true }]);
    expect((await gateway.call('GET', `/v1/executions/${id}/evidence?since=0`)).body['code']).toBe('request.invalid');
  });

  it('content - ranges, the whole where the content held is another, and 304 for what the caller has already', async () => {
    const { body } = await upload('0123456789');
    const path = `/v1/artifacts/${String(body['reference'])}/content`;
    const part = await gateway.call('GET', path, { headers: { range: 'bytes=2-4' } });
    expect([part.status, part.body['text'], part.headers.get('content-range'), part.headers.get('content-length')]).toEqual([206, '234', 'bytes 2-4/10', '3']);
    const outside = await gateway.call('GET', path, { headers: { range: 'bytes=10-' } });
    expect([outside.status, outside.body['code'], outside.headers.get('content-range')]).toEqual([416, 'request.range_unsatisfiable', 'bytes */10']);
    const etag = part.headers.get('etag')!;
    expect((await gateway.call('GET', path, { headers: { 'if-none-match': etag } })).status).toBe(304);
    const going = async (held: string) => (await gateway.call('GET', path, { headers: { range: 'bytes=8-', 'if-range': held } })).status;
    expect([await going(etag), await going('"another"'), await going(`W/${etag}`), await going('Tue, 15 Nov 2022 12:45:26 GMT')]).toEqual([206, 200, 200, 200]);
  });

  it('content whose bytes were changed in the store - is refused with its code, not handed out as what was recorded', async () => {
    const { body } = await upload('the recorded bytes');
    const hash = String(body['hash']);
    const file = readdirSync(gateway.objects, { recursive: true, encoding: 'utf8' }).find((path) => path.endsWith(hash))!;
    rmSync(join(gateway.objects, file));
    writeFileSync(join(gateway.objects, file), 'the forged bytes!!');
    const read = await gateway.call('GET', `/v1/artifacts/${String(body['reference'])}/content`);
    expect([read.status, read.body['code'], read.body['text']]).toEqual([409, 'object.hash_mismatch', undefined]);
  });

  it('content - is another tenant’s secret', async () => {
    const { body } = await upload('secret');
    expect((await gateway.call('GET', `/v1/artifacts/${String(body['reference'])}/content`, { key: ginaKey })).body['code']).toBe('artifact.not_found');
  });

  it.each([
    ['a denied upload', () => upload('x', 'denied.txt'), 403, 'policy.denied', 0],
    ['an empty file', () => upload(''), 422, 'upload.empty', 1],
    ['a form without a file', () => gateway.call('POST', '/v1/files', { raw: form([['session_id', session]]) }), 400, 'upload.missing_file', 0],
    ['a file in a part of another name', () => gateway.call('POST', '/v1/files', { raw: form([['session_id', session], ['attachment', new Blob(['x']), 'a']]) }), 400, 'upload.missing_file', 0],
    ['no session', () => gateway.call('POST', '/v1/files', { raw: form([['file', new Blob(['x']), 'a']]) }), 400, 'request.invalid', 0],
    ['the session after the file', () => gateway.call('POST', '/v1/files', { raw: form([['file', new Blob(['x']), 'a'], ['session_id', session]]) }), 400, 'request.invalid', 0],
    ['an unknown field', () => upload('x', 'a', [['colour', 'red']]), 400, 'request.invalid', 0],
    ['a session that is none', () => gateway.call('POST', '/v1/files', { raw: form([['session_id', '019b0000-0000-7000-8000-000000000000'], ['file', new Blob(['x']), 'a']]) }), 404, 'session.not_found', 0],
    ['JSON', () => gateway.call('POST', '/v1/files', { json: {} }), 415, 'request.unsupported_media_type', 0],
    ['a body that is no form', () => gateway.call('POST', '/v1/files', { raw: 'hello', headers: { 'content-type': 'multipart/form-data; boundary=x' } }), 400, 'upload.interrupted', 0],
    ['no boundary', () => gateway.call('POST', '/v1/files', { raw: 'hello', headers: { 'content-type': 'multipart/form-data' } }), 400, 'request.malformed', 0],
    ['a size that is not the file’s', () => upload('hello', 'a', [['size', '7']]), 400, 'upload.interrupted', 1],
  ] as const)('%s - is refused with its code, and nothing is left waiting', async (_what, act, status, code, cancelled) => {
    const answer = await act();
    expect([answer.status, answer.body['code'], gateway.runtime.cancelled.length]).toEqual([status, code, cancelled]);
  });

  it('a file over the grant - is refused at the announced size, and while it streams', async () => {
    gateway.runtime.maxUpload = 1000;
    const announced = await upload('x'.repeat(2000), 'a', [['size', '2000']]);
    const streamed = await upload('x'.repeat(2000));
    for (const answer of [announced, streamed]) expect([answer.status, answer.body['code'], answer.body['details']]).toEqual([413, 'upload.too_large', { max_bytes: 1000 }]);
    expect(gateway.runtime.cancelled).toEqual([expect.stringMatching(/^upload.too_large: /), expect.stringMatching(/^upload.too_large: /)]);
  });

  it('a file over what the quota leaves - is refused as that', async () => {
    gateway.runtime.maxUpload = 10;
    gateway.runtime.limitedBy = 'quota';
    const answer = await upload('x'.repeat(20));
    gateway.runtime.limitedBy = 'size';
    expect([answer.status, answer.body['code']]).toEqual([413, 'upload.quota_exceeded']);
  });

  it('a sender that goes away - cancels the execution as interrupted', async () => {
    const socket = await beginUpload(gateway.url, session);
    await until(() => [...gateway.runtime.executions.values()].some(({ view }) => view.status === 'running'));
    socket.destroy();
    await until(() => gateway.runtime.cancelled.length === 1);
    expect(gateway.runtime.cancelled[0]).toMatch(/^upload.interrupted: /);
  });

  it('the runtime dies between bytes and record - the signal is sent again', async () => {
    let asked = 0;
    const original = gateway.runtime.onSignal;
    gateway.runtime.onSignal = (order) => (++asked === 1 ? Promise.reject(failure('runtime.fenced')) : original(order));
    expect((await upload('x')).status).toBe(201);
    gateway.runtime.onSignal = async (order) => {
      await original(order);
      throw failure('runtime.fenced');
    };
    expect((await upload('y')).status).toBe(201);
    gateway.runtime.onSignal = original;
  });

  it('public signals - go to the Runtime as an operation, which knows whose signal it is: never as the gateway’s own word', async () => {
    let own = 0;
    const original = gateway.runtime.onSignal;
    gateway.runtime.onSignal = (order) => (own++, original(order));
    const { view } = gateway.runtime.start({ tenant_id: 'acme', user_id: 'alice', roles: [], auth: 'api_key' }, session, 'runtime.upload');
    await gateway.call('POST', `/v1/executions/${view.execution_id}/signals/uploaded`, { json: { data: {} } });
    expect([own, gateway.runtime.operations.at(-1)]).toMatchObject([0, { operation: 'signal', payload: { execution_id: view.execution_id, signal: 'uploaded' } }]);
    gateway.runtime.onSignal = original;
  });
});

/** The start of an upload, as a sender leaves it that loses its connection. */
async function beginUpload(url: string, session: string): Promise<Socket> {
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname);
  await once(socket, 'connect');
  socket.on('error', () => undefined);
  socket.write(`POST /v1/files HTTP/1.1\r\nhost: x\r\nauthorization: Bearer ${aliceKey}\r\ncontent-type: multipart/form-data; boundary=b\r\ncontent-length: 100000\r\n\r\n`);
  socket.write(`--b\r\ncontent-disposition: form-data; name="session_id"\r\n\r\n${session}\r\n--b\r\ncontent-disposition: form-data; name="file"; filename="a.bin"\r\n\r\nfirst bytes`);
  return socket;
}

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setImmediate(resolve));
}
