import { failure, patternFor, type AttemptRef, type StepDispatch, type StepOutcome, type Subject } from '@symphainy/contracts';
import { ChurnMap, type Json } from '@symphainy/kernel';
import { NO_RESPONDERS } from '@symphainy/ports';
import { decodeJson, type ServiceHost } from '@symphainy/service-host';
import { Answers } from './answers.js';
import { Chain, ShutDoors, type Askers } from './follow-on.js';
import type { RealmDefinition } from './realm-definition.js';
import { runtimeAccess } from './runtime-access.js';
import { runStep } from './step-runner.js';
import type { TaskAccess } from './step-task.js';

interface Running {
  readonly attempt: AttemptRef;
  readonly startedAt: number;
  readonly runtime: string;
  readonly abort: AbortController;
  progress: { [key: string]: Json } | undefined;
  readonly replays: boolean;
  /** What it does outside cannot be taken back by looking away. */
  readonly isEffect: boolean;
}

export interface RealmHostOptions {
  /** Attempts run at once; more wait here in order. Default 64. */
  readonly concurrency?: number;
  /** Where steps arrive: `governance.{tenant}.step` for Smart City, else `realm.{realm}.{tenant}.step`. */
  readonly subject?: Extract<Subject, `${string}.step`>;
}

const HEARTBEAT_MS = 1000;
/** The doors of an effect do not shut: an error of theirs would say that it surely did not happen. */
const NEVER = new AbortController().signal;
const DEFAULT_CONCURRENCY = 64;

/**
 * Serves a realm's steps: takes dispatches, runs handlers, answers with outcomes, tells each runtime which of its attempts are still
 * under way after a second.
 *
 * Invariants: (R1) every dispatch taken is answered, unless the process dies; (R2) a dispatch seen twice while it runs is run once;
 * (R3) after drain begins nothing new is taken, and nothing gone on with; (R4) an attempt that its runtime says is over is told so by its signal, unless it is an effect.
 */
export class RealmHost {
  private readonly running = new ChurnMap<Running>();
  private readonly waiting: (() => void)[] = [];
  private readonly askers: Askers = new Set();
  private active = 0;
  private isDraining = false;
  private stopTaking: (() => void) | undefined;
  private stopHeartbeat: (() => void) | undefined;
  private onIdle: (() => void) | undefined;

  constructor(
    private readonly host: ServiceHost,
    private readonly realm: RealmDefinition,
    private readonly options: RealmHostOptions = {},
  ) {}

  start(): void {
    const subject = this.options.subject ?? 'realm.{realm}.{tenant}.step';
    const pattern = patternFor(subject, { realm: this.realm.realm });
    const subscription = this.host.bus.subscribe(pattern, (message) => {
      if (message.headers['status'] !== NO_RESPONDERS && message.reply !== undefined) this.take(message.data, message.reply);
    }, { queue: this.host.name });
    this.stopTaking = () => subscription.unsubscribe();
    this.stopHeartbeat = this.host.clock.every(HEARTBEAT_MS, () => this.beat());
    this.host.onDrain(() => this.drain());
  }

  private take(data: Uint8Array, reply: string): void {
    const dispatch = this.parse(data);
    if (dispatch === undefined) return;
    // A replay of an attempt is no repetition of it, nor of another replay: each one is answered.
    const replays = dispatch.replay === true;
    const key = replays ? reply : keyOf(dispatch.attempt);
    if (this.running.has(key)) return;
    const entry = this.begin(key, dispatch, reply);
    const run = (): void => void this.run(dispatch, entry, { reply, data, key });
    if (this.active < (this.options.concurrency ?? DEFAULT_CONCURRENCY)) run();
    else this.waiting.push(run);
  }

  /** The hot path trusts the Runtime's own messages for their shape; what is no dispatch at all is dropped and logged. */
  private parse(data: Uint8Array): StepDispatch | undefined {
    try {
      const value = decodeJson(data) as Partial<StepDispatch> | null;
      if (typeof value?.token === 'string' && typeof value.attempt?.step === 'string' && value.context?.intent !== undefined) return value as StepDispatch;
      throw failure('request.invalid', { message: 'a dispatch does not fit its schema' });
    } catch (error) {
      this.host.logger.error({ err: error }, 'a message that is no dispatch was dropped');
      return undefined;
    }
  }

  private begin(key: string, { attempt, replay, effect_key }: StepDispatch, reply: string): Running {
    const entry: Running = { attempt, startedAt: this.host.clock.monotonic(), runtime: reply.split('.')[2] ?? '', abort: new AbortController(), progress: undefined, replays: replay === true, isEffect: effect_key !== undefined && attempt.phase !== 'preview' };
    this.running.set(key, entry);
    return entry;
  }

  private async run(dispatch: StepDispatch, entry: Running, { reply, data, key }: { readonly reply: string; readonly data: Uint8Array; readonly key: string }): Promise<void> {
    this.active++;
    const { clock, ids, channels } = this.host;
    const chain = new Chain(data, dispatch, clock.monotonic(), ids.next(), this.askers);
    const answers = new Answers(this.host, reply);
    const outcome = await this.perform(dispatch, entry, runtimeAccess(channels, dispatch, (progress) => void (entry.progress = progress), entry.isEffect ? NEVER : entry.abort.signal));
    this.running.delete(key);
    let next = this.conclude(chain, answers, dispatch, outcome);
    while (next !== undefined) next = await this.goOn(chain, answers, next);
    this.active--;
    this.waiting.shift()?.();
    if (this.running.size === 0) this.onIdle?.();
  }

  private async perform(dispatch: StepDispatch, { abort }: Running, access: TaskAccess): Promise<StepOutcome> {
    const { clock, build, logger } = this.host;
    const cancelDeadline = clock.after(Math.max(0, Date.parse(dispatch.deadline) - clock.now()), () => abort.abort(failure('step.timeout', { message: `${dispatch.attempt.step} ran out of time` })));
    const outcome = await runStep({ realm: this.realm, build, clock, logger }, dispatch, access, abort.signal);
    cancelDeadline();
    return outcome;
  }

  /** Answers, and returns the dispatch of what is gone on with, if anything is. */
  private conclude(chain: Chain, answers: Answers, dispatch: StepDispatch, outcome: StepOutcome): StepDispatch | undefined {
    const { clock } = this.host;
    const next = this.isDraining ? undefined : chain.next(dispatch, outcome, clock.monotonic());
    const answer = answers.give(dispatch, next === undefined ? outcome : { ...outcome, followed_by: { step: next.step, run: chain.run } });
    return next === undefined || answer === undefined ? undefined : chain.follow(next, dispatch, answer, clock.now());
  }

  /** Runs a step that was not dispatched by itself, unless it asks for the Runtime. */
  private async goOn(chain: Chain, answers: Answers, dispatch: StepDispatch): Promise<StepDispatch | undefined> {
    const { attempt, capability } = dispatch;
    const key = keyOf(attempt);
    if (this.running.has(key)) return void this.decline(chain, answers, dispatch);
    const entry = this.begin(key, dispatch, answers.reply);
    const doors = new ShutDoors((progress) => void (entry.progress = progress));
    const outcome = await this.perform(dispatch, entry, doors);
    this.running.delete(key);
    if (!doors.wasAsked) return this.conclude(chain, answers, dispatch, { ...outcome, following: { run: chain.run } });
    this.askers.add(`${capability}/${attempt.step}`);
    this.decline(chain, answers, dispatch);
    return undefined;
  }

  private decline({ run }: Chain, answers: Answers, dispatch: StepDispatch): void {
    answers.give(dispatch, { attempt: dispatch.attempt, handler_build: this.host.build, duration_ms: 0, following: { run, declined: true } });
  }

  private beat(): void {
    const now = this.host.clock.monotonic();
    const long = [...this.running.values()].filter((r) => !r.replays && now - r.startedAt >= HEARTBEAT_MS);
    for (const [runtime, entries] of Map.groupBy(long, (r) => r.runtime)) {
      const running = entries.map((r) => ({ attempt: r.attempt, ...(r.progress === undefined ? {} : { progress: r.progress }) }));
      void this.tell(runtime, running);
    }
  }

  /** A runtime that does not answer is away, or gone: its attempts go on until their time is over. */
  private async tell(runtime: string, running: { attempt: AttemptRef; progress?: { [key: string]: Json } }[]): Promise<void> {
    try {
      const { over } = await this.host.channels.request('runtime.heartbeat.{instance}', { instance: runtime }, { realm_instance: this.host.instanceId, running });
      for (const attempt of over) this.letGo(keyOf(attempt));
    } catch (error) {
      this.host.logger.debug({ err: error, runtime }, 'a heartbeat was not answered');
    }
  }

  private letGo(key: string): void {
    const entry = this.running.get(key);
    if (entry !== undefined && !entry.isEffect) entry.abort.abort(failure('execution.cancelled', { message: 'the attempt is over: its result can no longer count' }));
  }

  private async drain(): Promise<void> {
    this.isDraining = true;
    this.stopTaking?.();
    if (this.running.size > 0) await new Promise<void>((resolve) => (this.onIdle = resolve));
    this.stopHeartbeat?.();
    await this.host.bus.flush();
  }
}

const keyOf = ({ tenant_id, execution_id, step, attempt, epoch, chunk, phase }: AttemptRef): string => `${tenant_id}/${execution_id}/${step}/${attempt}/${epoch}/${chunk ?? ''}/${phase ?? ''}`;
