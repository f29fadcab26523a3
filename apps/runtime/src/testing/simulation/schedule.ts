import { hasEnded, type ExecutionState } from '@symphainy/execution';
import { isoTime } from '@symphainy/kernel';
import type { FailPoint, Side } from '../../fail-points/fail-points.js';
import { Chance } from './chance.js';
import { drawFaults, drawWriteKills } from './fault-plan.js';
import type { Mutant } from './mutants.js';
import { SimulatedPlatform, type Tell } from './platform.js';
import { archiveOf, FORBIDDEN, governedSagas, REALM, type GovernedSagas } from './random-sagas.js';
import type { SimulatedLife } from './simulated-runtime.js';
import type { PlannedIntent } from './simulated-users.js';
import type { Violation } from './violations.js';

/** What became of one schedule. */
export interface ScheduleResult {
  readonly seed: number;
  readonly violations: readonly Violation[];
  readonly events: number;
  readonly executions: number;
  readonly frames: number;
  readonly dispatches: number;
  readonly crashes: number;
  /** Of the crashes, those just before or after a write. */
  readonly writeKills: number;
  /** Of the crashes, the last at a named edge: `<side> <edge>`. */
  readonly diedAt?: string;
  /** Simulated milliseconds. */
  readonly lasted: number;
}

export interface ScheduleOptions {
  readonly seed: number;
  readonly mutant?: Mutant;
  /** Runtimes die at write boundaries, and nothing else goes wrong. */
  readonly writes?: boolean;
  /** A runtime dies here, the first time it is reached. */
  readonly at?: { readonly point: FailPoint; readonly side: Side };
  readonly tell?: Tell;
}

/** After the faults stop, everything accepted has ended and everybody is told within this long. */
const PATIENCE_MS = 180_000;
/** Then memory has time to be let go, and dead writers to be retired. */
const REST_MS = 12_000;
/** What may still run of an earlier life, or of a request, when a schedule is judged. */
const SPARE_TIMERS = 6;
const APPROVALS_MS = 700;
const WATCH_MS = 1_000;

/** Runs one schedule: everything in it follows from the seed. */
export async function runSchedule({ seed, mutant, writes = false, at, tell }: ScheduleOptions): Promise<ScheduleResult> {
  const chance = new Chance(seed);
  const sagas = governedSagas(chance);
  const faults = writes ? drawWriteKills(chance) : drawFaults(chance, 2, at);
  const archive = await archiveOf(sagas);
  const platform = new SimulatedPlatform({ chance, sagas, archive, runtimes: 2, faults, ...(mutant === undefined ? {} : { mutant }), ...(tell === undefined ? {} : { tell }) });
  platform.start();
  platform.prepare();
  const work = begin(platform, chance, sagas, faults.calmAt);
  const { timeline } = platform;
  const calmed = timeline.after(faults.calmAt, undefined, 'calm', () => platform.calm());
  void calmed;
  await timeline.run(() => (timeline.now > faults.calmAt && isQuiet(platform, work)) || timeline.now > faults.calmAt + PATIENCE_MS);
  const restFrom = timeline.now;
  await timeline.run(() => timeline.now > restFrom + REST_MS);
  judge(platform, work);
  const { violations, log, messages, crashes, writeKills } = platform;
  return { seed, violations: violations.found, events: timeline.events, executions: log.executions().length, frames: platform.store.log.all().length, dispatches: messages.dispatches, crashes, writeKills, ...(platform.diedAt === undefined ? {} : { diedAt: platform.diedAt }), lasted: Math.round(timeline.now) };
}

/** What the users have in mind and have not yet begun. */
interface Work {
  toCome: number;
}

function begin(platform: SimulatedPlatform, chance: Chance, sagas: GovernedSagas, calmAt: number): Work {
  const { users, timeline, ids } = platform;
  const work: Work = { toCome: 1 };
  const gateway = platform.users;
  const plan = (): PlannedIntent => ({
    intentId: ids.next(),
    intentType: chance.hit(0.06) ? FORBIDDEN : chance.pick(sagas.capabilities).name,
    payload: { number: chance.below(1000) },
    waitMs: chance.pick([0, 0, 500, 5_000]),
    ...(chance.hit(0.1) ? { deadline: isoTime(users.now + chance.pick([2_000, 8_000, 60_000])) } : {}),
  });
  const later = (at: number, label: string, task: () => void): void => {
    work.toCome++;
    timeline.after(at, undefined, label, () => {
      work.toCome--;
      task();
    });
  };
  void gateway.session().then((session) => {
    work.toCome--;
    const from = timeline.now;
    for (let i = chance.pick([1, 2, 4, 6]); i > 0; i--) submissions(chance, plan()).forEach((planned) => later(chance.between(0, Math.max(100, calmAt - from)), 'a user submits', () => void users.submit(session, planned)));
    if (chance.hit(0.5)) follow(platform);
    if (chance.hit(0.4)) later(chance.between(100, calmAt), 'a user cancels', () => pickOne(platform, chance, (id) => void users.cancel(id)));
    for (let i = chance.pick([0, 1, 4]); i > 0; i--) later(chance.between(10, calmAt), 'a user signals ahead', () => pickOne(platform, chance, (id) => users.signalAhead(id)));
    for (let i = chance.pick([0, 0, 1, 2]); i > 0; i--) later(chance.between(100, calmAt), 'an operator meddles', () => pickOne(platform, chance, (id) => platform.operators.meddle(id)));
    for (let i = chance.pick([0, 0, 0, 1, 2]); i > 0; i--) later(chance.between(calmAt / 3, calmAt + 10_000), 'an operator brings back', () => pickEnded(platform, chance, (id) => platform.operators.reopen(id)));
    if (chance.hit(0.12)) later(chance.between(0, calmAt / 2), 'an operator schedules', () => void platform.operators.schedule(chance.pick(sagas.capabilities).name));
  });
  const approve = (): void => {
    users.approveWhatWaits();
    platform.operators.helpWhatIsStuck();
    timeline.after(APPROVALS_MS, undefined, 'users look for what waits', approve);
  };
  approve();
  return work;
}

/** A reader of everything, from now on. */
function follow({ users, log, timeline }: SimulatedPlatform): void {
  const again = (): void => {
    users.watch(log.executions().map(({ streamId }) => streamId));
    timeline.after(WATCH_MS, undefined, 'a gateway says what it watches', again);
  };
  again();
}

/** Mostly once; sometimes the same intent twice, or two intents that race for one key. */
function submissions(chance: Chance, plan: PlannedIntent): PlannedIntent[] {
  const kind = chance.next();
  if (kind < 0.15) return [plan, plan];
  if (kind < 0.35) {
    const keyed = { ...plan, key: `key of ${plan.intentId}` };
    return [keyed, { ...keyed, intentId: plan.intentId.replace(/^019b0000/, '019b0001') }];
  }
  return [plan];
}

/** Something that has ended, whoever ended it. */
function pickEnded({ log }: SimulatedPlatform, chance: Chance, act: (id: string) => void): void {
  const ended = log.executions().filter(({ state }) => state?.saga !== undefined && hasEnded(state) && state.intent.realm === REALM);
  if (ended.length > 0) act(chance.pick(ended).streamId);
}

/** Something that was submitted by a user and goes on. */
function pickOne({ log }: SimulatedPlatform, chance: Chance, act: (id: string) => void): void {
  const going = log.executions().filter(({ state }) => state !== undefined && !hasEnded(state) && state.intent.realm === REALM);
  if (going.length > 0) act(chance.pick(going).streamId);
}

const unended = (platform: SimulatedPlatform): string[] => platform.log.executions().flatMap(({ streamId, state }) => (state !== undefined && hasEnded(state) ? [] : [streamId]));

const isQuiet = (platform: SimulatedPlatform, work: Work): boolean => work.toCome === 0 && platform.users.open === 0 && unended(platform).length === 0;

/** What must hold once nothing went wrong for long enough. */
function judge(platform: SimulatedPlatform, work: Work): void {
  const { violations, users, log, store } = platform;
  for (const id of unended(platform)) violations.add('ends', `${id} has not ended: ${describe(platform, id)}`);
  for (const id of users.accepted) violations.require(log.find(id) !== undefined, 'answer-in-log', () => `${id} was accepted and is lost`);
  violations.require(users.open === 0 && work.toCome === 0, 'answers', () => `${users.open} requests of users were never answered`);
  for (const { streamId, state } of log.executions()) if (state !== undefined) judgeUndoing(platform, streamId, state);
  const lives = platform.lives();
  violations.require(lives.length === platform.runtimes.length, 'nothing-left', () => `${platform.runtimes.length - lives.length} runtimes did not come back`);
  const dead = store.unretired(new Set(lives.map(({ writer }) => writer.id)));
  violations.require(dead.length === 0, 'adopted', () => `nobody retired ${dead.join(', ')}`);
  for (const life of lives) judgeMemory(platform, life);
}

/** Everything has ended, so nothing is remembered of it. A little stays for a while: a request that was answered, a message to come. */
function judgeMemory(platform: SimulatedPlatform, { core, machine, idleTimers }: SimulatedLife): void {
  const { violations, network } = platform;
  const { named } = core['dispatcher']['outstanding'] as unknown as { named: { readonly size: number } };
  const { waits } = core.engine.waiters as unknown as { waits: { readonly size: number } };
  const left: Readonly<Record<string, number>> = { executions: core.engine.size, 'dispatched attempts': named.size, waits: waits.size };
  for (const [what, count] of Object.entries(left)) violations.require(count === 0, 'nothing-left', () => `${machine.name} holds ${count} ${what}, and everything has ended`);
  violations.require(machine.timers <= idleTimers + SPARE_TIMERS, 'nothing-left', () => `${machine.name} has ${machine.timers} timers, and had ${idleTimers} when it began`);
  // one that lost its lease while it began had fewer then
  const listens = Math.max(...platform.runtimes.map((runtime) => runtime.subscriptions));
  violations.require(network.countOf(machine) <= listens, 'nothing-left', () => `${machine.name} listens to ${network.countOf(machine)} subjects, and to ${listens} when it began`);
}

/** What failed or was cancelled has undone whatever it completed and can undo; no effect happened twice. */
function judgeUndoing(platform: SimulatedPlatform, id: string, state: ExecutionState): void {
  const { violations, log, outside } = platform;
  const left = state.status === 'failed' || state.status === 'cancelled' ? state.steps.filter(({ name, status }) => status === 'completed' && platform.undoable(state.intent.intent_type).includes(name)) : [];
  violations.require(left.length === 0, 'undone', () => `${id} is ${state.status}, and ${left.map(({ name }) => name).join(', ')} was not undone`);
  for (const record of log.find(id)?.records ?? []) {
    if (record.type === 'effect_intended') violations.require(outside.times(record.key) <= 1, 'effect-once', () => `the effect of ${record.step} of ${id} happened ${outside.times(record.key)} times`);
  }
}

function describe(platform: SimulatedPlatform, id: string): string {
  const stream = platform.log.find(id);
  const last = stream?.state?.steps.at(-1);
  return `${stream?.state?.intent.intent_type ?? ''} ${stream?.state?.status ?? 'no stream'}, ${last?.kind ?? ''} ${last?.name ?? ''} ${last?.status ?? ''}, owner ${stream?.head.writer ?? 'nobody'}`;
}
