import { decodeState, encodeState, foldFrames, FOLD_VERSION, viewOf } from '@symphainy/execution';
import type { TestStream } from '@symphainy/execution/testing';
import { arm } from '../fail-points/fail-points.js';
import { foldStream, STREAM_PAGE } from '../acceptance/stream-fold.js';
import { newCaller, RecordedBed } from '../testing/recorded-streams.js';
import { CHECKPOINT_EVERY } from './checkpoints.js';

// Real servers start here, on machines that may be busy.
jest.setTimeout(60_000);

interface Kept {
  readonly seq: number;
  readonly fold: number;
  readonly state: Uint8Array;
}

describe('long streams - are folded from a kept fold that is never above the log', () => {
  let bed: RecordedBed;
  const caller = newCaller();

  beforeAll(async () => void (bed = await RecordedBed.start()));
  afterAll(() => bed.stop());

  const keptOf = async (stream: TestStream): Promise<Kept | undefined> => (await bed.admin.query<Kept>('select seq, fold, state from runtime.stream_checkpoints where stream_id = $1', [stream.intent.intent_id]))[0];
  /** Running, with `count` frames of progress, all committed and projected. */
  const long = async (count: number): Promise<TestStream> => {
    const stream = bed.progress(bed.stream(caller), count);
    await bed.append(stream.frames);
    await bed.surface.caughtUp(20_000);
    return stream;
  };
  const more = async (stream: TestStream, change: () => void): Promise<void> => {
    const before = stream.frames.length;
    change();
    await bed.append(stream.frames.slice(before));
    await bed.surface.caughtUp(20_000);
  };
  const folded = async (stream: TestStream) => (await foldStream(bed.log.reader, caller.tenant_id, stream.intent.intent_id))!;
  /** What a kept fold says, changed: whoever trusts it tells so. */
  const falsify = async (stream: TestStream): Promise<void> => {
    const state = decodeState((await keptOf(stream))!.state);
    state.steps[0]!.progress = { done: 'falsified' };
    await bed.admin.query('update runtime.stream_checkpoints set state = $2 where stream_id = $1', [stream.intent.intent_id, encodeState(state)!]);
  };

  it('a short stream - keeps no fold', async () => {
    const stream = bed.finish(bed.progress(bed.stream(caller), 20));
    await bed.append(stream.frames);
    await bed.surface.caughtUp(20_000);
    expect(await keptOf(stream)).toBeUndefined();
  });

  it('a long stream - keeps the newest fold, anew every so many frames and at its end', async () => {
    const stream = await long(CHECKPOINT_EVERY + 10);
    const first = (await keptOf(stream))!;
    expect([first.seq >= CHECKPOINT_EVERY, first.fold]).toEqual([true, FOLD_VERSION]);
    await more(stream, () => void bed.progress(stream, CHECKPOINT_EVERY));
    expect((await keptOf(stream))!.seq).toBeGreaterThan(first.seq);
    await more(stream, () => void bed.finish(stream));
    expect((await keptOf(stream))!.seq).toBe(stream.frames.length - 1);
    expect(viewOf(decodeState((await keptOf(stream))!.state))).toEqual(viewOf(stream.state!));
  });

  it('a fold from what was kept - is the fold of every frame, and reads a page and the rest instead of the stream', async () => {
    const stream = await long(3 * CHECKPOINT_EVERY + 40);
    let read = 0;
    const reader = bed.log.reader;
    const counting = { readStream: async (...args: Parameters<typeof reader.readStream>) => reader.readStream(...args).then((frames) => ((read += frames.length), frames)), readHead: reader.readHead.bind(reader), readCheckpoint: reader.readCheckpoint.bind(reader) };
    const { state, head } = (await foldStream(counting, caller.tenant_id, stream.intent.intent_id))!;
    expect(viewOf(state)).toEqual(viewOf(foldFrames(stream.frames)!));
    expect(head.seq).toBe(stream.frames.length - 1);
    expect(read).toBeLessThan(STREAM_PAGE + CHECKPOINT_EVERY + 50);
  });

  it.each(['before', 'after'] as const)('a follower that dies at fold.keep, %s - keeps none of the batch, and what takes over keeps the fold of the whole stream', async (side) => {
    let died = 0;
    arm('fold.keep', side, 0, () => {
      died++;
      throw new Error(`died ${side} fold.keep`);
    });
    const stream = bed.progress(bed.stream(caller), CHECKPOINT_EVERY + 10);
    await bed.append(stream.frames);
    await bed.surface.caughtUp(20_000);
    expect(died).toBe(1);
    await more(stream, () => void bed.finish(stream));
    const kept = (await keptOf(stream))!;
    expect([kept.seq, viewOf(decodeState(kept.state))]).toEqual([stream.frames.length - 1, viewOf(stream.state!)]);
    expect(await bed.surface.queries['runtime.execution.replay']({ caller, execution_id: stream.intent.intent_id, mode: 'state_only', from_seq: 0, limit: 1 })).toMatchObject({ chain_valid: true, equal_to_live: true });
  });

  it('a kept fold whose frame is another now, or of another version of the fold - is not read', async () => {
    const stream = await long(CHECKPOINT_EVERY + 30);
    await falsify(stream);
    expect((await folded(stream)).state.steps[0]!.progress).not.toEqual({ done: CHECKPOINT_EVERY + 29 });
    await bed.admin.query('update runtime.stream_checkpoints set fold = fold + 1 where stream_id = $1', [stream.intent.intent_id]);
    expect(viewOf((await folded(stream)).state)).toEqual(viewOf(stream.state!));
    await bed.admin.query(`update runtime.stream_checkpoints set fold = fold - 1, hash = decode(repeat('ab', 32), 'hex') where stream_id = $1`, [stream.intent.intent_id]);
    expect(viewOf((await folded(stream)).state)).toEqual(viewOf(stream.state!));
  });

  it('replay and validation - fold every frame and trust nothing that was kept', async () => {
    const stream = await long(CHECKPOINT_EVERY + 30);
    await falsify(stream);
    const ask = { caller, execution_id: stream.intent.intent_id };
    expect(await bed.surface.queries['runtime.execution.replay']({ ...ask, mode: 'state_only', from_seq: 0, limit: 1 })).toMatchObject({ chain_valid: true, equal_to_live: true, state: { steps: [{ progress: { done: CHECKPOINT_EVERY + 29 } }] } });
    expect(await bed.surface.queries['runtime.execution.validate'](ask)).toMatchObject({ valid: true, frames: stream.frames.length, records: stream.state!.records });
  });

  it('a changed frame far into a long stream - is found by validation, by its number', async () => {
    const stream = await long(CHECKPOINT_EVERY + 200);
    await bed.tamper(`update runtime.wal_frames set body = convert_to(replace(convert_from(body, 'UTF8'), 'runtime:test', 'runtime:evil'), 'UTF8') where stream_id = $1 and seq = $2`, [stream.intent.intent_id, STREAM_PAGE + 3]);
    const report = await bed.surface.queries['runtime.execution.validate']({ caller, execution_id: stream.intent.intent_id });
    expect(report.checks.flatMap((check) => check.problems)).toEqual([expect.stringContaining(`frame ${STREAM_PAGE + 3}: its hash does not follow`)]);
    const page = await bed.surface.queries['runtime.execution.replay']({ caller, execution_id: stream.intent.intent_id, mode: 'events_only', from_seq: STREAM_PAGE, limit: 10 });
    expect([page.chain_valid, page.frames!.length, page.next_seq]).toEqual([false, 10, STREAM_PAGE + 10]);
  });

  it('another instance that takes the turn - goes on from the kept fold, and its projection equals the fold of the log', async () => {
    const stream = await long(2 * CHECKPOINT_EVERY + 20);
    await bed.log.close();
    await bed.open();
    await more(stream, () => void bed.finish(stream));
    expect(await bed.surface.queries['runtime.execution.replay']({ caller, execution_id: stream.intent.intent_id, mode: 'state_only', from_seq: 0, limit: 1 })).toMatchObject({ equal_to_live: true, state: { status: 'completed' } });
    const [row] = (await bed.surface.queries['runtime.execution.list']({ caller, session_id: stream.intent.session_id, limit: 1 })).executions;
    expect(row).toMatchObject({ status: 'completed', record_count: stream.state!.records });
  });
});
