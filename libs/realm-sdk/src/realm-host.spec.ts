import { z } from 'zod';
import { failure, type AttemptRef, type StepDispatch, type StepOutcome } from '@symphainy/contracts';
import { silentLogger, uuidV7Source } from '@symphainy/kernel';
import { ManualClock } from '@symphainy/kernel/testing';
import { NO_RESPONDERS, type Bus } from '@symphainy/ports';
import { decodeJson, encodeJson, type ServiceHost } from '@symphainy/service-host';
import { testChannels } from '@symphainy/service-host/testing';
import { defineCapability } from './capability-definition.js';
import { defineRealm } from './realm-definition.js';
import { RealmHost } from './realm-host.js';
import { task } from './step-builders.js';
import type { StepTask } from './step-task.js';

const id = '019b0000-0000-7000-8000-000000000001';

/** A realm whose one step the test finishes by hand. */
function stage(concurrency = 64) {
  const clock = new ManualClock();
  const { hub, channelsOf } = testChannels(clock);
  const started: string[] = [];
  const signals = new Map<string, AbortSignal>();
  const finish = new Map<string, (value: string | Error) => void>();
  const realm = defineRealm({
    realm: 'demo',
    capabilities: [
      defineCapability({
        intent: 'demo.work', version: '1.0.0', description: 'works', determinism: 'deterministic', input: z.object({ name: z.string() }), output: z.string(),
        saga: [
          task('work', async (t: StepTask<{ name: string }>) => {
            started.push(t.payload.name);
            signals.set(t.payload.name, t.signal);
            t.progress({ done: 1 });
            const value = await new Promise<string | Error>((resolve) => finish.set(t.payload.name, resolve));
            if (value instanceof Error) throw value;
            return { output: value };
          }),
        ],
      }),
    ],
  });
  const drains: (() => Promise<void>)[] = [];
  const service = {
    name: 'realm-demo', plane: 'realm', instanceId: id, build: 'b1', env: undefined, clock, ids: uuidV7Source(() => clock.now()), logger: silentLogger,
    bus: hub.connect(), channels: channelsOf('realm-demo'), onDrain: (t: () => Promise<void>) => void drains.push(t),
  } as unknown as ServiceHost;
  new RealmHost(service, realm, { concurrency }).start();
  const runtime = hub.connect();
  const outcomes: StepOutcome[] = [];
  runtime.subscribe('runtime.outcome.*.*', (m) => m.headers['status'] === NO_RESPONDERS || outcomes.push(decodeJson(m.data) as StepOutcome));
  const heartbeats: unknown[] = [];
  const over: AttemptRef[] = [];
  runtime.subscribe('runtime.heartbeat.*', (m) => {
    heartbeats.push(decodeJson(m.data));
    m.respond(encodeJson({ ok: { over } }));
  });
  return { clock, runtime, started, finish, outcomes, heartbeats, over, signals, drain: () => Promise.all(drains.map((d) => d())) };
}

const dispatchOf = (name: string, step = 'work'): StepDispatch =>
  ({
    attempt: { tenant_id: 'acme', execution_id: id.replace(/1$/, String(name.length % 10)), step, attempt: 1, epoch: 1 },
    capability: 'demo.work',
    token: 't',
    context: { execution_id: id, intent: { payload: { name } } },
    inputs: {},
    deadline: '2100-01-01T00:00:00.000Z',
  }) as unknown as StepDispatch;

const send = (bus: Bus, dispatch: StepDispatch): void => bus.publish('realm.demo.acme.step', encodeJson(dispatch), { reply: 'runtime.outcome.r1.d1' });
const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('realm host', () => {
  it('R1 - every dispatch is answered: a result, or the error it ended with', async () => {
    const { runtime, finish, outcomes } = stage();
    send(runtime, dispatchOf('a'));
    send(runtime, dispatchOf('bb'));
    await settled();
    finish.get('a')!('done');
    finish.get('bb')!(failure('content.corrupt', { message: 'cut off' }));
    await settled();
    expect(outcomes.map((o) => [o.result?.output, o.error?.code, o.error?.retry.mode, o.handler_build])).toEqual([['done', undefined, undefined, 'b1'], [undefined, 'content.corrupt', 'terminal', 'b1']]);
  });

  it('R1 - two tenants’ attempts of one name at once - are two, and both are answered', async () => {
    const { runtime, started, finish, outcomes } = stage();
    const [ours, theirs] = [dispatchOf('a'), dispatchOf('b')];
    send(runtime, ours);
    send(runtime, { ...theirs, attempt: { ...ours.attempt, tenant_id: 'globex' } });
    await settled();
    expect(started).toEqual(['a', 'b']);
    for (const name of started) finish.get(name)!(name);
    await settled();
    expect(outcomes.map((o) => [o.attempt.tenant_id, o.result?.output])).toEqual([['acme', 'a'], ['globex', 'b']]);
  });

  it('R1 - a result that no message holds, or that is no JSON - is answered with why, and the realm lives on', async () => {
    const { runtime, finish, outcomes } = stage(1);
    const returned = ['x'.repeat(2_000_000), { count: 1n } as unknown as string, 'x'.repeat(2_000_000), 'small'];
    const dispatches = [dispatchOf('a'), dispatchOf('bb'), { ...dispatchOf('ccc'), effect_key: 'e'.repeat(64) }, dispatchOf('dddd')];
    for (const dispatch of dispatches) send(runtime, dispatch);
    for (const [i, name] of ['a', 'bb', 'ccc', 'dddd'].entries()) {
      await settled();
      finish.get(name)!(returned[i]!);
    }
    await settled();
    expect(outcomes.map((o) => o.error?.code ?? o.result?.output)).toEqual(['step.too_large', 'step.result_invalid', 'effect.unknown', 'small']);
  });

  it('R1 - a handler that breaks tells its name, nothing of its text, and may be tried again', async () => {
    const { runtime, finish, outcomes } = stage();
    send(runtime, dispatchOf('a'));
    await settled();
    finish.get('a')!(new TypeError('password=hunter2'));
    await settled();
    expect(outcomes[0]?.error).toMatchObject({ code: 'platform.internal', retry: { mode: 'retryable' } });
    expect(JSON.stringify(outcomes)).not.toContain('hunter2');
  });

  it('a step this build does not have - is an outcome too, not silence', async () => {
    const { runtime, outcomes } = stage();
    send(runtime, dispatchOf('a', 'vanished'));
    await settled();
    expect(outcomes[0]?.error?.code).toBe('step.handler_missing');
  });

  it('R2 - a dispatch that comes twice while it runs is run once', async () => {
    const { runtime, started, finish, outcomes } = stage();
    send(runtime, dispatchOf('a'));
    send(runtime, dispatchOf('a'));
    await settled();
    finish.get('a')!('once');
    await settled();
    expect([started, outcomes.length]).toEqual([['a'], 1]);
  });

  it('R4 - an attempt that its runtime says is over - is told by its signal, with the reason; others, and an effect, are not', async () => {
    const { clock, runtime, finish, over, signals } = stage();
    for (const dispatch of [dispatchOf('a'), dispatchOf('bb'), { ...dispatchOf('ccc'), effect_key: 'e'.repeat(64) }]) send(runtime, dispatch);
    await settled();
    over.push(dispatchOf('a').attempt, dispatchOf('ccc').attempt, { ...dispatchOf('bb').attempt, attempt: 2 });
    clock.advance(1000);
    await settled();
    expect(['a', 'bb', 'ccc'].map((name) => signals.get(name)?.aborted)).toEqual([true, false, false]);
    expect(signals.get('a')?.reason).toMatchObject({ code: 'execution.cancelled' });
    for (const name of ['a', 'bb', 'ccc']) finish.get(name)!('done');
  });

  it('R3 - after drain begins nothing new is taken, and what runs is answered first', async () => {
    const { runtime, started, finish, outcomes, drain } = stage();
    send(runtime, dispatchOf('a'));
    await settled();
    const drained = drain();
    send(runtime, dispatchOf('bb'));
    await settled();
    finish.get('a')!('last');
    await drained;
    await settled();
    expect([started, outcomes.map((o) => o.result?.output)]).toEqual([['a'], ['last']]);
  });

  it('a message that is no dispatch - is dropped, and the next one is served', async () => {
    const { runtime, started } = stage();
    runtime.publish('realm.demo.acme.step', new TextEncoder().encode('{"half'), { reply: 'runtime.outcome.r1.d1' });
    runtime.publish('realm.demo.acme.step', encodeJson({ token: 't' }), { reply: 'runtime.outcome.r1.d1' });
    send(runtime, dispatchOf('a'));
    await settled();
    expect(started).toEqual(['a']);
  });

  it('concurrency - more attempts than places wait in order', async () => {
    const { runtime, started, finish } = stage(1);
    for (const name of ['a', 'bb', 'ccc']) send(runtime, dispatchOf(name));
    await settled();
    expect(started).toEqual(['a']);
    finish.get('a')!('x');
    await settled();
    expect(started).toEqual(['a', 'bb']);
  });

  it('heartbeat - attempts older than a second are listed with their progress, to the runtime that sent them', async () => {
    const { clock, runtime, heartbeats } = stage();
    send(runtime, dispatchOf('a'));
    await settled();
    clock.advance(2000);
    await settled();
    expect(heartbeats.at(-1)).toMatchObject({ realm_instance: id, running: [{ attempt: { step: 'work', attempt: 1 }, progress: { done: 1 } }] });
  });
});
