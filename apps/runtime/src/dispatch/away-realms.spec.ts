import { failure, type Tenant } from '@symphainy/contracts';
import { hasEnded, viewOf } from '@symphainy/execution';
import { sampleCapability, sampleSaga } from '@symphainy/execution/testing';
import { toWireError } from '@symphainy/kernel';
import { encodeJson } from '@symphainy/service-host';
import { bedWith, echo, problemsOf } from '../testing/engine-bed.js';
import { alice, RuntimeBed, type RealmHandler } from '../testing/runtime-bed.js';
import { GUARANTEED } from './fair-window.js';

const HOUR = 3_600_000;

/** What whoever looks at the execution sees of a step. */
const waitOf = async (bed: RuntimeBed, id: string, step = 0): Promise<object | undefined> => viewOf(await bed.fold(id)).steps[step]?.waiting_for;
const told = async (bed: RuntimeBed, id: string): Promise<unknown[]> => (await bed.records(id)).flatMap((r) => (r.type === 'step_progress' ? [r.waiting_for?.realm] : []));
const spend = async (bed: RuntimeBed, ms: number): Promise<void> => {
  const until = bed.clock.now() + ms;
  await bed.until(() => bed.clock.now() >= until);
};

describe('a realm that is away', () => {
  it('for hours - is waited for, seen by whoever looks, and costs no attempt; when it is back the execution goes on at once', async () => {
    const { bed, session } = await bedWith(undefined);
    const { execution_id } = await bed.submit(session);
    const since = new Date(bed.clock.now()).toISOString();
    await bed.until(async () => (await waitOf(bed, execution_id)) !== undefined);
    expect(await waitOf(bed, execution_id)).toEqual({ realm: 'sample', since: expect.stringContaining(since.slice(0, 18)) as string });
    bed.clock.jump(30 * HOUR);
    await spend(bed, 5000);
    expect(await told(bed, execution_id)).toEqual(['sample']);
    bed.realm('sample', echo);
    await spend(bed, 2500);
    const state = await bed.fold(execution_id);
    expect([state.status, ...state.steps.map((s) => s.attempt), ...viewOf(state).steps.map((s) => s.waiting_for)]).toEqual(['completed', 1, 1, 1, undefined, undefined, undefined]);
    expect(await problemsOf(bed, execution_id)).toEqual([]);
  });

  it('for a moment - is nothing to tell', async () => {
    const { bed, session } = await bedWith(undefined);
    const { execution_id } = await bed.submit(session);
    await spend(bed, 4000);
    bed.realm('sample', echo);
    await bed.ended(execution_id);
    expect(await told(bed, execution_id)).toEqual([]);
  });

  it('and takes a long step up when it is back - is told as no longer away while that runs, and keeps what was told of its progress', async () => {
    const { bed, first, session } = await bedWith(undefined, sampleCapability(sampleSaga({ name: 'one', timeout_ms: 50_000 })));
    const { execution_id } = await bed.submit(session);
    await bed.until(async () => (await waitOf(bed, execution_id)) !== undefined);
    bed.realm('sample', () => 'silence');
    await bed.until(() => bed.dispatches.length === 1);
    const beat = (progress?: object): void => first.bus.publish(`runtime.heartbeat.${first.writer.id}`, encodeJson({ realm_instance: 'r', running: [{ attempt: bed.dispatches[0]?.attempt, ...(progress === undefined ? {} : { progress }) }] }));
    beat({ pages: 3 });
    await bed.until(async () => (await waitOf(bed, execution_id)) === undefined);
    await bed.until(async () => (await bed.fold(execution_id)).steps[0]?.progress?.['pages'] === 3);
    expect(hasEnded(await bed.fold(execution_id))).toBe(false);
  });

  it('when its execution is cancelled - holds nothing up', async () => {
    const { bed, session } = await bedWith(undefined);
    const { execution_id } = await bed.submit(session);
    await bed.until(async () => (await waitOf(bed, execution_id)) !== undefined);
    await bed.during(bed.gateway.request('runtime.execution.cancel', {}, { caller: alice, execution_id, reason: 'enough' }, { timeoutMs: 20_000 }));
    expect([(await bed.fold(execution_id)).status, await waitOf(bed, execution_id)]).toEqual(['cancelled', undefined]);
  });

  it('when something has to be undone - is waited for all the same, and seen', async () => {
    const undoable = sampleCapability(sampleSaga({ name: 'one', compensate: true }, { name: 'gate', kind: 'signal', signal: 'go', timeout_ms: 50_000, retry: { max_attempts: 1 } }));
    const { bed, session } = await bedWith(undefined, undoable);
    const leave = bed.realm('sample', echo);
    const { execution_id } = await bed.submit(session);
    await bed.until(async () => (await bed.fold(execution_id)).steps[1]?.status === 'running');
    leave();
    void bed.gateway.request('runtime.execution.cancel', {}, { caller: alice, execution_id, reason: 'enough' }, { timeoutMs: 600_000 }).catch(() => undefined);
    await bed.until(async () => (await waitOf(bed, execution_id)) !== undefined);
    expect((await bed.fold(execution_id)).status).toBe('compensating');
    bed.realm('sample', echo);
    const state = await bed.ended(execution_id);
    expect([state.status, state.steps[0]?.status, viewOf(state).steps[0]?.waiting_for]).toEqual(['cancelled', 'compensated', undefined]);
  });

  describe('in builds that lack a handler', () => {
    const lacks: RealmHandler = () => ({ error: toWireError(failure('step.handler_missing')) });

    it('beside one that has it, while it is rolled out - is asked until that one takes the step, which costs no attempt and is nothing to tell', async () => {
      const { bed, session } = await bedWith(undefined);
      let asked = 0;
      bed.realm('sample', (dispatch) => (asked++ % 3 === 2 ? echo(dispatch) : lacks(dispatch)));
      const { execution_id } = await bed.submit(session);
      const state = await bed.ended(execution_id);
      expect([state.status, ...state.steps.map((s) => s.attempt), await told(bed, execution_id)]).toEqual(['completed', 1, 1, 1, []]);
    });

    it('and in no other, for hours - is waited for, told with the handler, and gone on with when a build has it', async () => {
      const { bed, session } = await bedWith(undefined);
      const leave = bed.realm('sample', lacks);
      const { execution_id } = await bed.submit(session);
      await bed.until(async () => (await waitOf(bed, execution_id)) !== undefined);
      expect(await waitOf(bed, execution_id)).toMatchObject({ realm: 'sample', handler: 'sample.run/one' });
      bed.clock.jump(30 * HOUR);
      await spend(bed, 5000);
      leave();
      bed.realm('sample', echo);
      const state = await bed.ended(execution_id);
      expect([state.status, ...state.steps.map((s) => s.attempt), viewOf(state).steps[0]?.waiting_for]).toEqual(['completed', 1, 1, 1, undefined]);
      expect(await problemsOf(bed, execution_id)).toEqual([]);
    });

    it('for more than the window holds - keeps nothing away from the realm that it has a handler for', async () => {
      const bed = new RuntimeBed({ realmWindow: 1 });
      await bed.govern([sampleCapability(sampleSaga('one')), { ...sampleCapability(sampleSaga('two')), name: 'sample.other' }]);
      await bed.runtime();
      bed.realm('sample', (dispatch) => (dispatch.attempt.step === 'one' ? lacks(dispatch) : echo(dispatch)));
      const session = await bed.session();
      for (let i = 0; i < 2 * GUARANTEED; i++) await bed.submit(session);
      const { execution_id } = await bed.submit(session, { intent_type: 'sample.other' });
      expect((await bed.ended(execution_id)).status).toBe('completed');
    });

    it('before it is away, and after - is told as what it is each time', async () => {
      const { bed, session } = await bedWith(undefined);
      const leave = bed.realm('sample', lacks);
      const { execution_id } = await bed.submit(session);
      await bed.until(async () => (await waitOf(bed, execution_id)) !== undefined);
      leave();
      await bed.until(async () => !('handler' in ((await waitOf(bed, execution_id)) ?? {})));
      bed.realm('sample', lacks);
      await bed.until(async () => 'handler' in ((await waitOf(bed, execution_id)) ?? {}));
    });

    it('when something has to be undone - is waited for as long as an attempt may take; then an operator can skip it', async () => {
      const undoable = sampleCapability(sampleSaga({ name: 'one', compensate: true, timeout_ms: 20_000 }, { name: 'gate', kind: 'signal', signal: 'go', timeout_ms: 50_000, retry: { max_attempts: 1 } }));
      const { bed, session } = await bedWith(undefined, undoable);
      bed.realm('sample', (dispatch) => (dispatch.attempt.phase === 'compensate' ? lacks(dispatch) : echo(dispatch)));
      const { execution_id } = await bed.submit(session);
      await bed.until(async () => (await bed.fold(execution_id)).steps[1]?.status === 'running');
      void bed.gateway.request('runtime.execution.cancel', {}, { caller: alice, execution_id, reason: 'enough' }, { timeoutMs: 600_000 }).catch(() => undefined);
      await bed.until(async () => (await waitOf(bed, execution_id)) !== undefined);
      expect(await waitOf(bed, execution_id)).toMatchObject({ handler: 'sample.run/one' });
      await bed.until(async () => (await bed.fold(execution_id)).status === 'stuck');
      expect(viewOf(await bed.fold(execution_id)).attention).toMatchObject({ what: 'compensation_failed', error: { code: 'step.handler_missing' } });
    });
  });

  it('past an enforced deadline - its execution fails for that, and waits no longer', async () => {
    const bed = new RuntimeBed();
    const switches: Tenant['switches'] = { idempotency: 'enforce', auto_replay: 'off', sla: 'enforce', auto_healing: 'off', retention: 'off' };
    await bed.govern([sampleCapability({ ...sampleSaga('one'), deadline_ms: 20_000 })], 1, { switches });
    await bed.runtime();
    const { execution_id } = await bed.submit(await bed.session());
    const state = await bed.ended(execution_id);
    expect([state.error?.code, viewOf(state).steps[0]?.waiting_for, await told(bed, execution_id)]).toEqual(['execution.deadline_exceeded', undefined, ['sample']]);
  });

  it('and its execution’s runtime dies too - the next owner waits on, tells it no second time, and that it is back', async () => {
    const { bed, first, session } = await bedWith(undefined, sampleCapability(sampleSaga({ name: 'one', timeout_ms: 50_000 })));
    const { execution_id } = await bed.submit(session);
    await bed.until(async () => (await waitOf(bed, execution_id)) !== undefined);
    await first.crash();
    const second = await bed.runtime();
    await bed.until(async () => (await bed.fold(execution_id)).adoptions === 1);
    await spend(bed, 8000);
    expect(await told(bed, execution_id)).toEqual(['sample']);
    bed.realm('sample', () => 'silence');
    await bed.until(() => bed.dispatches.length === 1);
    second.bus.publish(`runtime.heartbeat.${second.writer.id}`, encodeJson({ realm_instance: 'r', running: [{ attempt: bed.dispatches[0]?.attempt }] }));
    await bed.until(async () => (await waitOf(bed, execution_id)) === undefined);
    expect(await told(bed, execution_id)).toEqual(['sample', undefined]);
  });

  it('and a map has many chunks for it - is told once for the step, and of what it has done already nothing is lost', async () => {
    const list = Array.from({ length: 8 }, (_, i) => i);
    const chunks = sampleCapability(sampleSaga('list', { name: 'each', kind: 'map', items_from: 'list', chunk_size: 1, concurrency: 4 }));
    let leave = (): void => undefined;
    const { bed, session } = await bedWith(undefined, chunks);
    const handler: RealmHandler = ({ chunk }) => {
      if (chunk === undefined) return { output: list };
      // it leaves with the first chunk done
      leave();
      return { chunk: { succeeded: 1, failed: [], output_hash: 'c'.repeat(64) } };
    };
    leave = bed.realm('sample', handler);
    const { execution_id } = await bed.submit(session);
    await bed.until(async () => (await waitOf(bed, execution_id, 1)) !== undefined);
    await spend(bed, 5000);
    const before = await bed.fold(execution_id);
    expect([viewOf(before).steps[1]?.items?.succeeded, await told(bed, execution_id)]).toEqual([1, ['sample']]);
    leave = () => undefined;
    bed.realm('sample', handler);
    const state = await bed.ended(execution_id);
    expect([state.status, viewOf(state).steps[1]?.waiting_for, state.steps[1]?.map?.succeeded]).toEqual(['completed', undefined, 8]);
  });
});
