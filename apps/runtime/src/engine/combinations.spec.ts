import { failure, type ExecutionView, type OperationName, type StepDispatch } from '@symphainy/contracts';
import { childIdOf, decodeBody, decodeState, encodeState, evolveFrame, foldFrames, viewOf } from '@symphainy/execution';
import { sampleCapability, sampleSaga } from '@symphainy/execution/testing';
import { toWireError, type Json } from '@symphainy/kernel';
import { bedWith, problemsOf } from '../testing/engine-bed.js';
import { alice, type BedRuntime, type RealmAnswer, type RuntimeBed } from '../testing/runtime-bed.js';

const DAY = 86_400_000;
const bob = { ...alice, user_id: 'bob' };
const broken = { error: toWireError(failure('content.corrupt')) };
const unsure = { error: toWireError(failure('effect.unknown')) };

let ids = 0;
const operate = (bed: RuntimeBed, { core }: BedRuntime, execution_id: string, operation: OperationName, payload: object = {}): Promise<boolean> =>
  bed.during(core.commands.operate({ command: 'operate', caller: bob, execution_id, operation, operation_id: `019b0000-0000-7000-9000-${String(++ids).padStart(12, '0')}`, payload: { reason: 'because', ...payload } as never }));
const signal = (bed: RuntimeBed, execution_id: string, data: Json): Promise<ExecutionView> => bed.during(bed.gateway.request('runtime.execution.signal', {}, { caller: bob, execution_id, signal: 'word', data }, { timeoutMs: 20_000 }));
const refusalOf = (work: Promise<unknown>): Promise<unknown> => work.then(() => undefined, (error: { code: string }) => error.code);
const sagaOf = (...steps: (object | string)[]) => sampleCapability(sampleSaga(...(steps as string[])));
const branches = (...steps: object[][]): { name: string; steps: object[] }[] => steps.map((list, i) => ({ name: `b${i}`, steps: list }));
const statuses = async (bed: RuntimeBed, id: string): Promise<{ [step: string]: string }> => Object.fromEntries((await bed.fold(id)).steps.map((s) => [s.name, s.status]));
const undone = (bed: RuntimeBed): string[] => bed.dispatches.filter((d) => d.attempt.phase === 'compensate').map((d) => `${d.attempt.step}${d.chunk === undefined ? '' : `#${d.attempt.chunk}`}`);
const waits = (name: string, more: object = {}): object => ({ kind: 'signal', name, signal: 'word', timeout_ms: DAY, ...more });

/** Answers well, but for steps (`undo <step>` for their compensation) that stand in one of the sets. */
function realm(): { readonly bad: Set<string>; readonly silent: Set<string>; readonly lost: Set<string>; readonly handler: (d: StepDispatch) => RealmAnswer } {
  const [bad, silent, lost] = [new Set<string>(), new Set<string>(), new Set<string>()];
  const handler = (d: StepDispatch): RealmAnswer => {
    const what = d.attempt.phase === 'compensate' ? `undo ${d.attempt.step}` : d.attempt.step;
    if (silent.has(what)) return 'silence';
    if (lost.has(what)) return unsure;
    if (bad.has(what)) return broken;
    if (d.chunk !== undefined) return { chunk: { succeeded: d.chunk.indices?.length ?? d.chunk.to - d.chunk.from, failed: [], output_hash: 'b'.repeat(64) } };
    return { output: what === 'list' ? [1, 2, 3, 4, 5] : what === 'none' ? [] : { did: what }, outcome: 'left' };
  };
  return { bad, silent, lost, handler };
}

/** What must hold of every stream: its chain, no step that completed twice, and a fold that goes on from a kept state at any frame as from the first. */
async function problemsIn(bed: RuntimeBed, id: string, again: readonly string[] = []): Promise<string[]> {
  const frames = (await bed.log.readStream('acme', id)).map(({ seq, hash, body }) => ({ seq, hash, records: decodeBody(body) }));
  const whole = viewOf(foldFrames(frames)!);
  const kept = frames.slice(1).flatMap((_, i) => {
    let state = decodeState(encodeState(foldFrames(frames.slice(0, i + 1))!)!);
    for (const frame of frames.slice(i + 1)) state = evolveFrame(state, frame);
    return JSON.stringify(viewOf(state)) === JSON.stringify(whole) ? [] : [`a fold kept behind frame ${i} goes on otherwise`];
  });
  const repeated = new Set(again.map((step) => `${step} completed twice`));
  return [...(await problemsOf(bed, id)).filter((problem) => !repeated.has(problem)), ...kept];
}

describe('kinds of steps, and what goes wrong with them, together', () => {
  it('a map beside a branch that fails - its chunk is awaited, no other starts, what was done is undone; continued, all of it runs', async () => {
    const { bad, handler } = realm();
    bad.add('oops');
    let chunks = 0;
    const slowly = async (d: StepDispatch): Promise<RealmAnswer> => {
      if (d.chunk !== undefined && ++chunks === 1) await new Promise<void>((resolve) => void bed.clock.after(500, resolve));
      return handler(d);
    };
    const { bed, first, session } = await bedWith(slowly, sagaOf('list', { name: 'side', kind: 'parallel', branches: branches([{ kind: 'map', name: 'each', items_from: 'list', chunk_size: 1, concurrency: 1, compensate: true }], [{ kind: 'timer', name: 'soon', duration_ms: 100 }, { kind: 'task', name: 'oops' }]) }, 'last'));
    const { execution_id } = await bed.submit(session);
    expect(await bed.ended(execution_id)).toMatchObject({ status: 'failed', error: { code: 'content.corrupt' } });
    expect([await statuses(bed, execution_id), undone(bed)]).toEqual([{ list: 'completed', side: 'failed', each: 'compensated', soon: 'completed', oops: 'failed' }, ['each#0']]);
    bad.clear();
    expect(await refusalOf(operate(bed, first, execution_id, 'retry'))).toBe('execution.not_applicable');
    await operate(bed, first, execution_id, 'continue_from', { step: 'side' });
    expect((await bed.ended(execution_id)).status).toBe('completed');
    expect(await problemsIn(bed, execution_id, ['soon'])).toEqual([]);
  });

  it('a map of nothing - completes, and is undone without asking anybody', async () => {
    const { bad, handler } = realm();
    bad.add('oops');
    const { bed, session } = await bedWith(handler, sagaOf('none', { kind: 'map', name: 'each', items_from: 'none', compensate: true }, 'oops'));
    const { execution_id } = await bed.submit(session);
    await bed.ended(execution_id);
    expect([await statuses(bed, execution_id), undone(bed)]).toEqual([{ none: 'completed', each: 'compensated', oops: 'failed' }, []]);
    expect(await problemsIn(bed, execution_id)).toEqual([]);
  });

  it('signals of one name - each takes one step, in order; what no step waits for any more is refused', async () => {
    const { handler } = realm();
    const side = { name: 'side', kind: 'parallel', branches: branches([waits('c')], [waits('d', { timeout_ms: 1000, on_timeout: 'continue' })]) };
    const { bed, session } = await bedWith(handler, sagaOf('one', waits('a'), waits('b'), side, waits('e', { timeout_ms: 1000 })));
    const { execution_id } = await bed.submit(session);
    await bed.until(async () => (await statuses(bed, execution_id))['a'] === 'running');
    for (const word of [1, 2, 3]) await signal(bed, execution_id, word);
    const end = await bed.ended(execution_id);
    expect(end).toMatchObject({ status: 'failed', error: { code: 'step.timeout' } });
    expect(end.steps.map((step) => [step.name, step.output ?? step.outcome])).toEqual([['one', { did: 'one' }], ['a', 1], ['b', 2], ['side', { b0: 3, b1: null }], ['c', 3], ['d', 'timed_out'], ['e', undefined]]);
    expect(await refusalOf(signal(bed, execution_id, 4))).toBe('execution.ended');
    expect(await problemsIn(bed, execution_id)).toEqual([]);
  });

  it('signals that come before their steps wait - are kept, over a pause and a sleep, and taken oldest first; more than may be taken are refused', async () => {
    const { silent, handler } = realm();
    silent.add('one');
    const rest = { kind: 'timer', name: 'rest', duration_ms: 20_000 };
    const { bed, first, session } = await bedWith(handler, sagaOf({ name: 'one', timeout_ms: 500, retry: { max_attempts: 9, initial_delay_ms: 10 } }, rest, waits('a'), 'two', waits('b')));
    const { execution_id } = await bed.submit(session);
    expect((await signal(bed, execution_id, { output: { n: 1 }, outcome: 'early', artifacts: [{ name: 'note', artifact_type: 'text', media_type: 'text/plain', content: 'kept' }] })).signals_kept).toMatchObject([{ signal: 'word', by: 'bob' }]);
    await operate(bed, first, execution_id, 'pause');
    expect((await signal(bed, execution_id, 2)).signals_kept).toHaveLength(2);
    expect(await refusalOf(signal(bed, execution_id, 3))).toBe('execution.signal_kept');
    await operate(bed, first, execution_id, 'resume');
    silent.clear();
    const end = await bed.ended(execution_id);
    expect(end.steps.map((step) => [step.name, step.output ?? step.outcome])).toEqual([['one', { did: 'one' }], ['rest', undefined], ['a', { n: 1 }], ['two', { did: 'two' }], ['b', 2]]);
    expect(end.artifacts).toMatchObject([{ artifact_id: `${execution_id}/a/note`, step: 'a' }]);
    expect(end.signals?.kept).toEqual([]);
    const told = (await bed.records(execution_id)).flatMap((record) => (record.type === 'signal_received' ? [[record.kept, record.step, record.by.user_id]] : []));
    expect(told).toEqual([[1, undefined, 'bob'], [2, undefined, 'bob'], [1, 'a', 'bob'], [2, 'b', 'bob']]);
    expect(await problemsIn(bed, execution_id)).toEqual([]);
  });

  it('a signal for a case that is not taken, or of a name that no step has - is refused, and says which can be sent', async () => {
    const { handler } = realm();
    const pick = { kind: 'choice', name: 'pick', cases: { left: [waits('l', { signal: 'go' })], right: [waits('r')] } };
    const { bed, session } = await bedWith(handler, sagaOf('one', pick));
    const { execution_id } = await bed.submit(session);
    await bed.until(async () => (await statuses(bed, execution_id))['l'] === 'running');
    await expect(signal(bed, execution_id, 1)).rejects.toMatchObject({ code: 'execution.not_waiting', message: 'no step waits for the signal word any more; it can be sent go', field: '/signal' });
  });

  it('a pause over a timer and over a signal’s time - nothing falls due before it is over, and then at once', async () => {
    const { handler } = realm();
    const { bed, first, session } = await bedWith(handler, sagaOf({ kind: 'timer', name: 'wait', duration_ms: 1000 }, waits('ask', { timeout_ms: 2000 }), 'last'));
    const { execution_id } = await bed.submit(session);
    const paused = async (ms: number): Promise<{ [step: string]: string }> => {
      await operate(bed, first, execution_id, 'pause');
      await bed.during(new Promise<void>((resolve) => void bed.clock.after(ms, resolve)));
      const meanwhile = await statuses(bed, execution_id);
      await operate(bed, first, execution_id, 'resume');
      return meanwhile;
    };
    expect(await paused(5000)).toEqual({ wait: 'running' });
    await bed.until(async () => (await statuses(bed, execution_id))['ask'] === 'running');
    expect(await paused(20_000)).toEqual({ wait: 'completed', ask: 'running' });
    expect(await bed.ended(execution_id)).toMatchObject({ status: 'failed', error: { code: 'step.timeout' } });
    expect(await problemsIn(bed, execution_id)).toEqual([]);
  });

  it.each([
    [true, 'compensated', ['pay', 'one']],
    [false, 'abandoned', ['one']],
  ])('cancelled while an effect is unknown, which did happen: %s - waits for that word, and undoes what was done', async (happened, effect, order) => {
    const { lost, handler } = realm();
    lost.add('pay');
    const { bed, first, session } = await bedWith(handler, sagaOf({ name: 'one', compensate: true }, { kind: 'effect', name: 'pay', binding: 'bank', compensate: true }, 'last'));
    const { execution_id } = await bed.submit(session);
    await bed.reaches(execution_id, 'stuck');
    await operate(bed, first, execution_id, 'cancel');
    expect(await bed.fold(execution_id)).toMatchObject({ status: 'stuck', cancelReason: 'because' });
    await operate(bed, first, execution_id, 'resolve_effect', { step: 'pay', happened, ...(happened ? { receipt: { n: 1 } } : {}) });
    expect((await bed.ended(execution_id)).status).toBe('cancelled');
    expect([await statuses(bed, execution_id), undone(bed)]).toEqual([{ one: 'compensated', pay: effect }, order]);
    expect(await problemsIn(bed, execution_id)).toEqual([]);
  });

  it('terminated while an effect is unknown - cannot be continued past it; brought back it is stuck on it still, and goes on when it is known', async () => {
    const { lost, handler } = realm();
    lost.add('pay');
    const { bed, first, session } = await bedWith(handler, sagaOf('one', { kind: 'effect', name: 'pay', binding: 'bank' }, 'last'));
    const { execution_id } = await bed.submit(session);
    await bed.reaches(execution_id, 'stuck');
    await operate(bed, first, execution_id, 'terminate');
    expect(await refusalOf(operate(bed, first, execution_id, 'continue_from', { step: 'one' }))).toBe('execution.not_applicable');
    await operate(bed, first, execution_id, 'retry');
    expect((await bed.fold(execution_id)).status).toBe('stuck');
    lost.clear();
    await operate(bed, first, execution_id, 'resolve_effect', { step: 'pay', happened: false });
    expect((await bed.ended(execution_id)).status).toBe('completed');
    expect(await problemsIn(bed, execution_id)).toEqual([]);
  });

  it('continued from an effect within a branch - runs it anew under another key; what then fails is undone in the order in which it was done last', async () => {
    const { bad, handler } = realm();
    const side = { name: 'side', kind: 'parallel', branches: branches([{ kind: 'task', name: 'a', compensate: true }, { kind: 'effect', name: 'pay', binding: 'bank', compensate: true }], [{ kind: 'map', name: 'each', items_from: 'list', chunk_size: 2, compensate: true }]) };
    const { bed, first, session } = await bedWith(handler, sagaOf('list', side, { name: 'route', kind: 'choice', on: 'a', cases: { left: [{ kind: 'task', name: 'l', compensate: true }] } }, 'last'));
    const { execution_id } = await bed.submit(session);
    await bed.ended(execution_id);
    bad.add('l');
    await operate(bed, first, execution_id, 'continue_from', { step: 'pay' });
    expect((await bed.ended(execution_id)).status).toBe('failed');
    expect(undone(bed)).toEqual(['pay', 'each#2', 'each#1', 'each#0', 'a']);
    expect(new Set((await bed.records(execution_id)).flatMap((record) => (record.type === 'effect_intended' ? [record.key] : []))).size).toBe(2);
    expect(await problemsIn(bed, execution_id, ['pay', 'side'])).toEqual([]);
  });

  it('branches within branches, cancelled and tried again - what was given up runs to its end, and a choice that knows no way on says so', async () => {
    const { silent, handler } = realm();
    silent.add('deep');
    const inner = { name: 'p2', kind: 'parallel', branches: branches([{ name: 'c2', kind: 'choice', on: 'one', cases: { left: [{ kind: 'task', name: 'deep' }] } }], [waits('ask')]) };
    const { bed, first, session } = await bedWith(handler, sagaOf('one', { name: 'p1', kind: 'parallel', branches: branches([inner], [{ kind: 'timer', name: 'long', duration_ms: 10_000 }]) }, { name: 'no', kind: 'choice', on: 'one', cases: { right: [] } }));
    const { execution_id } = await bed.submit(session);
    await bed.until(() => bed.dispatches.some((d) => d.attempt.step === 'deep'));
    await operate(bed, first, execution_id, 'cancel');
    expect(await bed.ended(execution_id)).toMatchObject({ status: 'cancelled' });
    silent.clear();
    await operate(bed, first, execution_id, 'retry');
    await bed.until(async () => (await statuses(bed, execution_id))['ask'] === 'running');
    await signal(bed, execution_id, 1);
    expect(await bed.ended(execution_id)).toMatchObject({ status: 'failed', error: { code: 'choice.no_case' } });
    expect(await statuses(bed, execution_id)).toEqual({ one: 'completed', p1: 'completed', p2: 'completed', c2: 'completed', deep: 'completed', ask: 'completed', long: 'completed', no: 'failed' });
    expect(await problemsIn(bed, execution_id)).toEqual([]);
  });

  it('a parent terminated while its child undoes - has ended, and the child undoes the rest', async () => {
    const { bad, silent, handler } = realm();
    bad.add('oops');
    silent.add('undo c1');
    const child = sampleCapability({ ...sampleSaga({ name: 'c1', compensate: true } as never, 'oops'), name: 'sample.part' });
    const parent = sampleCapability(sampleSaga({ name: 'sub', kind: 'child', intent_type: 'sample.part', timeout_ms: DAY } as never), { children: ['sample.part'] });
    const { bed, first, session } = await bedWith(handler, parent, child);
    const { execution_id } = await bed.submit(session);
    await bed.until(() => undone(bed).length > 0);
    await operate(bed, first, execution_id, 'terminate');
    const sub = childIdOf(execution_id, 'sub', 1);
    expect([(await bed.fold(execution_id)).status, (await bed.fold(sub)).status]).toEqual(['terminated', 'compensating']);
    silent.clear();
    expect((await bed.ended(sub)).status).toBe('failed');
    expect([await statuses(bed, sub), await problemsIn(bed, sub), await problemsIn(bed, execution_id)]).toEqual([{ c1: 'compensated', oops: 'failed' }, [], []]);
  });
});
