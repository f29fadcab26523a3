import { type BusMessage, NO_RESPONDERS } from '@symphainy/ports';
import type { StepDispatch, StepOutcome } from '@symphainy/contracts';
import type { Json } from '@symphainy/kernel';
import { encodeJson } from '@symphainy/service-host';
import type { Chance } from './chance.js';
import type { OutsideWorld } from './outside-world.js';
import { REALM } from './random-sagas.js';
import { wordOf, type RealmReplies } from './realm-replies.js';
import type { SimulatedMachine } from './simulated-machine.js';
import type { SimulatedNetwork } from './simulated-network.js';

/** How a realm treats what it is sent. Probabilities per dispatch. */
export interface RealmManners {
  readonly silent: number;
  readonly twice: number;
  readonly late: number;
  readonly fails: number;
  readonly failsForGood: number;
  readonly garbage: number;
  /** Most answers come within this long. */
  readonly paceMs: number;
  /** Answers after the attempt's time is up are drawn up to here. */
  readonly lateMs: number;
  /** Whether long attempts are listed in heartbeats. */
  readonly heartbeats: boolean;
}

export const GOOD_MANNERS: RealmManners = { silent: 0, twice: 0, late: 0, fails: 0, failsForGood: 0, garbage: 0, paceMs: 10, lateMs: 0, heartbeats: true };

const HEARTBEAT_MS = 1000;
const decoder = new TextDecoder();

/** How often a plain answer is followed by the next step without its dispatch, and how often that is given up half-way. */
const FOLLOWS = 0.7;
const DECLINES = 0.1;
/** How often an answer waits for that of the step which follows it, to leave in one message. */
const TOGETHER = 0.3;

interface Running {
  readonly dispatch: StepDispatch;
  readonly instance: string;
  readonly since: number;
  /** Of a step that was not dispatched: the run in which it follows. */
  readonly run?: string;
  /** Outcomes of the steps before it that leave with its own. */
  readonly behind?: readonly StepOutcome[];
  /** Outputs that are known here, by step. */
  readonly known: StepDispatch['inputs'];
}

/** A realm as a participant of the schedule: it answers well, late, twice, wrongly or never, as its manners are. */
export class SimulatedRealm {
  manners: RealmManners = GOOD_MANNERS;
  private readonly running = new Set<Running>();
  /** Effects that were taken, by the place of their answer: the same message brought twice is one. */
  private readonly taken = new Set<string>();
  private runs = 0;
  private leave: (() => void) | undefined;

  constructor(
    readonly machine: SimulatedMachine,
    private readonly network: SimulatedNetwork,
    private readonly chance: Chance,
    private readonly replies: RealmReplies,
    private readonly outside: OutsideWorld,
  ) {}

  get isHere(): boolean {
    return this.leave !== undefined;
  }

  /** Begins to serve. */
  come(): void {
    if (this.leave !== undefined) return;
    const bus = this.network.connect(this.machine);
    bus.subscribe(`realm.${REALM}.*.step`, (message) => {
      if (message.headers['status'] !== NO_RESPONDERS) this.take(message);
    }, { queue: REALM });
    const stop = this.machine.clock.every(HEARTBEAT_MS, () => this.beat((subject, data) => bus.publish(subject, data)));
    this.leave = () => {
      stop();
      bus.close();
    };
  }

  /** Is gone, with everything it was doing: an effect that was about to happen does not. */
  go(): void {
    this.leave?.();
    this.leave = undefined;
    this.running.clear();
  }

  private take(message: BusMessage): void {
    const dispatch = JSON.parse(decoder.decode(message.data)) as StepDispatch;
    const key = dispatch.attempt.phase === undefined ? dispatch.effect_key : undefined;
    if (key !== undefined && this.taken.has(message.reply ?? '')) return;
    const { chance, manners } = this;
    if (chance.hit(manners.silent)) return;
    const running: Running = { dispatch, instance: message.reply?.split('.')[2] ?? '', since: this.machine.timeline.now, known: dispatch.inputs };
    this.running.add(running);
    if (key !== undefined) return this.takeEffect(message, running, key);
    const times = chance.hit(manners.twice) ? 2 : 1;
    for (let i = 0; i < times; i++) this.machine.after(this.delay(), `answer ${dispatch.attempt.step}#${dispatch.attempt.attempt}`, () => this.answer(message, running));
  }

  /** It happens, or fails, at one moment, and its answer leaves at a later one. */
  private takeEffect(message: BusMessage, running: Running, key: string): void {
    this.taken.add(message.reply ?? '');
    this.outside.about(key);
    const { step } = running.dispatch.attempt;
    this.machine.after(this.delay(), `effect ${step}`, () => {
      this.outside.settled(key);
      if (!this.running.has(running)) return;
      const outcome = this.replies.reply(running.dispatch, this.manners);
      if (outcome.result !== undefined) this.outside.happens(key, wordOf(step) === 'tell');
      this.machine.after(this.delay(), `answer ${step}`, () => this.respond(message, running, outcome));
    });
  }

  private delay(): number {
    return this.chance.hit(this.manners.late) ? this.chance.skewed(100, Math.max(200, this.manners.lateMs)) : this.chance.skewed(0.5, this.manners.paceMs);
  }

  private answer(message: BusMessage, running: Running): void {
    if (!this.running.has(running) && !this.chance.hit(0.5)) return;
    const outcome = this.replies.reply(running.dispatch, this.manners);
    const following = running.run === undefined ? {} : { following: { run: running.run } };
    if (running.run !== undefined && this.chance.hit(DECLINES)) return this.respond(message, running, { attempt: outcome.attempt, handler_build: 'simulated', duration_ms: 0, following: { run: running.run, declined: true } });
    const next = outcome.result === undefined || outcome.result.outcome !== undefined || !this.chance.hit(FOLLOWS) ? undefined : this.following(running, outcome.result.output ?? null);
    const answer = { ...outcome, ...following, ...(next?.run === undefined ? {} : { followed_by: { step: next.dispatch.attempt.step, run: next.run } }) };
    if (next === undefined || !this.isHere) return this.respond(message, running, answer);
    const waits = this.chance.hit(TOGETHER);
    if (waits) this.running.delete(running);
    else this.respond(message, running, answer);
    this.goOn(message, waits ? { ...next, behind: [...(running.behind ?? []), answer] } : next);
  }

  private goOn(message: BusMessage, next: Running): void {
    this.running.add(next);
    this.machine.after(this.delay(), `follow on ${next.dispatch.attempt.step}`, () => this.answer(message, next));
  }

  /** The step that its dispatch lets follow this answer. */
  private following({ dispatch, instance, known: before, run }: Running, output: Json): Running | undefined {
    const [next, ...rest] = dispatch.follow_on ?? [];
    if (next === undefined) return undefined;
    const known = { ...before, [dispatch.attempt.step]: output };
    const inputs = Object.fromEntries(next.needs.flatMap((name) => (known[name] === undefined ? [] : [[name, known[name]]])));
    return { dispatch: { ...dispatch, attempt: { ...dispatch.attempt, step: next.step, attempt: 1 }, inputs, follow_on: rest }, instance, since: this.machine.timeline.now, run: run ?? `run-${++this.runs}`, known };
  }

  private respond(message: BusMessage, running: Running, outcome: StepOutcome): void {
    this.running.delete(running);
    const [first, ...along] = [...(running.behind ?? []), outcome];
    if (this.isHere) message.respond(this.chance.hit(this.manners.garbage) ? new Uint8Array([123, 34]) : encodeJson(along.length === 0 ? first : { ...first, along }));
  }

  private beat(publish: (subject: string, data: Uint8Array) => void): void {
    if (!this.manners.heartbeats) return;
    const old = [...this.running].filter(({ since }) => this.machine.timeline.now - since >= HEARTBEAT_MS);
    for (const instance of new Set(old.map((running) => running.instance))) {
      const running = old.filter((one) => one.instance === instance).map(({ dispatch: { attempt } }) => ({ attempt }));
      publish(`runtime.heartbeat.${instance}`, encodeJson({ realm_instance: this.machine.name, running }));
    }
  }
}
