import { threeSteps } from '../testing/engine-bed.js';
import { RuntimeBed } from '../testing/runtime-bed.js';

describe('long-held executions', () => {
  /** The first execution hangs at its realm; three others end meanwhile. */
  async function hanging(): Promise<{ bed: RuntimeBed; first: Awaited<ReturnType<RuntimeBed['runtime']>>; hangs: string; names: () => string[]; finish: () => void }> {
    const bed = new RuntimeBed({ longHeldFrames: 5 });
    await bed.govern([threeSteps]);
    const first = await bed.runtime();
    let hangs: string | undefined;
    let finish: (() => void) | undefined;
    bed.realm('sample', (d) => {
      hangs ??= d.attempt.execution_id;
      return d.attempt.execution_id === hangs && d.attempt.step === 'one' && d.attempt.epoch === 1 ? new Promise((resolve) => (finish = () => resolve({ output: 1 }))) : { output: 1 };
    });
    const session = await bed.session();
    const { execution_id } = await bed.submit(session);
    await bed.until(() => finish !== undefined);
    for (let i = 0; i < 3; i++) await bed.submit(session, {}, { wait_ms: 5000 });
    const names = (): string[] => [...(bed.log.writers.get(first.writer.id)?.named.values() ?? [])].map((name) => name.streamId);
    return { bed, first, hangs: execution_id, names, finish: () => finish?.() };
  }

  it('a death - the adopter finds what lies behind the low position by its name', async () => {
    const { bed, first, hangs, names } = await hanging();
    await bed.until(() => names().includes(hangs));
    await first.crash();
    expect(bed.log.writers.get(first.writer.id)?.lowN).toBeUndefined();
    await bed.runtime();
    expect(await bed.ended(hangs)).toMatchObject({ status: 'completed', adoptions: 1 });
  });

  it('an end - takes the name back', async () => {
    const { bed, hangs, names, finish } = await hanging();
    await bed.until(() => names().includes(hangs));
    finish();
    expect((await bed.ended(hangs)).status).toBe('completed');
    await bed.until(() => names().length === 0);
  });

  it('a memory that is folded again - keeps its name, and an adopter finds it still', async () => {
    const { bed, first, hangs, names, finish } = await hanging();
    await bed.until(() => names().includes(hangs));
    bed.log.injectConflict(hangs);
    finish();
    await bed.turns();
    expect(names()).toEqual([hangs]);
    await bed.until(() => first.core.engine.size === 1);
    await first.crash();
    await bed.runtime();
    expect((await bed.ended(hangs)).status).toBe('completed');
  });
});
