import { failure } from '@symphainy/contracts';
import { childIdOf, chainProblems } from '@symphainy/execution';
import { sampleCapability, sampleSaga } from '@symphainy/execution/testing';
import { toWireError } from '@symphainy/kernel';
import { bedWith, echo } from '../testing/engine-bed.js';
import { alice, type BedRuntime, type RuntimeBed } from '../testing/runtime-bed.js';

const HOUR = 3_600_000;
const again = { error: toWireError(failure('step.timeout')) };
/** A step that fails once and is tried again after an hour. */
const patient = sampleCapability(sampleSaga({ name: 'one', retry: { max_attempts: 2, initial_delay_ms: HOUR, max_delay_ms: HOUR, jitter: 0 } }, 'two'));
const approval = sampleCapability(sampleSaga('one', { name: 'approve', kind: 'signal', signal: 'ok', timeout_ms: 30 * 24 * HOUR, retry: { max_attempts: 1 } }, 'three'));
const child = sampleCapability({ ...sampleSaga('part'), name: 'sample.part' });
const parent = sampleCapability(sampleSaga({ name: 'spawn', kind: 'child', intent_type: 'sample.part', timeout_ms: 100 * HOUR }, 'after'), { children: ['sample.part'] });

const types = async (bed: RuntimeBed, id: string): Promise<string[]> => (await bed.records(id)).map((record) => record.type);
const count = async (bed: RuntimeBed, id: string, type: string): Promise<number> => (await types(bed, id)).filter((t) => t === type).length;
const signal = (bed: RuntimeBed, execution_id: string): Promise<{ status: string }> => bed.during(bed.gateway.request('runtime.execution.signal', {}, { caller: alice, execution_id, signal: 'ok', data: { by: 'me' } }, { timeoutMs: 20_000 }));
const waitingAt = async (bed: RuntimeBed, id: string, step: string): Promise<void> => bed.until(async () => (await bed.fold(id)).steps.at(-1)?.name === step);
/** Until memory is empty and somebody sleeps. */
const asleep = (bed: RuntimeBed, runtime: BedRuntime, sleepers = 1): Promise<void> => bed.until(() => runtime.core.engine.size === 0 && bed.log.parked.size === sleepers);

describe('parking', () => {
  it('a long retry - sleeps in the commit that schedules it, out of memory, and goes on when it is due', async () => {
    const { bed, first, session } = await bedWith((d) => (d.attempt.attempt === 1 && d.attempt.step === 'one' ? again : { output: 1 }), patient);
    const { execution_id } = await bed.submit(session);
    await bed.until(async () => (await types(bed, execution_id)).includes('step_retry_scheduled'));
    expect(first.core.engine.size).toBe(0);
    expect(await bed.log.parked.find('acme', execution_id)).toMatchObject({ reason: 'retry', seq: 1 });
    const row = (await bed.log.parked.find('acme', execution_id))!;
    bed.clock.jump(Date.parse(row.dueAt!) - bed.clock.now() - 5000);
    await bed.turns();
    expect(await count(bed, execution_id, 'adopted')).toBe(0);
    const state = await bed.ended(execution_id);
    expect(state).toMatchObject({ status: 'completed', adoptions: 1 });
    expect(Date.parse(state.steps[0]!.attemptAt) - Date.parse(row.dueAt!)).toBeLessThan(100);
    expect(state.steps[0]!.attemptAt >= row.dueAt!).toBe(true);
    expect((await bed.records(execution_id)).find((r) => r.type === 'adopted')).toMatchObject({ reason: 'parked', from_writer: first.writer.id });
    expect(bed.log.parked.size).toBe(0);
    expect(chainProblems(await bed.log.readStream('acme', execution_id))).toEqual([]);
  });

  it('an answer within seconds - costs no parking and no adoption', async () => {
    const { bed, session } = await bedWith(echo, approval);
    const { execution_id } = await bed.submit(session);
    await waitingAt(bed, execution_id, 'approve');
    bed.clock.advance(5000);
    await signal(bed, execution_id);
    expect((await bed.ended(execution_id)).status).toBe('completed');
    expect(await types(bed, execution_id)).not.toContain('adopted');
  });

  it('a runtime that dies between parking what waits and taking the row back - leaves no row behind', async () => {
    const { bed, first, session } = await bedWith(echo, sampleCapability(sampleSaga({ name: 'pay', kind: 'effect', binding: 'bank', approval: 'required' })));
    const { execution_id } = await bed.submit(session);
    await bed.until(async () => (await types(bed, execution_id)).includes('approval_requested'));
    const park = bed.log.parked.park.bind(bed.log.parked);
    // the command comes while the row is on its way; then the runtime is gone
    jest.spyOn(bed.log.parked, 'park').mockImplementation(async (...about) => {
      await first.core.commands.operate({ command: 'operate', caller: { ...alice, user_id: 'bob' }, execution_id, operation: 'terminate', operation_id: '019b0000-0000-7000-8000-000000000009', payload: { reason: 'x' } });
      const stored = await park(...about);
      await first.crash();
      return stored;
    });
    jest.spyOn(bed.log.parked, 'forget').mockImplementationOnce(() => Promise.reject(new Error('gone')));
    await bed.until(() => bed.log.parked.size === 1);
    await bed.runtime();
    await bed.until(() => bed.log.parked.size === 0);
    expect((await bed.fold(execution_id)).status).toBe('terminated');
  });

  it('a signal after days - wakes the execution on the runtime it reaches, although the one that parked it is gone', async () => {
    const { bed, first, session } = await bedWith(echo, approval);
    const { execution_id } = await bed.submit(session);
    await waitingAt(bed, execution_id, 'approve');
    await asleep(bed, first);
    await first.crash();
    const second = await bed.runtime();
    await bed.turns();
    expect(second.core.engine.size).toBe(0);
    bed.clock.jump(24 * HOUR);
    await signal(bed, execution_id);
    expect((await bed.ended(execution_id)).status).toBe('completed');
    expect(await count(bed, execution_id, 'adopted')).toBe(1);
    expect(bed.log.parked.size).toBe(0);
  });

  it('a signal that nobody waits for - leaves the sleeper woken, and it sleeps again', async () => {
    const { bed, first, session } = await bedWith(echo, approval);
    const { execution_id } = await bed.submit(session);
    await asleep(bed, first);
    const wrong = bed.gateway.request('runtime.execution.signal', {}, { caller: alice, execution_id, signal: 'else', data: null }, { timeoutMs: 20_000 });
    await expect(bed.during(wrong)).rejects.toMatchObject({ code: 'execution.not_waiting' });
    await asleep(bed, first);
    await signal(bed, execution_id);
    expect((await bed.ended(execution_id)).status).toBe('completed');
  });

  it('a timeout - counts from the recorded start, over sleep and change of owner', async () => {
    const { bed, first, session } = await bedWith(echo, approval);
    const { execution_id } = await bed.submit(session);
    await asleep(bed, first);
    await first.crash();
    await bed.runtime();
    bed.clock.jump(30 * 24 * HOUR - 60_000);
    await bed.turns();
    expect((await bed.fold(execution_id)).status).toBe('running');
    const state = await bed.ended(execution_id);
    expect(state).toMatchObject({ status: 'failed', error: { code: 'step.timeout' } });
    expect(Date.parse(state.endedAt!) - Date.parse(state.steps[1]!.startedAt)).toBeLessThan(30 * 24 * HOUR + 2000);
  });

  it('two tenants’ executions of one id that fall asleep together - both are parked', async () => {
    const { bed, first, session } = await bedWith(echo, approval);
    const gina = { ...alice, tenant_id: 'globex', user_id: 'gina' };
    const { execution_id } = await bed.submit(session);
    await bed.submit(await bed.session(gina), { intent_id: execution_id }, { caller: gina });
    await asleep(bed, first, 2);
    expect(await Promise.all(['acme', 'globex'].map((tenant) => bed.log.parked.find(tenant, execution_id)))).toMatchObject([{ tenantId: 'acme' }, { tenantId: 'globex' }]);
  });

  it('cancel - reaches a sleeper', async () => {
    const { bed, first, session } = await bedWith(echo, approval);
    const { execution_id } = await bed.submit(session);
    await asleep(bed, first);
    const view = await bed.during(bed.gateway.request('runtime.execution.cancel', {}, { caller: alice, execution_id, reason: 'enough' }, { timeoutMs: 20_000 }));
    expect(view.status).toBe('cancelled');
    expect(bed.log.parked.size).toBe(0);
  });

  it('a child’s end - wakes its sleeping parent, once', async () => {
    let finish: (() => void) | undefined;
    const { bed, first, session } = await bedWith((d) => (d.attempt.step === 'part' ? new Promise((resolve) => (finish = () => resolve({ output: 'done' }))) : { output: d.inputs }), parent, { ...child, saga: sampleSaga({ name: 'part', timeout_ms: 50 * HOUR }) });
    const { execution_id } = await bed.submit(session);
    await bed.until(() => finish !== undefined && bed.log.parked.size === 1);
    // it looks once more for an end it may have missed, finds none, and pays no record for that
    bed.clock.advance(20_000);
    await bed.until(async () => (await bed.log.parked.find('acme', execution_id))!.dueAt! > '2026-01-02');
    expect(await count(bed, execution_id, 'adopted')).toBe(0);
    finish!();
    expect(await bed.ended(execution_id)).toMatchObject({ status: 'completed', adoptions: 1 });
    expect(first.core.counters.executions).toMatchObject({ parked: 1, woken: 1 });
    expect((await bed.fold(childIdOf(execution_id, 'spawn', 1))).status).toBe('completed');
  });

  it('a child that ends while its parent is being parked - is found by the second look', async () => {
    let finish: (() => void) | undefined;
    const { bed, session } = await bedWith((d) => (d.attempt.step === 'part' ? new Promise((resolve) => (finish = () => resolve({ output: 'done' }))) : { output: d.inputs }), parent, { ...child, saga: sampleSaga({ name: 'part', timeout_ms: 50 * HOUR }) });
    const { execution_id } = await bed.submit(session);
    await bed.until(() => finish !== undefined && bed.log.parked.size === 1);
    const row = (await bed.log.parked.find('acme', execution_id))!;
    finish!();
    await bed.turns(1);
    // the nudge is lost: the row says again what it said before
    await bed.log.parked.park({ id: row.writer, epoch: row.epoch }, [row]);
    expect((await bed.ended(execution_id)).status).toBe('completed');
  });

  it('two runtimes and thousands due at once - each is woken by one of them', async () => {
    const { bed, first, session } = await bedWith((d) => (d.attempt.attempt === 1 && d.attempt.step === 'one' ? again : { output: 1 }), patient);
    const ids: string[] = [];
    for (let i = 0; i < 200; i++) ids.push((await bed.submit(session)).execution_id);
    await asleep(bed, first, ids.length);
    const second = await bed.runtime();
    bed.clock.jump(HOUR);
    for (const id of ids) expect(await bed.ended(id)).toMatchObject({ status: 'completed', adoptions: 1 });
    const woken = [first, second].map(({ core }) => core.counters.executions.woken);
    expect(woken[0]! + woken[1]!).toBe(ids.length);
  });

  it('a claimer that dies - holds its sleepers up for seconds only', async () => {
    const { bed, first, session } = await bedWith((d) => (d.attempt.attempt === 1 && d.attempt.step === 'one' ? again : { output: 1 }), patient);
    const { execution_id } = await bed.submit(session);
    await asleep(bed, first);
    await first.crash();
    const due = new Date(bed.clock.now() + HOUR).toISOString();
    const until = new Date(bed.clock.now() + HOUR + 4000).toISOString();
    expect(await bed.log.parked.claim(due, until, 10)).toHaveLength(1);
    bed.clock.jump(HOUR);
    await bed.runtime();
    const before = bed.clock.now();
    expect((await bed.ended(execution_id)).status).toBe('completed');
    expect(bed.clock.now() - before).toBeLessThan(6000);
  });

  it('a row that the stream left behind - keeps no adopter from the stream, and is dropped', async () => {
    const { bed, first, session } = await bedWith((d) => (d.attempt.step === 'three' && d.attempt.epoch === 1 ? 'silence' : { output: 1 }), approval);
    const { execution_id } = await bed.submit(session);
    await asleep(bed, first);
    const row = (await bed.log.parked.find('acme', execution_id))!;
    await signal(bed, execution_id);
    await bed.until(() => bed.dispatches.some((d) => d.attempt.step === 'three'));
    await bed.log.parked.park({ id: first.writer.id, epoch: 1 }, [row]);
    await first.crash();
    await bed.runtime();
    expect((await bed.ended(execution_id)).status).toBe('completed');
  });
});
