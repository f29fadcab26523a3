import type { ParentClose } from '@symphainy/contracts';
import { childIdOf } from '@symphainy/execution';
import { sampleCapability, sampleSaga } from '@symphainy/execution/testing';
import { arm } from '../fail-points/fail-points.js';
import { bedWith } from '../testing/engine-bed.js';
import { alice, type BedRuntime, type RuntimeBed } from '../testing/runtime-bed.js';

const TERMINATION = '019b0000-0000-7000-8000-000000000001';
const parentWith = (close?: ParentClose, more: object = {}) => sampleCapability(sampleSaga({ name: 'sub', kind: 'child', intent_type: 'sample.part', ...(close === undefined ? {} : { parent_close: close }), ...more }), { children: ['sample.part'] });
const part = sampleCapability({ ...sampleSaga('inner'), name: 'sample.part' });

const terminate = (bed: RuntimeBed, { core }: BedRuntime, execution_id: string): Promise<boolean> =>
  bed.during(core.commands.operate({ command: 'operate', caller: { ...alice, user_id: 'bob' }, execution_id, operation: 'terminate', operation_id: TERMINATION, payload: { reason: 'out of hand' } }));

/** A parent whose child is at a step that nobody answers. */
async function under(close?: ParentClose, more: object = {}, child = part): Promise<{ bed: RuntimeBed; first: BedRuntime; parent: string; child: string }> {
  const { bed, first, session } = await bedWith(() => 'silence', parentWith(close, more), child, sampleCapability({ ...sampleSaga('leaf'), name: 'sample.leaf' }));
  const { execution_id } = await bed.submit(session);
  await bed.until(() => bed.dispatches.length === 1);
  return { bed, first, parent: execution_id, child: childIdOf(execution_id, 'sub', 1) };
}

describe('children of a parent that is terminated', () => {
  it.each([
    [undefined, 'cancelled', 'cancel_requested'],
    ['cancel', 'cancelled', 'cancel_requested'],
    ['terminate', 'terminated', 'execution_terminated'],
  ] as const)('closed by the policy %s - end as %s, and both streams say why', async (close, status, type) => {
    const { bed, first, parent, child } = await under(close);
    expect(await terminate(bed, first, parent)).toBe(true);
    expect((await bed.ended(child)).status).toBe(status);
    expect((await bed.records(child)).find((r) => r.type === type)).toMatchObject({ by: { user_id: 'bob' }, reason: 'its parent was terminated: out of hand' });
    expect((await bed.records(parent)).at(-1)).toMatchObject({ type: 'execution_terminated', operation: TERMINATION, children: [{ step: 'sub', execution_id: child, close: close ?? 'cancel' }] });
  });

  it('closed by the policy abandon - go on', async () => {
    const { bed, first, parent, child } = await under('abandon');
    await terminate(bed, first, parent);
    await bed.turns(50);
    expect((await bed.fold(child)).status).toBe('running');
  });

  it('children of children - end too', async () => {
    const middle = sampleCapability({ ...sampleSaga({ name: 'deep', kind: 'child', intent_type: 'sample.leaf', parent_close: 'terminate' }), name: 'sample.part' }, { children: ['sample.leaf'] });
    const { bed, first, parent, child } = await under('terminate', {}, middle);
    await terminate(bed, first, parent);
    expect((await bed.ended(childIdOf(child, 'deep', 1))).status).toBe('terminated');
  });

  it('a runtime that dies when the end is durable and the children were not asked - asking again ends them', async () => {
    const { bed, first, parent, child } = await under('terminate');
    arm('command.append', 'after', 0, () => {
      throw new Error('the runtime died');
    });
    await expect(terminate(bed, first, parent)).rejects.toThrow('the runtime died');
    await first.crash();
    const second = await bed.runtime();
    await bed.until(async () => (await bed.fold(child)).adoptions === 1);
    expect([(await bed.fold(parent)).status, (await bed.fold(child)).status]).toEqual(['terminated', 'running']);
    expect(await terminate(bed, second, parent)).toBe(false);
    expect((await bed.ended(child)).status).toBe('terminated');
  });
});

describe('children of a parent that is cancelled', () => {
  const cancel = async (bed: RuntimeBed, execution_id: string): Promise<string> =>
    (await bed.during(bed.gateway.request('runtime.execution.cancel', {}, { caller: alice, execution_id, reason: 'enough' }, { timeoutMs: 20_000 }))).status;

  it('closed by the policy terminate - end at once, before their parent does', async () => {
    const { bed, parent, child } = await under('terminate');
    await cancel(bed, parent);
    expect((await bed.ended(parent)).status).toBe('cancelled');
    expect((await bed.fold(child)).status).toBe('terminated');
  });

  it('closed by the policy abandon - go on, and their parent does not wait for them', async () => {
    const { bed, parent, child } = await under('abandon');
    expect(await cancel(bed, parent)).toBe('cancelled');
    expect([(await bed.fold(child)).status, (await bed.fold(parent)).steps[0]?.status]).toEqual(['running', 'abandoned']);
  });
});

describe('a child that is not there in time', () => {
  it.each([
    [undefined, 'cancelled'],
    ['terminate', 'terminated'],
  ] as const)('closed by the policy %s - has been asked to end before its step fails, and the step says that it was late', async (close, status) => {
    const { bed, parent, child } = await under(close, { timeout_ms: 2000, retry: { max_attempts: 1 } });
    const state = await bed.ended(parent);
    expect(state).toMatchObject({ status: 'failed', error: { code: 'step.timeout' } });
    expect((await bed.ended(child)).status).toBe(status);
  });

  it('closed by the policy abandon - goes on', async () => {
    const { bed, parent, child } = await under('abandon', { timeout_ms: 2000, retry: { max_attempts: 1 } });
    expect((await bed.ended(parent)).error?.code).toBe('step.timeout');
    expect((await bed.fold(child)).status).toBe('running');
  });
});
