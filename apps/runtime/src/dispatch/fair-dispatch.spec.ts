import { sampleCapability, sampleSaga } from '@symphainy/execution/testing';
import { threeSteps } from '../testing/engine-bed.js';
import { alice, RuntimeBed } from '../testing/runtime-bed.js';
import { GUARANTEED } from './fair-window.js';

describe('fair dispatch', () => {
  it('a tenant’s flood at a slow realm - delays another’s execution by what is out, not by what waits', async () => {
    const bed = new RuntimeBed({ realmWindow: 20 });
    await bed.govern([threeSteps]);
    await bed.runtime();
    const running: (() => void)[] = [];
    bed.realm('sample', () => new Promise((resolve) => running.push(() => resolve({ output: 1 }))));
    const [floods, quiet] = [await bed.session(), await bed.session({ ...alice, tenant_id: 'globex' })];
    const ids: string[] = [];
    for (let i = 0; i < 200; i++) ids.push((await bed.submit(floods)).execution_id);
    await bed.turns();
    expect(running).toHaveLength(20);
    const { execution_id } = await bed.submit(quiet, {}, { caller: { ...alice, tenant_id: 'globex' } });
    let answered = 0;
    await bed.until(async () => {
      running.shift()?.();
      answered++;
      return (await bed.fold(execution_id, 'globex')).status === 'completed';
    });
    expect(answered).toBeLessThan(100);
    await bed.until(async () => {
      while (running.length > 0) running.shift()!();
      return (await Promise.all(ids.map((id) => bed.fold(id)))).every((state) => state.status === 'completed');
    });
    expect(bed.dispatches).toHaveLength(201 * 3);
  });

  it('work that waits for its turn - loses none of its time, and never goes when its execution is cancelled meanwhile', async () => {
    const bed = new RuntimeBed({ realmWindow: 1 });
    await bed.govern([sampleCapability(sampleSaga({ name: 'one', timeout_ms: 10_000 }))]);
    await bed.runtime();
    const running: (() => void)[] = [];
    bed.realm('sample', () => new Promise((resolve) => running.push(() => resolve({ output: 1 }))));
    const session = await bed.session();
    for (let i = 0; i < GUARANTEED; i++) await bed.submit(session);
    const [waiting, cancelled] = [await bed.submit(session), await bed.submit(session)];
    await bed.during(bed.gateway.request('runtime.execution.cancel', {}, { caller: alice, execution_id: cancelled.execution_id, reason: 'enough' }));
    bed.clock.advance(2000);
    while (running.length > 0) running.shift()!();
    await bed.until(() => bed.dispatches.length === GUARANTEED + 1);
    const sent = bed.dispatches.at(-1)!;
    expect(sent.attempt.execution_id).toBe(waiting.execution_id);
    expect(Date.parse(sent.deadline) - bed.clock.now()).toBeGreaterThan(9500);
    running.shift()!();
    await bed.ended(waiting.execution_id);
    expect(bed.dispatches.some((d) => d.attempt.execution_id === cancelled.execution_id)).toBe(false);
  });
});
