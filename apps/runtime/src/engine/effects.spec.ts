import { failure, type StepDispatch } from '@symphainy/contracts';
import { effectKeyOf } from '@symphainy/execution';
import { sampleCapability, sampleSaga } from '@symphainy/execution/testing';
import { toWireError } from '@symphainy/kernel';
import { encodeJson } from '@symphainy/service-host';
import { bedWith, problemsOf } from '../testing/engine-bed.js';
import { alice, outcomeOf, RuntimeBed, type BedRuntime, type RealmAnswer } from '../testing/runtime-bed.js';

const bob = { ...alice, user_id: 'bob' };
const effect = (more: object = {}) => sampleCapability(sampleSaga({ name: 'pay', kind: 'effect', binding: 'bank', timeout_ms: 20_000, ...more }, 'after'));
const typesOf = async (bed: RuntimeBed, id: string): Promise<string[]> => (await bed.records(id)).map((r) => r.type);
const unknown = { error: toWireError(failure('effect.unknown')) };
/** Only the first of all dispatches goes unanswered. */
const silentOnce = (bed: () => RuntimeBed) => (): RealmAnswer => (bed().dispatches.length === 1 ? 'silence' : { output: 'paid' });

let operations = 0;
const operate = (bed: RuntimeBed, { core }: BedRuntime, execution_id: string, operation: 'resolve_effect' | 'approve' | 'cancel' | 'terminate' | 'retry', payload: object, caller = bob): Promise<boolean> =>
  bed.during(core.commands.operate({ command: 'operate', caller, execution_id, operation, operation_id: `019b0000-0000-7000-8000-${String(++operations).padStart(12, '0')}`, payload: { reason: 'because', ...payload } as never }));

describe('an effect', () => {
  it('a slow log - nothing is sent before its intention is durable, and nothing follows before its receipt is', async () => {
    const { bed, session } = await bedWith((d) => (d.attempt.step === 'one' || d.attempt.step === 'pay' ? bed.log.hold() : undefined, { output: d.attempt.step }), sampleCapability(sampleSaga('one', { name: 'pay', kind: 'effect', binding: 'bank' }, 'after')));
    const reply = bed.submit(session, {}, { wait_ms: 20_000 });
    await bed.turns(40);
    expect(bed.dispatches.map((d) => d.attempt.step)).toEqual(['one']);
    bed.log.release();
    await bed.turns(40);
    expect(bed.dispatches.map((d) => d.attempt.step)).toEqual(['one', 'pay']);
    bed.log.release();
    expect((await reply).status).toBe('completed');
    expect(bed.dispatches[1]?.effect_key).toBe(effectKeyOf(bed.dispatches[1]!.attempt.execution_id, { name: 'pay' }));
    expect((await bed.records(bed.dispatches[1]!.attempt.execution_id)).find((r) => r.type === 'effect_completed')).toMatchObject({ key: bed.dispatches[1]!.effect_key, receipt: 'pay' });
  });

  it('an approval - is asked for after the preview, given by somebody else, and for that preview', async () => {
    const { bed, first, session } = await bedWith((d) => ({ output: d.attempt.phase === 'preview' ? { pays: 7 } : 'paid' }), effect({ preview: true, approval: 'required' }));
    const { execution_id } = await bed.submit(session);
    await bed.until(async () => (await typesOf(bed, execution_id)).includes('approval_requested'));
    expect(bed.dispatches.map((d) => d.attempt.phase)).toEqual(['preview']);
    await expect(operate(bed, first, execution_id, 'approve', { step: 'pay' }, alice)).rejects.toMatchObject({ code: 'effect.not_approved' });
    expect(await operate(bed, first, execution_id, 'approve', { step: 'pay' })).toBe(true);
    expect((await bed.ended(execution_id)).status).toBe('completed');
    const records = await bed.records(execution_id);
    const previewed = records.find((r) => r.type === 'effect_previewed');
    expect(records.find((r) => r.type === 'effect_approved')).toMatchObject({ by: { user_id: 'bob' }, preview_hash: previewed?.preview_hash });
  });

  it('a tenant that demands it - has every effect approved, whatever the step declares', async () => {
    const bed = new RuntimeBed();
    await bed.govern([effect()], 1, { switches: { idempotency: 'enforce', auto_replay: 'off', sla: 'off', auto_healing: 'off', retention: 'off', effect_approval: 'enforce' } });
    const runtime = await bed.runtime();
    bed.realm('sample', () => ({ output: 'paid' }));
    const { execution_id } = await bed.submit(await bed.session());
    await bed.until(async () => (await typesOf(bed, execution_id)).includes('approval_requested'));
    expect(bed.dispatches).toEqual([]);
    expect(await operate(bed, runtime, execution_id, 'approve', { step: 'pay' })).toBe(true);
    expect((await bed.ended(execution_id)).status).toBe('completed');
  });

  it('an approval that is refused, also by signal - fails the step, and nothing was sent', async () => {
    const { bed, session } = await bedWith(() => ({ output: 'paid' }), effect({ approval: 'required' }));
    const { execution_id } = await bed.submit(session);
    await bed.until(async () => (await typesOf(bed, execution_id)).includes('approval_requested'));
    const tell = (caller: typeof bob) => bed.during(bed.gateway.request('runtime.execution.signal', {}, { caller, execution_id, signal: 'approve.pay', data: { approved: false, reason: 'too much' } }, { timeoutMs: 20_000 }));
    await expect(tell(alice)).rejects.toMatchObject({ code: 'effect.not_approved' });
    await tell(bob);
    expect(await bed.ended(execution_id)).toMatchObject({ status: 'failed', error: { code: 'effect.not_approved', message: 'bob did not approve: too much' } });
    expect(bed.dispatches).toEqual([]);
  });

  it('an error that says it did not happen - is tried again, under the same key', async () => {
    const { bed, session } = await bedWith((d) => (d.attempt.attempt === 1 ? { error: toWireError(failure('realm.unavailable')) } : { output: 'paid' }), effect());
    const { execution_id } = await bed.submit(session);
    expect((await bed.ended(execution_id)).status).toBe('completed');
    const sent = bed.dispatches.filter((d) => d.attempt.step === 'pay');
    expect([sent.map((d) => d.attempt.attempt), new Set(sent.map((d) => d.effect_key)).size]).toEqual([[1, 2], 1]);
  });
});

describe('an effect of which nobody knows', () => {
  it.each([
    ['a realm that says so', () => unknown as RealmAnswer],
    ['an answer that breaks its contract', () => ({ output: 1, artifacts: [{ name: 'x', artifact_type: 't', media_type: 'm' }] }) as RealmAnswer],
    ['silence', () => 'silence' as RealmAnswer],
  ])('%s - is not sent again: the execution is stuck until an operator says', async (_what, told) => {
    const { bed, first, session } = await bedWith((d) => (d.attempt.step === 'pay' ? told() : { output: 'done' }), effect());
    const { execution_id } = await bed.submit(session);
    const stuck = await bed.reaches(execution_id, 'stuck');
    expect(stuck.steps[0]).toMatchObject({ name: 'pay', status: 'unknown' });
    expect(bed.dispatches.length).toBe(1);
    await operate(bed, first, execution_id, 'resolve_effect', { step: 'pay', happened: true, receipt: { no: 9 } });
    const state = await bed.ended(execution_id);
    expect([state.status, state.steps[0]?.output]).toEqual(['completed', { no: 9 }]);
    expect((await bed.records(execution_id)).find((r) => r.type === 'effect_resolved')).toMatchObject({ happened: true, by: { user_id: 'bob' }, reason: 'because' });
  });

  it('a receipt that is to be the execution’s output, and is not what is promised - is refused with its field; one that fits is taken', async () => {
    const paid = sampleCapability(sampleSaga({ name: 'pay', kind: 'effect', binding: 'ledger', retry: { max_attempts: 1 } }), { output_contract: { type: 'object', required: ['booking'], properties: { booking: { type: 'string' } } } });
    const { bed, first, session } = await bedWith(() => unknown, paid);
    const { execution_id } = await bed.submit(session);
    await bed.reaches(execution_id, 'stuck');
    for (const receipt of [undefined, { booking: 7 }]) {
      await expect(operate(bed, first, execution_id, 'resolve_effect', { step: 'pay', happened: true, ...(receipt === undefined ? {} : { receipt }) })).rejects.toMatchObject({ code: 'execution.output_invalid', field: expect.stringMatching(/^\/payload\/receipt/) as string });
    }
    await operate(bed, first, execution_id, 'resolve_effect', { step: 'pay', happened: true, receipt: { booking: 'b7' } });
    const state = await bed.ended(execution_id);
    expect([state.status, state.steps[0]?.output]).toEqual(['completed', { booking: 'b7' }]);
  });

  it('an operator who says that it did not happen - has it tried again, under the same key', async () => {
    let told: RealmAnswer = unknown;
    const { bed, first, session } = await bedWith((d) => (d.attempt.step === 'pay' ? told : { output: 'done' }), effect());
    const { execution_id } = await bed.submit(session);
    await bed.reaches(execution_id, 'stuck');
    told = { output: 'paid' };
    await operate(bed, first, execution_id, 'resolve_effect', { step: 'pay', happened: false });
    expect((await bed.ended(execution_id)).status).toBe('completed');
    expect(new Set(bed.dispatches.filter((d) => d.attempt.step === 'pay').map((d) => d.effect_key)).size).toBe(1);
  });

  it('an answer that comes after all - settles it without an operator', async () => {
    const { bed, first, session } = await bedWith((d) => (d.attempt.step === 'pay' ? 'silence' : { output: 'done' }), effect());
    let reply: string | undefined;
    let sent: StepDispatch | undefined;
    first.bus.subscribe('realm.sample.*.step', (m) => {
      reply ??= m.reply;
      sent ??= JSON.parse(new TextDecoder().decode(m.data)) as StepDispatch;
    });
    const { execution_id } = await bed.submit(session);
    await bed.reaches(execution_id, 'stuck');
    first.bus.publish(reply!, encodeJson(outcomeOf(sent!, { output: 'paid after all' })));
    const state = await bed.ended(execution_id);
    expect([state.status, state.steps[0]?.output]).toEqual(['completed', 'paid after all']);
  });

  it('the same, while the execution sleeps - wakes it', async () => {
    const { bed, first, session } = await bedWith((d) => (d.attempt.step === 'pay' ? 'silence' : { output: 'done' }), effect());
    let reply: string | undefined;
    let sent: StepDispatch | undefined;
    first.bus.subscribe('realm.sample.*.step', (m) => {
      reply ??= m.reply;
      sent ??= JSON.parse(new TextDecoder().decode(m.data)) as StepDispatch;
    });
    const { execution_id } = await bed.submit(session);
    await bed.reaches(execution_id, 'stuck');
    await bed.until(() => first.core.engine.size === 0 && bed.log.parked.size === 1);
    first.bus.publish(reply!, encodeJson(outcomeOf(sent!, { output: 'paid after all' })));
    expect((await bed.ended(execution_id)).status).toBe('completed');
  });

  it('a runtime that dies while it is out - its adopter does not send it again', async () => {
    const { bed, first, session } = await bedWith(() => 'silence', effect());
    const { execution_id } = await bed.submit(session);
    await bed.until(() => bed.dispatches.length === 1);
    await first.crash();
    await bed.runtime();
    expect((await bed.reaches(execution_id, 'stuck')).steps[0]?.status).toBe('unknown');
    expect(bed.dispatches.length).toBe(1);
  });

  it('a runtime that dies while two are out - its adopter sends neither of them again', async () => {
    const pay = (name: string) => ({ name: `to-${name}`, steps: [{ name, kind: 'effect', binding: 'bank', timeout_ms: 20_000 }] });
    const { bed, first, session } = await bedWith(() => 'silence', sampleCapability(sampleSaga({ name: 'both', kind: 'parallel', branches: [pay('her'), pay('him')] } as never)));
    const { execution_id } = await bed.submit(session);
    await bed.until(() => bed.dispatches.length === 2);
    await first.crash();
    await bed.runtime();
    const { steps } = await bed.reaches(execution_id, 'stuck');
    expect(steps.filter(({ kind }) => kind === 'effect').map(({ status }) => status)).toEqual(['unknown', 'unknown']);
    await bed.turns(20);
    expect(bed.dispatches.length).toBe(2);
  });

  it('a runtime that dies while it is out, and the outside honours keys - its adopter sends it again, under the same key', async () => {
    const { bed, first, session } = await bedWith(silentOnce(() => bed), effect({ idempotent: true }));
    const { execution_id } = await bed.submit(session);
    await bed.until(() => bed.dispatches.length === 1);
    await first.crash();
    await bed.runtime();
    expect((await bed.ended(execution_id)).status).toBe('completed');
    expect(new Set(bed.dispatches.filter((d) => d.attempt.step === 'pay').map((d) => d.effect_key)).size).toBe(1);
  });

  it('a log that refuses the receipt - what the realm answered is not forgotten', async () => {
    const { bed, session } = await bedWith((d) => (d.attempt.step === 'pay' && bed.log.injectConflict(d.attempt.execution_id), { output: d.attempt.step }), effect());
    const { execution_id } = await bed.submit(session);
    const state = await bed.ended(execution_id);
    expect([state.status, state.steps[0]?.output]).toEqual(['completed', 'pay']);
    expect(bed.dispatches.filter((d) => d.attempt.step === 'pay').length).toBe(1);
    expect(await problemsOf(bed, execution_id)).toEqual([]);
  });

  it('cancel while it is out - waits for it', async () => {
    let answerNow: () => void = () => undefined;
    const told = new Promise<void>((resolve) => (answerNow = resolve));
    const { bed, first, session } = await bedWith(async () => (await told, { output: 'paid' }), effect({ compensate: true }));
    const { execution_id } = await bed.submit(session);
    await bed.until(() => bed.dispatches.length === 1);
    await operate(bed, first, execution_id, 'cancel', {});
    expect((await bed.fold(execution_id)).endedAt).toBeUndefined();
    answerNow();
    const state = await bed.ended(execution_id);
    expect([state.status, state.steps[0]?.status]).toEqual(['cancelled', 'compensated']);
    expect(bed.dispatches.map((d) => d.attempt.phase ?? 'run')).toEqual(['run', 'compensate']);
    expect(bed.dispatches[1]).toMatchObject({ effect_key: bed.dispatches[0]?.effect_key, completed: { output: 'paid' } });
  });

  it('terminated while nobody knows whether it happened - a retry brings it back to be resolved, and sends nothing before', async () => {
    const { bed, first, session } = await bedWith((d) => (d.attempt.step === 'pay' ? unknown : { output: 'after' }), effect());
    const { execution_id } = await bed.submit(session);
    await bed.reaches(execution_id, 'stuck');
    await operate(bed, first, execution_id, 'terminate', {});
    expect((await bed.fold(execution_id)).status).toBe('terminated');
    await operate(bed, first, execution_id, 'retry', {});
    expect((await bed.reaches(execution_id, 'stuck')).steps[0]?.status).toBe('unknown');
    expect(bed.dispatches).toHaveLength(1);
    await operate(bed, first, execution_id, 'resolve_effect', { step: 'pay', happened: true });
    expect((await bed.ended(execution_id)).status).toBe('completed');
    expect(await problemsOf(bed, execution_id)).toEqual([]);
  });
});
