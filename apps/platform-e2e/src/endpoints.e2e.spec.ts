import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Answer, Api } from './harness/api.js';
import { repositoryRoot, startPlatform, type Mode, type TestPlatform } from './harness/platform.js';

/** Routes as the table writes them, parameters without their names and queries without their values. */
const tabled = [...readFileSync(join(repositoryRoot, 'docs', 'reference', 'endpoints.md'), 'utf8').matchAll(/`((?:GET|POST|DELETE) \/v1\/[^`?]+)[^`]*`/g)].map((found) => plain(found[1]!));

function plain(route: string): string {
  return route.replace(/\{\w+\}/g, '{}');
}

const table = Buffer.from('policy,premium,paid\nP-1,100.50,yes\nP-2,200.25,no\nP-3,300.75,yes\n');
const any = <T>(type: T): unknown => expect.any(type) as unknown;

interface Metrics {
  executions: Record<string, number>;
  steps: Record<string, { completed: number; failed: number; success_rate: number; duration_ms: { p50: number; p95: number; p99: number; mean: number } }>;
  state: { entries: number; bytes: number; gets: number; sets: number; deletes: number };
  wal: { frames: number; bytes: number; records: number; records_by_type: Record<string, number> };
}

describe.each<Mode>(['standalone', 'processes'])('the documents’ endpoints, %s', (mode) => {
  let platform: TestPlatform;
  let alice: Api;
  let session: string;
  let source: string;
  let id: string;
  let calls: Readonly<Record<string, () => Promise<unknown>>>;

  const submit = (intent_type: string, payload: unknown): Promise<Answer<{ execution_id: string }>> => alice.post('/v1/intents', { intent_type, session_id: session, payload });

  beforeAll(async () => {
    platform = await startPlatform(mode);
    alice = platform.as('alice');
    session = await alice.createSession();
    source = (await alice.upload(session, 'policies.csv', table, 'text/csv')).body.reference;
    id = (await alice.execute(session, 'content.ingest', { source })).execution_id;
    const got = async (path: string): Promise<unknown> => {
      const { status, body } = await alice.get(path);
      return { status, ...body };
    };
    const sent = async (answer: Promise<Answer<object>>): Promise<unknown> => answer.then(({ status, body }) => ({ status, ...body }));
    calls = {
      'POST /v1/sessions': () => sent(alice.post('/v1/sessions')),
      'GET /v1/sessions/{}': () => got(`/v1/sessions/${session}`),
      'DELETE /v1/sessions/{}': async () => sent(alice.call('DELETE', `/v1/sessions/${await alice.createSession()}`)),
      'GET /v1/sessions/{}/wal': () => got(`/v1/sessions/${session}/wal`),
      'GET /v1/sessions/{}/validation': () => got(`/v1/sessions/${session}/validation`),
      'POST /v1/sessions/{}/replay': () => sent(alice.post(`/v1/sessions/${session}/replay`, { mode: 'state_only' })),
      'POST /v1/intents': () => sent(submit('content.ingest', { source })),
      'GET /v1/executions/{}': () => got(`/v1/executions/${id}`),
      'GET /v1/executions/{}/status': () => got(`/v1/executions/${id}/status`),
      'POST /v1/executions/{}/replay': () => sent(alice.post(`/v1/executions/${id}/replay`, { mode: 'state_only' })),
      'GET /v1/executions/{}/validation': () => got(`/v1/executions/${id}/validation`),
      'POST /v1/executions/{}/cancel': async () => sent(alice.post(`/v1/executions/${(await submit('runtime.upload', { filename: 'never.txt', media_type: 'text/plain' })).body.execution_id}/cancel`, { reason: 'not needed' })),
      'POST /v1/executions/{}/signals/{}': () => sent(alice.post(`/v1/executions/${id}/signals/approved`, {})),
      'GET /v1/executions/{}/events': async () => ({ seqs: (await alice.watch(id, 0)).map((event) => Number(event.id)) }),
      'GET /v1/state/{}': () => got(`/v1/state/${id}`),
      'GET /v1/state': () => got('/v1/state?prefix='),
      'GET /v1/wal': () => got(`/v1/wal?execution_id=${id}&record_type=step_completed`),
      'GET /v1/metrics': () => got('/v1/metrics'),
      'GET /v1/capabilities/{}': () => got('/v1/capabilities/content.ingest'),
      'POST /v1/files': () => sent(alice.upload(session, 'again.csv', table, 'text/csv')),
      'GET /v1/references/{}/{}/{}': () => got(`/v1/references/${source}`),
      'GET /v1/lineage/value': () => got(`/v1/lineage/value?reference=${source}`),
      'GET /v1/openapi.json': () => got('/v1/openapi.json'),
    };
  }, 120_000);

  afterAll(async () => {
    await platform.stop();
  }, 60_000);

  const shapes: Readonly<Record<string, unknown>> = {
    'POST /v1/sessions': { status: 201, session_id: any(String), tenant_id: 'acme', user_id: 'alice' },
    'GET /v1/sessions/{}': { status: 200, active_sagas: any(Array), created_at: any(String) },
    'DELETE /v1/sessions/{}': { status: 200, closed_at: any(String) },
    'GET /v1/sessions/{}/wal': { status: 200, frames: expect.arrayContaining([expect.objectContaining({ kind: 'session' }), expect.objectContaining({ kind: 'execution' })]) as unknown },
    'GET /v1/sessions/{}/validation': { status: 200, reports: any(Array) },
    'POST /v1/sessions/{}/replay': { status: 200, mode: 'state_only', executions: any(Array) },
    'POST /v1/intents': { status: 'running', execution_id: any(String), duplicate: false, links: any(Object) },
    'GET /v1/executions/{}': { status: 'completed', intent_type: 'content.ingest', artifacts: any(Array), decision: { decision: 'permit' } },
    'GET /v1/executions/{}/status': { status: 'completed', steps: expect.arrayContaining([expect.objectContaining({ name: 'identify', status: 'completed', attempts: 1 })]) as unknown },
    'POST /v1/executions/{}/replay': { status: 200, equal_to_live: true, chain_valid: true },
    'GET /v1/executions/{}/validation': { status: 200, valid: true },
    'POST /v1/executions/{}/cancel': { status: 'cancelled' },
    // No capability of the platform's own waits for a caller's signal: governance.e2e.spec.ts sends one that is awaited.
    'POST /v1/executions/{}/signals/{}': { status: 409, code: 'execution.ended' },
    'GET /v1/executions/{}/events': { seqs: expect.arrayContaining([0, 1, 2]) as unknown },
    'GET /v1/state/{}': { status: 200, execution: { status: 'completed' } },
    'GET /v1/state': { status: 200, entries: [] },
    'GET /v1/wal': { status: 200, frames: expect.arrayContaining([expect.objectContaining({ kind: 'execution' })]) as unknown },
    'GET /v1/metrics': { status: 200, wal: any(Object), state: any(Object), steps: any(Object) },
    'GET /v1/capabilities/{}': { status: 200, name: 'content.ingest', input_contract: any(Object), output_contract: any(Object), steps: ['identify', 'parse', 'normalise', 'facts', 'embed'] },
    'POST /v1/files': { status: 201, reference: any(String), size: table.length, media_type: 'text/csv' },
    'GET /v1/references/{}/{}/{}': { kind: 'object', provenance: { intent_type: 'runtime.upload', user_id: 'alice' } },
    'GET /v1/lineage/value': { status: 200, complete: true, places: [{ depth: 0, region: { reference: any(String) }, artifact: { artifact_type: 'runtime.file', media_type: 'text/csv' } }] },
    'GET /v1/openapi.json': { status: 200, openapi: '3.1.0', paths: any(Object) },
  };

  it.each([...new Set(tabled)])('%s - answers as the table says', async (route) => {
    expect(Object.keys(calls)).toContain(route);
    expect(await calls[route]!()).toMatchObject(shapes[route] as object);
  });

  it('the OpenAPI document - lists each of them', async () => {
    const { body } = await alice.get<{ paths: Record<string, Record<string, unknown>> }>('/v1/openapi.json');
    const listed = Object.entries(body.paths).flatMap(([path, methods]) => Object.keys(methods).map((method) => plain(`${method.toUpperCase()} ${path}`)));
    expect(tabled.filter((route) => !listed.includes(route))).toEqual([]);
  });

  it('metrics - durations and success by step, reads of state and the log’s growth by type move with what is done', async () => {
    const before = (await alice.get<Metrics>('/v1/metrics')).body;
    const broken = (await alice.upload(session, 'cut.pdf', Buffer.from('%PDF-1.7\ncut off'), 'application/pdf')).body.reference;
    const [good, bad] = await Promise.all([alice.execute(session, 'content.ingest', { source }), alice.execute(session, 'content.ingest', { source: broken })]);
    expect([good.status, bad.status]).toEqual(['completed', 'failed']);
    await alice.get(`/v1/state/${good.execution_id}`);
    const after = (await alice.get<Metrics>('/v1/metrics')).body;

    const grown = (name: string): number => (after.wal.records_by_type[name] ?? 0) - (before.wal.records_by_type[name] ?? 0);
    expect([grown('execution_completed'), grown('execution_failed'), grown('step_failed'), grown('intent_received')]).toEqual([2, 1, 1, 3]);
    expect([after.wal.frames > before.wal.frames, after.wal.bytes > before.wal.bytes, after.wal.records > before.wal.records]).toEqual([true, true, true]);
    expect(after.executions['failed']! - before.executions['failed']!).toBe(1);
    const embed = after.steps['content.ingest/embed']!;
    expect([embed.completed - before.steps['content.ingest/embed']!.completed, embed.success_rate]).toEqual([1, 1]);
    expect(embed.duration_ms.p50).toBeGreaterThan(0);
    expect(embed.duration_ms.p99).toBeGreaterThanOrEqual(embed.duration_ms.p50);
    const rates = Object.entries(after.steps).filter(([name, step]) => name.startsWith('content.ingest/') && step.failed > 0).map(([, step]) => step.success_rate === step.completed / (step.completed + step.failed));
    expect(rates).toEqual([true]);
    expect(after.state.gets).toBeGreaterThan(before.state.gets);
  });

  it('WebSocket - resumes from a sequence number, and answers garbage with a problem', async () => {
    const frames = (await alice.get<{ frames: { seq: number }[] }>(`/v1/executions/${id}/records`)).body.frames.map((frame) => frame.seq);
    const said = await conversation(platform.url, [{ type: 'auth', token: alice.apiKey }, { type: 'subscribe', execution_id: id, from_seq: 2 }], 'end');
    expect(said.flatMap((message) => (message.type === 'frame' ? [message.frame!.seq] : []))).toEqual(frames.filter((seq) => seq >= 2));
    const garbage = await conversation(platform.url, ['\u0001 no JSON'], 'problem');
    expect(garbage.at(-1)).toMatchObject({ type: 'problem', problem: { code: any(String), fix: any(String) } });
    const foreign = await conversation(platform.url, [{ type: 'auth', token: platform.as('gina').apiKey }, { type: 'subscribe', execution_id: id }], 'problem');
    expect(foreign.at(-1)).toMatchObject({ problem: { code: 'execution.not_found' } });
  });

  it('another tenant’s ids - are answered exactly as ids that never were', async () => {
    const gina = platform.as('gina');
    const never = '019b0000-0000-7000-8000-000000000000';
    const told = async (path: (one: string) => string, one: string): Promise<unknown> => {
      const { status, body, headers } = await gina.get<object>(path(one));
      const same = Object.fromEntries([...headers].filter(([name]) => !['x-correlation-id', 'date', 'keep-alive'].includes(name)));
      return { status, same, body: JSON.stringify({ ...body, correlation_id: '', trace_id: '' }).replaceAll(one, '') };
    };
    const ofExecution = ['', '/status', '/result', '/records', '/events', '/validation'].map((rest) => (one: string) => `/v1/executions/${one}${rest}`);
    const ofSession = ['', '/wal', '/validation'].map((rest) => (one: string) => `/v1/sessions/${one}${rest}`);
    const byExecution = [...ofExecution, (one: string) => `/v1/state/${one}`, (one: string) => `/v1/artifacts/${one}/normalise/document`, (one: string) => `/v1/artifacts/${one}/normalise/document/content`, (one: string) => `/v1/wal?execution_id=${one}`, (one: string) => `/v1/artifacts?execution_id=${one}`];
    const bySession = [...ofSession, (one: string) => `/v1/executions?session_id=${one}`, (one: string) => `/v1/wal?session_id=${one}`, (one: string) => `/v1/artifacts?session_id=${one}`];
    const pairs = [...byExecution.map((path) => [path, id] as const), ...bySession.map((path) => [path, session] as const)];
    for (const [path, foreign] of pairs) expect([path('X'), await told(path, foreign)]).toEqual([path('X'), await told(path, never)]);
  });
});

interface Said {
  type: string;
  frame?: { seq: number };
  problem?: { code: string };
}

/** Says what is to be said once the connection is open, and listens until a message of this type comes. */
async function conversation(url: string, says: readonly unknown[], until: string): Promise<Said[]> {
  const socket = new WebSocket(`${url.replace('http', 'ws')}/v1/stream`);
  const heard: Said[] = [];
  await new Promise<void>((resolve, reject) => {
    socket.onopen = () => says.forEach((message) => socket.send(typeof message === 'string' ? message : JSON.stringify(message)));
    socket.onerror = () => reject(new Error('the stream failed'));
    socket.onclose = () => resolve();
    socket.onmessage = ({ data }) => {
      heard.push(JSON.parse(String(data)) as Said);
      if (heard.at(-1)!.type === until) resolve();
    };
  });
  socket.close();
  return heard;
}
