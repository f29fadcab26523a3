import { z } from 'zod';
import { failure, type StepDispatch } from '@symphainy/contracts';
import { silentLogger, systemClock, type Json } from '@symphainy/kernel';
import { BedObjects } from './bed-objects.js';
import { defineCapability } from './capability-definition.js';
import { defineRealm } from './realm-definition.js';
import { agent, child, choice, effect, map, parallel, signal, task, timer } from './step-builders.js';
import type { StepTask } from './step-task.js';
import { runStep } from './step-runner.js';
import { testBed, type TestBedOptions } from './test-bed.js';

const input = z.object({ rows: z.number().int().default(5), fail: z.string().default('') });
type Payload = z.infer<typeof input>;
type Task = StepTask<Payload>;

/** Fails the step that the payload names. */
const unless = (t: Task, result: Json) => {
  if (t.payload.fail === t.attempt.step) throw failure('content.corrupt', { message: `${t.attempt.step} was told to fail` });
  return { output: result };
};

async function* rows(count: number): AsyncGenerator<Json> {
  for (let n = 0; n < count; n++) yield await Promise.resolve({ n, text: 'é'.repeat(n) });
}

function migration(undone: Json[] = []) {
  const undo = (t: Task): void => void undone.push([t.attempt.step, t.completed?.output ?? null]);
  return defineRealm({
    realm: 'demo',
    capabilities: [
      defineCapability({
        intent: 'demo.migrate', version: '1.0.0', description: 'moves rows', determinism: 'deterministic', input, output: z.json(),
        saga: [
          task('plan', async (t: Task) => {
            const items = await t.items(rows(t.payload.rows), { chunkSize: 2 });
            return { output: items.source, artifacts: [items.artifact] };
          }),
          map('move', {
            itemsFrom: 'plan',
            maxDeadLetters: 1,
            each: (item: { n: number; text: string }) => {
              if (item.n === 3) throw failure('content.corrupt', { message: 'row 3 is odd' });
              return { moved: item.n, bytes: item.text.length };
            },
            compensate: (item: { n: number }) => void undone.push(['move', item.n]),
          }),
          parallel('check', {
            totals: [task('count', (t: Task) => ({ ...unless(t, 1), outcome: 'even' }), { compensate: undo })],
            opinion: [agent('judge', () => ({ output: 'fine', agent: { model: 'm', prompt_hash: 'a'.repeat(64), verdict: { ok: true } } }))],
          }),
          choice('route', { on: 'count', cases: { even: [signal('ask', 'asked', { onTimeout: 'continue' })] }, otherwise: [timer('later', { durationMs: 1000 })] }),
          child('tell', { intentType: 'content.ingest', payloadFrom: 'check' }),
          effect('book', { binding: 'ledger', preview: (t: Task) => ({ books: t.payload.rows }), run: (t: Task) => unless(t, { key: t.effectKey }), compensate: undo }),
          task('close', (t: Task) => unless(t, 'closed')),
        ],
      }),
    ],
  });
}

const given: TestBedOptions = { children: { 'content.ingest': (payload) => ({ got: payload }) } };

describe('a saga in the test bed', () => {
  it('every kind of step - runs, and hands its output on', async () => {
    const run = await testBed(migration(), given).run('demo.migrate', {});
    expect(run.outputs['move']).toEqual({ items: 5, succeeded: 4, dead: 1, chunks: 3, results: [0, 1, 2].map((c) => `019b0000-0000-7000-8000-00000000beed/move/results-${c}-1`) });
    expect(run.content('results-2-1')).toEqual([{ index: 4, result: { moved: 4, bytes: 4 } }]);
    expect(run.content('failures-1-1')).toEqual([{ index: 3, code: 'content.corrupt', message: 'row 3 is odd' }]);
    expect(run.outputs['check']).toEqual({ totals: 1, opinion: 'fine' });
    expect(run.outputs['tell']).toEqual({ got: { totals: 1, opinion: 'fine' } });
    expect(run.previews).toEqual({ book: { books: 5 } });
    expect(run.output).toBe('closed');
    expect(run.compensated).toEqual([]);
  });

  it('a step that fails - what completed is undone in reverse order, with what it had returned', async () => {
    const undone: Json[] = [];
    const run = await testBed(migration(undone), given).attempt('demo.migrate', { fail: 'close' });
    expect(run.error).toMatchObject({ code: 'content.corrupt', message: 'close was told to fail' });
    expect(run.compensated).toEqual(['book', 'count', 'move', 'move', 'move']);
    expect(undone[0]).toEqual(['book', { key: expect.stringMatching(/^[0-9a-f]{64}$/) as string }]);
    expect(undone.slice(1)).toEqual([['count', 1], ['move', 4], ['move', 2], ['move', 3], ['move', 0], ['move', 1]]);
    await expect(testBed(migration(), given).run('demo.migrate', { fail: 'close' })).rejects.toMatchObject({ code: 'content.corrupt' });
  });

  it('a step that fails early - undoes nothing that had not completed', async () => {
    const run = await testBed(migration(), given).attempt('demo.migrate', { fail: 'count' });
    expect(run.compensated).toEqual(['move', 'move', 'move']);
  });

  it('a signal that is given - decides with its outcome', async () => {
    const run = await testBed(migration(), { ...given, signals: { asked: { output: 'yes' } } }).run('demo.migrate', {});
    expect(run.outputs['route']).toBe('yes');
  });

  it('items of any size - are read back by the ranges that were written', async () => {
    const big = await testBed(migration(), given).run('demo.migrate', { rows: 3 });
    expect(big.outputs['plan']).toMatchObject({ count: 3, chunk_size: 2, offsets: [0, expect.any(Number), big.bytes('items').length] });
    const none = await testBed(migration(), given).run('demo.migrate', { rows: 0 });
    expect(none.outputs['move']).toEqual({ items: 0, succeeded: 0, dead: 0, chunks: 0, results: [] });
  });
});

describe('one attempt', () => {
  const doubtful = defineRealm({
    realm: 'demo',
    capabilities: [
      defineCapability({
        intent: 'demo.pay', version: '1.0.0', description: 'pays', determinism: 'deterministic', input, output: z.json(),
        saga: [
          effect('pay', {
            binding: 'bank',
            run: (t: Task) => {
              if (t.payload.fail === 'surely') throw failure('content.corrupt');
              if (t.payload.fail === 'perhaps') throw new Error('socket hang up');
              return { output: 'paid', artifacts: [{ name: 'No Good', artifact_type: 'x', media_type: 'x' }] };
            },
          }),
        ],
      }),
    ],
  });
  const asked = (realm: typeof doubtful, more: Partial<StepDispatch>, attempt: Partial<StepDispatch['attempt']>, payload: Json, signal = new AbortController().signal) =>
    runStep(
      { realm, build: 'b1', clock: systemClock, logger: silentLogger },
      { attempt: { tenant_id: 'acme', execution_id: 'e', step: 'pay', attempt: 1, epoch: 1, ...attempt }, capability: [...realm.capabilities.keys()][0]!, token: 't', context: { execution_id: 'e', intent: { payload } }, inputs: {}, deadline: '', ...more } as unknown as StepDispatch,
      new BedObjects({}, 'e').access(),
      signal,
    );

  it.each([
    ['an error of its own', 'surely', 'content.corrupt'],
    ['a broken connection', 'perhaps', 'effect.unknown'],
    ['a result that is none', '', 'effect.unknown'],
  ])('an effect that ends with %s - says whether it is known that nothing happened', async (_what, fail, code) => {
    expect((await asked(doubtful, { effect_key: 'k' }, {}, { rows: 1, fail })).error?.code).toBe(code);
  });

  it('a replayed effect - is refused before its handler', async () => {
    expect((await asked(doubtful, { effect_key: 'k', replay: true }, {}, { rows: 1, fail: '' })).error?.code).toBe('replay.refused');
  });

  it('a chunk asked for again - runs only the items that are named, and counts them by their place in the whole', async () => {
    const items = [0, 1, 2].map((n) => ({ n, text: '' }));
    const outcome = await asked(migration(), { chunk: { from: 10, to: 13, items, indices: [11, 12] } }, { step: 'move', chunk: 5, attempt: 2 }, {});
    expect(outcome.chunk).toMatchObject({ succeeded: 2, failed: [] });
    expect(outcome.result?.artifacts[0]).toMatchObject({ name: 'results-5-2', content: [{ index: 11, result: { moved: 1, bytes: 0 } }, { index: 12, result: { moved: 2, bytes: 0 } }] });
    expect((await asked(migration(), { chunk: { from: 0, to: 2, items } }, { step: 'move', chunk: 0 }, {})).error?.code).toBe('map.source_invalid');
  });

  it('a chunk whose time is up - starts no further item', async () => {
    const over = new AbortController();
    over.abort();
    const outcome = await asked(migration(), { chunk: { from: 0, to: 1, items: [{ n: 0 }] } }, { step: 'move', chunk: 0 }, {}, over.signal);
    expect(outcome.error?.code).toBe('step.timeout');
  });

  it('a compensation or preview that this build lacks - is an outcome that says so', async () => {
    for (const phase of ['compensate', 'preview'] as const) expect((await asked(doubtful, { effect_key: 'k' }, { phase }, { rows: 1, fail: '' })).error).toMatchObject({ code: 'step.handler_missing', message: expect.stringContaining(phase) as string });
  });
});
