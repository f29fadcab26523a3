import { sampleCapability, sampleSaga } from '@symphainy/execution/testing';
import type { Tenant } from '@symphainy/contracts';
import { echo } from '../testing/engine-bed.js';
import { RuntimeBed } from '../testing/runtime-bed.js';

const HOUR = 3_600_000;
const slow = sampleCapability({ ...sampleSaga('one', { name: 'approve', kind: 'signal', signal: 'ok', timeout_ms: 100 * HOUR, retry: { max_attempts: 1 } }), deadline_ms: 2 * HOUR });
const switches = (sla: Tenant['switches']['sla']): Partial<Tenant> => ({ switches: { idempotency: 'enforce', auto_replay: 'off', sla, auto_healing: 'off', retention: 'off' } });

async function bedUnder(sla: Tenant['switches']['sla']): Promise<{ bed: RuntimeBed; session: string; asleep: () => Promise<void> }> {
  const bed = new RuntimeBed();
  await bed.govern([slow], 1, switches(sla));
  const runtime = await bed.runtime();
  bed.realm('sample', echo);
  return { bed, session: await bed.session(), asleep: () => bed.until(() => runtime.core.engine.size === 0) };
}

const missed = async (bed: RuntimeBed, id: string): Promise<object[]> => (await bed.records(id)).filter((record) => record.type === 'deadline_missed');
const soon = (bed: RuntimeBed, ms: number): string => new Date(bed.clock.now() + ms).toISOString();

describe('deadlines', () => {
  it.each(['2026-02-30T00:00:00.000Z', '2026-13-01T00:00:00.000Z', '2026-01-01T25:00:00.000Z', '0000-01-01T00:00:00.000Z'])('%s, which is no moment - is refused with its field, and nothing waits for it for ever', async (deadline) => {
    const { bed, session } = await bedUnder('enforce');
    await expect(bed.submit(session, { deadline })).rejects.toMatchObject({ code: 'request.invalid', field: expect.stringContaining('deadline') as string });
  });

  it('enforce - a sleeper is woken at its deadline and fails for it', async () => {
    const { bed, session, asleep } = await bedUnder('enforce');
    const { execution_id } = await bed.submit(session);
    await asleep();
    bed.clock.jump(2 * HOUR - 30_000);
    await bed.turns();
    expect((await bed.fold(execution_id)).status).toBe('running');
    expect(await bed.ended(execution_id)).toMatchObject({ status: 'failed', error: { code: 'execution.deadline_exceeded' } });
    expect(await missed(bed, execution_id)).toMatchObject([{ enforced: true }]);
  });

  it('observe - what was missed is recorded, once, and the execution goes on', async () => {
    const { bed, session, asleep } = await bedUnder('observe');
    const { execution_id } = await bed.submit(session);
    await asleep();
    bed.clock.jump(2 * HOUR + 1000);
    await bed.until(async () => (await missed(bed, execution_id)).length > 0);
    await asleep();
    bed.clock.jump(2 * HOUR);
    await bed.turns();
    expect(await missed(bed, execution_id)).toMatchObject([{ enforced: false }]);
    expect((await bed.fold(execution_id)).status).toBe('running');
  });

  it('off - no deadline counts', async () => {
    const { bed, session, asleep } = await bedUnder('off');
    const { execution_id } = await bed.submit(session, { deadline: soon(bed, 1000) });
    await asleep();
    bed.clock.jump(10 * HOUR);
    await bed.turns();
    expect(await missed(bed, execution_id)).toEqual([]);
  });

  it('the caller’s deadline - counts where it is earlier than the saga’s, in memory as well as asleep', async () => {
    const { bed, session } = await bedUnder('enforce');
    const at = soon(bed, 3000);
    const { execution_id } = await bed.submit(session, { deadline: at });
    const state = await bed.ended(execution_id);
    expect(state).toMatchObject({ status: 'failed', error: { code: 'execution.deadline_exceeded' } });
    expect(Date.parse(state.endedAt!) - Date.parse(at)).toBeLessThan(200);
  });
});
