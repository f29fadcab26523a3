import { createServer, Socket, type AddressInfo } from 'node:net';
import { decodeBody, foldFrames, viewOf } from '@symphainy/execution';
import type { TestStream } from '@symphainy/execution/testing';
import { canonicalJson, hashOf } from '@symphainy/kernel';
import { newCaller, RecordedBed } from '../testing/recorded-streams.js';

// Real servers start here, on machines that may be busy.
jest.setTimeout(60_000);

const EXECUTIONS = 40;

/** A small source of draws that can be drawn again. */
function drawsFrom(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fff_ffff;
    return state % below;
  };
}

describe('the fence - replays of events and of state can cause nothing', () => {
  let bed: RecordedBed;
  const caller = newCaller();
  let session: string;
  const streams: TestStream[] = [];

  beforeAll(async () => {
    bed = await RecordedBed.start();
    session = await bed.session(caller);
    const draw = drawsFrom(20_261_121);
    for (let i = 0; i < EXECUTIONS; i++) {
      const stream = bed.stream(caller, { session_id: session, payload: { i } });
      bed.progress(stream, draw(4));
      if (draw(3) > 0) bed.finish(stream);
      else if (draw(2) > 0) stream.fail({ code: 'sample.broken', kind: 'domain', message: 'no', retry: { mode: draw(2) > 0 ? 'terminal' : 'retryable' } });
      stream.settle();
      streams.push(stream);
      await bed.append(stream.frames);
    }
    await bed.surface.caughtUp(10_000);
    await tapTables();
  });
  afterAll(() => bed.stop());

  /** Every statement that changes a table of the runtime leaves the name of its role. */
  async function tapTables(): Promise<void> {
    await bed.admin.query('create table public.tap (role text, change text)');
    await bed.admin.query(`create function public.tap() returns trigger language plpgsql security definer as $$ begin insert into public.tap values (session_user, tg_op || ' ' || tg_table_name); return null; end $$`);
    const tables = await bed.admin.query<{ name: string }>(`select tablename as name from pg_tables where schemaname = 'runtime'`);
    for (const { name } of tables) await bed.admin.query(`create trigger tap after insert or update or delete on runtime.${name} for each statement execute function public.tap()`);
  }

  /** What happens while `work` runs: changed tables by role (leases aside, which live on their own), objects written, sockets opened to anywhere but the database. */
  async function tapped(work: () => Promise<void>): Promise<{ changes: string[]; objects: string[]; sockets: string[] }> {
    const objects: string[] = [];
    const sockets: string[] = [];
    const put = jest.spyOn(bed.objects, 'put').mockImplementation(() => (objects.push('put'), Promise.reject(new Error('an object was written'))));
    const remove = jest.spyOn(bed.objects, 'delete').mockImplementation(() => (objects.push('delete'), Promise.reject(new Error('an object was removed'))));
    const port = new URL(bed.server.url).port;
    const connect = Socket.prototype.connect;
    const spy = jest.spyOn(Socket.prototype, 'connect').mockImplementation(function (this: Socket, ...args: unknown[]) {
      const to = canonicalJson(JSON.parse(JSON.stringify(args)) as never);
      if (!to.includes(port)) sockets.push(to);
      return (connect as (...args: unknown[]) => Socket).apply(this, args);
    } as never);
    await bed.admin.query('truncate public.tap');
    try {
      await work();
    } finally {
      for (const one of [put, remove, spy]) one.mockRestore();
    }
    const changes = await bed.admin.query<{ change: string }>(`select role || ' ' || change as change from public.tap where not (role = 'symphainy_adopter' and change like '% wal_writers')`);
    return { changes: changes.map((row) => row.change), objects, sockets };
  }

  it.each(['events_only', 'state_only'] as const)('%s, of an execution and of the session - writes to no table, no object, no socket', async (mode) => {
    const seen = await tapped(async () => {
      for (const stream of streams) await bed.surface.queries['runtime.execution.replay']({ caller, execution_id: stream.intent.intent_id, mode, from_seq: 0, limit: 200 });
      await bed.surface.queries['runtime.session.replay']({ caller, session_id: session, mode, limit: 1000 });
    });
    expect(seen).toEqual({ changes: [], objects: [], sockets: [] });
  });

  it('the taps - see what they are there to see', async () => {
    const server = createServer().listen(0);
    const seen = await tapped(async () => {
      await bed.append(bed.stream(caller).frames);
      await bed.objects.put('acme', (async function* () { yield await Promise.resolve(Buffer.from('x')); })()).catch(() => undefined);
      const socket = new Socket().connect((server.address() as AddressInfo).port);
      await new Promise((resolve) => socket.once('connect', resolve));
      socket.destroy();
    });
    server.close();
    expect([seen.objects, seen.sockets.length]).toEqual([['put'], 1]);
    expect(seen.changes).toContain('symphainy_writer INSERT wal_frames');
  });

  it('the role that replays read as - may change nothing that an execution consists of', async () => {
    const [row] = await bed.admin.query<{ may: string | null }>(
      `select string_agg(tablename, ', ') as may from pg_tables where schemaname = 'runtime' and tablename <> 'bundles'
       and (has_table_privilege('symphainy_reader', 'runtime.' || tablename, 'insert') or has_table_privilege('symphainy_reader', 'runtime.' || tablename, 'update') or has_table_privilege('symphainy_reader', 'runtime.' || tablename, 'delete'))`,
    );
    expect(row!.may).toBeNull();
  });

  it(`the fold of ${EXECUTIONS} executions drawn at random - is, hash for hash, the state that was live`, async () => {
    for (const stream of streams) {
      const report = await bed.surface.queries['runtime.execution.replay']({ caller, execution_id: stream.intent.intent_id, mode: 'state_only', from_seq: 0, limit: 1 });
      expect([report.chain_valid, report.equal_to_live]).toEqual([true, true]);
      expect(hashOf(report.state)).toBe(hashOf(viewOf(stream.state!)));
      const events = await bed.surface.queries['runtime.execution.replay']({ caller, execution_id: stream.intent.intent_id, mode: 'events_only', from_seq: 0, limit: 1000 });
      expect(hashOf(events.frames!.flatMap((frame) => frame.records))).toBe(hashOf(stream.frames.flatMap((frame) => decodeBody(frame.body))));
      expect(hashOf(viewOf(foldFrames(stream.frames)!))).toBe(hashOf(report.state));
    }
  });
});
