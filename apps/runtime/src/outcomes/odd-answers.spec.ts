import { frameBody, type StepOutcome } from '@symphainy/contracts';
import { sampleCapability, sampleSaga } from '@symphainy/execution/testing';
import { bedWith } from '../testing/engine-bed.js';
import type { RealmAnswer, RuntimeBed } from '../testing/runtime-bed.js';

const DAY = 86_400_000;
const odd = (error: object): RealmAnswer => ({ error: error as never });
const passing = (after_ms: unknown): RealmAnswer => odd({ code: 'realm.unavailable', kind: 'platform', message: 'busy', retry: { mode: 'retryable', after_ms } });

/** Records that their own schema refuses: such a log does not validate, and whoever wrote it so has spoilt the evidence. */
const misfits = async (bed: RuntimeBed, id: string): Promise<string[]> => (await bed.records(id)).flatMap((record) => (frameBody.safeParse({ records: [record] }).success ? [] : [record.type]));

describe('answers of realms that do not keep the contract', () => {
  it.each<[string, RealmAnswer]>([
    ['an error of no kind', odd({ code: 'x', kind: 'odd', message: 'm', retry: { mode: 'terminal' } })],
    ['an error with a message without end', odd({ code: 'x', kind: 'domain', message: 'm'.repeat(5000), retry: { mode: 'terminal' } })],
    ['an error with a cause that is none', odd({ code: 'x', kind: 'domain', message: 'm', retry: { mode: 'terminal' }, cause: 7 })],
    ['an error that wants to be tried again at no time', passing('soon')],
    ['an error that wants to be tried again before now', passing(-5)],
    ['an outcome label without end', { output: 1, outcome: 'o'.repeat(81) }],
  ])('%s - ends the attempt as misshapen, and the log holds only what fits it', async (_what, answer) => {
    const { bed, session } = await bedWith(() => answer, sampleCapability(sampleSaga('one')));
    const { execution_id } = await bed.submit(session);
    expect(await bed.ended(execution_id)).toMatchObject({ status: 'failed', error: { code: 'step.result_invalid' } });
    expect([bed.dispatches.length, await misfits(bed, execution_id)]).toEqual([1, []]);
  });

  it('members of an error that nobody knows - are not recorded', async () => {
    const { bed, session } = await bedWith(() => odd({ code: 'content.corrupt', kind: 'domain', message: 'm', retry: { mode: 'terminal' }, secret: 's' }), sampleCapability(sampleSaga('one')));
    const { execution_id } = await bed.submit(session);
    expect((await bed.ended(execution_id)).error).toEqual({ code: 'content.corrupt', kind: 'domain', message: 'm', retry: { mode: 'terminal' } });
  });

  it('an effect whose error is none - may have happened, so an operator is asked', async () => {
    const { bed, session } = await bedWith(() => odd({ code: 'x', kind: 'odd', message: 'm', retry: { mode: 'terminal' } }), sampleCapability(sampleSaga({ kind: 'effect', name: 'pay', binding: 'bank' } as never)));
    const { execution_id } = await bed.submit(session);
    expect((await bed.reaches(execution_id, 'stuck')).steps[0]?.status).toBe('unknown');
    expect(await misfits(bed, execution_id)).toEqual([]);
  });

  it('an error that wants to be tried again when nobody lives any more - is tried again in a year', async () => {
    const { bed, session } = await bedWith(() => passing(Number.MAX_SAFE_INTEGER), sampleCapability(sampleSaga('one')));
    const { execution_id } = await bed.submit(session);
    await bed.until(async () => (await bed.records(execution_id)).some((record) => record.type === 'step_retry_scheduled'));
    expect((await bed.records(execution_id)).find((record) => record.type === 'step_retry_scheduled')).toMatchObject({ delay_ms: 366 * DAY });
    expect((await bed.fold(execution_id)).status).toBe('running');
  });

  it.each([
    ['a time taken that is less than none', { handler_build: 'b', duration_ms: -1 }],
    ['a build without a name', { handler_build: '', duration_ms: 1 }],
  ])('%s - is no outcome', async (_what, about) => {
    const { bed, first: { bus }, session } = await bedWith(undefined, sampleCapability(sampleSaga('one')));
    bus.subscribe('realm.sample.*.step', ({ reply, data }) => {
      if (reply === undefined) return;
      const { attempt } = JSON.parse(new TextDecoder().decode(data)) as Pick<StepOutcome, 'attempt'>;
      bus.publish(reply, new TextEncoder().encode(JSON.stringify({ attempt, ...about, result: { output: 1, artifacts: [], events: [], state_changes: [] } })));
    }, { queue: 'sample' });
    const { execution_id } = await bed.submit(session);
    expect((await bed.ended(execution_id)).error?.code).toBe('step.result_invalid');
  });
});
