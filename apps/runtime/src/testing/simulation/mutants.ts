import type { OperationCommand } from '@symphainy/contracts';
import { viewOf, type ExecutionState } from '@symphainy/execution';
import type { AppendRequest, AppendResult } from '../../acceptance/log.ports.js';
import type { Dispatcher } from '../../engine/engine.ports.js';
import type { LiveExecution } from '../../engine/live-execution.js';
import type { RealmWork } from '../../engine/work.js';
import type { RuntimeCore } from '../../runtime-core.js';
import type { SimulatedPlatform } from './platform.js';

/** A known kind of bug, planted on purpose: the simulation must find it. */
export interface Mutant {
  readonly name: string;
  /** Where this kind of bug was seen. */
  readonly source: string;
  readonly what: string;
  /** Changes the surroundings of all runtimes. */
  readonly plant?: (platform: SimulatedPlatform) => void;
  /** Changes one runtime before it starts. */
  readonly change?: (core: RuntimeCore, platform: SimulatedPlatform) => void;
}

type Method = (...parameters: never[]) => unknown;

/** Puts another method in a method's place. A name that is not there is an error: a mutant that changes nothing proves nothing. */
function replace<M extends Method>(target: object, name: string, make: (original: M) => M): void {
  const original: unknown = Reflect.get(target, name);
  if (typeof original !== 'function') throw new Error(`${target.constructor.name} has no method ${name}`);
  Object.defineProperty(target, name, { configurable: true, value: make(original.bind(target) as M) });
}

type Append = (request: AppendRequest) => Promise<AppendResult>;
type OfLive = (live: LiveExecution) => unknown;
const partsOf = (core: RuntimeCore): RuntimeCore['parts'] => core['parts'];
const changeAppend = (core: RuntimeCore, make: (original: Append) => Append): void => replace<Append>(partsOf(core).writer, 'append', make);
const holds = (request: AppendRequest, text: string): boolean => Buffer.from(request.body).includes(text);

const recovery: readonly Mutant[] = [
  {
    name: 'recovery-strands',
    source: 'DBOS transact-py 716, 804',
    what: 'a dead runtime counts as dealt with as soon as somebody begins to',
    plant: ({ store }) => replace<typeof store.takeOver>(store, 'takeOver', (takeOver) => (by) => {
      const dead = takeOver(by);
      if (dead !== undefined) store.retire(dead);
      return dead;
    }),
  },
  {
    name: 'recovery-forgets-the-old',
    source: 'DBOS transact-py 716',
    what: 'a lease does not remember its oldest unfinished execution',
    plant: ({ store }) => replace<typeof store.renew>(store, 'renew', (renew) => (writer, epoch, publishedN) => renew(writer, epoch, publishedN, publishedN + 1)),
  },
  {
    name: 'recovery-without-ownership',
    source: 'DBOS transact-py 742',
    what: 'whoever lost its lease goes on writing',
    plant: ({ store }) => replace<typeof store.commit>(store, 'commit', (commit) => (writer, epoch, batch) => commit(writer, store.log.writers.get(writer)?.epoch ?? epoch, batch, epoch)),
  },
  {
    name: 'timers-forgotten',
    source: 'Inngest 2423',
    what: 'an adopted execution is not woken when its retry is due',
    change: (core) => replace<(live: LiveExecution, at: number) => void>(core.engine['work'], 'wake', (wake) => (live, at) => (live.state.adoptions > 0 ? undefined : wake(live, at))),
  },
];

const order: readonly Mutant[] = [
  {
    name: 'stale-sweep',
    source: 'Conductor 208',
    what: 'the sweeper works on what it read before the outcome came',
    change: (core) => replace<(key: string) => boolean>(core['dispatcher']['outstanding']['named'], 'delete', () => () => true),
  },
  {
    name: 'unordered-writes',
    source: 'LangGraph 8039, 8234',
    what: 'frames reach the log in another order, and the log does not mind',
    plant: ({ store: { log } }) => replace<(writer: string, row: { committed: { length: number } }, request: AppendRequest) => AppendResult>(log, 'commitOne', (commitOne) => (writer, row, request) => {
      const stream = log['stream'](request.tenantId, request.streamId);
      return commitOne(writer, row, stream.length < request.seq ? { ...request, seq: stream.length } : request);
    }),
    change: (core) => replace<() => unknown[]>(Reflect.get(partsOf(core).writer, 'queue') as object, 'takeBatch', (takeBatch) => () => takeBatch().reverse()),
  },
  {
    name: 'answers-before-durable',
    source: 'LangGraph 8764',
    what: 'an intent is told to be accepted while its acceptance is on its way into the log',
    change: (core) => replace<RuntimeCore['engine']['begin']>(core.engine, 'begin', (begin) => (accepted) => {
      begin(accepted).catch(() => undefined);
      return Promise.resolve({ status: 'accepted' });
    }),
  },
  {
    name: 'published-before-durable',
    source: 'LangGraph 8039',
    what: 'watchers hear of frames that may never stand in the log',
    change: (core) => changeAppend(core, (append) => (request) => {
      const listeners = Reflect.get(partsOf(core).writer, 'listeners') as ((frames: unknown[]) => void)[];
      for (const listener of listeners) listener([{ ...request, n: 1 }]);
      return append(request);
    }),
  },
];

const ends: readonly Mutant[] = [
  {
    name: 'zombie-terminate',
    source: 'Dapr 10154',
    what: 'a cancellation is answered and nothing is cancelled',
    change: (core) => replace<OfLive>(core['commands'], 'performCancel', () => (live) => Promise.resolve({ ...viewOf(live.state), status: 'cancelled' })),
  },
  {
    name: 'cancelled-goes-on',
    source: 'Restate 3217',
    what: 'attempts of an execution that has ended are sent again and again',
    change: (core) => replace<() => void>(core['dispatcher'], 'release', () => () => undefined),
  },
  {
    name: 'key-held-for-ever',
    source: 'Restate 5196',
    what: 'an idempotency key is taken before its execution is durable',
    change: (core, { store: { log } }) => changeAppend(core, (append) => (request) => {
      const taken = log['claim'](request);
      return taken === undefined ? append(request) : Promise.resolve(taken);
    }),
  },
  {
    name: 'stalls-after-partition',
    source: 'Restate 2565',
    what: 'a connection that was cut off listens to nothing afterwards',
    plant: (platform) => replace<(name: string) => void>(platform.network, 'heal', (heal) => (name) => {
      const was = platform.network.isCut(name);
      heal(name);
      if (was) platform.runtimes.find(({ machine }) => machine.name === name)?.bus.close();
    }),
  },
  {
    name: 'silence-is-patience',
    source: 'DBOS transact-py 716',
    what: 'nobody watches over what was sent',
    change: (core) => replace<() => void>(core['dispatcher'], 'sweep', () => () => undefined),
  },
  {
    name: 'week-long-leak',
    source: 'Hatchet 3823',
    what: 'whoever waited for an end is kept for ever',
    change: (core) => replace<() => void>(core.engine.waiters, 'remove', () => () => undefined),
  },
];

const lives: readonly Mutant[] = [
  {
    name: 'orphans-left',
    source: 'LittleHorse 1077: a run is gone, and its tasks go on',
    what: 'an execution is terminated, and nobody asks its children',
    change: (core) => replace<() => Promise<void>>(core.commands['children'], 'closeAll', () => () => Promise.resolve()),
  },
  {
    name: 'restart-lost',
    source: 'Windmill 10843',
    what: 'an operator is told that an execution was brought back while that is on its way into the log',
    change: (core) => replace<(state: ExecutionState, command: unknown) => Promise<unknown>>(core.commands, 'afterTheEnd', (afterTheEnd) => (state, command) => {
      afterTheEnd(state, command).catch(() => undefined);
      return Promise.resolve({ view: viewOf(state), changed: true });
    }),
  },
  {
    name: 'restart-repeats',
    source: 'Windmill 4956, 7072',
    what: 'what had completed is run again by a retry of what failed',
    change: (core) => replace<(state: ExecutionState, capability: unknown, command: OperationCommand) => unknown>(core.commands, 'recordsFor', (recordsFor) => (state, capability, command) => {
      const records = recordsFor(state, capability, command);
      if (command.operation === 'retry') for (const step of state.steps) if (step.kind === 'task' && step.status === 'completed') Object.assign(step, { status: 'waiting_retry', retryDueAt: core.engine.stamp().at, attemptBase: step.attempt });
      return records;
    }),
  },
  {
    name: 'deadline-forgotten',
    source: 'Inngest 2423',
    what: 'no deadline is looked at',
    change: (core) => replace<(...parameters: unknown[]) => object>(core.engine['frames']['rules'], 'ofTenant', (ofTenant) => (...parameters) => ({ ...ofTenant(...parameters), deadlinePolicy: 'off', deadlineAt: undefined })),
  },
  {
    name: 'fires-anew',
    source: 'DBOS transact-py 759: what is asked for again runs again',
    what: 'what a schedule submits has an id of its own making, so that a firing asked for again is another execution',
    change: (core, { ids }) => replace<(live: LiveExecution, firing: { executionId: string }) => Promise<object>>(core.engine['work']['operations']!, 'submit', (submit) => async (live, firing) => ({ ...(await submit(live, { ...firing, executionId: ids.next() })), target: firing.executionId })),
  },
  {
    name: 'slot-held-for-ever',
    source: 'DBOS transact-py 805',
    what: 'an execution that has ended keeps its place among those that may run',
    change: (core) => replace<(live: LiveExecution, by: number) => void>(core.engine['held'], 'count', (count) => (live, by) => void (by > 0 && count(live, by))),
  },
  {
    name: 'kept-and-forgotten',
    source: 'Mastra 16051: what was resumed before is not what resumes it',
    what: 'a signal that came early is not taken when its step waits',
    change: (core) => replace<RuntimeCore['engine']['command']>(core.engine, 'command', (command) => async (live, records) => {
      await command(live, records);
      if (live.state.signals !== undefined) live.state.signals = { ...live.state.signals, kept: [] };
    }),
  },
  {
    name: 'sleeper-stays-asleep',
    source: 'Mastra 20213',
    what: 'what was parked cannot be told to go on',
    change: (core) => replace<(command: unknown) => Promise<undefined>>(core.commands, 'woken', () => () => Promise.resolve(undefined)),
  },
];

const governance: readonly Mutant[] = [
  {
    name: 'decision-lost',
    source: 'OPA 3043',
    what: 'a refusal is answered before it is recorded, and a crash loses it',
    change: (core) => changeAppend(core, (append) => (request) => {
      if (!holds(request, '"type":"intent_rejected"')) return append(request);
      append(request).catch(() => undefined);
      return Promise.resolve({ status: 'committed', n: 0 });
    }),
  },
  {
    name: 'decision-left-out',
    source: 'Conductor 679: the data plane keeps no record of who was allowed what',
    what: 'an execution starts, and its decision does not stand before it',
    change: (core) => replace<(...parameters: unknown[]) => { type: string }[]>(core.acceptance, 'acceptanceRecords', (make) => (...parameters) => make(...parameters).filter(({ type }) => type !== 'policy_evaluated')),
  },
  {
    name: 'fail-open',
    source: 'Microsoft agent-governance-toolkit 3137',
    what: 'what policy does not permit is started all the same',
    change: (core) => replace<(...parameters: unknown[]) => Promise<object>>(core.acceptance, 'judge', (judge) => async (...parameters) => {
      const judged = (await judge(...parameters)) as { error?: unknown; decided?: { decision: object } };
      if (judged.error === undefined || judged.decided === undefined) return judged;
      const [, intent, , bundle] = parameters as [unknown, { intent_type: string }, unknown, { capability(name: string): unknown }];
      return { capability: bundle.capability(intent.intent_type), decided: { ...judged.decided, decision: { ...judged.decided.decision, decision: 'permit' } } };
    }),
  },
];

const work: readonly Mutant[] = [
  {
    name: 'effect-repeated',
    source: 'DBOS transact-py 759',
    what: 'an effect that may have happened is sent again by whoever takes its execution over',
    change: (core) => replace<(live: LiveExecution, dispatcher: Dispatcher, realmWork: RealmWork) => void>(core.engine['work'], 'send', () => (live, dispatcher, realmWork) => dispatcher.send(live, realmWork)),
  },
  {
    name: 'effect-unannounced',
    source: 'LangGraph 8039',
    what: 'work is sent before what it follows from is durable',
    change: (core) => replace<() => boolean>(core.engine['work'], 'isReady', () => () => true),
  },
  {
    name: 'follows-another-answer',
    source: 'this repository, when steps began to follow without a dispatch',
    what: 'a step counts that its realm made of another answer than the one that is recorded',
    // realms seldom answer twice: where they do not, there is no such bug to see
    plant: ({ realm }) => {
      let manners = realm.manners;
      Object.defineProperty(realm, 'manners', { get: () => ({ ...manners, twice: 0.5 }), set: (drawn: typeof manners) => (manners = drawn) });
    },
    change: (core) => replace<(key: string, outcome: object | undefined) => unknown>(core['dispatcher'], 'take', (take) => (key, outcome) => take(key, outcome === undefined ? undefined : { ...outcome, following: undefined })),
  },
  {
    name: 'late-parking-wins',
    source: 'this repository, found by simulation',
    what: 'a parking that was on its way while its execution went on puts the older row in the newer one’s place',
    plant: ({ store }) => {
      const { parked } = store.log;
      replace<typeof parked.park>(parked, 'park', (park) => (writer, streams) => {
        for (const { tenantId, streamId } of streams) parked['rows'].delete(`${tenantId}/${streamId}`);
        return park(writer, streams);
      });
      // its requests are on their way for long in every schedule: where they are not, there is no such bug to see
      replace<typeof store.lagOf>(store, 'lagOf', (lagOf) => (label) => (label === 'parking.ask' ? store['chance'].between(0, 1_500) : lagOf(label)));
    },
  },
];

/** One mutant or more for each class of bug that users of the peers met. */
export const MUTANTS: readonly Mutant[] = [...recovery, ...order, ...ends, ...lives, ...governance, ...work];
