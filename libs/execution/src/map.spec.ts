import fc from 'fast-check';
import { failure, type WalRecord } from '@symphainy/contracts';
import { toWireError } from '@symphainy/kernel';
import { awaitsChunk, chunkContent, chunkFailedRecord, decodeState, encodeState, hasEnded, reopenProblem, resultOf, sleepOf, viewOf, type Decision } from './index.js';
import { operator, sampleCapability, sampleSaga, TestRealm, TestStream } from './testing.js';

type RunChunk = Extract<Decision, { do: 'run_chunk' }>;

const RETRYABLE = toWireError(failure('realm.unavailable'));
const chunksOf = (due: readonly Decision[]): RunChunk[] => due.filter((work): work is RunChunk => work.do === 'run_chunk');
const recordsOf = <T extends WalRecord['type']>(stream: TestStream, type: T): Extract<WalRecord, { type: T }>[] => stream.frames.flatMap(({ records }) => records.filter((r): r is Extract<WalRecord, { type: T }> => r.type === type));

function mapping(items: number, more: object = {}): TestStream {
  const map = { kind: 'map', name: 'move', items_from: 'plan', chunk_size: 10, concurrency: 2, ...more };
  const stream = new TestStream(sampleCapability(sampleSaga('plan', map)), undefined, () => 0.5);
  stream.settle();
  stream.complete(Array.from({ length: items }, (_, i) => ({ i })));
  stream.settle();
  return stream;
}

function done(stream: TestStream, work: RunChunk, failed: readonly { index: number; fate: 'retry' | 'dead' }[] = [], retry_due_at?: string): void {
  const items = work.indices?.length ?? work.to - work.from;
  const counts = { items, succeeded: items - failed.length, failed: failed.map((f) => ({ ...f, code: 'sample.odd' })), output_hash: '0'.repeat(64), handler_build: 'b1', duration_ms: 1 };
  stream.add([{ type: 'chunk_completed', ...stream.stamp, step: 'move', attempt: work.attempt, chunk: work.chunk, chunk_attempt: work.chunkAttempt, ...counts, ...(retry_due_at === undefined ? {} : { retry_due_at }) }]);
}

describe('a map', () => {
  it('its chunks - are listed lowest first, no more than may be out, and its history has one record for each', () => {
    const stream = mapping(35);
    expect(chunksOf(stream.settle()).map(({ chunk, from, to }) => [chunk, from, to])).toEqual([[0, 0, 10], [1, 10, 20]]);
    for (let turn = 0; turn < 4; turn++) done(stream, chunksOf(stream.settle())[0]!);
    stream.settle();
    expect(resultOf(stream.state!)).toMatchObject({ success: true, output: { items: 35, succeeded: 35, dead: 0, chunks: 4, results: [], result_count: 0 } });
    expect(recordsOf(stream, 'chunk_completed')).toHaveLength(4);
  });

  it('a chunk that overtakes others - leaves them due, also after a crash', () => {
    const stream = mapping(35, { concurrency: 3 });
    done(stream, chunksOf(stream.settle())[2]!);
    expect(chunksOf(stream.settle()).map(({ chunk, chunkAttempt }) => [chunk, chunkAttempt])).toEqual([[0, 1], [1, 1], [3, 1]]);
    const state = decodeState(encodeState(stream.state!)!);
    expect(state.steps[1]?.map).toEqual(stream.state!.steps[1]?.map);
  });

  it('no items - completes at once; no source of items fails for good', () => {
    expect(mapping(0).state).toMatchObject({ status: 'completed' });
    const stream = new TestStream(sampleCapability(sampleSaga('plan', { kind: 'map', name: 'move', items_from: 'plan' })));
    stream.settle();
    stream.complete({ reference: 'r', count: 10, chunk_size: 5, offsets: [0, 10] });
    stream.settle();
    expect(stream.state?.error?.code).toBe('map.source_invalid');
  });

  it('items in an object - are told by their place in it', () => {
    const stream = new TestStream(sampleCapability(sampleSaga('plan', { kind: 'map', name: 'move', items_from: 'plan' })));
    stream.settle();
    stream.complete({ reference: 'e/plan/items', count: 12, chunk_size: 5, offsets: [0, 100, 200, 240] });
    const chunks = chunksOf(stream.settle());
    expect(chunkContent(chunks[2]!)).toEqual({ from: 10, to: 12, reference: 'e/plan/items', byte_start: 200, byte_end: 240 });
    expect(viewOf(stream.state!).steps[1]?.items).toEqual({ total: 12, succeeded: 0, retrying: 0, dead: 0, chunks: 3, chunks_done: 0 });
  });

  it('failed items - are tried again alone when they are due, then given up; the map goes on meanwhile', () => {
    const stream = mapping(20, { concurrency: 1, max_dead_letters: 5 });
    const due = new Date(stream.now + 1000).toISOString();
    done(stream, chunksOf(stream.settle())[0]!, [{ index: 3, fate: 'retry' }, { index: 4, fate: 'dead' }], due);
    expect(chunksOf(stream.settle()).map(({ chunk }) => chunk)).toEqual([1]);
    expect(viewOf(stream.state!).steps[1]?.items).toMatchObject({ succeeded: 8, retrying: 1, dead: 1 });
    done(stream, chunksOf(stream.settle())[0]!);
    expect(sleepOf(stream.settle())).toMatchObject({ until: stream.now + 1000 });
    stream.now += 1000;
    const [again] = chunksOf(stream.settle());
    expect(again).toMatchObject({ chunk: 0, chunkAttempt: 2, indices: [3] });
    expect(chunkContent(again!)).toMatchObject({ indices: [3], items: { length: 10 } });
    done(stream, again!, [{ index: 3, fate: 'dead' }]);
    stream.settle();
    expect(resultOf(stream.state!).output).toMatchObject({ succeeded: 18, dead: 2 });
  });

  it('a result that counts wrongly, comes twice or tells of strange items - is refused', () => {
    const stream = mapping(20);
    const [first] = chunksOf(stream.settle());
    const copy = (): TestStream => {
      const other = mapping(20);
      return other;
    };
    expect(() => done(copy(), first!, [{ index: 15, fate: 'dead' }])).toThrow('not its own');
    expect(() => done(copy(), { ...first!, to: 9 })).toThrow('does not account');
    expect(() => done(copy(), { ...first!, chunk: 7 })).toThrow('has none such');
    done(stream, first!);
    expect(awaitsChunk(stream.state!, first!)).toBe(false);
    expect(() => done(stream, first!)).toThrow('not out');
  });

  it('a chunk that fails as a whole - is tried again by the step’s policy, and fails the step when that is used up', () => {
    const stream = mapping(20, { concurrency: 1, retry: { max_attempts: 2, initial_delay_ms: 1000 } });
    const failChunk = (): void => void stream.add([chunkFailedRecord(stream.state!, chunksOf(stream.settle())[0]!, { error: RETRYABLE, actor: 'realm' }, stream.inputs)]);
    failChunk();
    expect(chunksOf(stream.settle()).map(({ chunk }) => chunk)).toEqual([1]);
    stream.now += 1000;
    expect(chunksOf(stream.settle()).map(({ chunk, chunkAttempt }) => [chunk, chunkAttempt])).toEqual([[0, 2]]);
    failChunk();
    stream.settle();
    expect(stream.state).toMatchObject({ status: 'failed', error: { code: 'realm.unavailable' } });
  });

  it('more dead letters than tolerated - fail the step; an operator’s retry takes up these items and what was left', () => {
    const stream = mapping(30, { concurrency: 1, max_dead_letters: 1 });
    done(stream, chunksOf(stream.settle())[0]!, [{ index: 1, fate: 'dead' }, { index: 8, fate: 'dead' }]);
    stream.settle();
    expect(stream.state).toMatchObject({ status: 'failed', error: { code: 'map.dead_letters', details: { dead: 2, tolerated: 1, chunks_done: 1, chunks: 3 } } });
    expect(reopenProblem(stream.state!, stream.capability.saga, 'retry', 'move')).toBeUndefined();
    stream.add([{ type: 'adopted', ...stream.stamp, from_writer: 'w', from_epoch: 1, reason: 'reopened' }, { type: 'reopened', ...stream.stamp, by: operator, mode: 'retry', from_step: 'move', reason: 'mended' }]);
    const [again] = chunksOf(stream.settle());
    expect(again).toMatchObject({ attempt: 2, chunk: 0, chunkAttempt: 2, indices: [1, 8] });
    while (!hasEnded(stream.state!)) {
      done(stream, chunksOf(stream.due())[0]!);
      stream.settle();
    }
    expect(resultOf(stream.state!)).toMatchObject({ success: true, output: { succeeded: 30, dead: 0 } });
  });

  it('any outcomes in any order - every item is accounted for once, and the table holds no more than what is open', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 60 }), fc.integer({ min: 1, max: 7 }), fc.array(fc.tuple(fc.nat(9), fc.nat(40)), { maxLength: 60 }), (items, chunk_size, script) => {
        const stream = mapping(items, { chunk_size, concurrency: 3, max_dead_letters: 1000, retry: { max_attempts: 100 }, item_retry: { max_attempts: 3 } });
        const realm = new TestRealm(stream);
        for (let turn = 0; !hasEnded(stream.state!); turn++) {
          const due = stream.settle();
          const chunks = chunksOf(due);
          const [pick, choice] = script[turn] ?? [0, 0];
          const work = chunks[pick % Math.max(1, chunks.length)];
          const [wait] = due.filter((w) => w.do === 'wait');
          if (work !== undefined) stream.add(realm.answer(work, choice));
          else if (wait !== undefined) stream.now = wait.until;
          const map = stream.state!.steps[1]!.map!;
          expect(map.open.size).toBeLessThanOrEqual(map.chunks);
          stream.settle();
        }
        const output = resultOf(stream.state!).output as { succeeded: number; dead: number };
        expect(output.succeeded + output.dead).toBe(items);
        expect(stream.state!.steps[1]!.map!.open.size).toBe(0);
      }),
      { numRuns: 80, seed: 5 },
    );
  });

  it('a million items - are held by what is open, not by what is done', () => {
    const stream = new TestStream(sampleCapability(sampleSaga('plan', { kind: 'map', name: 'move', items_from: 'plan', concurrency: 4 })));
    stream.settle();
    const chunks = 1000;
    stream.complete({ reference: 'e/plan/items', count: 1_000_000, chunk_size: 1000, offsets: Array.from({ length: chunks + 1 }, (_, i) => i * 10) });
    for (let i = 0; i < chunks; i++) done(stream, chunksOf(stream.settle())[0]!);
    stream.settle();
    expect(resultOf(stream.state!).output).toMatchObject({ succeeded: 1_000_000 });
    expect(stream.state!.steps[1]!.map).toMatchObject({ open: new Map(), dead: new Map() });
  });
});
