/**
 * dispatch: brings work to its realm with a token that is good for this attempt alone, and watches over it until its outcome is taken.
 *
 * What it stores: what is out, in memory; after a restart the engine sends again what the log says is running. Order of calls: `start`, then
 * `send` per piece of work, `take` per outcome, `keep` and `drop` when work or an execution is given up.
 *
 * 1. The same work may be sent more than once, under the same name; an effect only when nobody took it, or when its outside system can tell repetitions.
 * 2. An outcome's attempt is handed over once; whoever comes later finds nothing.
 * 3. A realm that is away is waited for, and so is a build of it that has the step's handler: that costs neither the attempt nor its time. Undoing waits for a handler as long as an attempt may take: then an operator can go on without it.
 * 4. Time counts from the recorded start. Work whose time passed while nobody watched over it is given it anew.
 * 5. Beyond `window` pieces of work at one realm the tenants take turns; the time that work waits for its turn is not the attempt's.
 * 6. What a replay sends (`replay-sender`) has tokens and answers of its own: neither can be taken for a step's.
 * 7. The outcome of an effect is listened for even when its execution left memory, or was told that it is unknown.
 * 8. What the bus does not take fails its attempt: it never left.
 * 9. A realm may go on with the tasks that a dispatch names behind its own. What it answers for one counts only if the answer that it followed is the one that was recorded.
 */
import { failure, type RealmHeartbeat, type AttemptRef, type StepOutcome } from '@symphainy/contracts';
import { toWireError, type Clock, type IdSource, type PlatformError } from '@symphainy/kernel';
import type { Bus } from '@symphainy/ports';
import type { Engine } from '../engine/engine.js';
import type { PersonalData } from '../personal-data/personal-data.js';
import type { Dispatcher, WorkReport } from '../engine/engine.ports.js';
import type { LiveExecution } from '../engine/live-execution.js';
import { isEffect, isNamed, isSameWork, type RealmWork } from '../engine/work.js';
import { AwayRealms } from './away-realms.js';
import type { ExecutionTokens } from './execution-tokens.js';
import { FairWindow } from './fair-window.js';
import { LooseEffects } from './loose-effects.js';
import { Outstanding, type Dispatched } from './outstanding.js';
import { StepSender } from './step-sender.js';

/** A step that its realm goes on with behind one that is being settled. */
interface Follower {
  readonly behind: Dispatched;
  readonly step: string;
  readonly run: string;
}

export interface StepDispatcherParts {
  readonly bus: Bus;
  readonly clock: Clock;
  readonly tokens: ExecutionTokens;
  readonly engine: Engine;
  readonly personal: PersonalData;
  readonly instance: string;
  /** Names of what is out: nobody but the realm that was sent one can guess it. */
  readonly ids: IdSource;
  /** How much is out at one realm before tenants take turns. */
  readonly window: number;
  readonly counters: { sent: number; followed: number; redispatched: number; realm_unavailable: number };
}

const SWEEP_MS = 50;
/** Realms list attempts older than a second, every second; one that is silent for three was lost, with its realm or on its way. */
const SILENT_MS = 3000;
/** An effect that is silent for so long is told as unknown before its time: an operator should not have to wait for a realm that is gone. */
const EFFECT_SILENT_MS = 10_000;
const FIRST_BACKOFF_MS = 100;
const LAST_BACKOFF_MS = 2000;

/**
 * Sends attempts to their realm and watches over them: a realm that is away is waited for, a silent attempt is sent again under
 * the same name, one past its time fails with `step.timeout`.
 */
export class StepDispatcher implements Dispatcher {
  private readonly outstanding = new Outstanding();
  private readonly loose: LooseEffects;
  private readonly window: FairWindow<Dispatched>;
  private readonly sender: StepSender;
  private readonly away: AwayRealms;
  /** While an answer is settled, until its follower is asked for. */
  private follower: Follower | undefined;

  constructor(private readonly parts: StepDispatcherParts) {
    this.loose = new LooseEffects(parts.clock);
    this.window = new FairWindow(parts.window);
    this.away = new AwayRealms(parts);
    this.sender = new StepSender(parts, (entry) => this.outstanding.find(entry.key) === entry);
  }

  start(): () => void {
    return this.parts.clock.every(SWEEP_MS, () => this.sweep());
  }

  send(live: LiveExecution, work: RealmWork): void {
    const { follower } = this;
    if (follower !== undefined && isFollower(follower, live, work)) return this.follow(follower, work);
    const entry = this.entryOf(live, work, this.parts.ids.next());
    this.outstanding.add(entry);
    if (this.window.enter(live.capability.realm, live.state.intent.tenant_id, entry)) this.transmit(entry);
    else entry.queuedAt = this.parts.clock.monotonic();
  }

  private entryOf(live: LiveExecution, work: RealmWork, key: string, run?: string): Dispatched {
    return { key, live, work, epoch: live.epoch, seenAt: 0, sentAt: 0, deadlineAt: this.deadlineOf(work), queuedAt: undefined, awaySince: undefined, lacking: undefined, resendAt: undefined, backoffMs: FIRST_BACKOFF_MS, progressJson: undefined, refused: undefined, answered: undefined, run };
  }

  /** Its realm runs it already, in the place and under the name of what it follows: it is out without having been sent. */
  private follow({ behind, run }: Follower, work: RealmWork): void {
    this.follower = undefined;
    const { live } = behind;
    const entry = this.entryOf(live, work, behind.key, run);
    entry.seenAt = entry.sentAt = this.parts.clock.monotonic();
    this.outstanding.add(entry);
    this.window.passOn(live.capability.realm, live.state.intent.tenant_id, behind, entry);
    this.parts.counters.followed++;
  }

  out(live: LiveExecution): readonly RealmWork[] {
    return this.outstanding.of(live).map((entry) => entry.work);
  }

  keep(live: LiveExecution, works: readonly RealmWork[]): void {
    const entries = this.outstanding.of(live);
    if (entries.length === works.length) return;
    for (const entry of entries) if (!works.some((work) => isSameWork(work, entry.work))) this.release(entry);
  }

  drop(live: LiveExecution): void {
    for (const entry of this.outstanding.of(live)) this.release(entry);
  }

  reattach(live: LiveExecution, work: RealmWork): boolean {
    const entry = this.loose.claim(live, work);
    if (entry === undefined) return false;
    entry.live = live;
    if (entry.answered === undefined) this.outstanding.add(entry);
    else this.settled(entry, entry.answered);
    return true;
  }

  /** Hands an answer's work over, once; it counts as out until it is settled. Undefined for one that is not awaited, claims to be another, or follows another answer than was recorded. */
  take(key: string, outcome: StepOutcome | undefined): Dispatched | undefined {
    const entry = this.outstanding.find(key) ?? this.loose.named(key);
    if (entry === undefined || (outcome !== undefined && !answers(outcome, entry))) return undefined;
    this.outstanding.unname(entry);
    this.loose.remove(entry);
    return entry;
  }

  /** Its realm does not go on with it by itself after all: it is sent. */
  declined(key: string, outcome: StepOutcome): void {
    const entry = this.outstanding.find(key);
    if (entry?.run !== undefined && answers(outcome, entry)) this.transmit(entry);
  }

  /** What was taken and could not be settled is watched over again. */
  restore(entry: Dispatched): void {
    this.forget(entry);
    if (!entry.live.discarded) this.outstanding.add(entry);
    else if (isEffect(entry.work)) this.loose.add(entry);
  }

  /** Binds an entry whose memory is gone to the one its execution has now, waking it if it sleeps: the late answer of an effect. */
  async rebind(entry: Dispatched): Promise<void> {
    const { intent, executionId } = entry.live.state;
    entry.live = (await this.parts.engine.awake(intent.tenant_id, executionId)) ?? entry.live;
  }

  /**
   * Tells the engine what became of work that was taken. False: it counts no longer. An effect's answer is kept until it is durable. `followedBy`: the step that the realm
   * goes on with; if it is what is due now, it is out.
   */
  settled(entry: Dispatched, report: WorkReport, followedBy?: StepOutcome['followed_by']): boolean {
    const { live, work } = entry;
    this.outstanding.remove(entry);
    if (isEffect(work)) {
      entry.answered = report;
      this.loose.add(entry);
    }
    if (followedBy === undefined) this.leaveWindow(entry);
    else this.follower = { behind: entry, ...followedBy };
    try {
      return this.parts.engine.answer(live, work, report);
    } finally {
      this.follower = undefined;
      if (followedBy !== undefined) this.leaveWindow(entry);
      if (isEffect(work)) live.whenDurable(() => this.loose.remove(entry));
    }
  }

  /** Nobody listens: the execution waits for its realm, however long that takes. */
  realmAway(key: string): void {
    const entry = this.outstanding.find(key);
    if (entry === undefined) return;
    entry.lacking = undefined;
    this.wait(entry);
  }

  /**
   * The build that took it has no handler for it, so nothing of it ran. While a realm is rolled out another instance may have one; where none has, the execution goes on when
   * such a build comes back; its place in the window is for those that the realm can run meanwhile. False: it is not awaited, or was waited for long enough.
   */
  lacksHandler(key: string, outcome: StepOutcome): boolean {
    const entry = this.outstanding.find(key);
    if (entry === undefined || !answers(outcome, entry)) return false;
    const { work, awaySince, live } = entry;
    if (work.do === 'compensate' && awaySince !== undefined && this.parts.clock.now() - awaySince >= work.step.timeout_ms) return false;
    entry.lacking = `${live.capability.name}/${work.step.name}`;
    this.leaveWindow(entry);
    this.wait(entry);
    return true;
  }

  private wait(entry: Dispatched): void {
    this.parts.counters.realm_unavailable++;
    entry.resendAt = this.parts.clock.monotonic() + entry.backoffMs;
    entry.backoffMs = Math.min(entry.backoffMs * 2, LAST_BACKOFF_MS);
    this.away.missed(entry);
  }

  /** Those that are over: their results can no longer count. A step that its realm went on with before its answer arrived is not among them: it has not begun here yet. */
  heartbeat({ running }: RealmHeartbeat): AttemptRef[] {
    const now = this.parts.clock.monotonic();
    const over: AttemptRef[] = [];
    for (const { attempt, progress } of running) {
      const live = this.parts.engine.find(attempt.tenant_id, attempt.execution_id);
      const entry = live === undefined ? undefined : this.outstanding.of(live).find((out) => isOf(out, attempt));
      if (entry === undefined) {
        if (live === undefined || live.isOver(attempt)) over.push(attempt);
        continue;
      }
      entry.seenAt = now;
      this.away.taken(entry);
      if (progress !== undefined) this.progress(entry, progress);
    }
    return over;
  }

  /** A map's progress is in its chunks' records; what is undone or previewed has none. */
  private progress(entry: Dispatched, progress: NonNullable<RealmHeartbeat['running'][number]['progress']>): void {
    const { work, live } = entry;
    // how far it is with somebody's data is nobody's business
    if (work.do !== 'run' || work.phase !== undefined || live.state.sealedUnder !== undefined) return;
    const text = JSON.stringify(progress);
    if (text === entry.progressJson) return;
    entry.progressJson = text;
    const { engine } = this.parts;
    if (live.isRunning(work.step.name, work.attempt)) engine.note(live, { type: 'step_progress', ...engine.stamp(), step: work.step.name, attempt: work.attempt, progress });
  }

  private sweep(): void {
    const now = this.parts.clock.monotonic();
    for (const entry of this.outstanding.all()) {
      if (entry.queuedAt !== undefined) continue;
      if (entry.refused !== undefined) {
        this.refuse(entry, entry.refused);
      } else if (entry.resendAt !== undefined) {
        if (now >= entry.resendAt) this.resend(entry);
      } else if (now >= entry.deadlineAt) {
        this.late(entry, failure('step.timeout', { message: `${entry.work.step.name} had no result within ${entry.work.step.timeout_ms} ms` }));
      } else if (now - entry.seenAt >= SILENT_MS) {
        this.silent(entry, now);
      }
    }
  }

  private silent(entry: Dispatched, now: number): void {
    if (isEffect(entry.work) && !mayRepeat(entry.work)) {
      if (now - entry.seenAt >= EFFECT_SILENT_MS) this.late(entry, failure('effect.unknown', { message: `the realm that was given ${entry.work.step.name} tells nothing of it any more` }));
      return;
    }
    this.parts.counters.redispatched++;
    entry.awaySince = entry.lacking = undefined;
    this.transmit(entry);
  }

  /** Its time, or its realm, is over. What an effect still answers is heard. */
  private late(entry: Dispatched, error: ReturnType<typeof failure>): void {
    this.release(entry);
    const told = isEffect(entry.work) && error.code !== 'effect.unknown' ? failure('effect.unknown', { message: error.message, cause: error }) : error;
    this.parts.engine.fail(entry.live, entry.work, toWireError(told));
  }

  /** It never left, so also an effect surely did not happen. */
  private refuse(entry: Dispatched, error: PlatformError): void {
    this.forget(entry);
    this.parts.engine.fail(entry.live, entry.work, toWireError(error));
  }

  private sendQueued(entry: Dispatched): void {
    entry.deadlineAt += this.parts.clock.monotonic() - (entry.queuedAt ?? this.parts.clock.monotonic());
    entry.queuedAt = undefined;
    this.transmit(entry);
  }

  /** The time for which its realm was away is not the attempt's. */
  private resend(entry: Dispatched): void {
    entry.deadlineAt += this.parts.clock.monotonic() - entry.sentAt;
    this.transmit(entry);
  }

  private deadlineOf(work: RealmWork): number {
    const { clock } = this.parts;
    const left = work.do === 'run_chunk' ? 0 : work.deadlineAt - clock.now();
    return clock.monotonic() + (left > 0 ? left : work.step.timeout_ms);
  }

  private transmit(entry: Dispatched): void {
    const now = this.parts.clock.monotonic();
    entry.seenAt = now;
    entry.sentAt = now;
    entry.resendAt = undefined;
    this.parts.counters.sent++;
    this.sender.send(entry);
  }

  /** Given up; an effect is still listened for. */
  private release(entry: Dispatched): void {
    this.forget(entry);
    if (isEffect(entry.work)) this.loose.add(entry);
  }

  private forget(entry: Dispatched): void {
    this.outstanding.remove(entry);
    this.leaveWindow(entry);
  }

  private leaveWindow(entry: Dispatched): void {
    for (const next of this.window.leave(entry.live.capability.realm, entry.live.state.intent.tenant_id, entry)) this.sendQueued(next);
  }
}

/** A step that was not dispatched but followed counts in the run that the recorded answer before it belongs to: another run went on from another answer. */
const answers = ({ attempt, following }: StepOutcome, entry: Dispatched): boolean => isOf(entry, attempt) && (following === undefined || following.run === entry.run);

const isFollower = ({ behind, step }: Follower, live: LiveExecution, work: RealmWork): boolean => live === behind.live && work.do === 'run' && work.phase === undefined && work.step.name === step && work.attempt === 1;

const isOf = (entry: Dispatched, name: AttemptRef): boolean => entry.epoch === name.epoch && isNamed(entry.work, name);

const mayRepeat = ({ step }: RealmWork): boolean => step.kind === 'effect' && step.idempotent === true;
