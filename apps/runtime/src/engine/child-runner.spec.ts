import { childIdOf } from '@symphainy/execution';
import { sampleCapability, sampleSaga } from '@symphainy/execution/testing';
import { bedWith, echo } from '../testing/engine-bed.js';
import { alice } from '../testing/runtime-bed.js';

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

  it('a saga that has itself for a child - comes to an end, and every level says why', async () => {
    const again = sampleCapability({ ...sampleSaga({ name: 'again', kind: 'child', intent_type: 'sample.loop', timeout_ms: 3_600_000 }), name: 'sample.loop' }, { children: ['sample.loop'] });
    const { bed, session } = await bedWith(echo, again);
    const { execution_id } = await bed.submit(session, { intent_type: 'sample.loop' });
    const root = await bed.ended(execution_id);
    expect(root).toMatchObject({ status: 'failed', error: { code: 'intent.too_deep' } });
    const streams = new Set(bed.log.all().filter((frame) => frame.kind === 'execution').map((frame) => frame.streamId));
    expect(streams.size).toBe(34);
    let id = execution_id;
    for (let level = 0; level < 33; level++) id = childIdOf(id, 'again', 1);
    expect(await bed.fold(id)).toMatchObject({ status: 'rejected', error: { code: 'intent.too_deep' }, parent: { depth: 33 } });
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
