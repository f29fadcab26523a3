/**
 * dispatch: brings a step's attempt to its realm with a token that is good for this attempt alone, and watches over it until its outcome is taken.
 *
 * What it stores: the attempts that are out, in memory; after a restart the engine sends again what the log says is running. Order of calls: `start`, then
 * `send` per attempt, `take` per outcome, `drop` when an execution leaves.
 *
 * 1. One attempt of an execution is out at a time; the same attempt may be sent more than once, under the same name.
 * 2. An outcome's attempt is handed over once; whoever comes later finds nothing.
 * 3. A realm that is away is waited for: that costs neither the attempt nor its time.
 */
import { failure, subjectFor, type AttemptRef, type RealmHeartbeat } from '@symphainy/contracts';
import { inputsOf } from '@symphainy/execution';
import { isoTime, utf8, type Clock } from '@symphainy/kernel';
import type { Bus } from '@symphainy/ports';
import type { Engine } from '../engine/engine.js';
import { reach } from '../fail-points/fail-points.js';
import type { Dispatcher } from '../engine/engine.ports.js';
import type { LiveExecution } from '../engine/live-execution.js';
import type { ExecutionTokens } from './execution-tokens.js';
import { contextOf, stepSubjectOf } from './step-message.js';

/** One attempt out there, from its first sending to its outcome. */
interface Dispatched {
  readonly key: string;
  readonly live: LiveExecution;
  readonly step: string;
  readonly attempt: number;
  readonly timeoutMs: number;
  /** Monotonic times. Last sent, or listed by its realm's heartbeat. */
  seenAt: number;
  deadlineAt: number;
  /** While its realm is away: when to send again, and how long to wait after that. */
  resendAt: number | undefined;
  backoffMs: number;
  progressJson: string | undefined;
}

export interface StepDispatcherParts {
  readonly bus: Bus;
  readonly clock: Clock;
  readonly tokens: ExecutionTokens;
  readonly engine: Engine;
  readonly instance: string;
  readonly counters: { sent: number; redispatched: number; realm_unavailable: number };
}

const SWEEP_MS = 50;
/** Realms list attempts older than a second, every second; one that is silent for three was lost, with its realm or on its way. */
const SILENT_MS = 3000;
const FIRST_BACKOFF_MS = 100;
const LAST_BACKOFF_MS = 2000;
/** Tokens outlive their attempt a little: a hydration may be on its way when time is up. */
const TOKEN_GRACE_MS = 5000;

/**
 * Sends task attempts to their realm and watches over them: a realm that is away is waited for, a silent attempt is sent again under
 * the same name, one past its time fails with `step.timeout`. Time spent waiting for a realm does not count.
 */
export class StepDispatcher implements Dispatcher {
  private readonly dispatched = new Map<string, Dispatched>();
  private readonly byExecution = new Map<LiveExecution, Dispatched>();
  private lastKey = 0;

  constructor(private readonly parts: StepDispatcherParts) {}

  start(): () => void {
    return this.parts.clock.every(SWEEP_MS, () => this.sweep());
  }

  send(live: LiveExecution, step: string, attempt: number): void {
    this.drop(live);
    const key = (++this.lastKey).toString(36);
    const { timeout_ms } = live.step(step);
    const entry: Dispatched = { key, live, step, attempt, timeoutMs: timeout_ms, seenAt: 0, deadlineAt: 0, resendAt: undefined, backoffMs: FIRST_BACKOFF_MS, progressJson: undefined };
    this.dispatched.set(key, entry);
    this.byExecution.set(live, entry);
    this.transmit(entry);
  }

  /** A sequential saga has one attempt out at a time. */
  drop(live: LiveExecution): void {
    const entry = this.byExecution.get(live);
    if (entry === undefined) return;
    this.byExecution.delete(live);
    this.dispatched.delete(entry.key);
  }

  /** Hands an answer's attempt over, once: it is out no longer. Undefined for one that is not awaited, or claims to be another. */
  take(key: string, claimed: AttemptRef | undefined): { live: LiveExecution; step: string; attempt: number } | undefined {
    const entry = this.dispatched.get(key);
    if (entry === undefined || (claimed !== undefined && !isNamed(entry, claimed))) return undefined;
    this.drop(entry.live);
    return entry;
  }

  /** Nobody listens: the execution waits for its realm, however long that takes. */
  realmAway(key: string): void {
    const entry = this.dispatched.get(key);
    if (entry === undefined) return;
    this.parts.counters.realm_unavailable++;
    entry.resendAt = this.parts.clock.monotonic() + entry.backoffMs;
    entry.backoffMs = Math.min(entry.backoffMs * 2, LAST_BACKOFF_MS);
  }

  heartbeat({ running }: RealmHeartbeat): void {
    const now = this.parts.clock.monotonic();
    for (const { attempt, progress } of running) {
      const live = this.parts.engine.find(attempt.tenant_id, attempt.execution_id);
      const entry = live === undefined ? undefined : this.byExecution.get(live);
      if (entry === undefined || !isNamed(entry, attempt)) continue;
      entry.seenAt = now;
      if (progress !== undefined) this.progress(entry, progress);
    }
  }

  private progress(entry: Dispatched, progress: NonNullable<RealmHeartbeat['running'][number]['progress']>): void {
    const text = JSON.stringify(progress);
    if (text === entry.progressJson) return;
    entry.progressJson = text;
    const { engine } = this.parts;
    engine.note(entry.live, { type: 'step_progress', ...engine.stamp(), step: entry.step, attempt: entry.attempt, progress });
  }

  private sweep(): void {
    const now = this.parts.clock.monotonic();
    for (const entry of this.dispatched.values()) {
      if (entry.resendAt !== undefined) {
        if (now >= entry.resendAt) this.transmit(entry);
      } else if (now >= entry.deadlineAt) {
        this.late(entry);
      } else if (now - entry.seenAt >= SILENT_MS) {
        this.parts.counters.redispatched++;
        this.transmit(entry, entry.deadlineAt);
      }
    }
  }

  private late(entry: Dispatched): void {
    this.drop(entry.live);
    this.parts.engine.failAttempt(entry.live, entry.step, entry.attempt, failure('step.timeout', { message: `${entry.step} had no result within ${entry.timeoutMs} ms` }));
  }

  /** `deadlineAt` stays when a lost attempt is sent again, and starts anew when its realm was away. */
  private transmit(entry: Dispatched, deadlineAt?: number): void {
    const { clock, bus, instance, counters } = this.parts;
    const now = clock.monotonic();
    entry.seenAt = now;
    entry.resendAt = undefined;
    entry.deadlineAt = deadlineAt ?? now + entry.timeoutMs;
    counters.sent++;
    const reply = subjectFor('runtime.outcome.{instance}.{dispatch}', { instance, dispatch: entry.key });
    reach('dispatch.send', 'before');
    bus.publish(stepSubjectOf(entry.live.capability.realm, entry.live.state.intent.tenant_id), utf8(this.message(entry, clock.now() + Math.ceil(entry.deadlineAt - now))), { reply });
    reach('dispatch.send', 'after');
  }

  /** The context is the same for all steps of an execution, so its text is made once. */
  private message(entry: Dispatched, deadline: number): string {
    const { live, step, attempt } = entry;
    const ref: AttemptRef = { tenant_id: live.state.intent.tenant_id, execution_id: live.state.executionId, step, attempt, epoch: live.epoch };
    const token = this.parts.tokens.mint(ref, deadline + TOKEN_GRACE_MS);
    live.contextJson ??= JSON.stringify(contextOf(live.state));
    const inputs = JSON.stringify(inputsOf(live.state, live.step(step)));
    return `{"attempt":${JSON.stringify(ref)},"capability":${JSON.stringify(live.capability.name)},"token":${JSON.stringify(token)},"context":${live.contextJson},"inputs":${inputs},"deadline":"${isoTime(deadline)}"}`;
  }
}

const isNamed = (entry: Dispatched, name: AttemptRef): boolean => entry.step === name.step && entry.attempt === name.attempt && entry.live.epoch === name.epoch;
