import { z } from 'zod';
import type { StepDispatch, StepOutcome } from '@symphainy/contracts';
import { silentLogger, uuidV7Source, type Json } from '@symphainy/kernel';
import { ManualClock } from '@symphainy/kernel/testing';
import { NO_RESPONDERS } from '@symphainy/ports';
import { decodeJson, encodeJson, type ServiceHost } from '@symphainy/service-host';
import { testChannels } from '@symphainy/service-host/testing';
import { defineCapability } from './capability-definition.js';
import { defineRealm } from './realm-definition.js';
import { RealmHost } from './realm-host.js';
import { task } from './step-builders.js';
import type { StepHandler } from './step-definition.js';

const id = '019b0000-0000-7000-8000-000000000001';
type Payload = { list: string[] };
type Handler = StepHandler<Payload>;

/** A realm of three tasks in a row, what it answers, and the host's own ways to be told things. */
function stage(handlers: { one?: Handler; two?: Handler; three?: Handler } = {}) {
  const clock = new ManualClock();
  const { hub, channelsOf } = testChannels(clock);
  const began: string[] = [];
  const step = (name: 'one' | 'two' | 'three', needs?: string[]) =>
    task<Payload>(name, (t) => {
      began.push(name);
      return (handlers[name] ?? ((told) => ({ output: { by: name, from: told.inputs } as unknown as Json })))(t);
    }, needs === undefined ? {} : { needs });
  const input = z.object({ list: z.array(z.string()) });
  const realm = defineRealm({ realm: 'demo', capabilities: [defineCapability({ intent: 'demo.row', version: '1.0.0', description: 'three in a row', determinism: 'deterministic', input, output: z.any(), saga: [step('one'), step('two'), step('three', ['one', 'two'])] })] });
  const drains: (() => Promise<void>)[] = [];
  const service = { name: 'realm-demo', plane: 'realm', instanceId: id, build: 'b1', env: undefined, clock, ids: uuidV7Source(() => clock.now()), logger: silentLogger, bus: hub.connect(), channels: channelsOf('realm-demo'), onDrain: (t: () => Promise<void>) => void drains.push(t) } as unknown as ServiceHost;
  new RealmHost(service, realm).start();
  const runtime = hub.connect();
  const outcomes: StepOutcome[] = [];
  /** The steps that each message tells of. */
  const messages: string[][] = [];
  runtime.subscribe('runtime.outcome.*.*', (m) => {
    if (m.headers['status'] === NO_RESPONDERS) return;
    const { along = [], ...first } = decodeJson(m.data) as StepOutcome;
    outcomes.push(first, ...along);
    messages.push([first, ...along].map(({ attempt }) => attempt.step));
  });
  const send = (more: Partial<StepDispatch> = {}): Promise<void> => {
    runtime.publish('realm.demo.acme.step', encodeJson({ ...dispatch(), ...more }), { reply: 'runtime.outcome.r1.d1' });
    return turns();
  };
  return { clock, began, outcomes, messages, send, drain: () => Promise.all(drains.map((d) => d())) };
}

const dispatch = (): StepDispatch =>
  ({
    attempt: { tenant_id: 'acme', execution_id: id, step: 'one', attempt: 3, epoch: 2 }, capability: 'demo.row', token: 't', inputs: {}, deadline: '2100-01-01T00:00:00.000Z',
    context: { execution_id: id, intent: { payload: { list: ['a'] } } },
    follow_on: [{ step: 'two', needs: ['one'], timeout_ms: 60_000 }, { step: 'three', needs: ['one', 'two'], timeout_ms: 60_000 }],
  }) as unknown as StepDispatch;

async function turns(): Promise<void> {
  for (let i = 0; i < 5; i++) await new Promise((resolve) => setImmediate(resolve));
}

describe('steps that follow without a dispatch', () => {
  it('a row of them - each is answered under its own name, made of what was answered before it, in one run', async () => {
    const { outcomes, send } = stage();
    await send();
    expect(outcomes.map((o) => [o.attempt.step, o.attempt.attempt, o.attempt.epoch, o.followed_by?.step])).toEqual([['one', 3, 2, 'two'], ['two', 1, 2, 'three'], ['three', 1, 2, undefined]]);
    const [one, two, three] = outcomes.map((o) => o.result?.output);
    expect(two).toEqual({ by: 'two', from: { one } });
    expect(three).toEqual({ by: 'three', from: { one, two } });
    const run = outcomes[0]?.followed_by?.run;
    expect(outcomes.map((o) => o.following?.run)).toEqual([undefined, run, run]);
    expect(run).toHaveLength(36);
    expect(outcomes[1]?.followed_by?.run).toBe(run);
  });

  it('answers of one turn - leave in one message; none waits for a step that takes longer', async () => {
    const quick = stage();
    await quick.send();
    expect(quick.messages).toEqual([['one', 'two', 'three']]);
    let finish: () => void = () => undefined;
    const slow = stage({ three: () => new Promise((resolve) => (finish = () => resolve({ output: 3 }))) });
    await slow.send();
    expect(slow.messages).toEqual([['one', 'two']]);
    finish();
    await turns();
    expect(slow.messages).toEqual([['one', 'two'], ['three']]);
  });

  it('an answer too large to leave with others - leaves by itself, behind those before it', async () => {
    const large = 'x'.repeat(40_000);
    const { messages, send } = stage({ two: () => ({ output: large }) });
    await send();
    expect(messages).toEqual([['one'], ['two'], ['three']]);
  });

  it('what a handler changes in what it was given - is not changed for the next', async () => {
    const spoil: Handler = (t) => {
      (t.payload as { list: string[] }).list.push('spoiled');
      (t.context.intent.payload as { list: string[] }).list.push('spoiled');
      for (const input of Object.values(t.inputs)) (input as { kept: string }).kept = 'spoiled';
      return { output: { kept: 'as answered' } };
    };
    const { outcomes, send } = stage({ one: spoil, two: spoil, three: (t) => ({ output: { list: t.payload.list, inputs: t.inputs } as unknown as Json }) });
    await send();
    expect(outcomes[2]?.result?.output).toEqual({ list: ['a'], inputs: { one: { kept: 'as answered' }, two: { kept: 'as answered' } } });
  });

  it.each<[string, Handler]>([
    ['an error', () => Promise.reject(new Error('no'))],
    ['a label to choose by', () => ({ output: 1, outcome: 'large' })],
    ['an artifact', async (t) => ({ artifacts: [await t.artifact('a', 'demo.thing', 1)] })],
    ['no JSON', () => ({ output: 1n as unknown as Json })],
    ['more than a message holds', () => ({ output: 'x'.repeat(2_000_000) })],
  ])('%s - is answered and not followed', async (_what, one) => {
    const { began, outcomes, send } = stage({ one });
    await send();
    expect([began, outcomes.length, outcomes[0]?.followed_by]).toEqual([['one'], 1, undefined]);
  });

  it('a step that takes its time - is not followed: others may share what comes', async () => {
    const { clock, began, outcomes, send } = stage({ one: () => (clock.advance(50), { output: 1 }) });
    await send();
    expect([began, outcomes[0]?.followed_by]).toEqual([['one'], undefined]);
  });

  it('a replay, and a realm that is being stopped - go on with nothing', async () => {
    const { began, send } = stage();
    await send({ replay: true });
    expect(began).toEqual(['one']);
    let finish: () => void = () => undefined;
    const stopping = stage({ one: () => new Promise((resolve) => (finish = () => resolve({ output: 1 }))) });
    await stopping.send();
    const drained = stopping.drain();
    finish();
    await drained;
    expect([stopping.began, stopping.outcomes[0]?.followed_by]).toEqual([['one'], undefined]);
  });

  it('a step that asks the Runtime - is declined whatever it makes of that, and is waited for from then on', async () => {
    const { began, outcomes, send } = stage({ two: (t) => t.read('x/y/z').then(() => ({ output: 1 }), () => ({ output: 'made up' })) });
    await send();
    expect(outcomes.map((o) => [o.attempt.step, o.following?.declined, o.result?.output !== undefined])).toEqual([['one', undefined, true], ['two', true, false]]);
    expect(began).toEqual(['one', 'two']);
    await send({ attempt: { ...dispatch().attempt, epoch: 3 } });
    expect(began).toEqual(['one', 'two', 'one']);
    expect(outcomes[2]?.followed_by).toBeUndefined();
  });
});
