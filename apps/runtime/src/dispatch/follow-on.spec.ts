import type { FollowOn, StepDispatch, StepOutcome } from '@symphainy/contracts';
import { sampleCapability, sampleSaga } from '@symphainy/execution/testing';
import { NO_RESPONDERS, type BusMessage } from '@symphainy/ports';
import { encodeJson } from '@symphainy/service-host';
import { bedWith, problemsOf, threeSteps } from '../testing/engine-bed.js';
import { alice, outcomeOf, RuntimeBed, type BedRuntime } from '../testing/runtime-bed.js';

interface Sent {
  readonly dispatch: StepDispatch;
  outcome(step: string, output: unknown, more?: Partial<StepOutcome>): StepOutcome;
  /** Answers for the step that was sent, or for one that follows it. */
  answer(step: string, output: unknown, more?: Partial<StepOutcome>): void;
}

/** What is sent to the realm `sample`, which the test answers by hand. */
function sentBy(runtime: BedRuntime): Sent[] {
  const sent: Sent[] = [];
  runtime.bus.subscribe('realm.sample.*.step', (message: BusMessage) => {
    if (message.headers['status'] === NO_RESPONDERS) return;
    const dispatch = JSON.parse(new TextDecoder().decode(message.data)) as StepDispatch;
    const outcome: Sent['outcome'] = (step, output, more = {}) => {
      const attempt = step === dispatch.attempt.step ? dispatch.attempt : { ...dispatch.attempt, step, attempt: 1 };
      return { ...outcomeOf({ ...dispatch, attempt }, { output: output as never }), ...more };
    };
    sent.push({ dispatch, outcome, answer: (...about) => runtime.bus.publish(message.reply!, encodeJson(outcome(...about))) });
  });
  return sent;
}

const names = (steps: FollowOn[] | undefined): string[] | undefined => steps?.map(({ step }) => step);
const followedBy = (step: string, run = 'r1'): Partial<StepOutcome> => ({ followed_by: { step, run } });
const inRun = (run = 'r1'): Partial<StepOutcome> => ({ following: { run } });

async function stage(capability = threeSteps): Promise<{ bed: RuntimeBed; first: BedRuntime; sent: Sent[]; execution_id: string }> {
  const { bed, first, session } = await bedWith(undefined, capability);
  const sent = sentBy(first);
  const { execution_id } = await bed.submit(session);
  await bed.turns();
  return { bed, first, sent, execution_id };
}

describe('steps that follow without a dispatch', () => {
  it('three in a row - are sent once, and recorded step by step as if each had been', async () => {
    const { bed, first, sent, execution_id } = await stage();
    expect(names(sent[0]?.dispatch.follow_on)).toEqual(['two', 'three']);
    sent[0]!.answer('one', 1, followedBy('two'));
    sent[0]!.answer('two', 2, { ...inRun(), ...followedBy('three') });
    sent[0]!.answer('three', 3, inRun());
    expect((await bed.ended(execution_id)).steps.map((s) => [s.name, s.status, s.output])).toEqual([['one', 'completed', 1], ['two', 'completed', 2], ['three', 'completed', 3]]);
    expect([sent.length, first.core.counters.dispatch.sent, first.core.counters.dispatch.followed, first.core.counters.dispatch.outcomes_dropped]).toEqual([1, 1, 2, 0]);
    expect(await problemsOf(bed, execution_id)).toEqual([]);
    const steps = (await bed.records(execution_id)).filter((r) => r.type === 'step_started' || r.type === 'step_completed').map((r) => `${r.type} ${r.step}`);
    expect(steps).toEqual(['one', 'two', 'three'].flatMap((step) => [`step_started ${step}`, `step_completed ${step}`]));
  });

  it('answers that come together - count one after another, as if each had come by itself', async () => {
    const { bed, first, sent, execution_id } = await stage();
    const along = [sent[0]!.outcome('two', 2, { ...inRun(), ...followedBy('three') }), sent[0]!.outcome('three', 3, inRun())];
    sent[0]!.answer('one', 1, { ...followedBy('two'), along });
    expect((await bed.ended(execution_id)).steps.map((s) => [s.name, s.status, s.output])).toEqual([['one', 'completed', 1], ['two', 'completed', 2], ['three', 'completed', 3]]);
    expect([sent.length, first.core.counters.dispatch.followed, first.core.counters.dispatch.outcomes_dropped]).toEqual([1, 2, 0]);
  });

  it('one of them that is no outcome - ends the attempt that it should have told of, and no other', async () => {
    const { bed, sent, execution_id } = await stage(sampleCapability(sampleSaga('one', { name: 'two', retry: { max_attempts: 1 } })));
    sent[0]!.answer('one', 1, { ...followedBy('two'), along: [{ attempt: 'two' }] as never });
    const state = await bed.ended(execution_id);
    expect([state.error?.code, state.steps.map((s) => [s.name, s.status])]).toEqual(['step.result_invalid', [['one', 'completed'], ['two', 'failed']]]);
  });

  it('a realm that does not go on - is sent each step in its turn, with what may still follow', async () => {
    const { bed, sent, execution_id } = await stage();
    sent[0]!.answer('one', 1);
    await bed.turns();
    expect([sent[1]?.dispatch.attempt.step, sent[1]?.dispatch.inputs, names(sent[1]?.dispatch.follow_on)]).toEqual(['two', { one: 1 }, ['three']]);
    sent[1]!.answer('two', 2, followedBy('three'));
    sent[1]!.answer('three', 3, inRun());
    expect((await bed.ended(execution_id)).status).toBe('completed');
  });

  it('two runs of one row - only the one whose first answer is recorded is gone on with', async () => {
    const { bed, first, sent, execution_id } = await stage();
    sent[0]!.answer('one', 'A', followedBy('two', 'runA'));
    sent[0]!.answer('one', 'B', followedBy('two', 'runB'));
    sent[0]!.answer('two', 'made of B', inRun('runB'));
    await bed.turns();
    expect(first.core.counters.dispatch.outcomes_dropped).toBe(2);
    sent[0]!.answer('two', 'made of A', { ...inRun('runA'), ...followedBy('three', 'runA') });
    sent[0]!.answer('three', 3, inRun('runA'));
    expect((await bed.ended(execution_id)).steps.map((s) => s.output)).toEqual(['A', 'made of A', 3]);
  });

  it('a declined step - is sent at once, with a token of its own', async () => {
    const { bed, sent, execution_id } = await stage();
    sent[0]!.answer('one', 1, followedBy('two'));
    sent[0]!.answer('two', undefined, { result: undefined, following: { run: 'r1', declined: true } });
    await bed.turns();
    expect([sent[1]?.dispatch.attempt.step, sent[1]?.dispatch.inputs, sent[1]?.dispatch.token !== sent[0]?.dispatch.token]).toEqual(['two', { one: 1 }, true]);
    sent[1]!.answer('two', 2, followedBy('three', 'r2'));
    sent[1]!.answer('three', 3, inRun('r2'));
    expect((await bed.ended(execution_id)).status).toBe('completed');
  });

  it('a follower that is never heard of - is sent when its silence is noticed, and its old answer still counts', async () => {
    const { bed, first, sent, execution_id } = await stage();
    sent[0]!.answer('one', 1, followedBy('two'));
    await bed.until(() => sent.length === 2);
    expect([sent[1]?.dispatch.attempt.step, first.core.counters.dispatch.redispatched]).toEqual(['two', 1]);
    sent[0]!.answer('two', 'late', { ...inRun(), ...followedBy('three') });
    sent[0]!.answer('three', 3, inRun());
    sent[1]!.answer('two', 'again');
    expect((await bed.ended(execution_id)).steps.map((s) => s.output)).toEqual([1, 'late', 3]);
  });

  it('a follower that fails - is tried again by its own policy, as a dispatch', async () => {
    const { bed, sent, execution_id } = await stage(sampleCapability(sampleSaga('one', { name: 'two', retry: { max_attempts: 2, initial_ms: 1 } })));
    sent[0]!.answer('one', 1, followedBy('two'));
    sent[0]!.answer('two', undefined, { ...inRun(), result: undefined, error: { code: 'x.y', kind: 'domain', message: 'no', retry: { mode: 'retryable' } } });
    await bed.until(() => sent.length === 2);
    expect(sent[1]?.dispatch.attempt).toMatchObject({ step: 'two', attempt: 2 });
    sent[1]!.answer('two', 2);
    expect((await bed.ended(execution_id)).status).toBe('completed');
  });

  it('an answer that is refused - takes what was made of it with it', async () => {
    const { bed, sent, execution_id } = await stage(sampleCapability(sampleSaga({ name: 'one', retry: { max_attempts: 1 } }, 'two')));
    sent[0]!.answer('one', 1, { ...followedBy('two'), result: { output: 1, events: [{ nonsense: true }], artifacts: [], state_changes: [] } as never });
    sent[0]!.answer('two', 2, inRun());
    const state = await bed.ended(execution_id);
    expect([state.status, state.error?.code, state.steps.map((s) => s.name)]).toEqual(['failed', 'step.result_invalid', ['one']]);
  });

  it('a cancelled execution - takes no answer of what followed', async () => {
    const { bed, sent, execution_id } = await stage();
    await bed.during(bed.gateway.request('runtime.execution.cancel', {}, { caller: alice, execution_id, reason: 'enough' }));
    sent[0]!.answer('one', 1, followedBy('two'));
    sent[0]!.answer('two', 2, inRun());
    expect((await bed.ended(execution_id)).steps.map((s) => s.status)).not.toContain('completed');
  });

  it('work that reasons or acts - is not offered to be gone on with', async () => {
    const agents = await stage(sampleCapability(sampleSaga('one', 'two'), { determinism: 'expert' }));
    expect(agents.sent[0]?.dispatch.follow_on).toBeUndefined();
    const effect = await stage(sampleCapability(sampleSaga('one', { name: 'two', kind: 'effect', binding: 'ledger' })));
    expect(effect.sent[0]?.dispatch.follow_on).toBeUndefined();
  });

  it('a full realm - what follows keeps the place, and what waits gets it in the end', async () => {
    const bed = new RuntimeBed({ realmWindow: 1 });
    await bed.govern([sampleCapability(sampleSaga('one', 'two'))]);
    const first = await bed.runtime();
    const sent = sentBy(first);
    const session = await bed.session();
    const ids: string[] = [];
    for (let i = 0; i < 17; i++) ids.push((await bed.submit(session)).execution_id);
    await bed.turns();
    expect(sent).toHaveLength(16);
    sent[0]!.answer('one', 1, followedBy('two'));
    await bed.turns();
    expect(sent).toHaveLength(16);
    sent[0]!.answer('two', 2, inRun());
    await bed.turns();
    expect(sent).toHaveLength(17);
    for (const one of sent.slice(1)) {
      one.answer('one', 1, followedBy('two'));
      one.answer('two', 2, inRun());
    }
    for (const id of ids) expect((await bed.ended(id)).status).toBe('completed');
  });
});
