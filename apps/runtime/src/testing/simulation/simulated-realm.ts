import { canonicalJson, type Json, type WireError } from '@symphainy/kernel';
import { type BusMessage, NO_RESPONDERS } from '@symphainy/ports';
import type { AttemptRef, StepDispatch, StepOutcome } from '@symphainy/contracts';
import { encodeJson } from '@symphainy/service-host';
import type { Chance } from './chance.js';
import { REALM } from './random-sagas.js';
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

/** What a realm has ever answered, by attempt: the only things that may stand in the log as results. */
export class AnswerBook {
  private readonly answers = new Map<string, Set<string>>();

  add(attempt: AttemptRef, output: Json): void {
    const key = attemptKey(attempt);
    this.answers.set(key, (this.answers.get(key) ?? new Set()).add(canonicalJson(output)));
  }

  has(attempt: Pick<AttemptRef, 'execution_id' | 'step' | 'attempt'>, output: Json): boolean {
    return this.answers.get(attemptKey(attempt))?.has(canonicalJson(output)) === true;
  }
}

const attemptKey = ({ execution_id, step, attempt }: Pick<AttemptRef, 'execution_id' | 'step' | 'attempt'>): string => `${execution_id}/${step}/${attempt}`;

interface Running {
  readonly attempt: AttemptRef;
  readonly instance: string;
  readonly since: number;
}

/** A realm as a participant of the schedule: it answers well, late, twice, wrongly or never, as its manners are. */
export class SimulatedRealm {
  manners: RealmManners = GOOD_MANNERS;
  private readonly running = new Set<Running>();
  private leave: (() => void) | undefined;
  private answered = 0;

  constructor(
    readonly machine: SimulatedMachine,
    private readonly network: SimulatedNetwork,
    private readonly chance: Chance,
    private readonly book: AnswerBook,
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

  /** Is gone, with everything it was doing. */
  go(): void {
    this.leave?.();
    this.leave = undefined;
    this.running.clear();
  }

  private take(message: BusMessage): void {
    const dispatch = JSON.parse(decoder.decode(message.data)) as StepDispatch;
    const { chance, manners } = this;
    if (chance.hit(manners.silent)) return;
    const running: Running = { attempt: dispatch.attempt, instance: message.reply?.split('.')[2] ?? '', since: this.machine.timeline.now };
    this.running.add(running);
    const times = chance.hit(manners.twice) ? 2 : 1;
    for (let i = 0; i < times; i++) this.machine.after(this.delay(), `answer ${dispatch.attempt.step}#${dispatch.attempt.attempt}`, () => this.answer(message, running));
  }

  private delay(): number {
    return this.chance.hit(this.manners.late) ? this.chance.skewed(100, Math.max(200, this.manners.lateMs)) : this.chance.skewed(0.5, this.manners.paceMs);
  }

  private answer(message: BusMessage, running: Running): void {
    if (!this.isHere || (!this.running.has(running) && !this.chance.hit(0.5))) return;
    this.running.delete(running);
    message.respond(this.chance.hit(this.manners.garbage) ? new Uint8Array([123, 34]) : encodeJson(this.outcomeOf(running.attempt)));
  }

  private outcomeOf(attempt: AttemptRef): StepOutcome {
    const { chance, manners } = this;
    const frame = { attempt, handler_build: 'simulated', duration_ms: 1 };
    if (chance.hit(manners.fails)) return { ...frame, error: errorOf(chance.hit(manners.failsForGood) ? 'terminal' : 'retryable') };
    const output = { by: attempt.step, attempt: attempt.attempt, answer: ++this.answered };
    this.book.add(attempt, output);
    return { ...frame, result: { output, artifacts: [], events: [], state_changes: [] } };
  }

  private beat(publish: (subject: string, data: Uint8Array) => void): void {
    if (!this.manners.heartbeats) return;
    const old = [...this.running].filter(({ since }) => this.machine.timeline.now - since >= HEARTBEAT_MS);
    for (const instance of new Set(old.map((running) => running.instance))) {
      const running = old.filter((one) => one.instance === instance).map(({ attempt }) => ({ attempt }));
      publish(`runtime.heartbeat.${instance}`, encodeJson({ realm_instance: this.machine.name, running }));
    }
  }
}

const errorOf = (mode: WireError['retry']['mode']): WireError => ({ code: 'sample.fails', kind: 'domain', message: 'as drawn', retry: { mode } });
