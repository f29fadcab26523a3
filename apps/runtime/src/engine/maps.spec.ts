import { failure, type StepDispatch } from '@symphainy/contracts';
import { sampleCapability, sampleSaga } from '@symphainy/execution/testing';
import { toWireError } from '@symphainy/kernel';
import { bedWith, problemsOf } from '../testing/engine-bed.js';
import { alice, type RealmAnswer, type RuntimeBed } from '../testing/runtime-bed.js';

const hash = 'c'.repeat(64);
const list = Array.from({ length: 10 }, (_, i) => i);
const mapping = (more: object = {}, ...after: string[]) => sampleCapability(sampleSaga('list', { name: 'each', kind: 'map', items_from: 'list', chunk_size: 3, concurrency: 2, ...more }, ...after));
const wanted = ({ chunk }: StepDispatch): number[] => chunk!.indices ?? Array.from({ length: chunk!.to - chunk!.from }, (_, i) => chunk!.from + i);
const told = (d: StepDispatch) => ({ succeeded: wanted(d).length, failed: [], output_hash: hash });
const done = (d: StepDispatch, failed: { index: number; code: string; retryable: boolean }[] = []): RealmAnswer => ({ chunk: { succeeded: wanted(d).length - failed.length, failed, output_hash: hash } });
const chunksOf = (bed: RuntimeBed): string[] => bed.dispatches.filter((d) => d.chunk !== undefined).map((d) => `${d.attempt.phase ?? 'run'} ${d.attempt.chunk}#${d.attempt.attempt}`);
const recordsOf = async (bed: RuntimeBed, id: string, type: string) => (await bed.records(id)).filter((r) => r.type === type);

describe('a map', () => {
  it('ten items in chunks of three - one record a chunk, no more than two out at once, the items as they were listed', async () => {
    let out = 0;
    let most = 0;
    const { bed, session } = await bedWith(async (d) => {
      if (d.chunk === undefined) return { output: list };
      most = Math.max(most, ++out);
      await new Promise((resolve) => setImmediate(resolve));
      out--;
      return done(d);
    }, mapping());
    const { execution_id } = await bed.submit(session);
    const state = await bed.ended(execution_id);
    expect(state.steps[1]?.output).toMatchObject({ items: 10, succeeded: 10, dead: 0, chunks: 4 });
    expect(most).toBe(2);
    expect((await recordsOf(bed, execution_id, 'chunk_completed')).length).toBe(4);
    expect(bed.dispatches.filter((d) => d.chunk !== undefined).map((d) => d.chunk?.items)).toEqual([[0, 1, 2], [3, 4, 5], [6, 7, 8], [9]]);
    expect(await problemsOf(bed, execution_id)).toEqual([]);
  });

  it('items in an object - each chunk is told its own bytes', async () => {
    const source = { reference: 'x/list/items', count: 5, chunk_size: 2, offsets: [0, 10, 25, 30] };
    const { bed, session } = await bedWith((d) => (d.chunk === undefined ? { output: source } : done(d)), mapping());
    await bed.ended((await bed.submit(session)).execution_id);
    expect(bed.dispatches.flatMap((d) => (d.chunk === undefined ? [] : [d.chunk]))).toEqual([
      { from: 0, to: 2, reference: 'x/list/items', byte_start: 0, byte_end: 10 }, { from: 2, to: 4, reference: 'x/list/items', byte_start: 10, byte_end: 25 }, { from: 4, to: 5, reference: 'x/list/items', byte_start: 25, byte_end: 30 },
    ]);
  });

  it('items that fail - are tried again alone, then given up; more than are tolerated fail the step', async () => {
    const odd = (d: StepDispatch): RealmAnswer => done(d, wanted(d).filter((i) => i % 5 === 1).map((index) => ({ index, code: 'content.corrupt', retryable: index !== 6 })));
    const { bed, session } = await bedWith((d) => (d.chunk === undefined ? { output: list } : odd(d)), mapping({ item_retry: { max_attempts: 2 }, max_dead_letters: 2 }));
    const state = await bed.ended((await bed.submit(session)).execution_id);
    expect(state.steps[1]?.output).toMatchObject({ items: 10, succeeded: 8, dead: 2 });
    expect(chunksOf(bed).filter((c) => c.endsWith('#2'))).toEqual(['run 0#2']);
    expect(bed.dispatches.find((d) => d.attempt.attempt === 2)?.chunk?.indices).toEqual([1]);
    const strict = await bedWith((d) => (d.chunk === undefined ? { output: list } : odd(d)), mapping({ max_dead_letters: 1, item_retry: { max_attempts: 1 } }));
    expect(await strict.bed.ended((await strict.bed.submit(strict.session)).execution_id)).toMatchObject({ status: 'failed', error: { code: 'map.dead_letters' } });
  });

  it('items whose second try falls due while chunks are out - wait for room: no chunk that is out is given up for them, and none runs twice', async () => {
    let letOut: () => void = () => undefined;
    const out = new Promise<void>((resolve) => (letOut = resolve));
    const { bed, session } = await bedWith(async (d) => {
      if (d.chunk === undefined) return { output: list };
      if (d.attempt.chunk! > 1) await out;
      return done(d, d.attempt.chunk! < 2 && d.attempt.attempt === 1 ? [{ index: d.chunk.from, code: 'realm.unavailable', retryable: true }] : []);
    }, mapping({ item_retry: { max_attempts: 2, initial_delay_ms: 100 } }));
    const { execution_id } = await bed.submit(session);
    await bed.until(() => Promise.resolve(chunksOf(bed).includes('run 3#1')));
    bed.clock.advance(1000);
    await bed.turns(20);
    expect(chunksOf(bed)).toEqual(['run 0#1', 'run 1#1', 'run 2#1', 'run 3#1']);
    letOut();
    expect((await bed.ended(execution_id)).steps[1]?.output).toMatchObject({ items: 10, succeeded: 10 });
    expect(chunksOf(bed)).toEqual(['run 0#1', 'run 1#1', 'run 2#1', 'run 3#1', 'run 0#2', 'run 1#2']);
  });

  it('more dead letters than are tolerated while another chunk is out - that one is awaited, nothing else starts, and a retry runs no item twice that succeeded', async () => {
    let mended = false;
    let letOut: () => void = () => undefined;
    const out = new Promise<void>((resolve) => (letOut = resolve));
    const ran: number[] = [];
    const answer = async (d: StepDispatch): Promise<RealmAnswer> => {
      if (d.chunk === undefined) return { output: list };
      ran.push(...wanted(d));
      if (d.attempt.chunk === 0 && !mended) await out;
      return done(d, wanted(d).filter((i) => i === 4 && !mended).map((index) => ({ index, code: 'content.corrupt', retryable: false })));
    };
    const { bed, first, session } = await bedWith(answer, mapping());
    const { execution_id } = await bed.submit(session);
    await bed.until(async () => (await recordsOf(bed, execution_id, 'chunk_completed')).length === 1);
    await bed.turns(20);
    expect([(await bed.fold(execution_id)).status, ran]).toEqual(['running', [0, 1, 2, 3, 4, 5]]);
    letOut();
    expect(await bed.ended(execution_id)).toMatchObject({ status: 'failed', error: { code: 'map.dead_letters' } });
    mended = true;
    await bed.during(first.core.commands.operate({ command: 'operate', caller: alice, execution_id, operation: 'retry', operation_id: '019b0000-0000-7000-8000-000000000001', payload: { reason: 'mended' } as never }));
    expect((await bed.ended(execution_id)).status).toBe('completed');
    expect(ran.toSorted((a, b) => a - b)).toEqual([0, 1, 2, 3, 4, 4, 5, 6, 7, 8, 9]);
    expect(await problemsOf(bed, execution_id)).toEqual([]);
  });

  it.each(['cancel', 'terminate'] as const)('%s while chunks are out - each is recorded as abandoned, its late answer changes nothing, and a retry runs its items alone', async (operation) => {
    const late: (() => void)[] = [];
    let hold = true;
    const { bed, first, session } = await bedWith(async (d) => {
      if (d.chunk === undefined) return { output: list };
      if (hold && d.attempt.chunk! > 0) await new Promise<void>((resolve) => late.push(resolve));
      return done(d);
    }, mapping());
    const operate = (name: 'cancel' | 'terminate' | 'retry', id: number): Promise<boolean> =>
      bed.during(first.core.commands.operate({ command: 'operate', caller: alice, execution_id, operation: name, operation_id: `019b0000-0000-7000-8000-00000000000${id}`, payload: { reason: 'x' } }));
    const { execution_id } = await bed.submit(session);
    await bed.until(() => late.length === 2);
    await operate(operation, 1);
    expect((await bed.ended(execution_id)).status).toBe(operation === 'cancel' ? 'cancelled' : 'terminated');
    const abandoned = await recordsOf(bed, execution_id, 'chunk_failed');
    expect(abandoned).toMatchObject([1, 2].map((chunk) => ({ chunk, chunk_attempt: 1, error: { code: 'map.chunk_abandoned' } })));
    for (const answer of late) answer();
    await bed.turns(20);
    hold = false;
    await operate('retry', 2);
    expect((await bed.ended(execution_id)).steps[1]?.output).toMatchObject({ succeeded: 10 });
    expect(chunksOf(bed).toSorted()).toEqual(['run 0#1', 'run 1#1', 'run 1#2', 'run 2#1', 'run 2#2', 'run 3#1']);
    expect(await problemsOf(bed, execution_id)).toEqual([]);
  });

  it('a branch beside it that fails - its chunks that are out are awaited, and what they did is undone with the rest', async () => {
    let answerChunk: () => void = () => undefined;
    const chunkOut = new Promise<void>((resolve) => (answerChunk = resolve));
    const side = { name: 'side', kind: 'parallel', branches: [{ name: 'm', steps: [{ name: 'each', kind: 'map', items_from: 'list', chunk_size: 3, concurrency: 1, compensate: true }] }, { name: 'x', steps: [{ name: 'bad', kind: 'task' }] }] };
    const { bed, session } = await bedWith(async (d) => {
      if (d.attempt.step === 'bad') return { error: toWireError(failure('content.corrupt')) };
      if (d.chunk === undefined) return { output: list };
      if (d.attempt.phase !== 'compensate') await chunkOut;
      return d.attempt.phase === 'compensate' ? {} : done(d);
    }, sampleCapability(sampleSaga('list', side)));
    const { execution_id } = await bed.submit(session);
    await bed.until(async () => (await bed.fold(execution_id)).steps.some((s) => s.name === 'bad' && s.status === 'failed'));
    await bed.turns(20);
    expect((await bed.fold(execution_id)).status).toBe('running');
    answerChunk();
    expect((await bed.ended(execution_id)).status).toBe('failed');
    expect(chunksOf(bed)).toEqual(['run 0#1', 'compensate 0#1']);
  });

  it('an answer that does not account for the items - is a failed try of the chunk', async () => {
    const short: RealmAnswer = { chunk: { succeeded: 2, failed: [], output_hash: hash } };
    const { bed, session } = await bedWith((d) => (d.chunk === undefined ? { output: list } : d.attempt.chunk === 0 ? short : done(d)), mapping());
    const { execution_id } = await bed.submit(session);
    expect(await bed.ended(execution_id)).toMatchObject({ status: 'failed', error: { code: 'step.result_invalid' } });
  });

  it.each([
    ['another record', { type: 'execution_terminated', reason: 'the realm said so', by: { tenant_id: 'acme', user_id: 'bob', roles: ['operator'], auth: 'api_key' } }],
    ['a record of another step', { step: 'after', items: 99 }],
    ['another actor and time', { actor: 'user:bob', at: '2020-01-01T00:00:00.000Z', secret: 's' }],
  ])('an answer that would be %s - is recorded as what it is, without what nobody asked for', async (_what, more) => {
    const { bed, session } = await bedWith((d) => (d.chunk === undefined ? { output: list } : { chunk: { ...told(d), ...more } }), mapping());
    const { execution_id } = await bed.submit(session);
    expect((await bed.ended(execution_id)).status).toBe('completed');
    const chunks = (await bed.records(execution_id)).filter((record) => record.type === 'chunk_completed');
    expect(chunks.map(({ step, actor }) => [step, actor])).toEqual(chunks.map(() => ['each', 'realm:sample@realm-1']));
    expect(chunks.every((record) => record.at > '2021' && !('secret' in record) && record.items < 99)).toBe(true);
  });

  it('a chunk that fails as a whole - is tried again by itself', async () => {
    const away = { error: toWireError(failure('realm.unavailable')) };
    const { bed, session } = await bedWith((d) => (d.chunk === undefined ? { output: list } : d.attempt.chunk === 1 && d.attempt.attempt === 1 ? away : done(d)), mapping());
    const { execution_id } = await bed.submit(session);
    expect((await bed.ended(execution_id)).status).toBe('completed');
    expect(chunksOf(bed).sort()).toEqual(['run 0#1', 'run 1#1', 'run 1#2', 'run 2#1', 'run 3#1']);
  });

  it('a runtime that dies midway - its adopter goes on with the chunks that are not finished', async () => {
    const { bed, first, session } = await bedWith((d) => (d.chunk === undefined ? { output: list } : d.attempt.epoch === 1 && d.attempt.chunk! > 1 ? 'silence' : done(d)), mapping());
    const { execution_id } = await bed.submit(session);
    await bed.until(async () => (await recordsOf(bed, execution_id, 'chunk_completed')).length === 2);
    await bed.turns();
    await first.crash();
    await bed.runtime();
    expect((await bed.ended(execution_id)).status).toBe('completed');
    expect(bed.dispatches.filter((d) => d.attempt.epoch === 2).map((d) => d.attempt.chunk)).toEqual([2, 3]);
    expect((await recordsOf(bed, execution_id, 'chunk_completed')).length).toBe(4);
  });

  it('a map that is undone - chunk by chunk from the last, also over the death of a runtime, and without what never succeeded', async () => {
    let fail = true;
    const answer = (d: StepDispatch): RealmAnswer => {
      if (d.attempt.step === 'last' && fail) return { error: toWireError(failure('content.corrupt')) };
      if (d.attempt.phase === 'compensate') return d.attempt.epoch === 1 && d.attempt.chunk === 1 ? 'silence' : {};
      return d.chunk === undefined ? { output: list } : done(d, wanted(d).filter((i) => i === 4).map((index) => ({ index, code: 'content.corrupt', retryable: false })));
    };
    const { bed, first, session } = await bedWith(answer, mapping({ compensate: true, max_dead_letters: 5 }, 'last'));
    const { execution_id } = await bed.submit(session);
    await bed.until(() => chunksOf(bed).includes('compensate 1#1'));
    fail = false;
    await first.crash();
    await bed.runtime();
    const state = await bed.ended(execution_id);
    expect([state.status, state.steps[1]?.status]).toEqual(['failed', 'compensated']);
    expect((await recordsOf(bed, execution_id, 'chunk_compensated')).map((r) => (r.type === 'chunk_compensated' ? r.chunk : -1))).toEqual([3, 2, 1, 0]);
    expect(bed.dispatches.find((d) => d.attempt.phase === 'compensate' && d.attempt.chunk === 1)?.chunk?.indices).toEqual([3, 5]);
  });
});
