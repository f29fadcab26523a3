import { runChaos } from '@symphainy/chaos';

/** Fixed, so that a red run can be run again: npm run chaos -- --executions 1200 --kills 36 --seed 20261121. */
const RUN = { executions: 1200, kills: 36, runtimes: 2, realms: 2, seed: 20_261_121, json: false, log: undefined };
/** While another runtime lives. */
const RESUME_MS_MAX = 5_000;

describe('kill -9', () => {
  it('every kind of process under load - nothing accepted is lost, stuck, doubled or out of order', async () => {
    const figures = await runChaos(RUN, () => undefined, new AbortController().signal);
    expect(figures.faults).toEqual([]);
    expect(figures).toMatchObject({ executions: RUN.executions, kills: RUN.kills, lost: 0, stuck: 0, doubled: 0, out_of_order: 0 });
    expect(Object.keys(figures.kills_by_target).sort()).toEqual(['gateway', 'nats', 'postgres', 'realm', 'redis', 'runtime']);
    expect(figures.adoptions).toBeGreaterThan(0);
    expect(figures.resume_ms_max).toBeLessThan(RESUME_MS_MAX);
  }, 300_000);
});
