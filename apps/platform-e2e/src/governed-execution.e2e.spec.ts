import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Api } from './harness/api.js';
import { validateEverything } from './harness/validation.js';
import { repositoryRoot, startPlatform, type Mode, type TestPlatform } from './harness/platform.js';

const sample = (name: string): Promise<Buffer> => readFile(join(repositoryRoot, 'samples', name));

interface View {
  status: string;
  steps: { name: string; status: string; attempts: number }[];
  decision: { decision: string; verdicts: { role: string; decision: string; policies: string[] }[]; bundle_hash: string };
  artifacts: { artifact_id: string; artifact_type: string; name: string; content_hash: string }[];
  records: number;
  head: { seq: number; hash: string };
}

interface FrameView {
  seq: number;
  hash: string;
  records: { type: string; actor: string; [field: string]: unknown }[];
}

async function ingest(api: Api, sessionId: string, name: string): Promise<View & { execution_id: string }> {
  const { status, body } = await api.upload(sessionId, name, await sample(name));
  expect([status, body]).toEqual([201, expect.objectContaining({ reference: expect.any(String) as string })]);
  return api.execute<View>(sessionId, 'content.ingest', { source: body.reference });
}

const recordsOf = async (api: Api, executionId: string): Promise<FrameView[]> => (await api.get<{ frames: FrameView[] }>(`/v1/executions/${executionId}/records`)).body.frames;

describe.each<Mode>(['standalone', 'processes'])('a governed execution, %s', (mode) => {
  let platform: TestPlatform;
  let alice: Api;

  beforeAll(async () => {
    platform = await startPlatform(mode);
    alice = platform.as('alice');
  }, 120_000);

  afterAll(async () => {
    await platform.stop();
  }, 60_000);

  it('submit - session, intent, decision and every step stand in the log before the answer', async () => {
    const session = await alice.createSession();
    const view = await ingest(alice, session, 'spreadsheet.xlsx');

    expect(view.status).toBe('completed');
    expect(view.steps.map((s) => [s.name, s.status])).toEqual(['identify', 'parse', 'normalise', 'facts', 'embed'].map((name) => [name, 'completed']));
    expect(view.decision.verdicts.map((v) => [v.role, v.decision])).toEqual([['security_guard', 'permit'], ['city_manager', 'permit'], ['data_steward', 'permit']]);
    expect(view.decision.verdicts.every((v) => v.policies.length > 0)).toBe(true);

    const types = (await recordsOf(alice, view.execution_id)).flatMap((f) => f.records.map((r) => r.type));
    expect(types.slice(0, 4)).toEqual(['intent_received', 'policy_evaluated', 'capability_resolved', 'saga_started']);
    expect(types.filter((t) => t === 'step_completed')).toHaveLength(5);
    expect(types.at(-1)).toBe('execution_completed');

    const state = await alice.get<{ execution: View }>(`/v1/state/${view.execution_id}`);
    expect(state.body.execution.status).toBe('completed');
    const wal = await alice.get<{ frames: FrameView[] }>(`/v1/sessions/${session}/wal`);
    expect(wal.body.frames.flatMap((f) => f.records.map((r) => r.type))).toContain('session_created');
  });

  it('replay - the log alone gives the state that was live, and its chain holds', async () => {
    const session = await alice.createSession();
    const view = await ingest(alice, session, 'spreadsheet.xlsx');
    const replay = await alice.post<{ state: View; equal_to_live: boolean; chain_valid: boolean }>(`/v1/executions/${view.execution_id}/replay`, { mode: 'state_only' });
    expect([replay.status, replay.body.equal_to_live, replay.body.chain_valid]).toEqual([200, true, true]);
    expect(replay.body.state).toEqual(view);
    const events = await alice.post<{ frames: FrameView[] }>(`/v1/executions/${view.execution_id}/replay`, { mode: 'events_only' });
    expect(events.body.frames.at(-1)?.hash).toBe(view.head.hash);
    const validation = await alice.get<{ valid: boolean; checks: { check: string; ok: boolean }[] }>(`/v1/executions/${view.execution_id}/validation`);
    expect([validation.body.valid, validation.body.checks.filter((c) => !c.ok)]).toEqual([true, []]);
  });

  it('replay in full - the realm gives every recorded result again, reading and writing as it did, and the stream gets no record', async () => {
    const session = await alice.createSession();
    const view = await ingest(alice, session, 'spreadsheet.xlsx');
    const names = view.steps.map((step) => step.name);
    const full = await alice.post<{ diverged: boolean; steps: { step: string; comparison: string }[] }>(`/v1/executions/${view.execution_id}/replay`, { mode: 'full' });
    expect([full.status, full.body.diverged, full.body.steps.map((step) => [step.step, step.comparison])]).toEqual([200, false, names.map((name) => [name, 'equal'])]);
    const check = await alice.post<{ deterministic: boolean; capability: string }>(`/v1/executions/${view.execution_id}/determinism-check`, {});
    expect([check.status, check.body.capability, check.body.deterministic]).toEqual([200, 'content.ingest', true]);
    const whole = await alice.post<{ chain_valid: boolean; executions: { execution_id: string; diverged: boolean }[] }>(`/v1/sessions/${session}/replay`, { mode: 'full' });
    expect([whole.status, whole.body.chain_valid, whole.body.executions.every((execution) => !execution.diverged)]).toEqual([200, true, true]);
    expect(whole.body.executions.map((execution) => execution.execution_id)).toContain(view.execution_id);
    expect((await alice.get<View>(`/v1/executions/${view.execution_id}`)).body.head).toEqual(view.head);
  });

  it('tenants - another tenant sees nothing of it, by any route', async () => {
    const session = await alice.createSession();
    const view = await ingest(alice, session, 'spreadsheet.xlsx');
    const gina = platform.as('gina');
    const id = view.execution_id;
    const artifact = view.artifacts[0]!.artifact_id;
    const reads = [`/v1/sessions/${session}`, `/v1/sessions/${session}/wal`, `/v1/executions/${id}`, `/v1/executions/${id}/status`, `/v1/executions/${id}/result`, `/v1/executions/${id}/records`, `/v1/executions/${id}/validation`, `/v1/state/${id}`, `/v1/artifacts/${artifact}`, `/v1/artifacts/${artifact}/content`, `/v1/executions/${id}/events`];
    const statuses = await Promise.all(reads.map(async (path) => [path, (await gina.get(path)).status] as const));
    expect(statuses.filter(([, status]) => status !== 404)).toEqual([]);
    const operations: [string, object][] = [['cancel', {}], ['pause', {}], ['resume', {}], ['retry', {}], ['continue', { step: 'parse' }], ['compensate', {}], ['signals/go', {}]];
    expect(await Promise.all(operations.map(async ([path, body]) => (await gina.post(`/v1/executions/${id}/${path}`, body)).status))).toEqual(operations.map(() => 404));
    expect((await gina.post(`/v1/executions/${id}/replay`, { mode: 'state_only' })).status).toBe(404);
    expect((await gina.post<{ code: string }>('/v1/intents', { intent_type: 'content.ingest', session_id: session, payload: { source: artifact } })).body.code).toBe('session.not_found');
    const hers = (await gina.get<{ executions: { user_id: string; intent_type: string; status: string }[] }>('/v1/executions')).body.executions;
    expect(new Set(hers.map((e) => `${e.user_id} ${e.intent_type.split('.')[0]!} ${e.status}`))).toEqual(new Set(['gina runtime rejected']));
    expect((await gina.get<{ frames: unknown[] }>(`/v1/wal?execution_id=${id}`)).body.frames).toEqual([]);
    expect((await gina.get<{ artifacts: unknown[] }>('/v1/artifacts')).body.artifacts).toEqual([]);
    expect((await gina.get<{ entries: unknown[] }>('/v1/state?prefix=')).body.entries).toEqual([]);
  });

  it('search over all that one may read - finds a passage with its place, for its own tenant alone, and a replay finds it again', async () => {
    const session = await alice.createSession();
    const { body } = await alice.upload(session, 'permit.pdf', await sample('permit.pdf'));
    expect((await alice.execute<View>(session, 'content.parse_and_embed', { source: body.reference })).status).toBe('completed');
    const search = async (api: Api, of: string): Promise<{ view: View & { execution_id: string }; found: { abstained: boolean; passages: { text: string; reference: string; source: { page?: number } }[] } }> => {
      const view = await api.execute<View>(of, 'insights.search', { question: 'amount of the plan review fee' });
      return { view, found: (await api.get<Awaited<ReturnType<typeof search>>['found']>(`/v1/artifacts/${view.artifacts[0]!.artifact_id}/content`)).body };
    };
    const { view, found } = await search(alice, session);
    expect(found.passages[0]).toMatchObject({ reference: body.reference, source: { page: 1 }, text: expect.stringContaining('Plan review') as string });
    const full = await alice.post<{ diverged: boolean }>(`/v1/executions/${view.execution_id}/replay`, { mode: 'full' });
    expect([full.status, full.body.diverged]).toEqual([200, false]);
    const gina = platform.as('gina');
    expect((await search(gina, await gina.createSession())).found).toMatchObject({ abstained: true, passages: [] });
  });

  // as one process there is no realm to kill
  if (mode === 'processes') it('a mainframe file whose realm dies while it is decoded, and again while it is encoded - comes back byte for byte', async () => {
    const session = await alice.createSession();
    const source = Buffer.concat(Array.from<Buffer>({ length: 200 }).fill(await sample('policy-master.ebcdic')));
    const copybook = (await alice.upload(session, 'policy-master.cpy', await sample('policy-master.cpy'))).body.reference;
    const records = (await alice.upload(session, 'policies.ebcdic', source)).body.reference;
    const disturbed = async (intent: string, payload: object): Promise<View & { execution_id: string }> => {
      const { body } = await alice.post<{ execution_id: string }>('/v1/intents', { intent_type: intent, session_id: session, payload });
      const partDone = async (): Promise<boolean> => (await recordsOf(alice, body.execution_id)).some((frame) => frame.records.some((record) => record.type === 'chunk_completed'));
      while (!(await partDone())) expect((await alice.get<View>(`/v1/executions/${body.execution_id}`)).body.status).toBe('running');
      await platform.stack!.kill('realm-content');
      await platform.stack!.start('realm-content');
      return alice.ended<View>(body.execution_id);
    };
    const decoded = await disturbed('content.decode', { source: records, copybook, keep_bytes: true });
    const encoded = await disturbed('content.encode', { rows: `${decoded.execution_id}/assemble/dataset`, copybook });
    const { body } = await alice.get<{ output: object }>(`/v1/executions/${encoded.execution_id}/result`);
    expect(body.output).toMatchObject({ identical: true, records: 48_000, bytes: source.length, hash: expect.stringContaining(createHash('sha256').update(source).digest('hex')) as string });
  }, 60_000);

  it('many users - parallel uploads in several sessions stream live and give the same result every time', async () => {
    const users = [platform.as('alice'), platform.as('bob'), platform.as('gina')];
    const runs = await Promise.all(
      [...users, ...users].map(async (api) => {
        const session = await api.createSession();
        const { body } = await api.upload(session, 'spreadsheet.xlsx', await sample('spreadsheet.xlsx'));
        const submitted = await api.post<{ execution_id: string }>('/v1/intents', { intent_type: 'content.ingest', session_id: session, payload: { source: body.reference } });
        const events = await api.watch(submitted.body.execution_id, 0);
        const view = await api.ended<View>(submitted.body.execution_id);
        return { view, seqs: events.map((e) => Number(e.id)) };
      }),
    );
    expect(runs.map((r) => r.view.status)).toEqual(runs.map(() => 'completed'));
    for (const run of runs) expect(run.seqs).toEqual(Array.from({ length: run.view.head.seq + 1 }, (_, seq) => seq));
    const hashes = runs.map((r) => r.view.artifacts.map((a) => `${a.name} ${a.content_hash}`));
    expect(new Set(hashes.map((h) => h.join('\n'))).size).toBe(1);
  });

  it('streams - a client that lost its connection names the last sequence it saw and misses nothing', async () => {
    const session = await alice.createSession();
    const { body } = await alice.upload(session, 'spreadsheet.xlsx', await sample('spreadsheet.xlsx'));
    const submitted = await alice.post<{ execution_id: string }>('/v1/intents', { intent_type: 'content.ingest', session_id: session, payload: { source: body.reference } });
    const first = await alice.watch(submitted.body.execution_id, 0, () => true);
    const rest = await alice.watch(submitted.body.execution_id, Number(first.at(-1)!.id) + 1);
    const view = await alice.ended<View>(submitted.body.execution_id);
    expect([...first, ...rest].map((e) => Number(e.id))).toEqual(Array.from({ length: view.head.seq + 1 }, (_, seq) => seq));
  });

  it('wait - the result comes with the answer when the caller prefers to wait', async () => {
    const session = await alice.createSession();
    const { body } = await alice.upload(session, 'spreadsheet.xlsx', await sample('spreadsheet.xlsx'));
    const answer = await alice.post<{ success: boolean; execution_id: string }>('/v1/intents', { intent_type: 'content.ingest', session_id: session, payload: { source: body.reference } }, { prefer: 'wait=20' });
    expect([answer.status, answer.body.success, answer.headers.get('preference-applied')]).toEqual([200, true, 'wait=20']);
  });

  it('idempotency - the same key is the same execution; a different request under it is refused', async () => {
    const session = await alice.createSession();
    const { body } = await alice.upload(session, 'spreadsheet.xlsx', await sample('spreadsheet.xlsx'));
    const request = { intent_type: 'content.ingest', session_id: session, payload: { source: body.reference }, idempotency_key: `key-${session}` };
    const [a, b] = await Promise.all([alice.post<{ execution_id: string }>('/v1/intents', request), alice.post<{ execution_id: string }>('/v1/intents', request)]);
    expect(b.body.execution_id).toBe(a.body.execution_id);
    const other = await alice.post<{ code: string }>('/v1/intents', { ...request, payload: { source: body.reference, options: { delimiter: ';' } } });
    expect([other.status, other.body.code]).toEqual([409, 'intent.duplicate']);
  });

  it('cross-realm - one entry point, children under their own decisions', async () => {
    const session = await alice.createSession();
    const { body } = await alice.upload(session, 'spreadsheet.xlsx', await sample('spreadsheet.xlsx'));
    const view = await alice.execute<View & { error?: unknown }>(session, 'cross_realm.document_dossier', { source: body.reference });
    expect([view.status, view.error]).toEqual(['completed', undefined]);
    const frames = await recordsOf(alice, view.execution_id);
    const children = frames.flatMap((f) => f.records.filter((r) => r.type === 'child_accepted').map((r) => String(r['child_execution_id'])));
    expect(children.length).toBeGreaterThan(1);
    for (const childId of children) {
      const child = (await alice.get<View & { parent: { execution_id: string } }>(`/v1/executions/${childId}`)).body;
      expect([child.status, child.parent.execution_id, child.decision.decision]).toEqual(['completed', view.execution_id, 'permit']);
    }
  });

  it('validation - every stream made here holds: chain, grammar, policy, attribution, artifacts', async () => {
    expect(await validateEverything([alice, platform.as('bob'), platform.as('gina')])).toBeGreaterThan(30);
  });

  // last: what the contract says of uploads holds for all of the tenant's from then on
  it('a table of which a caller may see no more than masked - comes without the values of the class, whole only, from every place that has it', async () => {
    const admin = platform.as('admin');
    const contract = { tenant_id: 'acme', artifact_type: 'runtime.file', version: '1.0.0', owner: 'claims', mode: 'off', schema: { type: 'object', properties: { diagnosis: { type: 'string', 'x-class': 'special' } } } };
    for (const [change, payload] of Object.entries({ put_data_contract: contract, put_boundary: { tenant_id: 'acme', boundary_id: 'health', classes: ['special'], access: 'masked' } })) expect((await admin.post(`/v1/governance/${change}`, payload)).status).toBeLessThan(300);
    const form = new FormData();
    form.set('session_id', await alice.createSession());
    form.set('classification', 'special');
    form.set('file', new Blob(['id,diagnosis\n1,gout\n'], { type: 'text/csv' }), 'cases.csv');
    const { body } = await alice.call<{ reference: string }>('POST', '/v1/files', { raw: form });
    const seen = await alice.call<unknown>('GET', `/v1/artifacts/${body.reference}/content`);
    expect([seen.status, seen.body]).toEqual([200, 'id,diagnosis\n1,[masked]\n']);
    expect(seen.headers.get('content-disposition')).toContain('filename="cases.csv"');
    const tail = await alice.call('GET', `/v1/artifacts/${body.reference}/content`, { headers: { range: 'bytes=13-' } });
    expect(JSON.stringify(tail.body)).not.toContain('gout');
  });
});
