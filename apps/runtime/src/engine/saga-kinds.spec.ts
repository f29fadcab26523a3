import { failure, type StepDispatch } from '@symphainy/contracts';
import { childIdOf } from '@symphainy/execution';
import { sampleCapability, sampleSaga } from '@symphainy/execution/testing';
import { toWireError } from '@symphainy/kernel';
import { bedWith, echo, problemsOf } from '../testing/engine-bed.js';
import { alice, type RealmAnswer, type RuntimeBed } from '../testing/runtime-bed.js';

const HOUR = 3_600_000;
const reasoned = { model: 'm-1', prompt_hash: 'a'.repeat(64), facts: ['f'], citations: [], verdict: { ok: true } };
const branches = (...steps: object[][]): { name: string; steps: object[] }[] => steps.map((list, i) => ({ name: `b${i}`, steps: list }));
const task = (name: string): object => ({ kind: 'task', name });
const typesOf = async (bed: RuntimeBed, id: string): Promise<string[]> => (await bed.records(id)).map((r) => r.type);
const broken = { error: toWireError(failure('content.corrupt')) };

/** Answers every kind of work well. */
function answer(d: StepDispatch): RealmAnswer {
  if (d.chunk !== undefined) return { chunk: { succeeded: d.chunk.to - d.chunk.from, failed: [], output_hash: 'b'.repeat(64) } };
  if (d.attempt.step === 'judge') return { output: 'fine', agent: reasoned };
  if (d.attempt.step === 'list') return { output: [1, 2, 3, 4, 5] };
  return { output: { did: d.attempt.step }, outcome: 'left' };
}

describe('a saga of every kind', () => {
  const part = sampleCapability({ ...sampleSaga('inner'), name: 'sample.part' });
  const whole = sampleCapability(
    sampleSaga(
      'first',
      { name: 'side', kind: 'parallel', branches: branches([task('a'), { kind: 'agent', name: 'judge' }], [{ kind: 'timer', name: 'pause', duration_ms: 300 }]) },
      { name: 'route', kind: 'choice', on: 'first', cases: { left: [task('went-left')], right: [task('went-right')] } },
      'list',
      { name: 'each', kind: 'map', items_from: 'list', chunk_size: 2 },
      { name: 'ask', kind: 'signal', signal: 'told', timeout_ms: 200, on_timeout: 'continue' },
      { name: 'sub', kind: 'child', intent_type: 'sample.part' },
      { name: 'book', kind: 'effect', binding: 'ledger', preview: true },
      'last',
    ),
    { children: ['sample.part'] },
  );

  it('all kinds in one - completes, each step once, the stream sound', async () => {
    const { bed, session } = await bedWith(answer, whole, part);
    const { execution_id } = await bed.submit(session);
    const state = await bed.ended(execution_id);
    expect(state).toMatchObject({ status: 'completed' });
    expect(Object.fromEntries(state.steps.map((s) => [s.name, s.status]))).toEqual(Object.fromEntries(['first', 'side', 'a', 'judge', 'pause', 'route', 'went-left', 'list', 'each', 'ask', 'sub', 'book', 'last'].map((name) => [name, 'completed'])));
    expect(state.steps.find((s) => s.name === 'each')?.output).toMatchObject({ items: 5, succeeded: 5, dead: 0, chunks: 3 });
    expect(state.steps.find((s) => s.name === 'ask')?.outcome).toBe('timed_out');
    expect(await typesOf(bed, execution_id)).toEqual(expect.arrayContaining(['timer_set', 'timer_fired', 'agent_output', 'chunk_completed', 'effect_previewed', 'effect_intended', 'effect_completed', 'child_accepted']));
    expect(bed.dispatches.map((d) => [d.attempt.step, d.attempt.phase ?? 'run']).filter(([step]) => step === 'book')).toEqual([['book', 'preview'], ['book', 'run']]);
    expect(await problemsOf(bed, execution_id)).toEqual([]);
  });

  it('a runtime that dies at any frame - its adopter ends it all the same, no step twice', async () => {
    const { bed, session } = await bedWith(answer, whole, part);
    const frames = (await bed.log.readStream('acme', (await bed.ended((await bed.submit(session)).execution_id)).executionId)).length;
    for (let at = 2; at < frames; at += 3) await diesAt(at);

    async function diesAt(frame: number): Promise<void> {
      const { bed: other, first, session: open } = await bedWith(answer, whole, part);
      const { execution_id } = await other.submit(open);
      await other.until(async () => (await other.log.readStream('acme', execution_id)).length >= frame);
      await first.crash();
      await other.runtime();
      await other.until(async () => ['completed', 'stuck'].includes((await other.fold(execution_id)).status));
      const state = await other.fold(execution_id);
      // nothing but an effect that was out is left to an operator
      if (state.status === 'stuck') expect(state.steps.at(-1)).toMatchObject({ name: 'book', status: 'unknown' });
      expect(await problemsOf(other, execution_id)).toEqual([]);
    }
  });
});

describe('branches', () => {
  const saga = sampleCapability(sampleSaga({ name: 'side', kind: 'parallel', branches: branches([task('a'), task('c')], [task('b')]) }, 'after'));

  it('side by side - what is due in each is out at once', async () => {
    const { bed, session } = await bedWith(() => 'silence', saga);
    await bed.submit(session);
    await bed.until(() => bed.dispatches.length >= 2);
    expect(bed.dispatches.map((d) => d.attempt.step)).toEqual(['a', 'b']);
  });

  it('a branch that fails - the other starts nothing more, what runs is awaited, and both are told', async () => {
    let letB: () => void = () => undefined;
    const b = new Promise<void>((resolve) => (letB = resolve));
    const { bed, session } = await bedWith(async (d) => (d.attempt.step === 'a' ? broken : (await b, { output: 'b' })), saga);
    const { execution_id } = await bed.submit(session);
    await bed.until(async () => (await bed.fold(execution_id)).steps.some((s) => s.name === 'a' && s.status === 'failed'));
    expect((await bed.fold(execution_id)).status).toBe('running');
    letB();
    const state = await bed.ended(execution_id);
    expect(state).toMatchObject({ status: 'failed', error: { code: 'content.corrupt' } });
    expect(state.steps.map((s) => [s.name, s.status])).toEqual([['side', 'failed'], ['a', 'failed'], ['b', 'completed']]);
  });

  it('a runtime that dies with two attempts out - its adopter sends both again, under its own epoch', async () => {
    const { bed, first, session } = await bedWith((d) => (d.attempt.epoch === 1 ? 'silence' : { output: d.attempt.step }), saga);
    const { execution_id } = await bed.submit(session);
    await bed.until(() => bed.dispatches.length === 2);
    await first.crash();
    await bed.runtime();
    expect((await bed.ended(execution_id)).steps.map((s) => s.attempt)).toEqual([1, 1, 1, 1, 1]);
    expect(await problemsOf(bed, execution_id)).toEqual([]);
  });

  it('cancel - drops what is out, and what it answers later changes nothing', async () => {
    const { bed, session } = await bedWith(() => 'silence', saga);
    const { execution_id } = await bed.submit(session);
    await bed.until(() => bed.dispatches.length === 2);
    const view = await bed.during(bed.gateway.request('runtime.execution.cancel', {}, { caller: alice, execution_id }, { timeoutMs: 20_000 }));
    expect(view).toMatchObject({ status: 'cancelled', steps: [{ status: 'abandoned' }, { status: 'abandoned' }, { status: 'abandoned' }] });
  });
});

describe('an output that no realm of the saga’s hands back', () => {
  const text = { type: 'object', required: ['b0'], properties: { b0: { type: 'string' } } };
  const side = { name: 'side', kind: 'parallel', branches: branches([{ ...task('a'), compensate: true }], [task('b')]) };

  it.each([
    ['a parallel’s', [side]],
    ['a choice’s', ['first', { name: 'route', kind: 'choice', cases: {}, otherwise: [side] }]],
    ['a choice’s without steps', ['first', { name: 'route', kind: 'choice', cases: { left: [] } }]],
    ['a map’s', ['list', { name: 'each', kind: 'map', items_from: 'list' }]],
    ['a timer’s, which is none', [{ ...task('a'), compensate: true }, { name: 'wait', kind: 'timer', duration_ms: 100 }]],
    ['a signal’s that nobody gave', [{ ...task('a'), compensate: true }, { name: 'ask', kind: 'signal', signal: 'told', timeout_ms: 100, on_timeout: 'continue' }]],
    ['a child’s', [{ ...task('a'), compensate: true }, { name: 'sub', kind: 'child', intent_type: 'sample.part' }]],
    ['a timer’s in the case of a choice', [{ ...task('a'), compensate: true }, { name: 'route', kind: 'choice', cases: {}, otherwise: [{ name: 'wait', kind: 'timer', duration_ms: 100 }] }]],
  ] as const)('%s, against the output contract - fails it, and what was done is undone', async (_whose, steps) => {
    const part = sampleCapability({ ...sampleSaga('inner'), name: 'sample.part' });
    const { bed, session } = await bedWith(answer, sampleCapability(sampleSaga(...(steps as unknown as never[])), { output_contract: text, children: ['sample.part'] }), part);
    const { execution_id } = await bed.submit(session);
    const state = await bed.ended(execution_id);
    expect(state).toMatchObject({ status: 'failed', error: { code: 'execution.output_invalid' } });
    expect(state.steps.filter((s) => s.name === 'a').map((s) => s.status)).toEqual(state.steps.some((s) => s.name === 'a') ? ['compensated'] : []);
    expect(await problemsOf(bed, execution_id)).toEqual([]);
  });

  it('as the output contract says - completes', async () => {
    const { bed, session } = await bedWith(() => ({ output: 'fits' }), sampleCapability(sampleSaga(side), { output_contract: text }));
    const { execution_id } = await bed.submit(session);
    expect((await bed.ended(execution_id)).status).toBe('completed');
  });
});

describe('waiting', () => {
  it('a timer of days - survives the death of its runtime, and fires when it was due', async () => {
    const { bed, first, session } = await bedWith(echo, sampleCapability(sampleSaga({ name: 'wait', kind: 'timer', duration_ms: 72 * HOUR }, 'after')));
    const { execution_id } = await bed.submit(session);
    await bed.until(async () => (await typesOf(bed, execution_id)).includes('timer_set'));
    const set = (await bed.records(execution_id)).find((r) => r.type === 'timer_set');
    await first.crash();
    await bed.runtime();
    bed.clock.jump(72 * HOUR - 1000);
    await bed.turns(50);
    expect(await typesOf(bed, execution_id)).not.toContain('timer_fired');
    const state = await bed.ended(execution_id);
    expect(state.status).toBe('completed');
    const fired = (await bed.records(execution_id)).find((r) => r.type === 'timer_fired');
    expect(Date.parse(fired!.at)).toBeGreaterThanOrEqual(Date.parse(set!.due_at));
  });

  it('two signals side by side - each finds its own step', async () => {
    const ask = (name: string): object => ({ kind: 'signal', name: `ask-${name}`, signal: name, timeout_ms: HOUR });
    const { bed, session } = await bedWith(echo, sampleCapability(sampleSaga({ name: 'side', kind: 'parallel', branches: branches([ask('x')], [ask('y')]) })));
    const { execution_id } = await bed.submit(session);
    const tell = (signal: string): Promise<unknown> => bed.during(bed.gateway.request('runtime.execution.signal', {}, { caller: alice, execution_id, signal, data: { told: signal } }, { timeoutMs: 20_000 }));
    await expect(tell('z')).rejects.toMatchObject({ code: 'execution.not_waiting' });
    await tell('y');
    await tell('x');
    expect((await bed.ended(execution_id)).steps[0]?.output).toEqual({ b0: { told: 'x' }, b1: { told: 'y' } });
  });
});

describe('reasoning', () => {
  const judged = sampleCapability(sampleSaga({ name: 'judge', kind: 'agent' }, 'after'));

  it('an agent - what it reasoned with is recorded before its result', async () => {
    const { bed, session } = await bedWith(answer, judged);
    const { execution_id } = await bed.submit(session);
    await bed.ended(execution_id);
    const types = await typesOf(bed, execution_id);
    expect(types.indexOf('agent_output')).toBe(types.indexOf('step_completed') - 1);
    expect((await bed.records(execution_id)).find((r) => r.type === 'agent_output')).toMatchObject({ ...reasoned, step: 'judge', attempt: 1 });
  });

  it('an agent that hides what it reasoned with - fails', async () => {
    const { bed, session } = await bedWith(echo, judged);
    expect((await bed.submit(session, {}, { wait_ms: 5000 })).result?.error).toMatchObject({ code: 'step.result_invalid', field: '/agent' });
  });

  it('a slow log - an agent is not asked before its start is durable', async () => {
    const { bed, session } = await bedWith((d) => (d.attempt.step === 'one' && bed.log.hold(), answer(d)), sampleCapability(sampleSaga('one', { name: 'judge', kind: 'agent' })));
    const reply = bed.submit(session, {}, { wait_ms: 5000 });
    await bed.turns(40);
    expect(bed.dispatches.map((d) => d.attempt.step)).toEqual(['one']);
    bed.log.release();
    expect((await reply).status).toBe('completed');
  });
});

describe('children', () => {
  const part = sampleCapability({ ...sampleSaga('inner'), name: 'sample.part' });
  const parent = sampleCapability(sampleSaga({ name: 'side', kind: 'parallel', branches: branches([{ kind: 'child', name: 'sub', intent_type: 'sample.part' }], [{ kind: 'child', name: 'sub2', intent_type: 'sample.part' }]) }), { children: ['sample.part'] });

  it('cancel with two children - flows down to both, also when the parent’s runtime died meanwhile', async () => {
    const { bed, first, session } = await bedWith(() => 'silence', parent, part);
    const { execution_id } = await bed.submit(session);
    await bed.until(() => bed.dispatches.length === 2);
    await first.crash();
    await bed.runtime();
    await bed.until(async () => (await bed.fold(execution_id)).adoptions === 1);
    await bed.during(bed.gateway.request('runtime.execution.cancel', {}, { caller: alice, execution_id }, { timeoutMs: 20_000 }));
    expect((await bed.ended(execution_id)).status).toBe('cancelled');
    for (const step of ['sub', 'sub2']) expect((await bed.fold(childIdOf(execution_id, step, 1))).status).toBe('cancelled');
  });
});
