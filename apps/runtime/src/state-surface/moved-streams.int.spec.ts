import type { Artifact, Caller, StateChange, WalRecord } from '@symphainy/contracts';
import { encodeFrame } from '@symphainy/execution';
import type { TestStream } from '@symphainy/execution/testing';
import { MemoryHotState } from '@symphainy/hot-redis';
import { hashOf, silentLogger, systemClock } from '@symphainy/kernel';
import type { StoredFrame } from '../acceptance/log.ports.js';
import { newCaller, RecordedBed } from '../testing/recorded-streams.js';
import fc from 'fast-check';
import { Projector } from './projector.js';

// Real servers start here, on machines that may be busy.
jest.setTimeout(120_000);

/** How a log is read: its frames in some order, and where batches end. */
interface Reading {
  readonly order: readonly number[];
  readonly ends: readonly boolean[];
}

const readingsOf = (count: number): fc.Arbitrary<Reading> => fc.record({
  order: fc.shuffledSubarray(Array.from({ length: count }, (_, i) => i), { minLength: count }),
  ends: fc.array(fc.boolean(), { minLength: count, maxLength: count }),
});

describe('executions that slept and went on with another runtime - whose frames are read before those of the runtime they left', () => {
  let bed: RecordedBed;

  beforeAll(async () => void (bed = await RecordedBed.start()));
  afterAll(() => bed.stop());

  /** Both steps make an artifact, and set what the one before set; before them lie frames that make nothing. */
  const recorded = async (caller: Caller): Promise<TestStream> => {
    const stream = bed.stream(caller);
    bed.progress(stream, 3);
    for (const step of ['one', 'two']) {
      stream.now += 1000;
      stream.add([made(stream, step)]);
      stream.settle();
    }
    await bed.append(stream.frames);
    // the bed's own projector has read them, and writes no more of this tenant
    await bed.surface.caughtUp(20_000);
    return stream;
  };

  const made = (stream: TestStream, step: string): WalRecord => {
    const { intent_id: execution_id } = stream.intent;
    const artifacts: Artifact[] = [{ name: 'note', artifact_type: 'sample.note', media_type: 'text/plain', artifact_id: `${execution_id}/${step}/note`, execution_id, step, content: step, content_hash: hashOf(step) }];
    const state_changes: StateChange[] = [{ key: `last of ${execution_id}`, value: step }];
    return { ...(stream.completion(step) as Extract<WalRecord, { type: 'step_completed' }>), artifacts, state_changes };
  };

  /** The tables as a projector of its own writes them that is given the frames so. */
  const project = async (stream: TestStream, { order, ends }: Reading): Promise<unknown> => {
    const { tenant_id, intent_id } = stream.intent;
    await clear(tenant_id);
    const hot = new MemoryHotState(systemClock);
    const projector = new Projector(hot, silentLogger);
    for (const batch of batchesOf(stream, order, ends)) await bed.log.projections.transaction((sql) => projector.apply(batch, sql));
    const tables = await Promise.all([
      bed.admin.query('select * from runtime.executions where tenant_id = $1', [tenant_id]),
      bed.admin.query('select artifact from runtime.artifacts where tenant_id = $1 order by artifact', [tenant_id]),
      bed.admin.query('select * from runtime.state_entries where tenant_id = $1', [tenant_id]),
      bed.admin.query('select seq, intent_type, record_types from runtime.frame_index where tenant_id = $1 order by seq', [tenant_id]),
      bed.admin.query('select metric, value::jsonb from runtime.tenant_metrics where tenant_id = $1 order by metric', [tenant_id]),
    ]);
    return { tables, hot: await hot.get(tenant_id, intent_id) };
  };

  const batchesOf = ({ frames }: TestStream, order: readonly number[], ends: readonly boolean[]): StoredFrame[][] => {
    const batches: StoredFrame[][] = [[]];
    order.forEach((place, i) => {
      batches.at(-1)!.push({ ...frames[place]!, sessionId: frames[place]!.streamId, writer: bed.log.writer.id, n: place + 1 } as StoredFrame);
      if (ends[i] === true) batches.push([]);
    });
    return batches.filter((batch) => batch.length > 0);
  };

  const clear = (tenantId: string): Promise<unknown> =>
    Promise.all(['executions', 'artifacts', 'state_entries', 'frame_index', 'tenant_metrics', 'stream_checkpoints'].map((table) => bed.admin.query(`delete from runtime.${table} where tenant_id = $1`, [tenantId])));

  it('in whatever order, and however that is cut into batches - lists, artifacts, state and figures come out as in order', async () => {
    const stream = await recorded(newCaller());
    const inOrder = await project(stream, { order: stream.frames.map((_, i) => i), ends: [] });
    await fc.assert(fc.asyncProperty(readingsOf(stream.frames.length), async (reading) => expect(await project(stream, reading)).toEqual(inOrder)), { numRuns: 60 });
  });

  it.each(['in one batch', 'in two'])('a session’s closing before its creation, %s - it is closed, and its user’s', async (how) => {
    const caller = newCaller();
    const session_id = await bed.session(caller);
    const [created] = await bed.log.reader.readStream(caller.tenant_id, session_id);
    const place = { tenantId: caller.tenant_id, streamId: session_id, seq: 1, kind: 'session' as const, at: '2026-01-02T00:00:00.000Z' };
    const closing = { ...place, ...encodeFrame(created!.hash, place, [{ type: 'session_closed', at: place.at, actor: 'user:alice', reason: 'done' }]), sessionId: session_id };
    await bed.log.writer.append({ ...closing, awaited: true });
    await bed.surface.caughtUp(20_000);
    const sessions = (): Promise<unknown[]> => bed.admin.query('select * from runtime.sessions where tenant_id = $1', [caller.tenant_id]);
    const inOrder = await sessions();
    await bed.admin.query('delete from runtime.sessions where tenant_id = $1', [caller.tenant_id]);
    const read: StoredFrame[] = [{ ...closing, writer: 'b', n: 1 }, created!];
    const projector = new Projector(new MemoryHotState(systemClock), silentLogger);
    for (const batch of how === 'in two' ? read.map((frame) => [frame]) : [read]) await bed.log.projections.transaction((sql) => projector.apply(batch, sql));
    expect(inOrder).toMatchObject([{ session_id, user_id: 'alice', closed_at: place.at }]);
    expect(await sessions()).toEqual(inOrder);
  });
});
