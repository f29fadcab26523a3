import { sampleCapability, sampleSaga } from '@symphainy/execution/testing';
import { LogBed } from '../testing/log-bed.js';
import { alice } from '../testing/runtime-bed.js';

// A real server starts here, on machines that may be busy.
jest.setTimeout(120_000);

const FLOOD = 10_000;
const bob = { ...alice, tenant_id: 'globex', user_id: 'bob' };

describe('two tenants at one runtime, on a real log', () => {
  let bed: LogBed;
  beforeEach(async () => {
    bed = await LogBed.start();
  });
  afterEach(() => bed.stop());

  it('ten thousand submissions of one tenant - delay another’s execution by a bounded time; each is accepted and ends, or is told to come again', async () => {
    bed.realm('sample', () => ({ output: 1 }));
    const runtime = await bed.runtime([sampleCapability(sampleSaga('one', 'two', 'three'))], { flow: { tenantMaxRunning: 2_000, tenantMaxQueued: 4_000, realmWindow: 256 } });
    const [flooding, quiet] = [await bed.session(), await bed.session(bob)];
    const began = performance.now();
    const floods = Promise.allSettled(Array.from({ length: FLOOD }, () => bed.submit(flooding)));
    const waits: number[] = [];
    for (let i = 0; i < 5; i++) waits.push(await timed(() => bed.submit(quiet, 20_000, {}, 'sample.run', bob)));
    const outcomes = await floods;
    const refused = outcomes.flatMap((o) => (o.status === 'rejected' ? [(o.reason as { code: string }).code] : []));
    expect(new Set([...refused, 'tenant.overloaded'])).toEqual(new Set(['tenant.overloaded']));
    const accepted = outcomes.flatMap((o) => (o.status === 'fulfilled' ? [o.value.execution_id] : []));
    expect(accepted.length + refused.length).toBe(FLOOD);
    // how many come through before the others' patience ends hangs on the machine; more than one window of the realm always do
    expect(accepted.length).toBeGreaterThan(256);
    for (const id of accepted.slice(-20)) expect((await bed.sound(runtime, id)).status).toBe('completed');
    while (runtime.core.counters.executions.in_flight > 0) await new Promise((resolve) => setTimeout(resolve, 20));
    const whole = performance.now() - began;
    expect(runtime.core.counters.executions).toMatchObject({ completed: accepted.length + 5, failed: 0, queued: 0 });
    // behind the flood it would have waited for most of it
    expect(Math.max(...waits)).toBeLessThan(whole / 2);
  });
});

async function timed(work: () => Promise<{ status: string }>): Promise<number> {
  const from = performance.now();
  expect((await work()).status).toBe('completed');
  return performance.now() - from;
}
