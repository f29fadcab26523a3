import type { SubscribedFrame } from '@symphainy/contracts';
import { lookAt, watch, type Watched, type WatchedExecution } from './execution-watch.js';

const at = (second: number): string => new Date(Date.UTC(2026, 0, 1) + second * 1000).toISOString();
let n = 0;
const frame = (second: number, ...records: object[]): SubscribedFrame => ({ tenant_id: 'acme', stream_id: 'e', seq: n, kind: 'execution', at: at(second), writer: 'w', n: ++n, about: { intent_type: 'content.ingest' }, records: records.map((r) => ({ type: '', at: at(second), actor: 'a', ...r })) });
const fold = (...frames: SubscribedFrame[]): Watched => frames.reduce<Watched>(({ state }, next) => watch(state, next), { state: undefined });
const begun = (): SubscribedFrame => frame(0, { type: 'intent_received' }, { type: 'step_started', step: 'parse', kind: 'task' });
const error = (mode: string): object => ({ code: 'realm.unavailable', retry: { mode } });

describe('what Nurse remembers of an execution', () => {
  it('a step in a realm, then a retry, then a timer - is in the realm’s hands only while it runs', () => {
    const running = fold(begun());
    const retrying = fold(begun(), frame(1, { type: 'step_failed', step: 'parse' }, { type: 'step_retry_scheduled', step: 'parse', due_at: at(31) }));
    const waiting = fold(begun(), frame(1, { type: 'step_started', step: 'wait', kind: 'timer' }, { type: 'timer_set', step: 'wait', due_at: at(99) }));
    expect([running, retrying, waiting].map(({ state }) => [state?.in_realm, state?.due_at])).toEqual([[true, undefined], [false, at(31)], [false, at(99)]]);
    expect(lookAt(retrying.state as WatchedExecution, 30_000)).toBe(Date.parse(at(61)));
  });

  it.each([
    ['effect_unknown', 'effect_resolved', 'effect_unknown'],
    ['approval_requested', 'effect_approved', 'approval_waiting'],
    ['compensation_failed', 'compensation_skipped', 'compensation_failed'],
  ])('%s - needs attention until %s', (type, cure, kind) => {
    expect([fold(begun(), frame(5, { type, step: 'pay' })).state?.attention, fold(begun(), frame(5, { type, step: 'pay' }), frame(6, { type: cure, step: 'pay' })).state?.attention]).toEqual([{ kind, step: 'pay', since: at(5) }, undefined]);
  });

  it('a compensation that is tried again - needs nobody', () => {
    expect(fold(begun(), frame(5, { type: 'compensation_failed', step: 'pay', retry_due_at: at(9) })).state).toMatchObject({ due_at: at(9) });
  });

  it('an end - leaves nothing to watch; a failure that passes does, until it is reopened', () => {
    expect(fold(begun(), frame(2, { type: 'execution_completed' }))).toEqual({ state: undefined, ending: { outcome: 'completed', at: at(2), started_at: at(0) } });
    const passing = fold(begun(), frame(2, { type: 'execution_failed', error: error('retryable') }));
    const final = fold(begun(), frame(2, { type: 'execution_failed', error: error('terminal') }));
    expect([passing, final].map(({ state }) => lookAt(state as WatchedExecution, 0))).toEqual([Date.parse(at(2)), undefined]);
    expect(watch(passing.state, frame(3, { type: 'reopened' })).state?.failed).toBeUndefined();
  });

  it('given up - is looked at by then though it sleeps longer, and not any more once it is undone; brought back it is not undone', () => {
    const sleeping = fold(begun(), frame(1, { type: 'timer_set', step: 'wait', due_at: at(9_999) }));
    const undone = watch(sleeping.state, frame(2, { type: 'compensation_requested' }));
    const again = watch(watch(undone.state, frame(3, { type: 'execution_failed', error: error('retryable') })).state, frame(4, { type: 'reopened' }));
    expect([sleeping, undone, again].map(({ state }) => lookAt(state as WatchedExecution, 60_000, { give_up_after_ms: 5_000 }))).toEqual([Date.parse(at(5)), Date.parse(at(10_059)), Date.parse(at(9))]);
    expect([undone.state?.undone, again.state?.undone]).toEqual([true, undefined]);
  });

  it('a replay that drifted - is a matter from then on, past its end', () => {
    const drifted = fold(begun(), frame(3, { type: 'replay_checked', mode: 'enforce', problems: ['chain: frame 0'] }), frame(4, { type: 'step_completed', step: 'parse' }), frame(5, { type: 'execution_completed' }));
    expect([drifted.state?.drifted, drifted.ending?.outcome, lookAt(drifted.state as WatchedExecution, 30_000)]).toEqual([{ problem: 'chain: frame 0', since: at(3) }, 'completed', Date.parse(at(3))]);
  });

  it('paused - is no matter of Nurse’s until it is resumed', () => {
    const paused = fold(begun(), frame(1, { type: 'paused' }));
    expect([lookAt(paused.state as WatchedExecution, 0), lookAt(watch(paused.state, frame(2, { type: 'resumed' })).state as WatchedExecution, 0)]).toEqual([undefined, Date.parse(at(2))]);
  });
});
