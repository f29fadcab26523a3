import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Answer, Api } from './harness/api.js';
import { repositoryRoot, startPlatform, type Mode, type TestPlatform } from './harness/platform.js';

interface Problem {
  code: string;
  status: number;
  detail: string;
  field?: string;
  fix?: string;
}

const problemOf = ({ status, body, headers }: Answer<Problem>): unknown => ({ status, code: body.code, problem: /problem\+json/.test(headers.get('content-type') ?? ''), fix: typeof body.fix });
const refused = (status: number, code: string): unknown => ({ status, code, problem: true, fix: 'string' });

describe.each<Mode>(['standalone', 'processes'])('bad input, %s', (mode) => {
  let platform: TestPlatform;
  let alice: Api;
  let session: string;

  beforeAll(async () => {
    platform = await startPlatform(mode);
    alice = platform.as('alice');
    session = await alice.createSession();
  }, 120_000);

  afterAll(async () => {
    await platform.stop();
  }, 60_000);

  const submit = (body: Record<string, unknown>): Promise<Answer<Problem & { execution_id?: string }>> => alice.post('/v1/intents', { session_id: session, ...body });

  /** The code that an ingest of these bytes ends with. */
  async function ingestCode(name: string, bytes: Uint8Array, mediaType?: string, more: Record<string, unknown> = {}): Promise<string | undefined> {
    const { body } = await alice.upload(session, name, bytes, mediaType);
    const view = await alice.execute<{ error?: { code: string } }>(session, 'content.ingest', { source: body.reference, ...more });
    expect(view.status).toBe('failed');
    return view.error?.code;
  }

  it.each([
    ['no credentials', 401, 'auth.missing', (p: TestPlatform) => p.anonymous().get<Problem>('/v1/executions')],
    ['a key nobody issued', 401, 'auth.invalid', (p: TestPlatform) => p.anonymous().call<Problem>('GET', '/v1/executions', { headers: { authorization: `Bearer sk_nobody_${'A'.repeat(43)}` } })],
    ['malformed JSON', 400, 'request.malformed', (p: TestPlatform) => p.as('alice').call<Problem>('POST', '/v1/intents', { raw: '{"intent_type":', headers: { 'content-type': 'application/json' } })],
    ['the wrong content type', 415, 'request.unsupported_media_type', (p: TestPlatform) => p.as('alice').call<Problem>('POST', '/v1/intents', { raw: '<a/>', headers: { 'content-type': 'application/xml' } })],
    ['an unknown route', 404, 'request.not_found', (p: TestPlatform) => p.as('alice').get<Problem>('/v1/nothing-here')],
    ['a session nobody made', 404, 'session.not_found', (p: TestPlatform) => p.as('alice').get<Problem>('/v1/sessions/019b0000-0000-7000-8000-000000000000')],
    ['an id of no form', 400, 'request.invalid', (p: TestPlatform) => p.as('alice').get<Problem>('/v1/executions/not-an-id')],
    ['a method that is not taken', 405, 'request.method_not_allowed', (p: TestPlatform) => p.as('alice').call<Problem>('PUT', '/v1/intents', { body: {} })],
    ['a body without end', 413, 'request.too_large', (p: TestPlatform) => p.as('alice').post<Problem>('/v1/sessions', { context: { a: 'x'.repeat(1024 * 1024) } })],
    ['JSON of a hundred thousand levels', 400, 'request.invalid', (p: TestPlatform) => p.as('alice').call<Problem>('POST', '/v1/sessions', { raw: `{"context":{"a":${'['.repeat(100_000)}${']'.repeat(100_000)}}}`, headers: { 'content-type': 'application/json' } })],
    ['headers without end', 431, 'request.headers_too_large', (p: TestPlatform) => p.as('alice').call<Problem>('GET', '/v1/me', { headers: { 'x-junk': 'a'.repeat(20_000) } })],
    ['a page size beyond the most', 400, 'request.invalid', (p: TestPlatform) => p.as('alice').get<Problem>('/v1/executions?limit=100000')],
    ['a cursor that is none', 400, 'request.invalid', (p: TestPlatform) => p.as('alice').get<Problem>('/v1/wal?cursor=garbage')],
    ['a query parameter that would name a tenant', 400, 'request.invalid', (p: TestPlatform) => p.as('alice').get<Problem>('/v1/executions?tenant_id=globex')],
    ['a form without a file', 400, 'upload.missing_file', (p: TestPlatform) => p.as('alice').call<Problem>('POST', '/v1/files', { raw: new FormData() })],
    ['an execution nobody made', 404, 'execution.not_found', (p: TestPlatform) => p.as('alice').get<Problem>('/v1/executions/019b0000-0000-7000-8000-000000000000')],
  ])('request - %s is refused with its code, and says what to do', async (_what, status, code, call) => {
    expect(problemOf(await call(platform))).toEqual(refused(status, code));
  });

  it('intent - one that nobody serves is refused, and recorded', async () => {
    const answer = await submit({ intent_type: 'content.unheard_of', payload: {} });
    expect(problemOf(answer)).toEqual(refused(404, 'intent.unknown'));
    const log = await alice.get<{ frames: { records: { type: string; error?: { code: string } }[] }[] }>(`/v1/sessions/${session}/wal`);
    expect(log.body.frames.flatMap((f) => f.records.map((r) => r.error?.code))).toContain('intent.unknown');
  });

  it('intent - a payload against its contract names the field', async () => {
    const answer = await submit({ intent_type: 'content.ingest', payload: { source: 7 } });
    expect([problemOf(answer), answer.body.field]).toEqual([refused(422, 'intent.payload_invalid'), '/payload/source']);
    const more = await submit({ intent_type: 'content.ingest', payload: { source: '019b0000-0000-7000-8000-000000000000/receive/file', colour: 'red' } });
    expect([problemOf(more), more.body.field]).toEqual([refused(422, 'intent.payload_invalid'), '/payload/colour']);
  });

  it('intent - its id again gives the same refusal, and never another request under it', async () => {
    const intent_id = `019b0000-0000-7000-8000-${session.slice(-12)}`;
    const first = await submit({ intent_id, intent_type: 'content.ingest', payload: {} });
    const again = await submit({ intent_id, intent_type: 'content.ingest', payload: {} });
    expect([problemOf(again), again.body.field, again.body.execution_id]).toEqual([problemOf(first), first.body.field, intent_id]);
    expect(problemOf(await submit({ intent_id, intent_type: 'content.ingest', payload: { source: 7 } }))).toEqual(refused(409, 'intent.duplicate'));
  });

  it('intent - a reference that does not exist, or is another tenant’s, is the same refusal', async () => {
    const gina = platform.as('gina');
    const foreign = await gina.upload(await gina.createSession(), 'note.txt', Buffer.from('secret of globex'), 'text/plain');
    const unknown = await submit({ intent_type: 'content.ingest', payload: { source: '019b0000-0000-7000-8000-000000000000/receive/file' } });
    const stolen = await submit({ intent_type: 'content.ingest', payload: { source: foreign.body.reference } });
    expect([problemOf(unknown), problemOf(stolen)]).toEqual([refused(422, 'intent.reference_unknown'), refused(422, 'intent.reference_unknown')]);
  });

  it('intent - a tenant that is not the caller’s is refused', async () => {
    expect(problemOf(await submit({ intent_type: 'content.ingest', tenant_id: 'globex', payload: {} }))).toEqual(refused(403, 'intent.tenant_mismatch'));
  });

  it('session - another user’s session is not one’s own, and a closed one takes nothing more', async () => {
    const bob = platform.as('bob');
    expect(problemOf(await bob.post<Problem>('/v1/intents', { intent_type: 'content.ingest', session_id: session, payload: {} }))).toEqual(refused(403, 'session.foreign_user'));
    const closed = await alice.createSession();
    await alice.call('DELETE', `/v1/sessions/${closed}`);
    expect(problemOf(await alice.post<Problem>('/v1/intents', { intent_type: 'content.ingest', session_id: closed, payload: {} }))).toEqual(refused(409, 'session.closed'));
  });

  it('upload - an empty file leaves nothing behind', async () => {
    expect(problemOf(await alice.upload(session, 'empty.pdf', new Uint8Array()) as unknown as Answer<Problem>)).toEqual(refused(422, 'upload.empty'));
  });

  it('file - truncated, mislabelled and unreadable files end with their code while others go on', async () => {
    const pdf = await readFile(join(repositoryRoot, 'samples', 'permit.pdf'));
    const xlsx = await readFile(join(repositoryRoot, 'samples', 'spreadsheet.xlsx'));
    const codes = await Promise.all([
      ingestCode('cut.pdf', pdf.subarray(0, 400), 'application/pdf'),
      ingestCode('cut.xlsx', xlsx.subarray(0, xlsx.length / 2)),
      ingestCode('really-a-sheet.pdf', xlsx, 'application/pdf'),
      ingestCode('locked.xlsx', encrypted(xlsx)),
      ingestCode('noise.bin', Buffer.from(Array.from({ length: 4096 }, (_, i) => (i * 7919) % 256))),
    ]);
    expect(codes).toEqual(['content.corrupt', 'content.corrupt', 'content.type_mismatch', 'content.password_protected', 'content.unrecognised']);
    const good = await alice.upload(session, 'note.txt', Buffer.from('All is well.\n'), 'text/plain');
    expect((await alice.execute(session, 'content.ingest', { source: good.body.reference })).status).toBe('completed');
  });

  it('copybook - one that does not fit its data names both lengths', async () => {
    const data = await readFile(join(repositoryRoot, 'samples', 'policy-master.ebcdic'));
    const copybook = await alice.upload(session, 'wrong.cpy', Buffer.from('       01 REC.\n          05 A PIC X(7).\n'), 'text/plain');
    expect(await ingestCode('policy-master.ebcdic', data, undefined, { copybook: copybook.body.reference })).toBe('copybook.mismatch');
  });

  it('solution - a report with a planted false figure is refused, and the statement named', async () => {
    const own = await alice.createSession();
    const { body } = await alice.upload(own, 'policies.csv', Buffer.from('policy,premium\nP-1,100\nP-2,200\n'), 'text/csv');
    const document = await alice.execute<{ execution_id: string }>(own, 'content.ingest', { source: body.reference });
    await alice.execute(own, 'insights.profile', { source: `${document.execution_id}/normalise/document` });
    const made = await alice.execute<{ execution_id: string }>(own, 'solution.synthesize', {});
    const text = JSON.stringify((await alice.get<object>(`/v1/artifacts/${made.execution_id}/compose/report/content`)).body);
    expect(text).toContain('mean 150');
    const check = async (report: string): Promise<{ status: string; error?: Problem }> => {
      const { reference } = (await alice.upload(own, 'report.json', Buffer.from(report), 'application/json')).body;
      return alice.execute<{ error?: Problem }>(own, 'solution.check_report', { report: reference });
    };
    expect((await check(text)).status).toBe('completed');
    expect(await check(text.replace('mean 150', 'mean 170'))).toMatchObject({ status: 'failed', error: { code: 'solution.citation_broken', field: expect.stringMatching(/^\/statements\/s\d+\.\d+$/) as string } });
  });

  it('solution - a report over a session with nothing in it is refused in words', async () => {
    const empty = await alice.createSession();
    const view = await alice.execute<{ error?: { code: string } }>(empty, 'solution.synthesize', {});
    expect([view.status, view.error?.code]).toEqual(['failed', 'solution.nothing_to_report']);
  });
});

/** A ZIP archive whose entries say that they are encrypted. */
function encrypted(zip: Buffer): Buffer {
  const locked = Buffer.from(zip);
  for (const [signature, flags] of [['PK\u0003\u0004', 6], ['PK\u0001\u0002', 8]] as const) {
    for (let at = locked.indexOf(signature); at >= 0; at = locked.indexOf(signature, at + 4)) locked[at + flags]! |= 1;
  }
  return locked;
}
