import { randomUUID } from 'node:crypto';
import type { SubjectRequest } from '@symphainy/contracts';
import type { TestStream } from '@symphainy/execution/testing';
import type { StoredFrame, WalReader } from '../acceptance/log.ports.js';
import { newCaller, RecordedBed } from '../testing/recorded-streams.js';
import { WalQueries } from './wal-queries.js';

// Real servers start here, on machines that may be busy.
jest.setTimeout(120_000);

type Query = Omit<SubjectRequest<'runtime.wal.query'>, 'caller' | 'limit'>;

const nameOf = (frame: { streamId: string; seq: number }): string => `${frame.streamId}/${frame.seq}`;

describe('log queries - every filter, with cursors that hold while the log grows', () => {
  let bed: RecordedBed;
  let caller = newCaller();

  beforeAll(async () => void (bed = await RecordedBed.start()));
  afterAll(() => bed.stop());
  beforeEach(() => void (caller = newCaller()));

  /** All pages of a question; `between` runs after each. */
  const pages = async (query: Query, limit: number, between: () => Promise<void> = () => Promise.resolve()): Promise<string[]> => {
    const seen: string[] = [];
    for (let cursor: string | undefined; ; ) {
      const page = await bed.surface.queries['runtime.wal.query']({ ...query, caller, limit, ...(cursor === undefined ? {} : { cursor }) });
      seen.push(...page.frames.map((frame) => `${frame.stream_id}/${frame.seq}`));
      if (page.next_cursor === undefined) return seen;
      cursor = page.next_cursor;
      await between();
    }
  };
  const add = async (...streams: TestStream[]): Promise<TestStream[]> => {
    for (const stream of streams) await bed.append(stream.frames);
    return streams;
  };
  const names = (...streams: TestStream[]): string[] => streams.flatMap((stream) => stream.frames.map(nameOf));

  it('two filters together - both must hold: session and type of record, correlation and time, intent type and type of record', async () => {
    const session = await bed.session(caller);
    const [mine, other] = (await add(bed.finish(bed.stream(caller, { session_id: session })), bed.finish(bed.stream(caller)))) as [TestStream, TestStream];
    const last = (stream: TestStream): string => nameOf(stream.frames.at(-1)!);
    expect(await pages({ session_id: session, record_type: 'execution_completed' }, 1)).toEqual([last(mine)]);
    expect(await pages({ session_id: session, intent_type: 'sample.run' }, 2)).toEqual(names(mine));
    expect(await pages({ session_id: session, intent_type: 'sample.other' }, 2)).toEqual([]);
    expect(await pages({ execution_id: other.intent.intent_id, session_id: session }, 2)).toEqual([]);
    expect(await pages({ correlation_id: 'c-1', after: other.intent.created_at }, 2)).toEqual(names(other));
    expect(await pages({ correlation_id: 'c-1', before: new Date(Date.parse(other.intent.created_at) - 1).toISOString(), record_type: 'step_started' }, 2)).toEqual(mine.frames.filter((frame) => frame.records.some((record) => record.type === 'step_started')).map(nameOf));
    expect((await pages({ intent_type: 'sample.run', record_type: 'execution_completed' }, 1)).sort()).toEqual([last(mine), last(other)].sort());
    expect(await pages({ record_type: 'no_such_type' }, 5)).toEqual([]);
  });

  it('the whole log - a cursor misses nothing and repeats nothing while frames are appended between pages', async () => {
    const streams = await add(bed.finish(bed.stream(caller)), bed.finish(bed.stream(caller)));
    let left = 5;
    const seen = await pages({}, 2, async () => {
      if (left-- > 0) streams.push(...(await add(bed.finish(bed.stream(caller)))));
    });
    expect(new Set(seen).size).toBe(seen.length);
    expect([...seen].sort()).toEqual(names(...streams).sort());
  });

  it('one session - frames before the cursor stay where they were; what is appended behind it is still met', async () => {
    const session = await bed.session(caller);
    const [running] = (await add(bed.stream(caller, { session_id: session }))) as [TestStream];
    let left = 1;
    const seen = await pages({ session_id: session }, 1, async () => {
      if (left-- <= 0) return;
      const before = running.frames.length;
      bed.finish(running);
      await bed.append(running.frames.slice(before));
    });
    expect(seen).toEqual([`${session}/0`, ...names(running)]);
  });

  it('a moment that the frames lie after, later than the one they lie before - is told, not answered with nothing', async () => {
    const [after, before] = ['2026-01-02T00:00:00.000Z', '2026-01-01T00:00:00.000Z'];
    await expect(bed.surface.queries['runtime.wal.query']({ caller, limit: 5, after, before })).rejects.toMatchObject({ code: 'request.invalid', field: '/after' });
    expect(await pages({ after, before: after }, 5)).toEqual([]);
  });

  it('archived frames that no one answer can hold together - come over several pages, and none is missed', async () => {
    const [stream, rows] = [randomUUID(), 40];
    await bed.admin.query(`insert into runtime.frame_index (tenant_id, stream_id, seq, at, intent_type, record_types) select $1, $2, i, now(), 'sample.run', 4 from generate_series(0, $3::int - 1) i`, [caller.tenant_id, stream, rows]);
    const body = Buffer.from(JSON.stringify({ records: [{ type: 'step_progress', padding: 'x'.repeat(60_000) }] }));
    const frame = (seq: number): StoredFrame => ({ tenantId: caller.tenant_id, streamId: stream, seq, kind: 'execution', at: '2026-01-01T00:00:00.000Z', hash: Buffer.alloc(32), body, writer: randomUUID(), n: seq + 1 });
    const archive = { readStream: (_tenant: string, _stream: string, from = 0, count = 0) => Promise.resolve(Array.from({ length: count }, (_, i) => frame(from + i))) } as unknown as WalReader;
    const queries = new WalQueries({ database: bed.log.queries, settle: () => Promise.resolve() }, archive);
    const seen: number[] = [];
    for (let cursor: string | undefined; seen.length < rows; ) {
      const page = await queries.query({ caller, limit: 1000, ...(cursor === undefined ? {} : { cursor }) });
      expect(JSON.stringify(page).length).toBeLessThan(1024 * 1024);
      seen.push(...page.frames.map(({ seq }) => seq));
      cursor = page.next_cursor;
    }
    expect(seen).toEqual(Array.from({ length: rows }, (_, i) => i));
  });

  it('another tenant’s session, execution or correlation - is an empty page', async () => {
    const [stream] = (await add(bed.finish(bed.stream(caller)))) as [TestStream];
    caller = newCaller();
    expect(await pages({ session_id: stream.intent.session_id }, 5)).toEqual([]);
    expect(await pages({ execution_id: stream.intent.intent_id }, 5)).toEqual([]);
    expect(await pages({ correlation_id: 'c-1' }, 5)).toEqual([]);
    await expect(bed.surface.queries['runtime.wal.query']({ caller, limit: 5, cursor: Buffer.from('[1,2,3]').toString('base64url') })).rejects.toMatchObject({ code: 'request.invalid', field: '/cursor' });
  });

  it.each<[string, unknown]>([
    ['another list', ['seq', 3]],
    ['a moment', ['2026-01-01T00:00:00.000Z', randomUUID(), 0]],
    ['no place', ['position', 'first']],
  ])('a cursor that names %s - is told to be none of this list', async (_what, place) => {
    const cursor = Buffer.from(JSON.stringify(place)).toString('base64url');
    await expect(bed.surface.queries['runtime.wal.query']({ caller, limit: 5, correlation_id: 'c-1', cursor })).rejects.toMatchObject({ code: 'request.invalid', field: '/cursor' });
  });

  describe('a runtime whose clock is an hour behind', () => {
    it('goes on with an execution - whose frames stay in its order, and none is missed behind a cursor', async () => {
      const [running] = (await add(bed.stream(caller))) as [TestStream];
      let left = 1;
      const seen = await pages({ execution_id: running.intent.intent_id }, 1, async () => {
        if (left-- <= 0) return;
        const before = running.frames.length;
        running.now -= 3_600_000;
        bed.finish(running);
        await bed.append(running.frames.slice(before));
      });
      expect(seen).toEqual(names(running));
    });

    it('begins another execution of a session - whose frames are met behind the cursor', async () => {
      const session = await bed.session(caller);
      const late = bed.stream(caller, { session_id: session });
      const [early] = (await add(bed.stream(caller, { session_id: session }))) as [TestStream];
      let left = 1;
      const seen = await pages({ session_id: session }, 2, async () => {
        if (left-- > 0) await add(late);
      });
      expect(seen).toEqual([`${session}/0`, ...names(early, late)]);
    });
  });

  describe('with 200,000 rows, where reading a table whole would show', () => {
    const rows = 200_000;
    const owner = newCaller();

    beforeEach(() => void (caller = owner));

    beforeAll(async () => {
      const tenant = owner.tenant_id;
      await bed.admin.transaction(async (sql) => {
        await sql.query(`set local session_replication_role = replica`);
        await sql.query('set local statement_timeout = 0');
        await sql.query(
          `insert into runtime.frame_index (tenant_id, stream_id, seq, at, intent_type, record_types)
           select $1, gen_random_uuid(), 0, timestamptz '2026-01-01' + i * interval '1 second', 'sample.run', case when i % 50000 = 0 then 1024 else 4 end from generate_series(1, ${rows}) i`,
          [tenant],
        );
        await sql.query(
          `insert into runtime.executions (tenant_id, execution_id, session_id, user_id, intent_type, correlation_id, status, created_at, steps_completed, artifact_count, record_count, head_seq, head_hash, last_at)
           select $1, gen_random_uuid(), ('00000000-0000-7000-8000-' || lpad(to_hex(i / 100), 12, '0'))::uuid, 'alice', 'sample.run', 'c-' || (i / 50), 'completed', timestamptz '2026-01-01' + i * interval '1 second', 0, 0, 0, 0, decode(repeat('00', 32), 'hex'), now()
           from generate_series(1, ${rows / 4}) i`,
          [tenant],
        );
      });
      await bed.admin.query('analyze runtime.frame_index, runtime.executions, runtime.wal_frames');
    });

    const millisOf = async (query: Query): Promise<number> => {
      const started = performance.now();
      await bed.surface.queries['runtime.wal.query']({ ...query, caller, limit: 10 });
      return performance.now() - started;
    };

    it.each<[string, Query]>([
      ['an execution', { execution_id: randomUUID() }],
      ['a session', { session_id: '00000000-0000-7000-8000-000000000123' }],
      ['a correlation', { correlation_id: 'c-77' }],
      ['a session and a type of record', { session_id: '00000000-0000-7000-8000-000000000123', record_type: 'step_failed' }],
    ])('%s - is found by an index, not by reading the tables', async (_what, query) => {
      const scans = async (): Promise<number> => {
        const [row] = await bed.admin.query<{ n: number }>(`select sum(seq_scan) as n from pg_stat_user_tables where schemaname = 'runtime' and relname in ('executions', 'frame_index', 'wal_frames')`);
        return Number(row!.n);
      };
      await bed.admin.query('select pg_stat_force_next_flush()');
      const before = await scans();
      await millisOf(query);
      expect(await millisOf(query)).toBeLessThan(2_000);
      await bed.admin.query('select pg_stat_force_next_flush()');
      expect(await scans()).toBe(before);
    });
  });
});
