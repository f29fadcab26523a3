import { failure, type AttemptRef, type StepDispatch } from '@symphainy/contracts';
import { hasEnded } from '@symphainy/execution';
import { sampleCapability, sampleSaga } from '@symphainy/execution/testing';
import { toWireError } from '@symphainy/kernel';
import { NO_RESPONDERS } from '@symphainy/ports';
import { decodeJson, encodeJson } from '@symphainy/service-host';
import { bedWith, echo, problemsOf, retryable, threeSteps } from '../testing/engine-bed.js';
import { alice, outcomeOf, type RuntimeBed } from '../testing/runtime-bed.js';

describe('an execution', () => {
  it('three steps - two frames, the result in one answer, each step dispatched once', async () => {
    const { bed, session } = await bedWith(echo);
    const reply = await bed.submit(session, {}, { wait_ms: 5000 });
    expect(reply).toMatchObject({ status: 'completed', duplicate: false, result: { success: true, output: { did: 'three' } } });
    expect((await bed.log.readStream('acme', reply.execution_id)).length).toBe(2);
    expect(bed.dispatches.map((d) => d.attempt.step)).toEqual(['one', 'two', 'three']);
    expect(bed.dispatches[2]?.inputs).toEqual({ two: { did: 'two' } });
    expect(await problemsOf(bed, reply.execution_id)).toEqual([]);
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

  it('a heartbeat - is answered with what is over: an attempt of a cancelled execution; not with what still counts or has not begun', async () => {
    const { bed, first, session } = await bedWith(() => 'silence', sampleCapability(sampleSaga({ name: 'one', timeout_ms: 50_000 }, { name: 'two' })));
    const { execution_id } = await bed.submit(session);
    await bed.until(() => bed.dispatches.length === 1);
    const { attempt } = bed.dispatches[0]!;
    const over = async (...asked: Partial<AttemptRef>[]): Promise<string[]> => {
      const running = asked.map((one) => ({ attempt: { ...attempt, ...one } }));
      const { data } = await bed.during(first.bus.request(`runtime.heartbeat.${first.writer.id}`, encodeJson({ realm_instance: 'r', running }), { timeoutMs: 1000 }));
      return (decodeJson(data) as { ok: { over: AttemptRef[] } }).ok.over.map((one) => `${one.step}/${one.attempt}`);
    };
    expect(await over({}, { step: 'two' }, { attempt: 2 })).toEqual([]);
    await bed.during(bed.gateway.request('runtime.execution.cancel', {}, { caller: alice, execution_id, reason: 'enough' }, { timeoutMs: 20_000 }));
    expect(await over({}, { step: 'two' })).toEqual(['one/1', 'two/1']);
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
    expect(await problemsOf(bed, execution_id)).toEqual([]);
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
