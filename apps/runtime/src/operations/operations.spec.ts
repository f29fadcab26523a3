import { failure, type OperationName, type StepDispatch } from '@symphainy/contracts';
import { sampleCapability, sampleSaga } from '@symphainy/execution/testing';
import { toWireError } from '@symphainy/kernel';
import { bedWith, echo, problemsOf } from '../testing/engine-bed.js';
import { alice, type BedRuntime, type RealmAnswer, type RuntimeBed } from '../testing/runtime-bed.js';

const bob = { ...alice, user_id: 'bob' };
const broken = { error: toWireError(failure('content.corrupt')) };
const undoable = (...names: string[]): object[] => names.map((name) => ({ name, compensate: true, retry: { max_attempts: 2, initial_delay_ms: 100 } }));
const capability = sampleCapability(sampleSaga(...(undoable('one', 'two', 'three') as { name: string }[])));

let ids = 0;
const newId = (): string => `019b0000-0000-7000-8000-${String(++ids).padStart(12, '0')}`;
const operate = (bed: RuntimeBed, { core }: BedRuntime, execution_id: string, operation: OperationName, payload: object = {}, operation_id = newId()): Promise<boolean> =>
  bed.during(core.commands.operate({ command: 'operate', caller: bob, execution_id, operation, operation_id, payload: { reason: 'because', ...payload } as never }));
const typesOf = async (bed: RuntimeBed, id: string): Promise<string[]> => (await bed.records(id)).map((r) => r.type);
const undone = (bed: RuntimeBed): string[] => bed.dispatches.filter((d) => d.attempt.phase === 'compensate').map((d) => d.attempt.step);
/** Steps that fail, by name, as long as they stand here. */
function failing(...names: string[]): { readonly bad: Set<string>; readonly handler: (d: StepDispatch) => RealmAnswer } {
  const bad = new Set(names);
  return { bad, handler: (d) => (bad.has(d.attempt.phase === 'compensate' ? `undo ${d.attempt.step}` : d.attempt.step) ? broken : { output: d.attempt.step }) };
}

describe('compensation', () => {
  it('a saga that fails - undoes what completed, last first, and then has failed', async () => {
    const { handler } = failing('three');
    const { bed, session } = await bedWith(handler, capability);
    const { execution_id } = await bed.submit(session);
    const state = await bed.ended(execution_id);
    expect([state.status, state.error?.code]).toEqual(['failed', 'content.corrupt']);
    expect(undone(bed)).toEqual(['two', 'one']);
    expect(state.steps.map((s) => s.status)).toEqual(['compensated', 'compensated', 'failed']);
  });

  it('a runtime that dies while it undoes - its adopter goes on with what is left', async () => {
    const { handler } = failing('three');
    const { bed, first, session } = await bedWith((d) => (d.attempt.phase === 'compensate' && d.attempt.step === 'one' && d.attempt.epoch === 1 ? 'silence' : handler(d)), capability);
    const { execution_id } = await bed.submit(session);
    await bed.until(() => undone(bed).length === 2);
    await first.crash();
    await bed.runtime();
    await bed.ended(execution_id);
    expect(undone(bed)).toEqual(['two', 'one', 'one']);
    expect(await problemsOf(bed, execution_id)).toEqual([]);
  });

  it('a compensation that fails for good - holds the execution up until it is retried or skipped', async () => {
    const { bad, handler } = failing('three', 'undo two', 'undo one');
    const { bed, first, session } = await bedWith(handler, capability);
    const { execution_id } = await bed.submit(session);
    await bed.reaches(execution_id, 'stuck');
    bad.delete('undo two');
    expect(await operate(bed, first, execution_id, 'retry')).toBe(true);
    await bed.until(async () => (await bed.fold(execution_id)).steps[0]?.status === 'compensation_failed');
    await bed.reaches(execution_id, 'stuck');
    await expect(operate(bed, first, execution_id, 'skip_compensation', { step: 'two' })).rejects.toMatchObject({ code: 'execution.not_applicable' });
    await operate(bed, first, execution_id, 'skip_compensation', { step: 'one' });
    const state = await bed.ended(execution_id);
    expect([state.status, ...state.steps.map((s) => s.status)]).toEqual(['failed', 'compensation_skipped', 'compensated', 'failed']);
    expect((await bed.records(execution_id)).find((r) => r.type === 'compensation_skipped')).toMatchObject({ by: { user_id: 'bob' }, reason: 'because', step: 'one' });
  });
});

describe('steps of the platform in the saga of a realm', () => {
  it.each(['terminate', 'cancel', 'approve'] as const)('%s by whoever may submit the realm’s intents - is refused before anything of it runs', async (operation) => {
    const usurper = sampleCapability({ ...sampleSaga({ name: 'k', kind: 'operate', operation } as never), name: 'sample.helpful' });
    const { bed, session } = await bedWith(() => 'silence', capability, usurper);
    const { execution_id } = await bed.submit(session);
    await expect(bed.submit(session, { intent_type: 'sample.helpful', payload: { execution_id, step: 'one' } })).rejects.toMatchObject({ code: 'saga.not_allowed', details: { place: '/saga/steps/0' } });
    await bed.turns();
    expect((await bed.fold(execution_id)).status).toBe('running');
  });
});

describe('operations on what runs', () => {
  it('pause - lets what runs be recorded and starts nothing; resume goes on', async () => {
    let letOne: () => void = () => undefined;
    const one = new Promise<void>((resolve) => (letOne = resolve));
    const { bed, first, session } = await bedWith(async (d) => (d.attempt.step === 'one' ? (await one, { output: 1 }) : { output: 2 }), capability);
    const { execution_id } = await bed.submit(session);
    await bed.until(() => bed.dispatches.length === 1);
    expect(await operate(bed, first, execution_id, 'pause')).toBe(true);
    expect(await operate(bed, first, execution_id, 'pause')).toBe(false);
    letOne();
    await bed.until(async () => (await bed.fold(execution_id)).steps[0]?.status === 'completed');
    await bed.turns(30);
    expect([bed.dispatches.length, (await bed.fold(execution_id)).status]).toEqual([1, 'paused']);
    expect(await operate(bed, first, execution_id, 'resume')).toBe(true);
    expect((await bed.ended(execution_id)).status).toBe('completed');
    await expect(operate(bed, first, execution_id, 'pause')).rejects.toMatchObject({ code: 'execution.ended' });
  });

  it('terminate - ends it at once, whatever it was at; nothing is undone', async () => {
    const { bed, first, session } = await bedWith((d) => (d.attempt.step === 'two' ? 'silence' : { output: 1 }), capability);
    const { execution_id } = await bed.submit(session);
    await bed.until(() => bed.dispatches.length === 2);
    await operate(bed, first, execution_id, 'terminate');
    expect((await bed.fold(execution_id)).status).toBe('terminated');
    expect(await operate(bed, first, execution_id, 'terminate')).toBe(false);
    expect(undone(bed)).toEqual([]);
  });

  it('cancel - undoes what completed, and then is cancelled', async () => {
    const { bed, first, session } = await bedWith((d) => (d.attempt.step === 'three' ? 'silence' : { output: 1 }), capability);
    const { execution_id } = await bed.submit(session);
    await bed.until(() => bed.dispatches.length === 3);
    await operate(bed, first, execution_id, 'cancel');
    expect((await bed.ended(execution_id)).status).toBe('cancelled');
    expect(undone(bed)).toEqual(['two', 'one']);
  });

  it('an operation that is asked for twice, also of another owner - is carried out once', async () => {
    const saga = sampleCapability(sampleSaga({ name: 'ask', kind: 'signal', signal: 'go', timeout_ms: 3_600_000 }, { name: 'again', kind: 'signal', signal: 'go', timeout_ms: 3_600_000 }));
    const { bed, first, session } = await bedWith(echo, saga);
    const { execution_id } = await bed.submit(session);
    await bed.until(async () => (await bed.fold(execution_id)).steps.length === 1);
    const id = newId();
    expect(await operate(bed, first, execution_id, 'signal', { signal: 'go', data: 1 }, id)).toBe(true);
    expect(await operate(bed, first, execution_id, 'signal', { signal: 'go', data: 1 }, id)).toBe(false);
    await first.crash();
    const second = await bed.runtime();
    await bed.until(async () => (await bed.fold(execution_id)).adoptions === 1);
    expect(await operate(bed, second, execution_id, 'signal', { signal: 'go', data: 1 }, id)).toBe(false);
    expect((await bed.fold(execution_id)).steps.map((s) => s.status)).toEqual(['completed', 'running']);
    expect((await bed.records(execution_id)).find((r) => r.type === 'signal_received')).toMatchObject({ operation: id, by: { user_id: 'bob' } });
  });

  it('adopt - what a dead runtime left goes on at once; what its owner holds, and what has ended, stays as it is', async () => {
    const { bed, first, session } = await bedWith((d) => (d.attempt.step === 'two' && d.attempt.epoch === 1 ? 'silence' : { output: 1 }), capability);
    const second = await bed.runtime();
    const { execution_id } = await bed.submit(session);
    await bed.until(() => bed.dispatches.length === 2);
    const [owner, other] = first.core.engine.find('acme', execution_id) === undefined ? [second, first] : [first, second];
    expect(await operate(bed, other, execution_id, 'adopt')).toBe(false);
    expect((await bed.fold(execution_id)).adoptions).toBe(0);
    await owner.crash();
    const before = bed.clock.now();
    expect(await operate(bed, other, execution_id, 'adopt')).toBe(true);
    // sooner than its own look for dead runtimes, which comes each second
    expect(bed.clock.now() - before).toBeLessThan(500);
    expect((await bed.ended(execution_id)).status).toBe('completed');
    expect((await bed.records(execution_id)).filter((r) => r.type === 'adopted')).toMatchObject([{ from_writer: owner.writer.id }]);
    expect(await operate(bed, other, execution_id, 'adopt')).toBe(false);
  });

  it.each([
    ['resolve_effect', { step: 'one' }, 'request.invalid'],
    ['resolve_effect', { step: 'one', happened: true }, 'execution.not_applicable'],
    ['skip_compensation', { step: 'nowhere' }, 'execution.not_applicable'],
    ['continue_from', { step: 'one' }, 'execution.not_applicable'],
    ['approve', { step: 'one' }, 'execution.not_applicable'],
    ['signal', { signal: 'x' }, 'execution.not_waiting'],
  ] as const)('%s of what does not want it - is refused, and nothing is recorded', async (operation, payload, code) => {
    const { bed, first, session } = await bedWith(() => 'silence', capability);
    const { execution_id } = await bed.submit(session);
    const before = await typesOf(bed, execution_id);
    await expect(operate(bed, first, execution_id, operation, payload)).rejects.toMatchObject({ code });
    expect(await typesOf(bed, execution_id)).toEqual(before);
  });
});

describe('operations on what has ended', () => {
  const plain = sampleCapability(sampleSaga('one', { name: 'two', retry: { max_attempts: 1 } }, 'three'));

  it('retry - the runtime that is asked becomes the owner, the failed step runs again, and its number goes on', async () => {
    const { bad, handler } = failing('two');
    const { bed, first, session } = await bedWith(handler, plain);
    const { execution_id } = await bed.submit(session);
    await bed.ended(execution_id);
    const second = await bed.runtime();
    bad.clear();
    const id = newId();
    expect(await operate(bed, second, execution_id, 'retry', {}, id)).toBe(true);
    const state = await bed.ended(execution_id);
    expect([state.status, ...state.steps.map((s) => s.attempt)]).toEqual(['completed', 1, 2, 1]);
    const frames = await bed.log.readStream('acme', execution_id);
    expect(frames.at(-1)?.writer).toBe(second.writer.id);
    expect((await bed.records(execution_id)).find((r) => r.type === 'adopted')).toMatchObject({ reason: 'reopened', from_writer: first.writer.id });
    expect((await bed.records(execution_id)).find((r) => r.type === 'reopened')).toMatchObject({ mode: 'retry', from_step: 'two', by: { user_id: 'bob' }, operation: id });
    expect(await operate(bed, first, execution_id, 'retry', {}, id)).toBe(false);
    expect((await problemsOf(bed, execution_id)).filter((p) => !p.includes('twice'))).toEqual([]);
  });

  it('two runtimes asked to retry at once - one brings it back, the other finds it going on', async () => {
    const { bad, handler } = failing('two');
    const { bed, first, session } = await bedWith(handler, plain);
    const { execution_id } = await bed.submit(session);
    await bed.ended(execution_id);
    const second = await bed.runtime();
    bad.clear();
    const told = await Promise.allSettled([operate(bed, first, execution_id, 'retry'), operate(bed, second, execution_id, 'retry')]);
    expect((await bed.ended(execution_id)).status).toBe('completed');
    expect(told.filter((t) => t.status === 'fulfilled').length).toBe(1);
    expect((await typesOf(bed, execution_id)).filter((t) => t === 'reopened').length).toBe(1);
  });

  it('continue from a step - it and all that follow run again, what came before is kept', async () => {
    const { bed, first, session } = await bedWith(echo, plain);
    const { execution_id } = await bed.submit(session);
    await bed.ended(execution_id);
    await operate(bed, first, execution_id, 'continue_from', { step: 'two' });
    const state = await bed.ended(execution_id);
    expect([state.status, ...state.steps.map((s) => s.attempt)]).toEqual(['completed', 1, 2, 2]);
    await expect(operate(bed, first, execution_id, 'continue_from', { step: 'nowhere' })).rejects.toMatchObject({ code: 'execution.not_applicable' });
  });

  it.each([['retry', {}], ['continue_from', { step: 'one' }], ['compensate', {}]] as const)('%s of what was archived - is refused with a code of its own, and nothing is recorded', async (operation, payload) => {
    const { bad, handler } = failing('two');
    const { bed, first, session } = await bedWith(handler, sampleCapability(sampleSaga(...(undoable('one') as { name: string }[]), { name: 'two', retry: { max_attempts: 1 } })));
    const { execution_id } = await bed.submit(session);
    await bed.ended(execution_id);
    bad.clear();
    const before = await typesOf(bed, execution_id);
    const read = bed.log.readStream.bind(bed.log);
    jest.spyOn(bed.log, 'readStream').mockImplementation(async (...about) => (await read(...about)).map((frame) => ({ ...frame, archived: true as const })));
    await expect(operate(bed, first, execution_id, operation, payload)).rejects.toMatchObject({ code: 'execution.archived' });
    expect(await typesOf(bed, execution_id)).toEqual(before);
  });

  it('compensate - undoes what completed, though the execution had', async () => {
    const { bed, first, session } = await bedWith(echo, capability);
    const { execution_id } = await bed.submit(session);
    await bed.ended(execution_id);
    await operate(bed, first, execution_id, 'compensate');
    const state = await bed.ended(execution_id);
    expect([state.status, ...state.steps.map((s) => s.status)]).toEqual(['cancelled', 'compensated', 'compensated', 'compensated']);
    expect(undone(bed)).toEqual(['three', 'two', 'one']);
  });

  it('a runtime that dies right after it brought one back - its adopter goes on', async () => {
    const { bad, handler } = failing('two');
    const { bed, first, session } = await bedWith((d) => (d.attempt.epoch === 2 ? 'silence' : handler(d)), plain);
    const { execution_id } = await bed.submit(session);
    await bed.ended(execution_id);
    bad.clear();
    await operate(bed, first, execution_id, 'retry');
    await bed.until(() => bed.dispatches.some((d) => d.attempt.epoch === 2));
    await first.crash();
    await bed.runtime();
    expect((await bed.ended(execution_id)).status).toBe('completed');
  });
});
