import { randomBytes, randomUUID } from 'node:crypto';
import type { Artifact, Caller, Intent, StateChange } from '@symphainy/contracts';
import { encodeFrame, GENESIS } from '@symphainy/execution';
import { sampleCapability, sampleSaga, TestStream } from '@symphainy/execution/testing';
import { MemoryHotState } from '@symphainy/hot-redis';
import { hashOf, silentLogger, systemClock } from '@symphainy/kernel';
import { startThrowawayPostgres, type PostgresServer } from '@symphainy/servers-local';
import { openDatabase, provisionRuntime, runtimeUrls, type Database } from '@symphainy/store-postgres';
import { noCounters } from '../intake/intake.ports.js';
import { MemoryObjects } from '../testing/memory-objects.js';
import { openPostgresLog, type PostgresLog } from '../wal/postgres-log.js';
import { openStateSurface, type StateSurface } from './state-surface.js';

const capability = sampleCapability(sampleSaga('one', { name: 'two', retry: { max_attempts: 2 } }));
const callerOf = (tenant_id: string): Caller => ({ tenant_id, user_id: 'alice', roles: [], auth: 'api_key' });
const clash = { code: 'sample.broken', kind: 'domain', message: 'it broke', retry: { mode: 'retryable' } } as const;

// Real servers start here, on machines that may be busy.
jest.setTimeout(60_000);

/** A page that holds the streams of these tests whole. */
const whole = { from_seq: 0, limit: 200 };

describe('state surface', () => {
  const key = randomBytes(32);
  let server: PostgresServer;
  let admin: Database;
  let log: PostgresLog;
  let surface: StateSurface;
  let objects: MemoryObjects;
  let hot: MemoryHotState;
  /** Each test has a tenant of its own. */
  let tenant: string;
  let caller: Caller;
  let clock = Date.parse('2026-01-01T00:00:00.000Z');

  const openLog = (): Promise<PostgresLog> => openPostgresLog({ urls: runtimeUrls(server.url, key), writerId: randomUUID(), clock: systemClock, logger: silentLogger });
  const surfaceOf = (of: PostgresLog): StateSurface => openStateSurface({ log: of, hot, objects, logger: silentLogger, counters: noCounters() });

  beforeAll(async () => {
    server = await startThrowawayPostgres();
    await provisionRuntime(server.url, key);
    admin = openDatabase({ url: server.url, applicationName: 'spec' });
    objects = new MemoryObjects();
    hot = new MemoryHotState(systemClock);
    log = await openLog();
    surface = surfaceOf(log);
  });
  afterAll(async () => {
    await log.close();
    await admin.close();
    await server.stop();
  });
  beforeEach(() => {
    tenant = `t-${randomUUID().slice(0, 8)}`;
    caller = callerOf(tenant);
  });

  const intentOf = (more: Partial<Intent> = {}): Intent => ({
    intent_id: randomUUID(), intent_type: 'sample.run', realm: 'sample', session_id: randomUUID(), tenant_id: tenant, payload: {}, metadata: {}, created_at: new Date((clock += 1000)).toISOString(), ...more,
  });
  const append = async (frames: TestStream['frames'], by = log): Promise<void> => {
    const results = await Promise.all(frames.map((frame) => by.writer.append({ ...frame, sessionId: frame.streamId, awaited: true })));
    expect(new Set(results.map((result) => result.status))).toEqual(new Set(['committed']));
  };
  /** A stream whose caller is of the test's tenant. */
  const streamOf = (intent: Intent): TestStream => {
    const stream = new TestStream(capability, intent);
    const [first] = stream.frames;
    const records = first!.records.map((record) => (record.type === 'intent_received' ? { ...record, caller } : record));
    stream.frames.length = 0;
    stream.state = undefined;
    stream.now = Date.parse(intent.created_at);
    stream.add(records);
    stream.settle();
    return stream;
  };
  const completeWith = (stream: TestStream, name: string, more: { artifacts?: Artifact[]; state_changes?: StateChange[] } = {}): void => {
    stream.now += 40;
    stream.add([{ type: 'step_completed', ...stream.stamp, step: name, attempt: stream.state!.steps.at(-1)!.attempt, handler_build: 'b1', duration_ms: 40, output: { did: name }, artifacts: [], events: [], state_changes: [], ...more }]);
    stream.settle();
  };
  const inline = (stream: TestStream, name: string, content: string, more: Partial<Artifact> = {}): Artifact => ({
    name, artifact_type: 'sample.note', media_type: 'application/json', content, artifact_id: `${stream.intent.intent_id}/one/${name}`, execution_id: stream.intent.intent_id, step: 'one', content_hash: hashOf(content), ...more,
  });
  const finished = (intent = intentOf(), more: Parameters<typeof completeWith>[2] = {}): TestStream => {
    const stream = streamOf(intent);
    completeWith(stream, 'one', more);
    completeWith(stream, 'two');
    return stream;
  };
  const sessionFrames = (sessionId: string, closed = false): TestStream['frames'] => {
    const at = new Date((clock += 1000)).toISOString();
    const session = { session_id: sessionId, tenant_id: tenant, user_id: 'alice', created_at: at, context: { purpose: 'spec' } };
    const place = (seq: number): { tenantId: string; streamId: string; seq: number; kind: 'session'; at: string } => ({ tenantId: tenant, streamId: sessionId, seq, kind: 'session', at });
    const created = [{ type: 'session_created' as const, at, actor: 'user:alice', session, caller }];
    const first = encodeFrame(GENESIS, place(0), created);
    const end = [{ type: 'session_closed' as const, at, actor: 'user:alice', reason: 'done' }];
    const frames = [{ ...place(0), ...first, records: created }, ...(closed ? [{ ...place(1), ...encodeFrame(first.hash, place(1), end), records: end }] : [])];
    return frames as unknown as TestStream['frames'];
  };
  const tamper = (statement: string, values: string[]): Promise<unknown> =>
    admin.transaction(async (sql) => {
      await sql.query('alter table runtime.wal_frames disable trigger all');
      await sql.query(statement, values);
      await sql.query('alter table runtime.wal_frames enable trigger all');
    });

  it('an execution - reads its view, result and frames straight from the log, before any projection', async () => {
    const stream = streamOf(intentOf());
    await append(stream.frames);
    const execution_id = stream.intent.intent_id;
    expect(await surface.queries['runtime.execution.read']({ caller, execution_id })).toMatchObject({ status: 'running', steps: [{ name: 'one', status: 'running' }] });
    expect(await surface.queries['runtime.execution.frames']({ caller, execution_id, from_seq: 0, limit: 10 })).toMatchObject({ session_id: stream.intent.session_id, ended: false });
    const before = stream.frames.length;
    completeWith(stream, 'one');
    completeWith(stream, 'two');
    await append(stream.frames.slice(before));
    expect(await surface.queries['runtime.execution.result']({ caller, execution_id })).toMatchObject({ success: true, output: { did: 'two' } });
    const rest = await surface.queries['runtime.execution.frames']({ caller, execution_id, from_seq: before, limit: 10 });
    expect([rest.ended, rest.frames.map((frame) => frame.seq)]).toEqual([true, stream.frames.slice(before).map((frame) => frame.seq)]);
    expect(await surface.queries['runtime.execution.frames']({ caller, execution_id, from_seq: 99, limit: 10 })).toMatchObject({ frames: [], ended: true });
  });

  it('another tenant - finds nothing by any question', async () => {
    const session_id = randomUUID();
    const stream = finished(intentOf({ session_id }), { state_changes: [{ key: 'k', value: 1 }] });
    await append([...sessionFrames(session_id), ...stream.frames]);
    const other = { caller: callerOf('stranger'), execution_id: stream.intent.intent_id };
    const page = { caller: other.caller, limit: 10 };
    for (const ask of ['runtime.execution.read', 'runtime.execution.result', 'runtime.execution.validate', 'runtime.state.read'] as const)
      await expect(surface.queries[ask](other)).rejects.toMatchObject({ code: 'execution.not_found' });
    await expect(surface.queries['runtime.session.read']({ caller: other.caller, session_id })).rejects.toMatchObject({ code: 'session.not_found' });
    await expect(surface.queries['runtime.execution.replay']({ ...other, ...whole, mode: 'state_only' })).rejects.toMatchObject({ code: 'execution.not_found' });
    expect(await surface.queries['runtime.execution.list']({ ...page, session_id })).toEqual({ executions: [] });
    expect(await surface.queries['runtime.session.list'](page)).toEqual({ sessions: [] });
    expect(await surface.queries['runtime.wal.query']({ ...page, session_id })).toEqual({ frames: [] });
    expect(await surface.queries['runtime.wal.query'](page)).toEqual({ frames: [] });
    expect(await surface.queries['runtime.state.query']({ ...page, prefix: '' })).toEqual({ entries: [] });
    expect(await surface.queries['runtime.artifact.list']({ ...page, execution_id: other.execution_id })).toEqual({ artifacts: [] });
    expect((await surface.queries['runtime.metrics.read'](page)).wal.frames).toBe(0);
  });

  it('lists - show what was committed before the question, newest first, page by page, by session, type and status', async () => {
    const session_id = randomUUID();
    const done = [finished(intentOf({ session_id })), finished(intentOf({ session_id })), finished()];
    const open = streamOf(intentOf({ session_id }));
    for (const stream of [...done, open]) await append(stream.frames);
    const list = surface.queries['runtime.execution.list'];
    const first = await list({ caller, limit: 3 });
    const second = await list({ caller, limit: 3, cursor: first.next_cursor! });
    expect([...first.executions, ...second.executions].map((e) => e.execution_id)).toEqual([open, ...[...done].reverse()].map((s) => s.intent.intent_id));
    expect(second.next_cursor).toBeUndefined();
    expect(first.executions[1]).toMatchObject({ status: 'completed', steps_completed: 2, execution_time_ms: 80, record_count: done[0]!.state!.records });
    expect((await list({ caller, limit: 9, session_id, status: 'completed', intent_type: 'sample.run' })).executions).toHaveLength(2);
    expect((await list({ caller, limit: 9, intent_type: 'sample.other' })).executions).toEqual([]);
    await expect(list({ caller, limit: 3, cursor: 'bm9uc2Vuc2U' })).rejects.toMatchObject({ code: 'request.invalid', field: '/cursor' });
  });

  it('sessions - are read with what still runs in them, open and closed', async () => {
    const [open, closed] = [randomUUID(), randomUUID()];
    const running = streamOf(intentOf({ session_id: open }));
    for (const frames of [sessionFrames(open), sessionFrames(closed, true), running.frames, finished(intentOf({ session_id: open })).frames]) await append(frames);
    expect(await surface.queries['runtime.session.read']({ caller, session_id: open })).toMatchObject({ context: { purpose: 'spec' }, active_sagas: [running.intent.intent_id] });
    const { sessions, next_cursor } = await surface.queries['runtime.session.list']({ caller, limit: 1 });
    expect(sessions).toMatchObject([{ session_id: closed, closed_at: expect.any(String) as unknown, active_sagas: [] }]);
    expect((await surface.queries['runtime.session.list']({ caller, limit: 1, cursor: next_cursor! })).sessions).toMatchObject([{ session_id: open }]);
  });

  it('state - the newest change of a key stands, null removes it, prefixes select, and a stream folded twice changes nothing', async () => {
    const changes = (n: number): StateChange[] => [{ key: 'policy/1', value: n }, { key: 'policy/2', value: { n } }, { key: 'claim/1', value: 'x' }];
    await append(finished(intentOf(), { state_changes: changes(1) }).frames);
    const newer = finished(intentOf(), { state_changes: [...changes(2), { key: 'claim/1', value: null }] });
    await append(newer.frames);
    const query = surface.queries['runtime.state.query'];
    expect((await query({ caller, prefix: '', limit: 10 })).entries.map((e) => [e.key, e.value, e.execution_id])).toEqual([['policy/1', 2, newer.intent.intent_id], ['policy/2', { n: 2 }, newer.intent.intent_id]]);
    const page = await query({ caller, prefix: 'policy/', limit: 1 });
    expect((await query({ caller, prefix: 'policy/', limit: 1, cursor: page.next_cursor! })).entries.map((e) => e.key)).toEqual(['policy/2']);
    expect(await surface.queries['runtime.state.read']({ caller, execution_id: newer.intent.intent_id })).toMatchObject({ state: { 'policy/1': 2, 'policy/2': { n: 2 } }, execution: { status: 'completed' } });
  });

  it('hot state - answers when it is of the last frame, and losing it changes no answer', async () => {
    const stream = finished();
    const execution_id = stream.intent.intent_id;
    await append(stream.frames);
    await surface.caughtUp(5_000);
    const warm = await surface.queries['runtime.state.read']({ caller, execution_id });
    await hot.delete(tenant, `execution/${execution_id}`);
    const cold = await surface.queries['runtime.state.read']({ caller, execution_id });
    expect([warm.source, cold.source]).toEqual(['hot', 'log']);
    expect(cold.execution).toEqual(warm.execution);
    await hot.setMany([{ tenantId: tenant, key: `execution/${execution_id}`, seq: 0, value: Buffer.from('{"view":{},"state":{}}') }]);
    expect((await surface.queries['runtime.state.read']({ caller, execution_id })).source).toBe('log');
  });

  it('artifacts - are listed without their content, by execution, session and type', async () => {
    const stream = streamOf(intentOf());
    completeWith(stream, 'one', { artifacts: [inline(stream, 'a', 'text a'), inline(stream, 'b', 'text b', { artifact_type: 'sample.other' })] });
    await append(stream.frames);
    const list = surface.queries['runtime.artifact.list'];
    const page = await list({ caller, limit: 1, session_id: stream.intent.session_id });
    expect(page.artifacts).toEqual([expect.not.objectContaining({ content: expect.anything() as unknown })]);
    expect((await list({ caller, limit: 5, cursor: page.next_cursor!, execution_id: stream.intent.intent_id })).artifacts.map((a) => a.name)).toEqual(['b']);
    expect((await list({ caller, limit: 5, artifact_type: 'sample.other' })).artifacts.map((a) => a.name)).toEqual(['b']);
  });

  it('the log - is found by session, type of record, correlation and time, in order, page by page, missing nothing', async () => {
    const session_id = randomUUID();
    const [one, two] = [finished(intentOf({ session_id })), finished(intentOf({ session_id, payload: { quote: '"type":"step_failed"' } }))];
    const failing = streamOf(intentOf());
    failing.fail(clash);
    for (const frames of [sessionFrames(session_id), one.frames, two.frames, failing.frames]) await append(frames);
    const query = surface.queries['runtime.wal.query'];
    const pages = async (q: Omit<Parameters<typeof query>[0], 'caller' | 'limit'>): Promise<string[]> => {
      const seen: string[] = [];
      for (let cursor: string | undefined; ; ) {
        const page = await query({ ...q, caller, limit: 2, ...(cursor === undefined ? {} : { cursor }) });
        seen.push(...page.frames.map((frame) => `${frame.stream_id}/${frame.seq}`));
        if (page.next_cursor === undefined) return seen;
        cursor = page.next_cursor;
      }
    };
    const names = (...streams: TestStream[]): string[] => streams.flatMap((s) => s.frames.map((frame) => `${frame.streamId}/${frame.seq}`));
    expect((await pages({ session_id })).toSorted()).toEqual([`${session_id}/0`, ...names(one, two)].toSorted());
    expect(await pages({ execution_id: one.intent.intent_id })).toEqual(names(one));
    expect(await pages({ session_id, record_type: 'step_failed' })).toEqual([]);
    expect(await pages({ record_type: 'step_failed' })).toEqual([`${failing.intent.intent_id}/${failing.frames.length - 1}`]);
    expect((await pages({ session_id, record_type: 'execution_completed' })).length).toBe(2);
    expect((await pages({ correlation_id: 'c-1' })).toSorted()).toEqual(names(one, two, failing).toSorted());
    expect((await pages({})).toSorted()).toEqual([`${session_id}/0`, ...names(one, two, failing)].toSorted());
    expect((await pages({ intent_type: 'sample.run', before: two.intent.created_at, after: one.intent.created_at })).slice(0, one.frames.length)).toEqual(names(one));
  });

  it('replay - the fold equals what was kept beside the log; a falsified projection is told', async () => {
    const stream = finished();
    await append(stream.frames);
    await surface.caughtUp(5_000);
    const ask = { caller, execution_id: stream.intent.intent_id };
    expect(await surface.queries['runtime.execution.replay']({ ...ask, ...whole, mode: 'state_only' })).toMatchObject({ chain_valid: true, equal_to_live: true, state: { status: 'completed' } });
    expect((await surface.queries['runtime.execution.replay']({ ...ask, ...whole, mode: 'events_only' })).frames).toHaveLength(stream.frames.length);
    // who asks from behind the end, for what may have come since, is not told that there is no such execution
    expect(await surface.queries['runtime.execution.replay']({ ...ask, mode: 'events_only', from_seq: stream.frames.length + 5, limit: 10 })).toMatchObject({ frames: [], chain_valid: true });
    await admin.query(`update runtime.executions set steps_completed = 7 where execution_id = $1`, [ask.execution_id]);
    expect(await surface.queries['runtime.execution.replay']({ ...ask, ...whole, mode: 'state_only' })).toMatchObject({ equal_to_live: false });
  });

  it('validate - a sound session passes; a changed byte, a cut end, a lost object and a false hash are each found', async () => {
    const session_id = randomUUID();
    const put = await objects.put(tenant, (async function* () { yield await Promise.resolve(Buffer.from('bytes')); })());
    const sound = streamOf(intentOf({ session_id }));
    completeWith(sound, 'one', { artifacts: [inline(sound, 'a', 'text'), inline(sound, 'b', 'x', { content: undefined, object: { ...put, media_type: 'text/plain' }, content_hash: put.hash })] });
    completeWith(sound, 'two');
    const [changed, cut] = [finished(intentOf({ session_id })), finished(intentOf({ session_id }))];
    const bad = streamOf(intentOf({ session_id }));
    completeWith(bad, 'one', { artifacts: [inline(bad, 'a', 'text', { content_hash: hashOf('other') }), inline(bad, 'b', 'x', { content: undefined, object: { hash: hashOf('lost'), size: 4, media_type: 'text/plain' }, content_hash: hashOf('lost') })] });
    completeWith(bad, 'two');
    for (const frames of [sessionFrames(session_id), sound.frames, changed.frames, cut.frames]) await append(frames);
    expect(await surface.queries['runtime.session.validate']({ caller, session_id })).toMatchObject({ valid: true });
    await append(bad.frames);
    await surface.caughtUp(5_000);
    await tamper(`update runtime.wal_frames set body = convert_to(replace(convert_from(body, 'UTF8'), 'runtime:test', 'runtime:evil'), 'UTF8') where stream_id = $1 and seq = 1`, [changed.intent.intent_id]);
    await tamper(`delete from runtime.wal_frames where stream_id = $1 and seq = (select max(seq) from runtime.wal_frames where stream_id = $1)`, [cut.intent.intent_id]);
    const failed = async (stream: TestStream): Promise<string[]> => {
      const report = await surface.queries['runtime.execution.validate']({ caller, execution_id: stream.intent.intent_id });
      return report.checks.flatMap((check) => check.problems.map((problem) => `${check.check}: ${problem}`));
    };
    expect(await failed(changed)).toEqual([expect.stringContaining('chain: frame 1: its hash does not follow')]);
    expect(await failed(cut)).toEqual([expect.stringContaining('chain: the stream ends at frame')]);
    expect(await failed(bad)).toEqual([expect.stringContaining('artifacts: ') as string, expect.stringContaining('its object is missing')]);
    const { valid, reports } = await surface.queries['runtime.session.validate']({ caller, session_id });
    expect([valid, reports.filter((report) => report.valid).map((report) => report.stream_id)]).toEqual([false, [session_id, sound.intent.intent_id]]);
  });

  it('metrics - count executions, steps with their durations, state changes and the log’s growth by type', async () => {
    const retried = streamOf(intentOf());
    completeWith(retried, 'one', { state_changes: [{ key: 'a', value: 'abc' }, { key: 'b', value: 1 }, { key: 'b', value: null }] });
    retried.fail(clash);
    retried.settle();
    retried.now += 60_000;
    retried.settle();
    completeWith(retried, 'two');
    await append(retried.frames);
    await append(finished().frames);
    await append(streamOf(intentOf()).frames);
    await surface.queries['runtime.state.query']({ caller, prefix: '', limit: 5 });
    const metrics = await surface.queries['runtime.metrics.read']({ caller });
    expect(metrics.executions).toEqual({ accepted: 3, completed: 2, failed: 0, cancelled: 0, rejected: 0, in_flight: 1 });
    expect(metrics.steps['sample.run/two']).toMatchObject({ completed: 2, failed: 1, retried: 1, success_rate: 2 / 3 });
    expect(metrics.steps['sample.run/one']!.duration_ms.p50 / 40).toBeCloseTo(1, 1);
    expect(metrics.execution_duration_ms['sample.run']!.count).toBe(2);
    expect(metrics.state).toEqual({ entries: 1, bytes: 6, gets: 1, sets: 2, deletes: 1 });
    expect(metrics.wal.records_by_type).toMatchObject({ intent_received: 3, step_failed: 1, execution_completed: 2 });
    expect(metrics.wal.bytes).toBeGreaterThan(1_000);
  });

  it('a rebuild - from an empty position, by another instance and in another order of writers, comes out the same', async () => {
    const other = await openLog();
    const streams = [0, 1].map((n) => finished(intentOf(), { state_changes: [{ key: 'k', value: n }] }));
    await Promise.all(streams.map((stream, i) => append(stream.frames, i ? other : log)));
    await surface.caughtUp(5_000);
    const tables = async (): Promise<unknown[]> =>
      Promise.all(['executions order by execution_id', 'state_entries order by key', 'sessions order by session_id', `tenant_metrics where metric not in ('wal') order by metric`].map((t) => admin.query(`select * from runtime.${t.replace(/ (where|order)/, ` where tenant_id = '${tenant}' $1`).replace('where metric', 'and metric')}`)));
    const before = await tables();
    await log.close();
    await admin.query('truncate runtime.executions, runtime.sessions, runtime.artifacts, runtime.state_entries, runtime.frame_index, runtime.tenant_metrics');
    await admin.query(`delete from runtime.follower_positions where follower = 'surface'`);
    log = other;
    surface = surfaceOf(log);
    expect(await surface.caughtUp(5_000)).toBe(true);
    expect(await tables()).toEqual(before);
  });
});
