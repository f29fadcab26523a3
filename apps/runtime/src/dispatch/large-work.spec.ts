import { sampleCapability, sampleSaga } from '@symphainy/execution/testing';
import { bedWith, problemsOf } from '../testing/engine-bed.js';
import type { RealmAnswer } from '../testing/runtime-bed.js';

const large = 'x'.repeat(600_000);
const answers: Record<string, RealmAnswer> = { one: { output: large }, two: { output: large } };
const answer = (d: { attempt: { step: string } }): RealmAnswer => answers[d.attempt.step] ?? { output: 'small' };

describe('work that no message holds', () => {
  it.each([
    ['a task', { name: 'both', needs: ['one', 'two'] }],
    ['an effect, which surely did not happen', { name: 'both', kind: 'effect', binding: 'ledger', needs: ['one', 'two'] }],
  ])('%s - fails saying so, and the runtime goes on', async (_what, step) => {
    const { bed, session } = await bedWith(answer, sampleCapability(sampleSaga('one', 'two', step, 'last')));
    const { execution_id } = await bed.submit(session);
    const state = await bed.ended(execution_id);
    expect([state.status, state.error?.code, state.steps.map((s) => s.status)]).toEqual(['failed', 'step.too_large', ['completed', 'completed', 'failed']]);
    expect(await problemsOf(bed, execution_id)).toEqual([]);
    expect((await bed.submit(session)).execution_id).not.toBe(execution_id);
  });

  it('the inline items of one chunk - fail the map, not the runtime', async () => {
    const items = sampleCapability(sampleSaga('list', { name: 'each', kind: 'map', items_from: 'list' }));
    const { bed, session } = await bedWith((d) => (d.attempt.step === 'list' ? { output: Array.from({ length: 900 }, () => 'y'.repeat(1000)) } : answer(d)), items);
    const { execution_id } = await bed.submit(session, { payload: { more: 'z'.repeat(200_000) } });
    expect(await bed.ended(execution_id)).toMatchObject({ status: 'failed', error: { code: 'step.too_large' } });
  });

  it('frames of an execution that is watched - are found in the log, and the runtime goes on', async () => {
    const id = '019b0000-0000-7000-8000-00000000000a';
    const side = { name: 'side', kind: 'parallel', branches: [{ name: 'x', steps: [{ name: 'one', kind: 'task' }] }, { name: 'y', steps: [{ name: 'two', kind: 'task' }] }] };
    const { bed, session } = await bedWith(answer, sampleCapability(sampleSaga(side)));
    bed.gateway.publish('runtime.watch', {}, { for_ms: 60_000, executions: [{ tenant_id: 'acme', execution_id: id }] });
    await bed.submit(session, { intent_id: id });
    expect(await bed.ended(id)).toMatchObject({ status: 'completed' });
    expect((await bed.log.readStream('acme', id)).some((frame) => frame.body.length > 1_100_000)).toBe(true);
  });
});
