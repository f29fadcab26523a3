import { failure, patternFor, type AttemptRef, type StepDispatch, type StepOutcome, type Subject } from '@symphainy/contracts';
import { toWireError, type Json, type PlatformError } from '@symphainy/kernel';
import { MessageTooLargeError, NO_RESPONDERS } from '@symphainy/ports';
import { decodeJson, encodeJson, type ServiceHost } from '@symphainy/service-host';
import type { RealmDefinition } from './realm-definition.js';
import { runtimeAccess } from './runtime-access.js';
import { runStep } from './step-runner.js';

interface Running {
  readonly attempt: AttemptRef;
  readonly startedAt: number;
  readonly runtime: string;
  readonly abort: AbortController;
  progress: { [key: string]: Json } | undefined;
  readonly replays: boolean;
}

export interface RealmHostOptions {
  /** Attempts run at once; more wait here in order. Default 64. */
  readonly concurrency?: number;
  /** Where steps arrive: `governance.{tenant}.step` for Smart City, else `realm.{realm}.{tenant}.step`. */
  readonly subject?: Extract<Subject, `${string}.step`>;
}

const HEARTBEAT_MS = 1000;
const DEFAULT_CONCURRENCY = 64;

/**
 * Serves a realm's steps: takes dispatches, runs handlers, answers with outcomes, tells each runtime which of its attempts are still
 * under way after a second.
 *
 * Invariants: (R1) every dispatch taken is answered, unless the process dies; (R2) a dispatch seen twice while it runs is run once;
 * (R3) after drain begins nothing new is taken.
 */
export class RealmHost {
  private readonly running = new Map<string, Running>();
  private readonly waiting: (() => void)[] = [];
  private active = 0;
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
    const entry: Running = { attempt: dispatch.attempt, startedAt: this.host.clock.monotonic(), runtime: reply.split('.')[2] ?? '', abort: new AbortController(), progress: undefined, replays };
    this.running.set(key, entry);
    const run = (): void => void this.run(dispatch, entry, reply, key);
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

  private async run(dispatch: StepDispatch, entry: Running, reply: string, key: string): Promise<void> {
    this.active++;
    const cancelDeadline = this.host.clock.after(Math.max(0, Date.parse(dispatch.deadline) - this.host.clock.now()), () => entry.abort.abort());
    const access = runtimeAccess(this.host.channels, dispatch, (progress) => void (entry.progress = progress));
    const outcome = await runStep({ realm: this.realm, build: this.host.build, clock: this.host.clock, logger: this.host.logger }, dispatch, access, entry.abort.signal);
    cancelDeadline();
    this.running.delete(key);
    this.answer(reply, dispatch, outcome);
    this.active--;
    this.waiting.shift()?.();
    if (this.running.size === 0) this.onIdle?.();
  }

  /** What a handler returned may be no JSON, or more than a message holds: then that is the answer. Of an effect it is not the word that nothing happened. */
  private answer(reply: string, dispatch: StepDispatch, outcome: StepOutcome): void {
    try {
      this.host.bus.publish(reply, encodeJson(outcome));
    } catch (error) {
      const problem = this.unsendable(dispatch, error);
      const { attempt, handler_build, duration_ms } = outcome;
      this.host.bus.publish(reply, encodeJson({ attempt, handler_build, duration_ms, error: toWireError(problem) } satisfies StepOutcome));
    }
  }

  private unsendable({ attempt: { step, phase, execution_id }, effect_key }: StepDispatch, cause: unknown): PlatformError {
    this.host.logger.error({ err: cause, step, execution_id }, 'a result could not be sent');
    const isTooLarge = cause instanceof MessageTooLargeError;
    const message = isTooLarge ? `the result of ${step} is larger than a message may be` : `the result of ${step} is no JSON`;
    if (effect_key !== undefined && phase === undefined) return failure('effect.unknown', { message, cause });
    return failure(isTooLarge ? 'step.too_large' : 'step.result_invalid', { message, cause });
  }

  private beat(): void {
    const now = this.host.clock.monotonic();
    const long = [...this.running.values()].filter((r) => !r.replays && now - r.startedAt >= HEARTBEAT_MS);
    for (const [runtime, entries] of Map.groupBy(long, (r) => r.runtime)) {
      const running = entries.map((r) => ({ attempt: r.attempt, ...(r.progress === undefined ? {} : { progress: r.progress }) }));
      this.host.channels.publish('runtime.heartbeat.{instance}', { instance: runtime }, { realm_instance: this.host.instanceId, running });
    }
  }

  private async drain(): Promise<void> {
    this.stopTaking?.();
    if (this.running.size > 0) await new Promise<void>((resolve) => (this.onIdle = resolve));
    this.stopHeartbeat?.();
    await this.host.bus.flush();
  }
}

const keyOf = ({ execution_id, step, attempt, epoch, chunk, phase }: AttemptRef): string => `${execution_id}/${step}/${attempt}/${epoch}/${chunk ?? ''}/${phase ?? ''}`;
