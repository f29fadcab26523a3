import { randomBytes, randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { silentLogger, systemClock } from '@symphainy/kernel';
import { ManualClock } from '@symphainy/kernel/testing';
import { startPostgres, startThrowawayPostgres, type PostgresServer } from '@symphainy/servers-local';
import { openDatabase, provisionRuntime, runtimeUrls, type Database } from '@symphainy/store-postgres';
import type { FollowerWork } from './follower.js';
import { openPostgresLog, type PostgresLog, type PostgresLogOptions } from './postgres-log.js';
import type { AppendRequest, AppendResult, CommittedAppend, StoredFrame } from '../acceptance/log.ports.js';

const hash = Buffer.alloc(32, 7);
const at = '2026-01-02T03:04:05.678Z';
const frame = (streamId: string, seq: number, more: Partial<AppendRequest> = {}): AppendRequest => ({
  tenantId: 'acme', streamId, seq, kind: 'execution', at, hash, body: Buffer.from(`{"records":[${seq}]}`), sessionId: streamId, awaited: true, ...more,
});
const statuses = (results: readonly AppendResult[]): string[] => results.map((result) => result.status);

// Real servers start here, on machines that may be busy.
jest.setTimeout(60_000);

describe('the log in Postgres', () => {
  const key = randomBytes(32);
  let server: PostgresServer;
  let admin: Database;
  const logs: PostgresLog[] = [];

  const open = async (more: Partial<PostgresLogOptions> = {}): Promise<PostgresLog> => {
    const log = await openPostgresLog({ urls: runtimeUrls(server.url, key), writerId: randomUUID(), clock: systemClock, logger: silentLogger, ...more });
    logs.push(log);
    return log;
  };
  /** A writer whose lease has run out and is never renewed: dead to others, although it can still try to flush. */
  const openDying = (): Promise<PostgresLog> => open({ clock: new ManualClock(), leaseMs: 0 });
  /** Takes over until `writer` is taken: other tests leave dead writers behind too. */
  const takeOver = async (by: PostgresLog, writer: string): Promise<NonNullable<Awaited<ReturnType<PostgresLog['leases']['takeOver']>>>> => {
    for (;;) {
      const dead = await by.leases.takeOver();
      if (dead?.writer === writer) return dead;
      if (dead !== undefined) await by.leases.retire(dead);
    }
  };

  beforeAll(async () => {
    server = await startThrowawayPostgres();
    await provisionRuntime(server.url, key);
    admin = openDatabase({ url: server.url, applicationName: 'spec' });
  });
  afterEach(async () => {
    await Promise.all(logs.splice(0).map((log) => log.close()));
  });
  afterAll(async () => {
    await admin.close();
    await server.stop();
  });

  it('appending - frames come back in order, byte for byte, with gapless positions told before the answer', async () => {
    const { writer, reader } = await open();
    const told: CommittedAppend[] = [];
    writer.onCommitted((frames) => told.push(...frames));
    const stream = randomUUID();
    const body = Buffer.from('{"records":["a \\u0000 and 😀"]}');
    const results = await Promise.all([frame(stream, 0, { body }), frame(stream, 1), frame(randomUUID(), 0, { tenantId: 'globex' }), frame(stream, 2)].map((f) => writer.append(f)));
    expect(told.map((f) => f.n)).toEqual([1, 2, 3, 4]);
    expect(new Set(results.map((r) => (r.status === 'committed' ? r.n : 0)))).toEqual(new Set([1, 2, 3, 4]));
    const stored = await reader.readStream('acme', stream);
    expect(stored.map((f) => [f.seq, f.at, f.writer, Buffer.from(f.hash).equals(hash)])).toEqual([0, 1, 2].map((seq) => [seq, at, writer.id, true]));
    expect(Buffer.from(stored[0]!.body)).toEqual(body);
    expect((await reader.readHead('acme', stream))?.seq).toBe(2);
  });

  it('isolation - another tenant reads nothing of a stream, not even its head', async () => {
    const { writer, reader } = await open();
    const stream = randomUUID();
    await writer.append(frame(stream, 0));
    expect(await reader.readStream('globex', stream)).toEqual([]);
    expect(await reader.readHead('globex', stream)).toBeUndefined();
  });

  it('conflict - a taken seq fails its stream from there on, and leaves the others of the batch alone', async () => {
    const [first, second] = [await open(), await open()];
    const [contested, innocent] = [randomUUID(), randomUUID()];
    await first.writer.append(frame(contested, 0));
    const results = await Promise.all([frame(contested, 0), frame(contested, 1), frame(innocent, 0), frame(innocent, 1)].map((f) => second.writer.append(f)));
    expect(statuses(results)).toEqual(['conflict', 'conflict', 'committed', 'committed']);
    expect(results.slice(2)).toEqual([{ status: 'committed', n: 1 }, { status: 'committed', n: 2 }]);
    expect((await first.reader.readStream('acme', contested)).map((f) => f.writer)).toEqual([first.writer.id]);
    expect(await second.writer.append(frame(contested, 1))).toEqual({ status: 'committed', n: 3 });
  });

  it('a bad frame - is refused with the reason, whether seen here or by the database, and the others stand', async () => {
    const { writer } = await open();
    const results = await Promise.all([frame(randomUUID(), 0, { hash: Buffer.alloc(31) }), frame(randomUUID(), 0, { at: '2026-02-31T25:00:00.000Z' }), frame(randomUUID(), 0)].map((f) => writer.append(f)));
    expect(statuses(results)).toEqual(['refused', 'refused', 'committed']);
  });

  it('idempotency - the loser is not written, learns the winner, and whether its request was the same', async () => {
    const [first, second] = [await open(), await open()];
    const [winner, loser, other] = [randomUUID(), randomUUID(), randomUUID()];
    const claim = (requestHash: number): AppendRequest['idempotency'] => ({ key: 'order "1", {a}', requestHash: Buffer.alloc(32, requestHash) });
    await first.writer.append(frame(winner, 0, { idempotency: claim(1) }));
    const results = await Promise.all([
      second.writer.append(frame(loser, 0, { idempotency: claim(1) })),
      second.writer.append(frame(other, 0, { idempotency: claim(2) })),
      second.writer.append(frame(randomUUID(), 0, { idempotency: claim(2), tenantId: 'globex' })),
    ]);
    expect(results).toEqual([
      { status: 'duplicate', executionId: winner, sameRequest: true },
      { status: 'duplicate', executionId: winner, sameRequest: false },
      { status: 'committed', n: 1 },
    ]);
    expect(await first.reader.readStream('acme', loser)).toEqual([]);
  });

  it('idempotency - of two rivals in one batch, and of many batches at once, one wins', async () => {
    const writers = await Promise.all([open(), open(), open()]);
    const idempotency = { key: randomUUID(), requestHash: hash };
    const results = await Promise.all(writers.flatMap(({ writer }) => Array.from({ length: 5 }, () => writer.append(frame(randomUUID(), 0, { idempotency })))));
    expect(statuses(results).filter((status) => status === 'committed')).toHaveLength(1);
    expect(new Set(results.flatMap((r) => (r.status === 'duplicate' ? [r.executionId] : []))).size).toBe(1);
  });

  it('fence - after a take-over the old writer writes nothing, is told, and its streams are named', async () => {
    const [old, heir] = [await openDying(), await open()];
    const [finished, unfinished] = [randomUUID(), randomUUID()];
    await old.writer.append(frame(finished, 0));
    await old.writer.append(frame(unfinished, 0));
    expect(await heir.leases.isAlive(old.writer.id)).toBe(false);
    old.writer.trackUnfinished(() => 2);
    await old.writer.renew();
    const dead = await takeOver(heir, old.writer.id);
    expect(dead).toMatchObject({ writer: old.writer.id, epoch: 1, streams: [{ tenantId: 'acme', streamId: unfinished }], unpublished: [] });
    expect(await old.writer.append(frame(unfinished, 1))).toEqual({ status: 'fenced' });
    await old.writer.lost;
    expect(await old.writer.append(frame(randomUUID(), 0))).toEqual({ status: 'fenced' });
    expect((await heir.reader.readStream('acme', unfinished)).map((f) => f.seq)).toEqual([0]);
    await heir.leases.retire(dead);
    expect(await heir.leases.isAlive(heir.writer.id)).toBe(true);
  });

  it('take-over - leaves out what ended, and names what was reopened after its end', async () => {
    const [dying, heir] = [await openDying(), await open()];
    const [ended, reopened, running] = [randomUUID(), randomUUID(), randomUUID()];
    const end = { body: Buffer.from('{"records":[{"actor":"a","at":"t","type":"execution_failed"}]}') };
    for (const f of [frame(ended, 0), frame(ended, 1, end), frame(reopened, 0), frame(reopened, 1, end), frame(reopened, 2), frame(running, 0)]) await dying.writer.append(f);
    const { streams } = await takeOver(heir, dying.writer.id);
    expect(streams.map(({ streamId }) => streamId).sort()).toEqual([reopened, running].sort());
  });

  it('take-over - waits for the flush that holds the lease row, and reads what it committed', async () => {
    const [old, heir] = [await openDying(), await open()];
    const stream = randomUUID();
    const blocker = await openDatabase({ url: server.url, applicationName: 'spec' }).connect();
    // An uncommitted row at the same place keeps the old writer's flush waiting, with the lease row locked.
    await blocker.query('begin');
    await blocker.query(`insert into runtime.wal_frames values ('acme', $1, 0, 'execution', now(), $2, 'x', gen_random_uuid(), 1)`, [stream, hash]);
    const flushing = old.writer.append(frame(stream, 0));
    await waitUntil(async () => (await admin.query(`select 1 from pg_stat_activity where application_name like 'runtime writer%' and wait_event_type = 'Lock'`)).length === 1);
    let taken = false;
    const taking = takeOver(heir, old.writer.id).then((dead) => {
      taken = true;
      return dead;
    });
    await waitUntil(async () => (await admin.query(`select 1 from pg_stat_activity where application_name like 'runtime adopter%' and wait_event_type = 'Lock'`)).length === 1);
    expect(taken).toBe(false);
    await blocker.query('rollback');
    expect(await flushing).toEqual({ status: 'committed', n: 1 });
    expect((await taking).streams).toEqual([{ tenantId: 'acme', streamId: stream }]);
    await blocker.close();
  });

  it('a process that died - is known by its line long before its lease ends; one that is only silent keeps it', async () => {
    const patient = { leaseMs: 60_000, renewMs: 100 };
    const [silent, heir] = [await open({ clock: new ManualClock(), ...patient }), await open(patient)];
    const overdue = `select 1 from runtime.wal_writers where writer = $1 and now() > greatest(started_at, pg_postmaster_start_time() + interval '1500 ms') + interval '500 ms'`;
    await waitUntil(async () => (await admin.query(overdue, [silent.writer.id])).length === 1);
    for (let dead = await heir.leases.takeOver(); dead !== undefined; dead = await heir.leases.takeOver()) expect(dead.writer).not.toBe(silent.writer.id);
    await admin.query('select pg_terminate_backend(pid) from pg_stat_activity where application_name = $1', [`runtime writer ${silent.writer.id.slice(-12)}`]);
    expect(await takeOver(heir, silent.writer.id)).toMatchObject({ epoch: 1 });
    expect(await silent.writer.append(frame(randomUUID(), 0))).toEqual({ status: 'fenced' });
  });

  it('close - a writer with nothing unfinished retires; one with unfinished work is taken over at once', async () => {
    const [idle, busy, heir] = [await open(), await open(), await open()];
    await idle.writer.append(frame(randomUUID(), 0));
    const stream = randomUUID();
    await busy.writer.append(frame(stream, 0));
    busy.writer.trackUnfinished(() => 1);
    for (const log of [idle, busy]) await logs.splice(logs.indexOf(log), 1)[0]!.close();
    expect((await takeOver(heir, busy.writer.id)).streams).toEqual([{ tenantId: 'acme', streamId: stream }]);
    expect(await admin.query('select retired_n from runtime.wal_writers where writer = $1', [idle.writer.id])).toEqual([{ retired_n: 1 }]);
  });

  it('a killed connection - in the middle of flushes loses nothing and doubles nothing', async () => {
    const { writer } = await open();
    const told: CommittedAppend[] = [];
    writer.onCommitted((frames) => told.push(...frames));
    const streams = Array.from({ length: 40 }, () => randomUUID());
    const results: Promise<AppendResult>[] = [];
    for (let seq = 0; seq < 25; seq++) {
      for (const stream of streams) results.push(writer.append(frame(stream, seq)));
      await new Promise((resolve) => setImmediate(resolve));
      if (seq % 5 === 2) await admin.query(`select pg_terminate_backend(pid) from pg_stat_activity where application_name = $1`, [`runtime writer ${writer.id.slice(-12)}`]);
    }
    expect(new Set(statuses(await Promise.all(results)))).toEqual(new Set(['committed']));
    expect(told.map((f) => f.n)).toEqual(Array.from({ length: 1000 }, (_, i) => i + 1));
    const [row] = await admin.query<{ frames: number; streams: number; top: number }>(`select count(*)::int as frames, count(distinct stream_id)::int as streams, max(n) as top from runtime.wal_frames where writer = $1`, [writer.id]);
    expect(row).toEqual({ frames: 1000, streams: 40, top: 1000 });
    expect(writer.epoch).toBeGreaterThan(1);
  });

  it('an outcome in doubt - what the broken flush had committed is found, not written again', async () => {
    const { writer } = await open();
    const stream = randomUUID();
    await writer.append(frame(stream, 0));
    // As if the answer to a commit had been lost: the row is there under this writer's next position.
    await admin.query(`insert into runtime.wal_frames select tenant_id, stream_id, 1, kind, at, hash, body, writer, 2 from runtime.wal_frames where stream_id = $1`, [stream]);
    await admin.query(`select pg_terminate_backend(pid) from pg_stat_activity where application_name = $1`, [`runtime writer ${writer.id.slice(-12)}`]);
    expect(await Promise.all([writer.append(frame(stream, 1)), writer.append(frame(stream, 2))])).toEqual([{ status: 'committed', n: 2 }, { status: 'committed', n: 3 }]);
  });

  it('followers - skip nothing, double nothing and keep streams in order with two writers, a take-over, and a change of turn', async () => {
    const [one, two] = [await openDying(), await open()];
    const seen: StoredFrame[] = [];
    await admin.query('create table if not exists public.seen (stream uuid, seq int); grant all on public.seen to symphainy_follower; truncate public.seen');
    const work = { name: `spec ${randomUUID()}`, gatherMs: 1, pollMs: 5, limit: 7, apply: async (frames: readonly StoredFrame[], sql: { query: Database['query'] }) => {
      seen.push(...frames);
      await sql.query('insert into public.seen select * from unnest($1::uuid[], $2::int[])', [frames.map((f) => f.streamId), frames.map((f) => f.seq)]);
    } };
    const streams = Array.from({ length: 30 }, () => randomUUID());
    const third = await open();
    const follower = third.follow(work);
    const inherited = randomUUID();
    for (let seq = 0; seq < 10; seq++) await one.writer.append(frame(inherited, seq));
    await Promise.all(streams.flatMap((stream, i) => [0, 1, 2].map((seq) => (i % 2 ? one : two).writer.append(frame(stream, seq)))));
    await takeOver(two, one.writer.id);
    await two.writer.append(frame(inherited, 10));
    expect(await follower.caughtUp(10_000)).toBe(true);
    // Another instance takes the turn, fed with its own frames from memory.
    await logs.splice(logs.indexOf(third), 1)[0]!.close();
    const next = two.follow(work);
    for (let seq = 11; seq < 20; seq++) await two.writer.append(frame(inherited, seq));
    expect(await next.caughtUp(10_000)).toBe(true);
    const rows = await admin.query<{ stream: string; seq: number }>('select stream, seq from public.seen');
    expect(rows.filter((row) => row.stream === inherited).map((row) => row.seq)).toEqual(Array.from({ length: 20 }, (_, i) => i));
    for (const stream of streams) expect(rows.filter((row) => row.stream === stream).map((row) => row.seq)).toEqual([0, 1, 2]);
  });

  it.each(['read back from the log', 'of its own, from memory'])('followers - keep a stream in order that goes to and fro between living writers, with what is beyond the limit, and frames %s', async (whose) => {
    const [one, two, third] = [await open(), await open(), await open()];
    const streams = Array.from({ length: 5 }, () => randomUUID());
    const seen: StoredFrame[] = [];
    const work: FollowerWork = { name: `spec ${randomUUID()}`, gatherMs: 1, pollMs: 5, limit: 7, apply: (frames) => Promise.resolve(void seen.push(...frames)) };
    const host = whose === 'read back from the log' ? third : one;
    const early = host === one ? host.follow({ ...work, gatherMs: 300 }) : undefined;
    await early?.caughtUp(10_000);
    const lines = streams.map(async (stream) => {
      for (let seq = 0; seq < 24; seq++) {
        const changes = seq > 0 && seq % 3 === 0;
        const by = Math.floor(seq / 3) % 2 === 0 ? two : one;
        const { writer } = by;
        await writer.append(frame(stream, seq, { body: Buffer.from(changes ? '{"records":[{"type":"adopted"}]}' : `{"records":[${seq}]}`) }));
      }
    });
    await Promise.all(lines);
    expect(await (early ?? host.follow(work)).caughtUp(20_000)).toBe(true);
    for (const stream of streams) expect(seen.filter((f) => f.streamId === stream).map((f) => f.seq)).toEqual(Array.from({ length: 24 }, (_, i) => i));
  });

  it('followers - wait for no frame of a writer whose row somebody removed', async () => {
    const [gone, heir, other] = [await open(), await open(), await open()];
    const [stream, another] = [randomUUID(), randomUUID()];
    await gone.writer.append(frame(stream, 0));
    await logs.splice(logs.indexOf(gone), 1)[0]!.close();
    await admin.query('delete from runtime.wal_writers where writer = $1', [gone.writer.id]);
    await heir.writer.append(frame(stream, 1, { body: Buffer.from('{"records":[{"type":"adopted"}]}') }));
    for (let seq = 0; seq < 20; seq++) await other.writer.append(frame(another, seq));
    const seen: string[] = [];
    const follower = (await open()).follow({ name: `spec ${randomUUID()}`, gatherMs: 1, pollMs: 5, limit: 1, apply: (frames) => Promise.resolve(void seen.push(...frames.map((one) => one.streamId))) });
    expect(await follower.caughtUp(10_000)).toBe(true);
    expect(seen.filter((one) => one === stream || one === another).slice(0, 2).sort()).toEqual([stream, another].sort());
  });

  it('a follower whose work can be made again - commits without waiting for the disk, and nobody else does', async () => {
    const log = await open();
    const modes = new Map<string, string>();
    const asking = (name: string, remakeable: boolean): FollowerWork => ({ name: `spec ${name} ${randomUUID()}`, gatherMs: 1, pollMs: 5, remakeable, apply: async (_frames, sql) => {
      const [row] = await sql.query<{ synchronous_commit: string }>('show synchronous_commit');
      modes.set(name, row!.synchronous_commit);
    } });
    const followers = [log.follow(asking('lazy', true)), log.follow(asking('durable', false))];
    await log.writer.append(frame(randomUUID(), 0));
    for (const follower of followers) expect(await follower.caughtUp(10_000)).toBe(true);
    expect(Object.fromEntries(modes)).toEqual({ lazy: 'off', durable: 'on' });
  });

  it('an urgent frame - is not kept waiting by what its follower gathers', async () => {
    const log = await open();
    const [calm, urgent] = [randomUUID(), randomUUID()];
    const seen: string[] = [];
    await new Promise<void>((resolve) => {
      log.follow({ name: `spec ${randomUUID()}`, gatherMs: 600_000, begin: () => Promise.resolve(resolve()), isUrgent: (one) => one.streamId === urgent, apply: (frames) => Promise.resolve(void seen.push(...frames.map((one) => one.streamId))) });
    });
    await log.writer.append(frame(calm, 0));
    await log.writer.append(frame(urgent, 0));
    await waitUntil(() => seen.includes(urgent));
    expect(seen.filter((one) => one === calm || one === urgent)).toEqual([calm, urgent]);
  });

  it('a restarted database - loses nothing that was accepted, and doubles nothing, under load', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'wal-spec-'));
    const dataDir = join(directory, 'pg');
    const first = await startPostgres({ dataDir });
    await provisionRuntime(first.url, key);
    const log = await open({ urls: runtimeUrls(first.url, key), leaseMs: 30_000 });
    const streams = Array.from({ length: 20 }, () => randomUUID());
    let stop = false;
    const load = streams.map(async (stream) => {
      let seq = 0;
      while (!stop) if ((await log.writer.append(frame(stream, seq))).status === 'committed') seq++;
      return seq;
    });
    await waitUntil(() => log.writer.head > 100);
    await first.stop();
    const second = await startPostgres({ dataDir, port: first.port });
    expect(second.port).toBe(first.port);
    const before = log.writer.head;
    await waitUntil(() => log.writer.head > before + 100);
    stop = true;
    const counts = await Promise.all(load);
    expect(log.writer.epoch).toBeGreaterThan(1);
    for (const [i, stream] of streams.entries()) expect((await log.reader.readStream('acme', stream)).map((f) => f.seq)).toEqual(Array.from({ length: counts[i]! }, (_, seq) => seq));
    await logs.splice(logs.indexOf(log), 1)[0]!.close();
    await second.stop();
    await rm(directory, { recursive: true, force: true });
  });

  it('the database away - first frames are refused as unavailable, others wait and are written when it is back', async () => {
    let failures = 0;
    const { writer } = await open({ firstFrameWaitMs: 50, logger: { ...silentLogger, warn: () => void failures++ } });
    const stream = randomUUID();
    await writer.append(frame(stream, 0));
    await admin.query(`alter role symphainy_writer nologin`);
    await admin.query(`select pg_terminate_backend(pid) from pg_stat_activity where application_name = $1`, [`runtime writer ${writer.id.slice(-12)}`]);
    const waiting = writer.append(frame(stream, 1));
    await waitUntil(() => failures > 0);
    await expect(writer.append(frame(randomUUID(), 0))).rejects.toMatchObject({ code: 'wal.unavailable', retry: { mode: 'retryable' } });
    await admin.query(`alter role symphainy_writer login`);
    expect(await waiting).toEqual({ status: 'committed', n: 2 });
  });

  it('bundles - the newest is found, and saving twice is once', async () => {
    const { bundles } = await open();
    const text = (version: number): string => JSON.stringify({ bundle: { version, created_at: `on day ${version}` } });
    for (const [hashText, version] of [['b', 2], ['a', 1], ['b', 2]] as const) await bundles.save(hashText, version, text(version));
    expect(await bundles.latest()).toBe(text(2));
    expect(await bundles.load('a')).toBe(text(1));
    expect([await bundles.list(9, 9), await bundles.list(2, 9)]).toMatchObject([[{ version: 2, hash: 'b' }, { version: 1 }], [{ version: 1, hash: 'a', created_at: 'on day 1' }]]);
    expect(await bundles.load('c')).toBeUndefined();
  });
});

async function waitUntil(condition: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await condition())) await new Promise((resolve) => setImmediate(resolve));
}
