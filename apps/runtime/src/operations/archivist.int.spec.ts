import { randomBytes, randomUUID } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Caller, Tenant } from '@symphainy/contracts';
import { encodeFrame, GENESIS } from '@symphainy/execution';
import { sampleCapability, sampleIntent, sampleSaga, TestStream } from '@symphainy/execution/testing';
import { readPublicKeys, readSigningKey, signBundle } from '@symphainy/governance';
import { sampleBundle } from '@symphainy/governance/testing';
import { MemoryHotState } from '@symphainy/hot-redis';
import { silentLogger, systemClock } from '@symphainy/kernel';
import { FileObjectStore } from '@symphainy/objects-files';
import type { ObjectStore } from '@symphainy/ports';
import { startThrowawayPostgres, type PostgresServer } from '@symphainy/servers-local';
import { openDatabase, provisionRuntime, runtimeUrls, type Database } from '@symphainy/store-postgres';
import { BundleHolder } from '../acceptance/bundle-holder.js';
import { HistoryLog } from '../acceptance/history-log.js';
import { StreamAppender } from '../acceptance/stream-appender.js';
import { foldStream } from '../acceptance/stream-fold.js';
import { arm } from '../fail-points/fail-points.js';
import { ArtifactIndex } from '../data-brain/artifact-index.js';
import { Sealer } from '../evidence/sealer.js';
import { noCounters } from '../intake/intake.ports.js';
import { openStateSurface, type StateSurface } from '../state-surface/state-surface.js';
import { MemoryObjects } from '../testing/memory-objects.js';
import type { Follower } from '../wal/follower.js';
import { openPostgresLog, type PostgresLog } from '../wal/postgres-log.js';
import { MemoryBundleArchive } from '../wal/wal.memory.js';
import { Archivist } from './archivist.js';

// Real servers start here, on machines that may be busy.
jest.setTimeout(60_000);

const capability = sampleCapability(sampleSaga('one', 'two'));
const signingKey = readSigningKey(Buffer.alloc(32, 7).toString('base64url'));
const OLD = Date.parse('2026-01-01T00:00:00.000Z');

describe('archivist - streams leave the log for the archive, and nobody who reads can tell', () => {
  const key = randomBytes(32);
  let server: PostgresServer;
  let admin: Database;
  let log: PostgresLog;
  let surface: StateSurface;
  let sealer: Follower;
  let objects: MemoryObjects;
  let store: ObjectStore;
  let tenant: string;
  let caller: Caller;
  let clock = OLD;

  beforeAll(async () => {
    server = await startThrowawayPostgres();
    await provisionRuntime(server.url, key);
    admin = openDatabase({ url: server.url, applicationName: 'spec' });
    objects = new MemoryObjects();
    // the store that a test chooses: memory, unless it brings another
    const chosen: ObjectStore = { put: (...of) => store.put(...of), get: (...of) => store.get(...of), stat: (...of) => store.stat(...of), delete: (...of) => store.delete(...of) };
    log = await openPostgresLog({ urls: runtimeUrls(server.url, key), writerId: randomUUID(), clock: systemClock, logger: silentLogger, objects: chosen });
    surface = openStateSurface({ log, hot: new MemoryHotState(systemClock), objects, logger: silentLogger, counters: noCounters() });
    sealer = log.follow(new Sealer(20));
  });
  afterAll(async () => {
    await log.close();
    await admin.close();
    await server.stop();
  });
  beforeEach(() => {
    tenant = `t-${randomUUID().slice(0, 8)}`;
    caller = { tenant_id: tenant, user_id: 'alice', roles: [], auth: 'api_key' };
    objects.objects.clear();
    store = objects;
  });

  const append = async (frames: TestStream['frames']): Promise<void> => {
    const results = await Promise.all(frames.map((frame) => log.writer.append({ ...frame, sessionId: frame.streamId, awaited: true })));
    expect(new Set(results.map((result) => result.status))).toEqual(new Set(['committed']));
  };
  /** An execution of long ago; `open`: it has not ended. */
  const streamOf = (more: { session_id?: string; open?: boolean; at?: number } = {}): TestStream => {
    const stream = new TestStream(capability, sampleIntent({ intent_id: randomUUID(), session_id: more.session_id ?? randomUUID(), tenant_id: tenant, created_at: new Date(more.at ?? (clock += 1000)).toISOString() }));
    const records = stream.frames[0]!.records.map((record) => (record.type === 'intent_received' ? { ...record, caller } : record));
    stream.frames.length = 0;
    stream.state = undefined;
    stream.now = more.at ?? clock;
    stream.add(records);
    stream.settle();
    for (const step of more.open === true ? ['one'] : ['one', 'two']) {
      stream.now += 40;
      stream.complete({ did: step });
      stream.settle();
    }
    return stream;
  };
  /** Something newer in the log, so that no old stream holds the writer's last frame. */
  const newer = async (sessionId: string = randomUUID()): Promise<void> => {
    const at = new Date().toISOString();
    const place = { tenantId: tenant, streamId: sessionId, seq: 0, kind: 'session' as const, at };
    const records = [{ type: 'session_created' as const, at, actor: 'user:alice', session: { session_id: place.streamId, tenant_id: tenant, user_id: 'alice', created_at: at, context: {} }, caller }];
    await append([{ ...place, ...encodeFrame(GENESIS, place, records), records } as unknown as TestStream['frames'][number]]);
    await Promise.all([surface.caughtUp(5_000), sealer.caughtUp(5_000)]);
  };
  const archivistFor = async (settings: Partial<Omit<Tenant, 'switches'>> & { retention: 'off' | 'observe' | 'enforce' }, into: ObjectStore = store): Promise<Archivist> => {
    const { retention, ...more } = settings;
    const bundles = new BundleHolder(new MemoryBundleArchive(), readPublicKeys(signingKey.publicKey), silentLogger);
    const [sample] = sampleBundle().tenants;
    const of: Tenant = { ...sample!, tenant_id: tenant, switches: { ...sample!.switches, retention }, ...more };
    await bundles.offer(signBundle(sampleBundle({ tenants: [of] }), signingKey));
    return new Archivist({ entries: log.archive, reader: log.reader, objects: into, bundles, history, clock: systemClock, logger: silentLogger, scanMs: 60_000 });
  };
  let history: HistoryLog;
  beforeEach(() => {
    // Each test's tenant has streams of its own, so each may have a history of its own.
    history = new HistoryLog(new StreamAppender(log.writer, systemClock));
  });
  const rowsOf = async (streamId: string): Promise<string[]> => (await admin.query<{ kind: string }>('select kind from runtime.wal_frames where stream_id = $1 order by seq', [streamId])).map((row) => row.kind);
  const records = async (type: string) => (await surface.queries['runtime.wal.query']({ caller, limit: 100, record_type: type })).frames.flatMap((frame) => frame.records);

  it('enforce - an old ended stream leaves the log; everything that is asked of it answers as before', async () => {
    const stream = streamOf();
    const execution_id = stream.intent.intent_id;
    await append(stream.frames);
    await newer();
    const ask = { caller, execution_id };
    const questions = async (): Promise<unknown[]> => [
      await surface.queries['runtime.execution.read'](ask),
      await surface.queries['runtime.execution.result'](ask),
      await surface.queries['runtime.execution.frames']({ ...ask, from_seq: 1, limit: 2 }),
      await surface.queries['runtime.execution.frames']({ ...ask, from_seq: 99, limit: 2 }),
      await surface.queries['runtime.execution.replay']({ ...ask, mode: 'state_only', from_seq: 0, limit: 10 }),
      await surface.queries['runtime.execution.replay']({ ...ask, mode: 'events_only', from_seq: 1, limit: 1 }),
      await surface.queries['runtime.execution.validate'](ask),
      await surface.queries['runtime.state.read'](ask).then(({ source: _, ...rest }) => rest),
      await surface.queries['runtime.wal.query']({ caller, execution_id, limit: 2 }),
      await surface.queries['runtime.wal.query']({ caller, limit: 3 }),
      await surface.queries['runtime.wal.query']({ caller, limit: 3, record_type: 'execution_completed' }),
      (await foldStream(log.reader, tenant, execution_id))?.state,
      await log.reader.readHead(tenant, execution_id).then((head) => ({ ...head, archived: 'either' })),
    ];
    const before = await questions();
    expect(await (await archivistFor({ retention: 'enforce', retention_days: 30 })).look()).toEqual({ archived: 1, observed: 0, kept: 0 });
    expect(await rowsOf(execution_id)).toEqual(['archived']);
    await surface.caughtUp(5_000);
    expect(await questions()).toEqual(before);
    expect(await records('stream_archived')).toMatchObject([{ type: 'stream_archived', mode: 'enforced', archived: { stream_id: execution_id, head_seq: stream.frames.length - 1, segments: [{ from_seq: 0, previous: '0'.repeat(64) }] } }]);
  });

  it.each((['archive.store', 'archive.record', 'archive.leave'] as const).flatMap((point) => (['before', 'after'] as const).map((side) => [point, side] as const)))('an archivist that dies at %s, %s - leaves a stream that reads as before, and the next one finishes', async (point, side) => {
    const stream = streamOf();
    const { intent_id } = stream.intent;
    await append(stream.frames);
    await newer();
    const read = async (): Promise<unknown> => ({ state: (await foldStream(log.reader, tenant, intent_id))?.state, valid: await surface.queries['runtime.execution.validate']({ caller, execution_id: intent_id }) });
    const before = await read();
    let died = 0;
    arm(point, side, 0, () => {
      died++;
      throw new Error(`died ${side} ${point}`);
    });
    expect([await (await archivistFor({ retention: 'enforce', retention_days: 30 })).look(), died]).toEqual([{ archived: 0, observed: 0, kept: 1 }, 1]);
    const isGone = point === 'archive.leave' && side === 'after';
    expect([await rowsOf(intent_id), await read()]).toEqual([isGone ? ['archived'] : stream.frames.map(() => 'execution'), before]);
    await newer();
    expect(await (await archivistFor({ retention: 'enforce', retention_days: 30 })).look()).toEqual({ archived: isGone ? 0 : 1, observed: 0, kept: 0 });
    expect([await rowsOf(intent_id), await read()]).toEqual([['archived'], before]);
  });

  it('a second life - an id that is archived is not begun again, and its head says that nothing may follow it', async () => {
    const stream = streamOf();
    await append(stream.frames);
    await newer();
    await (await archivistFor({ retention: 'enforce', retention_days: 30 })).look();
    expect((await foldStream(log.reader, tenant, stream.intent.intent_id))!.head.archived).toBe(true);
    expect(await log.writer.append({ ...stream.frames[0]!, sessionId: stream.intent.session_id, awaited: true })).toEqual({ status: 'conflict' });
  });

  it('observe - says once what would go, stores nothing and removes nothing', async () => {
    const streams = [streamOf(), streamOf()];
    for (const stream of streams) await append(stream.frames);
    await newer();
    const archivist = await archivistFor({ retention: 'observe', retention_days: 30 });
    expect(await archivist.look()).toEqual({ archived: 0, observed: 2, kept: 0 });
    expect(await archivist.look()).toEqual({ archived: 0, observed: 0, kept: 0 });
    expect([objects.objects.size, (await rowsOf(streams[0]!.intent.intent_id)).length]).toEqual([0, streams[0]!.frames.length]);
    await surface.caughtUp(5_000);
    expect((await records('stream_archived')).map((record) => (record.type === 'stream_archived' ? [record.mode, record.archived.stream_id] : []))).toEqual(streams.map((stream) => ['observed', stream.intent.intent_id]));
  });

  it.each<[string, Parameters<typeof archivistFor>[0]]>([
    ['the switch off', { retention: 'off', retention_days: 30 }],
    ['no age set', { retention: 'enforce' }],
    ['nothing of that age', { retention: 'enforce', retention_days: 3_000 }],
  ])('%s - nothing is looked at', async (_what, settings) => {
    const stream = streamOf();
    await append(stream.frames);
    await newer();
    expect(await (await archivistFor(settings)).look()).toEqual({ archived: 0, observed: 0, kept: 0 });
    expect((await rowsOf(stream.intent.intent_id)).length).toBe(stream.frames.length);
  });

  it('what must stay - running executions, the writer’s last frame, and what a follower has not read', async () => {
    const running = streamOf({ open: true });
    const last = streamOf();
    await append(running.frames);
    await append(last.frames);
    await surface.caughtUp(5_000);
    const archivist = await archivistFor({ retention: 'enforce', retention_days: 30 });
    expect(await archivist.look()).toEqual({ archived: 0, observed: 0, kept: 1 });
    await newer();
    await admin.query(`insert into runtime.follower_positions (follower, writer, n) values ('slow', $1, 0)`, [log.writer.id]);
    expect(await archivist.look()).toEqual({ archived: 0, observed: 0, kept: 1 });
    expect((await rowsOf(last.intent.intent_id)).length).toBe(last.frames.length);
    await admin.query(`delete from runtime.follower_positions where follower = 'slow'`);
    expect(await archivist.look()).toEqual({ archived: 1, observed: 0, kept: 0 });
    expect((await rowsOf(running.intent.intent_id)).length).toBe(running.frames.length);
  });

  it('a store that lost or changed what it was given - keeps the stream in the log', async () => {
    const stream = streamOf();
    await append(stream.frames);
    await newer();
    class Forgetful extends MemoryObjects {
      override async put(tenantId: string, source: AsyncIterable<Uint8Array>): Promise<{ hash: string; size: number }> {
        const stored = await super.put(tenantId, source);
        this.objects.set(`${tenantId}/${stored.hash}`, Buffer.from('{"form":"symphainy-segment-1"}'));
        return stored;
      }
    }
    expect(await (await archivistFor({ retention: 'enforce', retention_days: 30 }, new Forgetful())).look()).toEqual({ archived: 0, observed: 0, kept: 1 });
    expect((await rowsOf(stream.intent.intent_id)).length).toBe(stream.frames.length);
    await surface.caughtUp(5_000);
    expect(await records('stream_archived')).toEqual([]);
  });

  it('a stream whose chain is broken - does not leave the log', async () => {
    const stream = streamOf();
    await append(stream.frames);
    await newer();
    await admin.transaction(async (sql) => {
      await sql.query('alter table runtime.wal_frames disable trigger all');
      await sql.query(`update runtime.wal_frames set body = convert_to(replace(convert_from(body, 'UTF8'), 'runtime:test', 'runtime:evil'), 'UTF8') where stream_id = $1 and seq = 1`, [stream.intent.intent_id]);
      await sql.query('alter table runtime.wal_frames enable trigger all');
    });
    expect(await (await archivistFor({ retention: 'enforce', retention_days: 30 })).look()).toEqual({ archived: 0, observed: 0, kept: 1 });
    expect(objects.objects.size).toBe(0);
  });

  it('an archived segment that was changed or lost - is told as unreadable, never read', async () => {
    const stream = streamOf();
    await append(stream.frames);
    await newer();
    await (await archivistFor({ retention: 'enforce', retention_days: 30 })).look();
    const [[name, bytes]] = [...objects.objects] as [[string, Uint8Array]];
    const ask = { caller, execution_id: stream.intent.intent_id };
    objects.objects.set(name, Buffer.from(Buffer.from(bytes).toString().replace('"to_seq"', '"to_sep"')));
    await expect(surface.queries['runtime.execution.read'](ask)).rejects.toMatchObject({ code: 'archive.unreadable' });
    objects.objects.delete(name);
    await expect(surface.queries['runtime.execution.result'](ask)).rejects.toMatchObject({ code: 'archive.unreadable' });
    objects.objects.set(name, bytes);
    expect(await surface.queries['runtime.execution.read'](ask)).toMatchObject({ status: 'completed' });
    expect(await new ArtifactIndex(log.reader).find(tenant, `${ask.execution_id}/one/none`)).toBeUndefined();
  });

  it('an archive in files - whose segment somebody changed, cut short, put another in the place of, or took away is unreadable, and is well again with its own bytes', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'archive-'));
    store = await FileObjectStore.open(folder, Date.now());
    const streams = [streamOf(), streamOf()];
    for (const stream of streams) await append(stream.frames);
    await newer();
    const ask = { caller, execution_id: streams[0]!.intent.intent_id };
    const sound = await surface.queries['runtime.execution.validate'](ask);
    expect(await (await archivistFor({ retention: 'enforce', retention_days: 30 })).look()).toMatchObject({ archived: 2 });
    const files = (await readdir(folder, { recursive: true, withFileTypes: true })).filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
    expect(files).toHaveLength(2);
    const bytes = await Promise.all(files.map((file) => readFile(file)));
    const mine = bytes.findIndex((one) => one.includes(streams[0]!.intent.intent_id));
    const [file, own, other] = [files[mine]!, bytes[mine]!, bytes[1 - mine]!];
    const middle = Math.floor(own.length / 2);
    // the seventh bit, so that it stays text
    const flipped = Buffer.from(own.map((byte, i) => (i === middle ? byte ^ 1 : byte)));
    for (const damage of [() => writeFile(file, flipped), () => writeFile(file, own.subarray(0, middle)), () => writeFile(file, other), () => writeFile(file, ''), () => rm(file)]) {
      await damage();
      await expect(surface.queries['runtime.execution.read'](ask)).rejects.toMatchObject({ code: 'archive.unreadable' });
      await expect(surface.queries['runtime.execution.validate'](ask)).rejects.toMatchObject({ code: 'archive.unreadable' });
    }
    await writeFile(file, own);
    expect(await surface.queries['runtime.execution.validate'](ask)).toEqual(sound);
    await rm(folder, { recursive: true });
  });

  it('a session - of which some streams are archived, is queried, validated and replayed in one order', async () => {
    const session_id = randomUUID();
    const streams = [streamOf({ session_id }), streamOf({ session_id }), streamOf({ session_id, at: Date.now() - 1000 })];
    for (const stream of streams) await append(stream.frames);
    await newer();
    const pages = async (): Promise<string[]> => {
      const seen: string[] = [];
      for (let cursor: string | undefined; ; ) {
        const page = await surface.queries['runtime.wal.query']({ caller, session_id, limit: 2, ...(cursor === undefined ? {} : { cursor }) });
        seen.push(...page.frames.map((frame) => `${frame.stream_id}/${frame.seq}`));
        if (page.next_cursor === undefined) return seen;
        cursor = page.next_cursor;
      }
    };
    const before = await pages();
    expect(await (await archivistFor({ retention: 'enforce', retention_days: 30 })).look()).toMatchObject({ archived: 2 });
    expect(before).toHaveLength(streams.reduce((sum, stream) => sum + stream.frames.length, 0));
    expect(await pages()).toEqual(before);
    const window = { after: streams[1]!.intent.created_at, before: new Date(Date.parse(streams[1]!.intent.created_at) + 500).toISOString() };
    expect((await surface.queries['runtime.wal.query']({ caller, session_id, limit: 50, ...window })).frames.map((frame) => frame.stream_id)).toEqual(streams[1]!.frames.map((frame) => frame.streamId));
  });

  it('a session of which the archive lost a stream - is validated all the same: that one is named, and the others hold', async () => {
    const session_id = randomUUID();
    const [lost, kept] = [streamOf({ session_id }), streamOf({ session_id })];
    for (const stream of [lost, kept]) await append(stream.frames);
    await newer(session_id);
    await (await archivistFor({ retention: 'enforce', retention_days: 30 })).look();
    const [[name]] = [...objects.objects].filter(([, bytes]) => Buffer.from(bytes).includes(lost.intent.intent_id)) as [[string, Uint8Array]];
    objects.objects.delete(name);
    const { valid, reports } = await surface.queries['runtime.session.validate']({ caller, session_id });
    const found = new Map(reports.map((report) => [report.stream_id, report.checks.find((check) => check.check === 'chain')!]));
    expect([valid, found.get(session_id)?.ok, found.get(kept.intent.intent_id)?.ok]).toEqual([false, true, true]);
    expect(found.get(lost.intent.intent_id)).toMatchObject({ ok: false, problems: [expect.stringContaining('is not in the object store'), expect.anything()] });
    const loss = { stream_id: lost.intent.intent_id, code: 'archive.unreadable', message: expect.stringContaining('is not in the object store') as string };
    const { frames, unreadable } = await surface.queries['runtime.wal.query']({ caller, session_id, limit: 50 });
    expect(frames.map((frame) => frame.stream_id).sort()).toEqual([session_id, ...kept.frames.map(() => kept.intent.intent_id)].sort());
    expect(unreadable).toEqual(lost.frames.map(({ seq }) => ({ ...loss, seq })));
    const { executions, chain_valid } = await surface.queries['runtime.session.replay']({ caller, session_id, mode: 'state_only', limit: 50 });
    expect(executions.map((one) => [one.execution_id, one.chain_valid, one.unreadable])).toEqual([[lost.intent.intent_id, false, loss.message], [kept.intent.intent_id, true, undefined]]);
    expect(chain_valid).toBe(false);
  });

  it('the way out - nobody but the archivist removes, and he only what he has entered by its head', async () => {
    const stream = streamOf();
    await append(stream.frames);
    await newer();
    const urls = runtimeUrls(server.url, key);
    const archivist = openDatabase({ url: urls.archivist, applicationName: 'spec' });
    const id = stream.intent.intent_id;
    await expect(archivist.query('delete from runtime.wal_frames where stream_id = $1', [id])).rejects.toThrow('append-only');
    await expect(archivist.query(`update runtime.wal_frames set kind = 'archived' where stream_id = $1`, [id])).rejects.toMatchObject({ code: '42501' });
    const enter = (seq: number, hash: Uint8Array): Promise<unknown> => archivist.query('insert into runtime.archived_streams (tenant_id, stream_id, head_seq, head_hash, first_at, last_at) values ($1, $2, $3, $4, now(), now())', [tenant, id, seq, hash]);
    await expect(enter(stream.frames.length - 1, Buffer.alloc(32))).rejects.toThrow('not the head');
    await expect(enter(0, stream.frames[0]!.hash)).rejects.toThrow('not the head');
    await expect(archivist.query(`insert into runtime.wal_frames select tenant_id, gen_random_uuid(), seq, kind, at, hash, body, writer, n + 1000000 from runtime.wal_frames where stream_id = $1 and seq = 1`, [id])).rejects.toMatchObject({ code: '42501' });
    for (const role of ['reader', 'follower', 'adopter'] as const) {
      const database = openDatabase({ url: urls[role], applicationName: 'spec' });
      await expect(database.query('delete from runtime.wal_frames where stream_id = $1', [id])).rejects.toMatchObject({ code: '42501' });
      await database.close();
    }
    await archivist.close();
    expect((await rowsOf(id)).length).toBe(stream.frames.length);
  });

  it('a stream that no leaf binds - does not leave the log, even when no sealer ever said that it would read it', async () => {
    await sealer.stop();
    const stream = streamOf();
    await append(stream.frames);
    await surface.caughtUp(5_000);
    await admin.query(`delete from runtime.follower_positions where follower = 'sealer'`);
    const archivist = openDatabase({ url: runtimeUrls(server.url, key).archivist, applicationName: 'spec' });
    const last = stream.frames.at(-1)!;
    await append(streamOf().frames);
    await surface.caughtUp(5_000);
    await expect(archivist.query('insert into runtime.archived_streams (tenant_id, stream_id, head_seq, head_hash, first_at, last_at) values ($1, $2, $3, $4, now(), now())', [tenant, stream.intent.intent_id, last.seq, last.hash])).rejects.toThrow('not sealed to its end');
    await archivist.close();
  });
});
