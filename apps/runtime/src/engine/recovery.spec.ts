import { bedWith, echo, problemsOf, retryable, threeSteps } from '../testing/engine-bed.js';
import { alice, RuntimeBed } from '../testing/runtime-bed.js';

describe('a memory that runs ahead of the log', () => {
  it('a flush that fails under speculation - memory is discarded, the log decides, nothing is recorded twice', async () => {
    const { bed, session } = await bedWith((dispatch) => {
      if (dispatch.attempt.step === 'one' && bed.dispatches.length === 1) bed.log.injectConflict(dispatch.attempt.execution_id);
      return { output: dispatch.attempt.step };
    });
    const { execution_id } = await bed.submit(session);
    expect((await bed.ended(execution_id)).status).toBe('completed');
    expect(bed.dispatches.filter((d) => d.attempt.step === 'one').length).toBe(2);
    expect(await problemsOf(bed, execution_id)).toEqual([]);
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
    expect(await problemsOf(bed, execution_id)).toEqual([]);
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

  it('adopted while a command comes in - both frames of one flush are heard of in order, and the cancellation holds', async () => {
    const { bed, first, session } = await bedWith(undefined);
    const { execution_id } = await bed.submit(session);
    await first.crash();
    const { core } = await bed.runtime();
    bed.log.hold();
    while (core.engine.find('acme', execution_id) === undefined) await bed.turns(1);
    const cancelled = bed.gateway.request('runtime.execution.cancel', {}, { caller: alice, execution_id }, { timeoutMs: 5000 });
    await bed.turns();
    bed.log.release();
    expect(await bed.during(cancelled)).toMatchObject({ status: 'cancelled' });
    expect(await problemsOf(bed, execution_id)).toEqual([]);
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
    expect(await problemsOf(bed, execution_id)).toEqual([]);
  });
});
