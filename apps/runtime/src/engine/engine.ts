/**
 * engine: supervises the executions that this runtime owns, from the accepted intent to the terminal record. It folds the stream, asks `decide` what is
 * due, records, and hands the due work on; it knows no step's content and no intent's name.
 *
 * What it stores: nothing but memory that equals the log plus the frames on their way into it. Order of calls: `connect` (dispatcher, children), then `begin`
 * or `adopt` per execution, `report`, `annotate` and `command` while it lives, `stop` once.
 *
 * 1. Only this folder appends to the stream of an accepted execution, and only for executions whose last frame is this writer's.
 * 2. An accepted intent and its decision are durable before its first step is dispatched, and before acceptance answers.
 * 3. An attempt is reported once: a report for another attempt, or for a memory that was discarded, changes nothing.
 * 4. Deterministic steps may run ahead of the log; everything else waits until what it follows from is durable.
 * 5. A frame that the log does not take costs the execution's memory, never the log: the stream is folded again. `fenced` ends the engine.
 */
import { failure, type RegisteredCapability, type WalRecord } from '@symphainy/contracts';
import { foldStored, GrammarError, hasEnded, type Decision, type ExecutionState } from '@symphainy/execution';
import { CanonicalJsonError, toWireError, verify, type Clock, type Logger, type PlatformError, type WireError } from '@symphainy/kernel';
import type { AcceptedIntent, BeginResult, ExecutionStarter } from '../acceptance/acceptance.ports.js';
import type { BundleHolder } from '../acceptance/bundle-holder.js';
import type { AppendResult, StoredFrame, WalReader, WalWriter } from '../acceptance/log.ports.js';
import type { Children, Dispatcher } from './engine.ports.js';
import { EndedWaiters } from './ended-waiters.js';
import { FrameWriter, type WriteOptions, type WrittenFrame } from './frame-writer.js';
import { keyOf, LiveExecution } from './live-execution.js';

export interface EngineParts {
  readonly writer: WalWriter;
  readonly reader: WalReader;
  readonly bundles: BundleHolder;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly counters: { completed: number; failed: number; cancelled: number; in_flight: number };
  /** Executions in memory at most; beyond it acceptance answers `runtime.overloaded`. */
  readonly maxExecutions: number;
}

/** The result of a step's attempt, as it will be recorded (without time and actor). */
export type StepReport =
  | {
      readonly ok: Omit<Extract<WalRecord, { type: 'step_completed' }>, 'type' | 'at' | 'actor' | 'step' | 'attempt'>;
      readonly actor: string;
      /** Canonical texts of objects inside `ok` that were made already. */
      readonly texts?: ReadonlyMap<object, string>;
    }
  | { readonly error: WireError; readonly handlerBuild?: string; readonly actor: string };

const RELOAD_DELAY_MS = 200;

/**
 * Supervises the executions this runtime owns: folds, decides, records, dispatches. The only place where their memory changes.
 */
export class Engine implements ExecutionStarter {
  private readonly executions = new Map<string, LiveExecution>();
  /** Last positions of those that are out of memory while their stream is folded again: unfinished all the same. */
  private readonly refolding = new Map<string, number>();
  private readonly frames: FrameWriter;
  readonly waiters: EndedWaiters;
  private stopped = false;
  private left: number | undefined;
  /** The highest position seen: frames in flight come after it. */
  private lastN = 0;
  private dispatcher: Dispatcher | undefined;
  private children: Children | undefined;

  constructor(private readonly parts: EngineParts) {
    this.frames = new FrameWriter(parts.writer, parts.clock);
    this.waiters = new EndedWaiters(parts.clock);
    parts.writer.trackUnfinished(() => this.oldestUnfinished());
    void parts.writer.lost.then(() => this.stop());
  }

  /** Wiring: both need the engine themselves. */
  connect(dispatcher: Dispatcher, children: Children): void {
    this.dispatcher = dispatcher;
    this.children = children;
  }

  get size(): number {
    return this.executions.size;
  }

  find(tenantId: string, executionId: string): LiveExecution | undefined {
    return this.executions.get(keyOf(tenantId, executionId));
  }

  async begin(accepted: AcceptedIntent): Promise<BeginResult> {
    if (this.stopped) throw failure('runtime.fenced');
    if (this.executions.size >= this.parts.maxExecutions) throw failure('runtime.overloaded', { retryAfterMs: 1000 });
    const key = keyOf(accepted.intent.tenant_id, accepted.intent.intent_id);
    const known = this.executions.get(key);
    if (known !== undefined) return this.alreadyHere(known);
    const written = this.frames.write(undefined, accepted.records, accepted.capability, { awaited: true, ...(accepted.idempotency === undefined ? {} : { idempotency: accepted.idempotency }) });
    const live = this.hold(new LiveExecution(written.state, accepted.capability, { seq: -1, n: undefined }));
    const result = await this.awaitFirst(live, written);
    if (result.status === 'conflict') return { status: 'exists' };
    if (result.status === 'duplicate') return result;
    if (result.status === 'refused') throw failure('request.too_large', { message: result.reason });
    if (result.status === 'fenced') throw failure('runtime.fenced');
    this.committed(live, written.seq, result.n);
    this.act(live, written.due);
    return { status: 'accepted' };
  }

  /** Somebody else's submission of the same id is under way: it exists once that one is durable. */
  private alreadyHere(known: LiveExecution): Promise<BeginResult> {
    return new Promise((resolve, reject) => known.whenDurable(() => resolve({ status: 'exists' }), () => reject(failure('wal.unavailable'))));
  }

  /** Takes what became of an attempt; false when it is not the running one (late, repeated, or of a discarded life). */
  report(live: LiveExecution, step: string, attempt: number, report: StepReport): boolean {
    if (!live.isRunning(step, attempt)) return false;
    const at = this.frames.stamp().at;
    const actor = report.actor;
    if ('ok' in report) this.advance(live, [{ type: 'step_completed', at, actor, step, attempt, ...report.ok }], report.texts === undefined ? {} : { texts: report.texts });
    else this.advance(live, [{ type: 'step_failed', at, actor, step, attempt, error: report.error, ...(report.handlerBuild === undefined ? {} : { handler_build: report.handlerBuild }) }]);
    return true;
  }

  /** Ends an attempt with an error of the runtime's own. */
  failAttempt(live: LiveExecution, step: string, attempt: number, error: PlatformError): boolean {
    return this.report(live, step, attempt, { error: toWireError(error), actor: this.frames.actor });
  }

  /** Records beside the running step (a hydration, a tool call, progress). Resolves when durable; it changes nothing that is due. */
  annotate(live: LiveExecution, records: readonly WalRecord[], options: WriteOptions = { awaited: true }): Promise<void> {
    const written = this.tryWrite(live, records, options);
    if (written === undefined) return Promise.reject(failure('runtime.unavailable'));
    return new Promise((resolve, reject) => live.whenDurable(resolve, () => reject(failure('runtime.unavailable'))));
  }

  /** Records something nobody waits for, beside the running step. */
  note(live: LiveExecution, record: WalRecord): void {
    this.tryWrite(live, [record], {});
  }

  stamp(): { at: string; actor: string } {
    return this.frames.stamp();
  }

  /** The child that held a cancellation up has ended: the execution is cancelled now. */
  finishCancel(live: LiveExecution): void {
    const { cancelReason } = live.state;
    if (live.discarded || cancelReason === undefined || hasEnded(live.state)) return;
    this.advance(live, [{ type: 'execution_cancelled', ...this.frames.stamp(), reason: cancelReason }], { awaited: true });
  }

  /** Appends a command's records with all that follows, and resolves when that is durable. */
  async command(live: LiveExecution, records: readonly WalRecord[]): Promise<void> {
    const written = this.advance(live, records, { awaited: true });
    if (written === undefined) throw failure('runtime.unavailable');
    await new Promise<void>((resolve, reject) => live.whenDurable(resolve, () => reject(failure('runtime.unavailable'))));
  }

  /** Takes over a stream that a dead writer owned. True when it has ended, continues here, or another writer has taken it already. */
  async adopt(tenantId: string, executionId: string, dead: { readonly writer: string; readonly epoch: number }): Promise<boolean> {
    for (;;) {
      const frames = await this.parts.reader.readStream(tenantId, executionId);
      const state = foldStored(frames);
      if (state === undefined || hasEnded(state)) return true;
      if (frames.at(-1)?.writer !== dead.writer) return true;
      const revived = await this.revive(state, frames);
      if (this.stopped) return false;
      const live = this.hold(revived);
      const adopted: WalRecord = { type: 'adopted', ...this.frames.stamp(), from_writer: dead.writer, from_epoch: dead.epoch };
      const written = this.frames.write(live.state, [adopted], live.capability, { awaited: true });
      const result = await this.awaitFirst(live, written);
      if (result.status === 'fenced') return false;
      if (result.status !== 'committed') continue;
      this.committed(live, written.seq, result.n);
      this.act(live, written.due);
      return true;
    }
  }

  /** Nothing more is recorded or sent: the lease is gone, or the service stops. Whoever owns the streams next finishes them. */
  stop(): void {
    if (this.stopped) return;
    this.left = this.oldestUnfinished() ?? (this.executions.size > 0 ? this.lastN + 1 : undefined);
    this.stopped = true;
    for (const live of [...this.executions.values()]) this.release(live);
    this.waiters.close();
  }

  private async awaitFirst(live: LiveExecution, written: WrittenFrame): Promise<AppendResult> {
    try {
      const result = await written.result;
      if (result.status !== 'committed') this.release(live);
      return result;
    } catch (error) {
      this.release(live);
      throw error;
    }
  }

  private async revive(state: ExecutionState, frames: readonly StoredFrame[]): Promise<LiveExecution> {
    verify(state.capability !== undefined, 'an unfinished execution has its capability');
    const capability: RegisteredCapability = await this.parts.bundles.capabilityOf(state.capability.bundle_hash, state.capability.capability);
    const head = frames.at(-1);
    return new LiveExecution(state, capability, { seq: state.head.seq, n: head?.writer === this.parts.writer.id ? head.n : undefined });
  }

  private hold(live: LiveExecution): LiveExecution {
    this.executions.set(live.key, live);
    this.parts.counters.in_flight = this.executions.size;
    return live;
  }

  private release(live: LiveExecution): void {
    live.discard();
    this.dispatcher?.drop(live);
    if (this.executions.get(live.key) === live) this.executions.delete(live.key);
    this.parts.counters.in_flight = this.executions.size;
  }

  /** Records what happened and all that follows, and starts the work that is due: pure steps at once, the rest when durable. */
  private advance(live: LiveExecution, records: readonly WalRecord[], options: WriteOptions = {}): WrittenFrame | undefined {
    live.setTimer(undefined);
    const written = this.tryWrite(live, records, options);
    if (written === undefined) return undefined;
    if (written.due.length === 0) return written;
    if (this.mayRunAhead(live, written.due)) this.act(live, written.due);
    else live.whenDurable(() => this.act(live, written.due));
    return written;
  }

  /** Only steps without effects and without reasoning run ahead of the log. */
  private mayRunAhead(live: LiveExecution, due: readonly Decision[]): boolean {
    const work = due[0];
    return work?.do === 'wait' || (work?.do === 'run' && live.capability.determinism === 'deterministic');
  }

  private tryWrite(live: LiveExecution, records: readonly WalRecord[], options: WriteOptions): WrittenFrame | undefined {
    if (this.stopped || live.discarded) return undefined;
    try {
      const written = this.frames.write(live.state, records, live.capability, options);
      void this.settle(live, written);
      return written;
    } catch (error) {
      return this.unwritten(live, records, error);
    }
  }

  /** A result that has no canonical form fails its attempt; a record that the grammar refuses costs this memory, not the log. */
  private unwritten(live: LiveExecution, records: readonly WalRecord[], error: unknown): undefined {
    const first = records[0];
    if (error instanceof CanonicalJsonError && first?.type === 'step_completed') {
      this.failAttempt(live, first.step, first.attempt, failure('step.result_invalid', { message: `the result has ${error.message}`, field: error.pointer }));
      return undefined;
    }
    this.parts.logger.error({ err: error, execution_id: live.state.executionId }, 'a record could not be written; the execution is folded again');
    this.reload(live, error instanceof GrammarError ? 0 : RELOAD_DELAY_MS);
    return undefined;
  }

  private async settle(live: LiveExecution, written: WrittenFrame): Promise<void> {
    try {
      const result = await written.result;
      if (live.discarded) return;
      if (result.status === 'committed') this.committed(live, written.seq, result.n);
      else if (result.status === 'fenced') this.stop();
      else if (result.status === 'refused') this.refused(live, result.reason);
      else this.reload(live, 0);
    } catch (error) {
      this.parts.logger.warn({ err: error, execution_id: live.state.executionId }, 'the log cannot be written; the execution is folded again');
      if (!live.discarded) this.reload(live, RELOAD_DELAY_MS);
    }
  }

  private committed(live: LiveExecution, seq: number, n: number): void {
    this.lastN = Math.max(this.lastN, n);
    const ends = hasEnded(live.state) && seq === live.state.head.seq;
    if (ends) this.finish(live);
    live.madeDurable(seq, n);
  }

  private finish(live: LiveExecution): void {
    const { counters } = this.parts;
    if (live.state.status === 'completed') counters.completed++;
    else if (live.state.status === 'failed') counters.failed++;
    else if (live.state.status === 'cancelled') counters.cancelled++;
    live.setTimer(undefined);
    this.dispatcher?.drop(live);
    this.executions.delete(live.key);
    counters.in_flight = this.executions.size;
    this.waiters.ended(live.key, live.state);
  }

  /** The log will not store this frame at all: the attempt that produced it fails, on the memory that the log gives back. */
  private refused(live: LiveExecution, reason: string): void {
    this.reload(live, 0, (revived) => {
      const step = revived.state.steps.at(-1);
      if (step !== undefined) this.failAttempt(revived, step.name, step.attempt, failure('step.result_invalid', { message: reason }));
    });
  }

  /** Discards the memory and folds the stream again; goes on if this writer still owns it. */
  private reload(live: LiveExecution, delayMs: number, then: (revived: LiveExecution) => void = (revived) => this.resume(revived)): void {
    const { tenant_id, intent_id } = live.state.intent;
    this.release(live);
    if (live.durableN !== undefined) this.refolding.set(live.key, live.durableN);
    const again = (): void => {
      this.refold(tenant_id, intent_id, then).then(
        () => this.refolding.delete(live.key),
        (error: unknown) => {
          this.parts.logger.warn({ err: error, execution_id: intent_id }, 'an execution cannot be folded again yet');
          if (!this.stopped) this.parts.clock.after(RELOAD_DELAY_MS, again);
        },
      );
    };
    if (delayMs === 0) again();
    else this.parts.clock.after(delayMs, again);
  }

  private async refold(tenantId: string, executionId: string, then: (revived: LiveExecution) => void): Promise<void> {
    const frames = await this.parts.reader.readStream(tenantId, executionId);
    const state = foldStored(frames);
    if (state === undefined || this.stopped) return;
    if (hasEnded(state)) return this.waiters.ended(keyOf(tenantId, executionId), state);
    if (frames.at(-1)?.writer === this.parts.writer.id) then(this.hold(await this.revive(state, frames)));
  }

  /** Continues an execution whose memory equals the log. */
  private resume(live: LiveExecution): void {
    const due = this.frames.due(live.state, live.capability);
    const first = due[0];
    if (first?.do === 'append') this.advance(live, first.records);
    else this.act(live, due);
  }

  private act(live: LiveExecution, due: readonly Decision[]): void {
    if (live.discarded) return;
    for (const work of due) this.perform(live, work);
  }

  private perform(live: LiveExecution, work: Decision): void {
    switch (work.do) {
      case 'append':
        return;
      case 'run':
        if (!live.isRunning(work.step.name, work.attempt)) return;
        if (work.step.kind === 'task') this.dispatcher?.send(live, work.step.name, work.attempt);
        else this.armTimeout(live, work.step.name, work.attempt, work.step.timeout_ms);
        return;
      case 'await_child':
        if (!live.isRunning(work.step.name, work.attempt)) return;
        this.armTimeout(live, work.step.name, work.attempt, work.step.timeout_ms);
        this.children?.run(live, work);
        return;
      case 'cancel_child':
        this.children?.cancelFor(live, work.childId);
        return;
      case 'wait':
        live.setTimer(this.parts.clock.after(Math.max(0, work.until - this.parts.clock.now()), () => this.resume(live)));
    }
  }

  private armTimeout(live: LiveExecution, step: string, attempt: number, timeoutMs: number): void {
    const late = failure('step.timeout', { message: `${step} had no result within ${timeoutMs} ms` });
    live.setTimer(this.parts.clock.after(timeoutMs, () => this.failAttempt(live, step, attempt, late)));
  }

  /** After a stop, what was unfinished then: an adopter begins there. */
  private oldestUnfinished(): number | undefined {
    if (this.stopped) return this.left;
    let oldest = Number.POSITIVE_INFINITY;
    for (const { durableN } of this.executions.values()) oldest = Math.min(oldest, durableN ?? oldest);
    for (const n of this.refolding.values()) oldest = Math.min(oldest, n);
    return oldest === Number.POSITIVE_INFINITY ? undefined : oldest;
  }
}
