import type { RealmAnswer } from '../testing/runtime-bed.js';
import { bedWith, problemsOf } from '../testing/engine-bed.js';
import { GATHER_MAX, GATHER_MS } from './gathering-frame.js';

/** A realm whose first step answers at once, and the others when they are told to. */
function pausing(first: RealmAnswer = { output: 'one' }): { handler: (d: { attempt: { step: string } }) => Promise<RealmAnswer>; go: () => void } {
  let go: () => void = () => undefined;
  const told = new Promise<void>((resolve) => (go = resolve));
  return { go, handler: async ({ attempt: { step } }) => (step === 'one' ? first : (await told, { output: step })) };
}

describe('records that nobody waits for', () => {
  it('a step that takes long - what came before it is in the log soon, and its answer in a frame of its own', async () => {
    const { handler, go } = pausing();
    const { bed, session } = await bedWith(handler);
    const { execution_id } = await bed.submit(session);
    await bed.turns();
    expect((await bed.fold(execution_id)).steps).toMatchObject([{ name: 'one', status: 'running' }]);
    bed.clock.advance(GATHER_MS);
    await bed.turns();
    expect((await bed.fold(execution_id)).steps).toMatchObject([{ name: 'one', status: 'completed' }, { name: 'two', status: 'running' }]);
    go();
    await bed.ended(execution_id);
    expect(await bed.log.readStream('acme', execution_id)).toHaveLength(3);
    expect(await problemsOf(bed, execution_id)).toEqual([]);
  });

  it('somebody who waits for the log - does not wait until enough has gathered', async () => {
    const { handler, go } = pausing();
    const { bed, first, session } = await bedWith(handler);
    const { execution_id } = await bed.submit(session);
    await bed.turns();
    let durable = false;
    first.core.engine.find('acme', execution_id)?.whenDurable(() => (durable = true));
    await bed.turns();
    expect({ durable, steps: (await bed.fold(execution_id)).steps.length }).toEqual({ durable: true, steps: 2 });
    go();
    await bed.ended(execution_id);
  });

  it('a crash before they are in the log - the step runs again, and counts once', async () => {
    const { handler, go } = pausing();
    const { bed, first, session } = await bedWith(handler);
    const { execution_id } = await bed.submit(session);
    await bed.turns();
    await first.crash();
    go();
    await bed.runtime();
    expect((await bed.ended(execution_id)).status).toBe('completed');
    expect(bed.dispatches.filter((d) => d.attempt.step === 'one').map((d) => d.attempt.epoch)).toEqual([1, 2]);
    expect(await problemsOf(bed, execution_id)).toEqual([]);
  });

  it('an orderly stop - takes them to the log', async () => {
    const { handler, go } = pausing();
    const { bed, first, session } = await bedWith(handler);
    const { execution_id } = await bed.submit(session);
    await bed.turns();
    first.core.stop();
    await bed.turns();
    expect((await bed.fold(execution_id)).steps).toMatchObject([{ name: 'one', status: 'completed' }, { name: 'two', status: 'running' }]);
    go();
  });

  it('an answer that is large - stands alone, behind what had gathered', async () => {
    const large = 'x'.repeat(GATHER_MAX);
    const { bed, session } = await bedWith(({ attempt: { step } }) => ({ output: step === 'two' ? large : step }));
    const { execution_id } = await bed.submit(session);
    await bed.ended(execution_id);
    const frames = await bed.log.readStream('acme', execution_id);
    expect(frames.map(({ body }) => body.length > GATHER_MAX)).toEqual([false, false, true, false]);
    expect(await problemsOf(bed, execution_id)).toEqual([]);
  });

  it('an execution that ends - is counted once, however many answers its last frame holds', async () => {
    const { bed, first, session } = await bedWith(({ attempt: { step } }) => ({ output: step }));
    const { execution_id } = await bed.submit(session);
    await bed.ended(execution_id);
    expect(first.core.counters.executions).toMatchObject({ accepted: 1, completed: 1, in_flight: 0 });
  });
});
