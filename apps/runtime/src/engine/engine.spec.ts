import { failure, type StepDispatch } from '@symphainy/contracts';
import { chainProblems, childIdOf, hasEnded } from '@symphainy/execution';
import { sampleCapability, sampleSaga } from '@symphainy/execution/testing';
import { toWireError } from '@symphainy/kernel';
import { NO_RESPONDERS } from '@symphainy/ports';
import { encodeJson } from '@symphainy/service-host';
import { alice, outcomeOf, RuntimeBed, type BedRuntime, type RealmHandler } from '../testing/runtime-bed.js';

const threeSteps = sampleCapability(sampleSaga('one', 'two', 'three'));
const echo: RealmHandler = (dispatch) => ({ output: { did: dispatch.attempt.step } });
const retryable = { error: toWireError(failure('step.timeout')) };

async function bedWith(handler: RealmHandler | undefined, ...capabilities: Parameters<RuntimeBed['govern']>[0]): Promise<{ bed: RuntimeBed; first: BedRuntime; session: string }> {
  const bed = new RuntimeBed();
  await bed.govern(capabilities.length === 0 ? [threeSteps] : capabilities);
  const first = await bed.runtime();
  if (handler !== undefined) bed.realm('sample', handler);
  return { bed, first, session: await bed.session() };
}

async function expectSound(bed: RuntimeBed, executionId: string): Promise<void> {
  const frames = await bed.log.readStream('acme', executionId);
  expect(chainProblems(frames)).toEqual([]);
  const completed = (await bed.records(executionId)).flatMap((r) => (r.type === 'step_completed' ? [r.step] : []));
  expect(new Set(completed).size).toBe(completed.length);
}

describe('an execution', () => {
  it('three steps - four frames, the result in one answer, each step dispatched once', async () => {
    const { bed, session } = await bedWith(echo);
    const reply = await bed.submit(session, {}, { wait_ms: 5000 });
    expect(reply).toMatchObject({ status: 'completed', duplicate: false, result: { success: true, output: { did: 'three' } } });
    expect((await bed.log.readStream('acme', reply.execution_id)).length).toBe(4);
    expect(bed.dispatches.map((d) => d.attempt.step)).toEqual(['one', 'two', 'three']);
    expect(bed.dispatches[2]?.inputs).toEqual({ two: { did: 'two' } });
    await expectSound(bed, reply.execution_id);
  });

  it('a slow log - nothing is dispatched and nobody is answered before acceptance is durable', async () => {
    const { bed, session } = await bedWith(echo);
    bed.log.hold();
    let answered = false;
    const reply = bed.submit(session).then((r) => ((answered = true), r));
    await bed.turns(30);
    expect({ answered, dispatches: bed.dispatches.length }).toEqual({ answered: false, dispatches: 0 });
    bed.log.release();
    await bed.ended((await reply).execution_id);
  });

  it('a slow log - the next pure step runs ahead, the answer does not', async () => {
    let hold = true;
    const { bed, session } = await bedWith((dispatch) => {
      if (hold && dispatch.attempt.step === 'one') bed.log.hold();
      return { output: dispatch.attempt.step };
    });
    let answered = false;
    const reply = bed.submit(session, {}, { wait_ms: 30_000 }).then((r) => ((answered = true), r));
    await bed.turns(30);
    expect(bed.dispatches.map((d) => d.attempt.step)).toEqual(['one', 'two', 'three']);
    expect(answered).toBe(false);
    hold = false;
    bed.log.release();
    expect((await reply).status).toBe('completed');
  });

  it('reasoning steps - do not run ahead of the log', async () => {
    const { bed, session } = await bedWith((dispatch) => (bed.log.hold(), { output: dispatch.attempt.step }), { ...threeSteps, determinism: 'expert' });
    const reply = bed.submit(session);
    await bed.turns(30);
    expect(bed.dispatches.map((d) => d.attempt.step)).toEqual(['one']);
    bed.log.release();
    await reply;
  });

  it('a flush that fails under speculation - memory is discarded, the log decides, nothing is recorded twice', async () => {
    const { bed, session } = await bedWith((dispatch) => {
      if (dispatch.attempt.step === 'one' && bed.dispatches.length === 1) bed.log.injectConflict(dispatch.attempt.execution_id);
      return { output: dispatch.attempt.step };
    });
    const { execution_id } = await bed.submit(session);
    expect((await bed.ended(execution_id)).status).toBe('completed');
    expect(bed.dispatches.filter((d) => d.attempt.step === 'one').length).toBe(2);
    await expectSound(bed, execution_id);
  });

  it('a terminal error - fails the execution with it', async () => {
    const { bed, session } = await bedWith((d) => (d.attempt.step === 'two' ? { error: toWireError(failure('content.corrupt')) } : { output: 1 }));
    const reply = await bed.submit(session, {}, { wait_ms: 5000 });
    expect(reply).toMatchObject({ status: 'failed', result: { success: false, error: { code: 'content.corrupt' } } });
  });

  it('a retryable error - is tried again after the recorded delay, and the jitter is in the record', async () => {
    let failures = 2;
    const { bed, session } = await bedWith(() => (failures-- > 0 ? retryable : { output: 1 }));
    const { execution_id } = await bed.submit(session);
    const state = await bed.ended(execution_id);
    expect(state.status).toBe('completed');
    const scheduled = (await bed.records(execution_id)).flatMap((r) => (r.type === 'step_retry_scheduled' ? [r] : []));
    expect(scheduled.map((r) => r.next_attempt)).toEqual([2, 3]);
    for (const [i, r] of scheduled.entries()) {
      expect(r.delay_ms).toBeGreaterThanOrEqual(100 * 2 ** i);
      expect(r.delay_ms).toBeLessThanOrEqual(200 * 2 ** i);
      const started = (await bed.records(execution_id)).find((s) => s.type === 'step_started' && s.attempt === r.next_attempt);
      expect(Date.parse(started!.at)).toBeGreaterThanOrEqual(Date.parse(r.due_at));
    }
  });

  it('a result that JSON cannot hold, an output against its contract - fail the execution, terminally', async () => {
    const strict = { ...threeSteps, output_contract: { type: 'object', required: ['total'] } };
    const { bed, session } = await bedWith((d) => ({ output: d.attempt.step === 'three' ? { sum: 1 } : 'ok' }), strict);
    const misfit = await bed.submit(session, {}, { wait_ms: 5000 });
    expect(misfit.result?.error).toMatchObject({ code: 'execution.output_invalid', field: '/output/total' });
    const lone = await bedWith((d) => ({ output: d.attempt.step === 'one' ? '\ud800' : 1 }));
    const odd = await lone.bed.submit(lone.session, {}, { wait_ms: 5000 });
    expect(odd.result?.error?.code).toBe('step.result_invalid');
  });
});

describe('realms that misbehave', () => {
  it('a realm that is away - the execution waits for it and does not fail', async () => {
    const { bed, first, session } = await bedWith(undefined);
    const { execution_id } = await bed.submit(session);
    await bed.until(() => first.core.counters.dispatch.realm_unavailable > 8);
    expect(hasEnded(await bed.fold(execution_id))).toBe(false);
    bed.realm('sample', echo);
    expect((await bed.ended(execution_id)).status).toBe('completed');
    expect((await bed.fold(execution_id)).steps.map((s) => s.attempt)).toEqual([1, 1, 1]);
  });

  it('a lost attempt - is sent again under the same name, unless its realm lists it', async () => {
    let listed = true;
    const { bed, first, session } = await bedWith((d) => (bed.dispatches.length === 1 ? 'silence' : { output: d.attempt.step }), sampleCapability(sampleSaga({ name: 'one', timeout_ms: 50_000 })));
    const { execution_id } = await bed.submit(session);
    const beat = (): void => {
      if (listed) first.bus.publish(`runtime.heartbeat.${first.writer.id}`, encodeJson({ realm_instance: 'r', running: [{ attempt: bed.dispatches[0]?.attempt, progress: { pages: 3 } }] }));
    };
    const stop = bed.clock.every(1000, beat);
    for (let s = 0; s < 10; s++) await bed.turns().then(() => bed.clock.advance(1000));
    expect(bed.dispatches.length).toBe(1);
    expect((await bed.fold(execution_id)).steps[0]?.progress).toEqual({ pages: 3 });
    listed = false;
    stop();
    expect((await bed.ended(execution_id)).status).toBe('completed');
    expect(bed.dispatches.map((d) => d.attempt.attempt)).toEqual([1, 1]);
  });

  it('silence - ends in step.timeout and its retries, then fails', async () => {
    const { bed, session } = await bedWith(() => 'silence', sampleCapability(sampleSaga({ name: 'one', timeout_ms: 500, retry: { max_attempts: 2 } })));
    const { execution_id } = await bed.submit(session);
    const state = await bed.ended(execution_id);
    expect(state.error?.code).toBe('step.timeout');
    expect(state.steps[0]?.attempt).toBe(2);
  });

  it('late, repeated and malformed outcomes - are dropped and counted', async () => {
    const { bed, first, session } = await bedWith(echo);
    const replies: string[] = [];
    const seen: StepDispatch[] = [];
    first.bus.subscribe('realm.sample.*.step', (m) => {
      if (m.headers['status'] === NO_RESPONDERS) return;
      replies.push(m.reply!);
      seen.push(JSON.parse(new TextDecoder().decode(m.data)) as StepDispatch);
    });
    const { execution_id } = await bed.submit(session, {}, { wait_ms: 5000 });
    first.bus.publish(replies[0]!, encodeJson(outcomeOf(seen[0]!, { output: 'late' })));
    first.bus.publish(`runtime.outcome.${first.writer.id}.zz`, encodeJson(outcomeOf(seen[0]!, { output: 'foreign' })));
    first.bus.publish(replies[0]!, new TextEncoder().encode('{"attempt":'));
    await bed.turns();
    expect(first.core.counters.dispatch.outcomes_dropped).toBe(3);
    await expectSound(bed, execution_id);
  });
});

describe('answers that are none', () => {
  it('an answer without the shape of an outcome - fails its attempt, terminally, instead of being asked for again', async () => {
    const { bed, first, session } = await bedWith(() => 'silence');
    let reply: string | undefined;
    first.bus.subscribe('realm.sample.*.step', (m) => void (reply = m.reply));
    const { execution_id } = await bed.submit(session);
    await bed.until(() => reply !== undefined);
    first.bus.publish(reply!, encodeJson({ attempt: bed.dispatches[0]?.attempt, handler_build: 'b', duration_ms: 1, error: { code: 'x', message: 'no retry mode' } }));
    expect((await bed.ended(execution_id)).error?.code).toBe('step.result_invalid');
  });
});

describe('crash and adoption', () => {
  /** Kills the runtime when the n-th thing happens: each durable edge of a three-step execution is one of them. */
  it.each([1, 2, 3])('killed at dispatch %i - another runtime finishes, no completed step is recorded or dispatched again', async (n) => {
    const bed = new RuntimeBed();
    await bed.govern([threeSteps]);
    const first = await bed.runtime();
    bed.realm('sample', async (d) => {
      if (bed.dispatches.length === n) await first.crash();
      return { output: d.attempt.step };
    });
    const session = await bed.session();
    const { execution_id } = await bed.submit(session);
    await bed.turns(20);
    const durable = (await bed.fold(execution_id)).steps.filter((s) => s.status === 'completed').map((s) => s.name);
    const before = bed.dispatches.length;
    await bed.runtime();
    const state = await bed.ended(execution_id);
    expect(state).toMatchObject({ status: 'completed', adoptions: 1 });
    for (const again of bed.dispatches.slice(before)) expect(durable).not.toContain(again.attempt.step);
    expect(bed.dispatches.at(-1)?.attempt.epoch).toBe(2);
    await expectSound(bed, execution_id);
  });

  it('stopped in order with work unfinished - the next runtime finishes it', async () => {
    const { bed, first, session } = await bedWith(undefined);
    const { execution_id } = await bed.submit(session);
    first.core.stop();
    await first.writer.close();
    await first.bus.drain();
    bed.realm('sample', echo);
    await bed.runtime();
    expect(await bed.ended(execution_id)).toMatchObject({ status: 'completed', adoptions: 1 });
  });

  it('killed while the acceptance was in flight - nothing was accepted and nothing remains', async () => {
    const { bed, first, session } = await bedWith(echo);
    bed.log.hold();
    const submitted = bed.gateway.request('runtime.intent.submit', {}, { caller: alice, submission: { intent_type: 'sample.run', session_id: session }, correlation_id: 'c' }, { timeoutMs: 1000 });
    submitted.catch(() => undefined);
    await bed.turns();
    await first.crash();
    bed.log.release();
    await expect(bed.during(submitted)).rejects.toMatchObject({ code: 'wait.elapsed' });
    expect(bed.log.all().filter((f) => f.kind === 'execution')).toEqual([]);
  });

  it('killed while waiting for a retry - the adopter keeps the recorded due time', async () => {
    let fail = true;
    const { bed, first, session } = await bedWith(() => (fail ? retryable : { output: 1 }));
    const { execution_id } = await bed.submit(session);
    await bed.turns();
    const due = (await bed.fold(execution_id)).steps[0]?.retryDueAt;
    expect(due).toBeDefined();
    await first.crash();
    fail = false;
    await bed.runtime();
    await bed.ended(execution_id);
    const second = (await bed.records(execution_id)).find((r) => r.type === 'step_started' && r.attempt === 2);
    expect(Date.parse(second!.at)).toBeGreaterThanOrEqual(Date.parse(due!));
  });

  it('a submitter who waits at a runtime that loses its lease - is answered at once, that it runs', async () => {
    const { bed, first, session } = await bedWith(() => 'silence');
    const reply = bed.gateway.request('runtime.intent.submit', {}, { caller: alice, submission: { intent_type: 'sample.run', session_id: session }, correlation_id: 'c', wait_ms: 60_000 }, { timeoutMs: 90_000 });
    await bed.turns();
    first.core.engine.stop();
    await bed.turns();
    expect((await reply).status).toBe('running');
  });

  it('an owner that lost its lease - records nothing more, whatever realms still answer', async () => {
    let release: () => void = () => undefined;
    const gate = new Promise<void>((resolve) => (release = resolve));
    const { bed, first, session } = await bedWith(async (d) => {
      if (bed.dispatches.length === 1) await gate;
      return { output: d.attempt.step };
    });
    const { execution_id } = await bed.submit(session);
    await bed.turns();
    const row = bed.log.writers.get(first.writer.id)!;
    row.lowN = 1;
    row.alive = false;
    await bed.runtime();
    await bed.ended(execution_id);
    const frames = (await bed.log.readStream('acme', execution_id)).length;
    release();
    await bed.turns(30);
    expect((await bed.log.readStream('acme', execution_id)).length).toBe(frames);
    await expectSound(bed, execution_id);
  });
});

describe('children', () => {
  const child = sampleCapability({ ...sampleSaga('one'), name: 'sample.part' });
  const parentSaga = sampleSaga({ name: 'spawn', kind: 'child', intent_type: 'sample.part' });
  const parent = sampleCapability(parentSaga, { children: ['sample.part'] });

  it('an allowed child - is an acceptance of its own, and its output becomes the step’s', async () => {
    const { bed, session } = await bedWith(echo, parent, child);
    const reply = await bed.submit(session, {}, { wait_ms: 10_000 });
    expect(reply.result).toMatchObject({ success: true, output: { did: 'one' } });
    const childId = childIdOf(reply.execution_id, 'spawn', 1);
    expect((await bed.records(childId)).map((r) => r.type)).toContain('policy_evaluated');
    expect((await bed.fold(childId)).parent).toMatchObject({ execution_id: reply.execution_id, step: 'spawn' });
  });

  it('a child outside the recorded set - is refused, terminally', async () => {
    const { bed, session } = await bedWith(echo, { ...parent, children: [] }, child);
    const reply = await bed.submit(session, {}, { wait_ms: 10_000 });
    expect(reply.result?.error?.code).toBe('intent.child_not_allowed');
    expect(bed.log.all().filter((f) => f.kind === 'execution').every((f) => f.streamId === reply.execution_id)).toBe(true);
  });

  it('an unknown child - fails the step with the child’s own rejection', async () => {
    const { bed, session } = await bedWith(echo, parent);
    const reply = await bed.submit(session, {}, { wait_ms: 10_000 });
    expect(reply.result?.error).toMatchObject({ code: 'intent.unknown' });
  });

  it('cancel - flows down to the child before the parent ends', async () => {
    const { bed, session } = await bedWith(() => 'silence', parent, child);
    const { execution_id } = await bed.submit(session);
    await bed.until(() => bed.dispatches.length === 1);
    const view = await bed.during(bed.gateway.request('runtime.execution.cancel', {}, { caller: alice, execution_id, reason: 'enough' }, { timeoutMs: 20_000 }));
    expect(view.status).toBe('cancelled');
    expect((await bed.fold(childIdOf(execution_id, 'spawn', 1))).status).toBe('cancelled');
  });

  it('a crash while the child runs - the adopter finds the same child, not a second one', async () => {
    const { bed, first, session } = await bedWith((d) => (d.attempt.epoch === 1 ? 'silence' : { output: 'late but once' }), parent, child);
    const { execution_id } = await bed.submit(session);
    await bed.until(() => bed.dispatches.length === 1);
    await first.crash();
    await bed.runtime();
    expect((await bed.ended(execution_id)).status).toBe('completed');
    expect(new Set(bed.log.all().filter((f) => f.kind === 'execution').map((f) => f.streamId)).size).toBe(2);
  });
});

describe('commands', () => {
  const waits = sampleCapability(sampleSaga({ name: 'approve', kind: 'signal', signal: 'approved', timeout_ms: 86_400_000 }, 'after'));
  const signal = (bed: RuntimeBed, execution_id: string, name: string, data: unknown) =>
    bed.during(bed.gateway.request('runtime.execution.signal', {}, { caller: alice, execution_id, signal: name, data: data as never }, { timeoutMs: 20_000 }));

  it('a signal - becomes the step’s output; a wrong or second one is refused', async () => {
    const { bed, session } = await bedWith(echo, waits);
    const { execution_id } = await bed.submit(session);
    await expect(signal(bed, execution_id, 'other', {})).rejects.toMatchObject({ code: 'execution.not_waiting', field: '/signal' });
    await signal(bed, execution_id, 'approved', { by: 'bob' });
    expect((await bed.ended(execution_id)).steps[0]?.output).toEqual({ by: 'bob' });
    await expect(signal(bed, execution_id, 'approved', {})).rejects.toMatchObject({ code: 'execution.ended' });
  });

  it('a signal with artifacts - whose object was never written is refused, and the step still waits', async () => {
    const { bed, session } = await bedWith(echo, waits);
    const { execution_id } = await bed.submit(session);
    const object = { hash: 'a'.repeat(64), size: 3, media_type: 'text/plain' };
    const data = { artifacts: [{ name: 'file', artifact_type: 'runtime.file', media_type: 'text/plain', object }] };
    await expect(signal(bed, execution_id, 'approved', data)).rejects.toMatchObject({ code: 'object.missing' });
    bed.objects.objects.set(`acme/${object.hash}`, new Uint8Array(3));
    await signal(bed, execution_id, 'approved', data);
    expect((await bed.ended(execution_id)).artifacts[0]).toMatchObject({ artifact_id: `${execution_id}/approve/file`, content_hash: object.hash });
  });

  it('a command at a runtime that does not own the execution - is forwarded to the owner', async () => {
    const { bed, session } = await bedWith(() => 'silence');
    await bed.runtime();
    const ids = await Promise.all([1, 2, 3, 4].map(() => bed.submit(session)));
    for (const { execution_id } of ids) {
      const view = await bed.during(bed.gateway.request('runtime.execution.cancel', {}, { caller: alice, execution_id }, { timeoutMs: 20_000 }));
      expect(view.status).toBe('cancelled');
    }
    await expect(bed.during(bed.gateway.request('runtime.execution.cancel', {}, { caller: { ...alice, tenant_id: 'globex' }, execution_id: ids[0]!.execution_id }))).rejects.toMatchObject({ code: 'execution.not_found' });
  });

  it('wait_ms - answers running when the time is up, and the execution goes on', async () => {
    const { bed, session } = await bedWith(echo, waits);
    const reply = await bed.submit(session, {}, { wait_ms: 300 });
    expect(reply.status).toBe('running');
    expect(reply.result).toBeUndefined();
  });
});
