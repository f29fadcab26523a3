/**
 * engine: supervises the executions that this runtime owns, from the accepted intent to the terminal record. It folds the stream, asks `decide` what is
 * due, records, and hands the due work on; it knows no step's content and no intent's name. Rooms: this file records and decides; `recovery` makes memory from
 * the log; `parking` lets it go while nothing is due, and `waking` brings it back; `due-work` hands on what `work` names; `reports` makes answers into records; `held-executions` keeps the memory; `frame-writer` makes frames, `gathering-frame` lets some wait for company; `child-runner` follows children.
 *
 * What it stores: nothing but memory that equals the log plus the frames on their way into it. Order of calls: `connect` (dispatcher, children, operations), then `begin`,
 * `adopt` or `wake` per execution, `report`, `annotate` and `command` while it lives, `stop` once.
 *
 * 1. Only this folder appends to the stream of an accepted execution, and only for executions whose last frame is this writer's.
 * 2. An accepted intent and its decision are durable before its first step is dispatched, and before acceptance answers.
 * 3. An answer counts once, and only for work that is due: for other work, or for a memory that was discarded, it changes nothing.
 * 4. Deterministic steps may run ahead of the log, and their answers gather for a moment; everything else waits until what it follows from is durable: effects until their intention is.
 * 5. An execution that sleeps for long is in no memory: its row in the log’s parked table wakes it, or whoever has a command for it.
 * 6. A frame that the log does not take costs the execution's memory, never the log: the stream is folded again. `fenced` ends the engine.
 */
import { failure, type WalRecord } from '@symphainy/contracts';
import { abandonedChunks, GrammarError, hasEnded, runningSteps, stepNamed } from '@symphainy/execution';
import { CanonicalJsonError, toWireError, type PlatformError, type WireError } from '@symphainy/kernel';
import type { AcceptedIntent, BeginResult, ExecutionStarter } from '../acceptance/acceptance.ports.js';
import type { RunningExecutions } from '../acceptance/admission.js';
import type { AppendResult, ParkedBy } from '../acceptance/log.ports.js';
import { DueWork } from './due-work.js';
import { EndedWaiters } from './ended-waiters.js';
import type { Children, Dispatcher, EngineParts, Operations, StepReport, Supervision, WorkReport } from './engine.ports.js';
import { ExecutionRules } from './execution-rules.js';
import { FrameWriter, type WriteOptions, type WrittenFrame } from './frame-writer.js';
import { HeldExecutions } from './held-executions.js';
import { keyOf, LiveExecution } from './live-execution.js';
import { LongHeld } from './long-held.js';
import { Parking } from './parking.js';
import { Recovery, RELOAD_DELAY_MS, type ReopeningRecords } from './recovery.js';
import { misfitOf, recordsOf } from './reports.js';
import { Waking } from './waking.js';
import { isEffect, nameOf, type RealmWork } from './work.js';

/**
 * Supervises the executions this runtime owns: records what happened and lets what follows happen. The only place where their memory
 * changes; recovery replaces it, and never changes it.
 */
export class Engine implements ExecutionStarter {
  private readonly held: HeldExecutions;
  private readonly frames: FrameWriter;
  readonly waiters: EndedWaiters;
  private readonly work: DueWork;
  private readonly recovery: Recovery;
  private readonly parking: Parking;
  private readonly waking: Waking;
  private readonly longHeld: LongHeld;

  constructor(private readonly parts: EngineParts) {
    this.frames = new FrameWriter(parts.writer, parts.clock, (tenantId, executionId) => this.parking.isAwake(this.find(tenantId, executionId)), new ExecutionRules((hash, tenantId) => parts.bundles.tenantUnder(hash, tenantId), parts.contracts), parts.parkAfterMs);
    this.waiters = new EndedWaiters(parts.clock);
    this.held = new HeldExecutions(parts.counters);
    const supervision = this.supervision();
    this.work = new DueWork(parts.clock, supervision);
    this.parking = new Parking({ ...parts, held: this.held, leave: (live) => this.leave(live) });
    this.recovery = new Recovery({ ...parts, frames: this.frames, held: this.held, waiters: this.waiters, supervision });
    this.waking = new Waking({ ...parts, frames: this.frames, held: this.held, recovery: this.recovery, supervision });
    this.longHeld = new LongHeld({ ...parts, streams: parts.heldStreams, held: this.held, behind: parts.longHeldFrames });
    parts.writer.trackUnfinished(() => this.held.oldestUnfinished());
    void parts.writer.lost.then(() => this.stop());
  }

  /** Wiring: they need the engine themselves. */
  connect(dispatcher: Dispatcher, children: Children, operations?: Operations): void {
    this.work.connect(dispatcher, children, operations);
  }

  get size(): number {
    return this.held.size;
  }

  /** Who is in memory, for whoever decides how many more may come. */
  get running(): RunningExecutions {
    return this.held;
  }

  find(tenantId: string, executionId: string): LiveExecution | undefined {
    return this.held.find(keyOf(tenantId, executionId));
  }

  async begin(accepted: AcceptedIntent): Promise<BeginResult> {
    if (this.held.isClosed) throw failure('runtime.fenced');
    const known = this.find(accepted.intent.tenant_id, accepted.intent.intent_id);
    if (known !== undefined) return this.alreadyHere(known);
    const written = this.frames.write(undefined, accepted.records, accepted.capability, { awaited: true, ...(accepted.idempotency === undefined ? {} : { idempotency: accepted.idempotency }) });
    const live = this.held.hold(new LiveExecution(written.state, accepted.capability, { seq: -1, n: undefined }));
    const result = await this.take(live, written);
    if (result.status === 'conflict') return { status: 'exists' };
    if (result.status === 'duplicate') return result;
    if (result.status === 'refused') throw failure('request.too_large', { message: result.reason });
    if (result.status === 'fenced') throw failure('runtime.fenced');
    return { status: 'accepted' };
  }

  /** Somebody else's submission of the same id is under way: it exists once that one is durable. */
  private alreadyHere(known: LiveExecution): Promise<BeginResult> {
    return new Promise((resolve, reject) => known.whenDurable(() => resolve({ status: 'exists' }), () => reject(failure('wal.unavailable'))));
  }

  /** Takes what became of a step's attempt that no realm runs; false when it is not the running one (late, repeated, or of a discarded life). */
  report(live: LiveExecution, step: string, attempt: number, report: StepReport): boolean {
    if (!live.isRunning(step, attempt)) return false;
    const place = { at: this.frames.stamp().at, actor: report.actor, step, attempt };
    if ('ok' in report) this.advance(live, [{ type: 'step_completed', ...place, ...report.ok }], report.texts === undefined ? {} : { texts: report.texts });
    else this.advance(live, [{ type: 'step_failed', ...place, error: report.error, ...(report.handlerBuild === undefined ? {} : { handler_build: report.handlerBuild }) }]);
    return true;
  }

  /** Takes a realm's answer; false when the work is not due (any more). An effect that was held for unknown may still be told of. */
  answer(live: LiveExecution, work: RealmWork, report: WorkReport): boolean {
    if (!this.counts(live, work, report)) return false;
    const inputs = this.frames.reportInputs(live.state);
    const texts = 'ok' in report && 'texts' in report && report.texts !== undefined ? { texts: report.texts } : {};
    this.advance(live, recordsOf(live.state, work, report, inputs), { ...texts, answers: work });
    return true;
  }

  /** Ends a realm's work with an error of the runtime's own. */
  fail(live: LiveExecution, work: RealmWork, error: WireError): boolean {
    return this.answer(live, work, { error, actor: this.frames.actor });
  }

  /** Ends an attempt that no realm runs with an error of the runtime's own. */
  failStep(live: LiveExecution, step: string, attempt: number, error: PlatformError): boolean {
    return this.report(live, step, attempt, { error: toWireError(error), actor: this.frames.actor });
  }

  /** Records beside the running step (a hydration, a tool call, progress). Resolves when durable; it changes nothing that is due. */
  annotate(live: LiveExecution, records: readonly WalRecord[], options: WriteOptions = { awaited: true }): Promise<void> {
    const written = this.tryWrite(live, records, options);
    if (written === undefined) return Promise.reject(failure('runtime.unavailable'));
    return new Promise((resolve, reject) => live.whenDurable(resolve, () => reject(failure('runtime.unavailable'))));
  }

  /** Records something that makes other work due. Nobody waits for it. */
  record(live: LiveExecution, records: readonly WalRecord[]): void {
    this.advance(live, records);
  }

  /** Records something nobody waits for, beside the running step; it changes nothing that is due. */
  note(live: LiveExecution, record: WalRecord): void {
    this.tryWrite(live, [record], {});
  }

  /** Records that say of chunks which are out that nobody waits for them any more: for whoever ends the execution at once. */
  abandoning(live: LiveExecution): WalRecord[] {
    return abandonedChunks(live.state, this.work.chunksOut(live)?.() ?? [], this.frames.stamp());
  }

  stamp(): { at: string; actor: string } {
    return this.frames.stamp();
  }

  /** Appends a command's records with all that follows, and resolves when that is durable. */
  async command(live: LiveExecution, records: readonly WalRecord[]): Promise<void> {
    const written = this.advance(live, records, { awaited: true });
    if (written === undefined) throw failure('runtime.unavailable');
    await new Promise<void>((resolve, reject) => live.whenDurable(resolve, () => reject(failure('runtime.unavailable'))));
  }

  /** Takes over a stream that a dead writer owned. True when it has ended, continues here, or another writer has taken it already. */
  adopt(tenantId: string, executionId: string, dead: { readonly writer: string; readonly epoch: number }): Promise<boolean> {
    return this.recovery.adopt(tenantId, executionId, dead);
  }

  /** Brings a parked execution back into this runtime's memory, if something of it is due or `forced`. Undefined: it sleeps on, or another runtime has it. */
  wake(row: ParkedBy, forced: boolean): Promise<LiveExecution | undefined> {
    return this.waking.wake(row, forced);
  }

  /** The execution in this runtime's memory, brought back if it sleeps. Undefined: another runtime has it, or it has ended. */
  async awake(tenantId: string, executionId: string): Promise<LiveExecution | undefined> {
    const live = this.find(tenantId, executionId);
    if (live !== undefined) return live;
    const row = this.held.isClosed ? undefined : await this.parts.parked.find(tenantId, executionId);
    return row === undefined ? undefined : this.waking.wake(row, true);
  }

  /** Brings back an execution that has ended, as its new owner, with these records. Undefined: another runtime was faster. Rejects as `records` throws. */
  reopen(tenantId: string, executionId: string, records: ReopeningRecords): Promise<LiveExecution | undefined> {
    if (this.held.isClosed) return Promise.reject(failure('runtime.fenced'));
    return this.recovery.reopen(tenantId, executionId, records);
  }

  /** Parks what has waited in memory for long, and names in the log what runs for long. */
  async tend(): Promise<void> {
    await this.parking.parkIdle();
    await this.longHeld.tend();
  }

  /** How many sleeping executions may be woken now: the last tenth of memory is kept for what is accepted. */
  get room(): number {
    return this.held.isClosed ? 0 : Math.floor(0.9 * this.parts.maxExecutions) - this.held.size;
  }

  /** Nothing more is recorded or sent: the lease is gone, or the service stops. Whoever owns the streams next finishes them. */
  stop(): void {
    if (this.held.isClosed) return;
    this.frames.close();
    this.held.close();
    for (const live of this.held.all()) this.release(live);
    this.waiters.close();
  }

  /** What the rooms may ask for, without making it everybody's. */
  private supervision(): Supervision {
    return {
      take: (live, written) => this.take(live, written),
      release: (live) => this.release(live),
      resume: (live) => this.resume(live),
      fail: (live, work, error) => this.fail(live, work, error),
    };
  }

  private async take(live: LiveExecution, written: WrittenFrame): Promise<AppendResult> {
    live.parked = written.parks;
    this.work.take(live, written.due);
    let result: AppendResult;
    try {
      // awaited itself: frames behind it in the same flush are heard of after it
      result = await written.result;
    } catch (error) {
      this.release(live);
      throw error;
    }
    if (result.status === 'committed') {
      this.committed(live, written.seq, result.n);
      this.work.act(live);
      this.parkWith(live, written);
    } else this.release(live);
    return result;
  }

  private release(live: LiveExecution): void {
    live.discard();
    this.work.drop(live);
    this.held.remove(live);
  }

  /** The frame that parks it is durable, and nothing came after it. */
  private parkWith(live: LiveExecution, written: WrittenFrame): void {
    if (live.parked && !live.discarded && live.state.head.seq === written.seq) this.parking.left(live);
  }

  private leave(live: LiveExecution): void {
    this.release(live);
    this.waiters.left(live.key);
  }

  /** An answer counts while its work is under way; of an effect that was told as unknown, only that it happened. */
  private counts(live: LiveExecution, work: RealmWork, report: WorkReport): boolean {
    if (!live.mayAct(nameOf(work))) return false;
    return !('error' in report) || stepNamed(live.state, work.step.name)?.status !== 'unknown';
  }

  /** Records what happened and all that follows, and starts the work that is due: pure steps at once, the rest when durable. */
  private advance(live: LiveExecution, records: readonly WalRecord[], options: AdvanceOptions = {}): WrittenFrame | undefined {
    live.rest = undefined;
    const written = this.tryWrite(live, records, options);
    // what follows an effect waits until it is known to have happened, like the effect waited for its intention
    if (written !== undefined) this.work.take(live, written.due, options.answers === undefined || !isEffect(options.answers));
    return written;
  }

  private tryWrite(live: LiveExecution, records: readonly WalRecord[], options: AdvanceOptions): WrittenFrame | undefined {
    if (this.held.isClosed || live.discarded) return undefined;
    try {
      const chunksOut = this.work.chunksOut(live);
      const told = { ...options, gathering: live.gathering, ...(chunksOut === undefined ? {} : { chunksOut }), ...(live.parked ? { unpark: true } : {}) };
      const written = this.frames.write(live.state, records, live.capability, told);
      live.parked = written.parks;
      live.gathering = written.gathering;
      if (!written.joined) void this.settle(live, written, options.answers);
      return written;
    } catch (error) {
      return this.unwritten(live, records, error, options.answers);
    }
  }

  /** A result that has no canonical form fails its attempt; a record that the grammar refuses costs this memory, not the log. */
  private unwritten(live: LiveExecution, records: readonly WalRecord[], error: unknown, answers: RealmWork | undefined): undefined {
    if (error instanceof CanonicalJsonError) {
      const misfit = failure('step.result_invalid', { message: `the result has ${error.message}`, field: error.pointer });
      const first = records[0];
      if (answers !== undefined) return void this.fail(live, answers, toWireError(misfitOf(answers, misfit)));
      if (first?.type === 'step_completed') return void this.failStep(live, first.step, first.attempt, misfit);
    }
    this.parts.logger.error({ err: error, execution_id: live.state.executionId }, 'a record could not be written; the execution is folded again');
    this.recovery.reload(live, error instanceof GrammarError ? 0 : RELOAD_DELAY_MS);
    return undefined;
  }

  private async settle(live: LiveExecution, written: WrittenFrame, answers: RealmWork | undefined): Promise<void> {
    try {
      const result = await written.result;
      if (live.discarded) return;
      if (result.status === 'committed') {
        this.committed(live, written.seq, result.n);
        this.parkWith(live, written);
      } else if (result.status === 'fenced') this.stop();
      else if (result.status === 'refused') this.refused(live, answers, result.reason);
      else this.recovery.reload(live, 0);
    } catch (error) {
      this.parts.logger.warn({ err: error, execution_id: live.state.executionId }, 'the log cannot be written; the execution is folded again');
      if (!live.discarded) this.recovery.reload(live, RELOAD_DELAY_MS);
    }
  }

  /** That a frame of this memory stands says that the stream is this writer's. */
  private committed(live: LiveExecution, seq: number, n: number): void {
    this.held.seen(n);
    live.confirmed = true;
    const ends = hasEnded(live.state) && seq === live.state.head.seq;
    if (ends) this.finish(live);
    live.madeDurable(seq, n);
  }

  private finish(live: LiveExecution): void {
    live.setTimer(undefined);
    this.work.drop(live);
    this.held.finish(live);
    this.waiters.ended(live.key, live.state);
  }

  /** The log will not store this frame at all: the attempt that produced it fails, on the memory that the log gives back. */
  private refused(live: LiveExecution, answers: RealmWork | undefined, reason: string): void {
    this.recovery.reload(live, 0, (revived) => {
      this.resume(revived);
      const misfit = failure('step.result_invalid', { message: reason });
      if (answers !== undefined) return void this.fail(revived, answers, toWireError(misfitOf(answers, misfit)));
      const step = runningSteps(revived.state)[0];
      if (step !== undefined) this.failStep(revived, step.name, step.attempt, misfit);
    });
  }

  /** Continues an execution whose memory equals the log, or whose time has come. */
  private resume(live: LiveExecution): void {
    live.confirmed = true;
    const due = this.frames.due(live.state, live.capability, this.work.chunksOut(live));
    const first = due[0];
    if (first?.do === 'append') this.advance(live, first.records);
    else this.work.take(live, due);
  }
}

interface AdvanceOptions extends WriteOptions {
  /** The work whose answer the records are. */
  readonly answers?: RealmWork;
}
