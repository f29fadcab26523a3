import { failure, type Caller, type ExecutionResult, type Json, type ParentClose } from '@symphainy/contracts';
import { hasEnded, resultOf, timedOut, type ExecutionState } from '@symphainy/execution';
import { asPlatformError, hashOf, toWireError, type Clock, type Logger, type PlatformError, type WireError } from '@symphainy/kernel';
import { endedOf, type Acceptance, type SubmissionOutcome } from '../acceptance/acceptance.js';
import type { WalReader } from '../acceptance/log.ports.js';
import type { PayloadContracts } from '../acceptance/payload-contracts.js';
import { foldStream } from '../acceptance/stream-fold.js';
import { sealedError, type PersonalData } from '../personal-data/personal-data.js';
import { reach } from '../fail-points/fail-points.js';
import type { Engine } from './engine.js';
import type { ChildClose, Children, ChildWork } from './engine.ports.js';
import { keyOf, type LiveExecution } from './live-execution.js';

/** A child that its parent waits for no longer. */
export interface ClosedChild {
  readonly tenantId: string;
  readonly executionId: string;
  readonly parentId: string;
  readonly close: Exclude<ParentClose, 'abandon'>;
  readonly by: Caller;
  readonly reason: string;
}

/** Asks an execution to end, wherever it is owned. Resolves when that is durable, or when it has ended or was never there. */
export type CloseExecution = (target: ClosedChild) => Promise<void>;

export interface ChildRunnerParts {
  readonly engine: Engine;
  readonly acceptance: Acceptance;
  readonly reader: WalReader;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly close: CloseExecution;
  readonly contracts: Pick<PayloadContracts, 'checkOutput'>;
  readonly personal: PersonalData;
}

/** What the store's absence looks like from here. */
const AWAY: ReadonlySet<string> = new Set(['wal.unavailable', 'platform.internal']);

/** How often a child that another runtime owns is looked for in the log. */
const POLL_MS = 500;

/**
 * Child intents of running steps. A child is an acceptance of its own, with its own policy decision; its id follows from the parent's
 * attempt, so asking again after a crash finds the child that was asked for before.
 */
export class ChildRunner implements Children {
  /** Acceptances under way, so that a cancellation does not overtake one. */
  private readonly accepting = new Map<string, Promise<SubmissionOutcome>>();

  constructor(private readonly parts: ChildRunnerParts) {}

  run(live: LiveExecution, work: ChildWork): void {
    this.guard(live, work, () => this.follow(live, work));
  }

  /** Asks the child to end, then reports its end to the step that awaits it; of one that is late, only that it was asked. */
  close(live: LiveExecution, work: ChildClose): void {
    this.guard(live, work, async () => {
      while (live.isRunning(work.step.name, work.attempt) && !(await this.closed(live, work))) await new Promise<void>((resolve) => this.parts.clock.after(POLL_MS, resolve));
      if (work.late === true) return void this.failStep(live, work, timedOut(work.step));
      const ended = await this.end(live, work, true);
      if (ended === 'absent') this.failStep(live, work, failure('execution.cancelled', { message: 'the child was never accepted' }));
      else if (ended !== undefined) await this.report(live, work, ended);
    });
  }

  /** Resolves when no acceptance of this child is under way here. */
  async settled(childId: string): Promise<void> {
    await this.accepting.get(childId)?.catch(() => undefined);
  }

  private guard(live: LiveExecution, work: ChildWork | ChildClose, run: () => Promise<void>): void {
    void run().catch((error: unknown) => {
      const known = asPlatformError(error);
      if (known !== error) this.parts.logger.error({ err: error, execution_id: live.state.executionId }, 'a child could not be followed');
      // a store that is away is waited for, within the step's time: that is no failure of the child
      if (AWAY.has(known.code) && live.isRunning(work.step.name, work.attempt)) return void this.parts.clock.after(POLL_MS, () => this.guard(live, work, run));
      this.failStep(live, work, known);
    });
  }

  private failStep(live: LiveExecution, { step, attempt }: ChildWork | ChildClose, error: PlatformError): void {
    this.parts.engine.failStep(live, step.name, attempt, error);
  }

  private async closed(live: LiveExecution, { childId, close, late }: ChildClose): Promise<boolean> {
    const { intent, caller, cancelReason, executionId } = live.state;
    try {
      await this.settled(childId);
      await this.parts.close({ tenantId: intent.tenant_id, executionId: childId, parentId: executionId, close, by: caller, reason: cancelReason ?? (late === true ? 'its parent’s step timed out' : 'its parent was cancelled') });
      return true;
    } catch (error) {
      this.parts.logger.warn({ err: error, execution_id: childId }, 'a child cannot be asked to end yet');
      return false;
    }
  }

  private async follow(live: LiveExecution, work: ChildWork): Promise<void> {
    reach('child.accept', 'before');
    const accepting = this.accept(live, work);
    this.accepting.set(work.childId, accepting);
    const outcome = await accepting.finally(() => this.accepting.delete(work.childId));
    reach('child.accept', 'after');
    const ended = endedOf(outcome) ?? (await this.end(live, work, false));
    if (ended !== undefined && ended !== 'absent') await this.report(live, work, ended);
  }

  private async accept(live: LiveExecution, work: ChildWork): Promise<SubmissionOutcome> {
    const { intent, caller, correlationId, executionId, sealedUnder, parent } = live.state;
    const payload = sealedUnder === undefined ? work.payload : await this.parts.personal.open(live.place, work.payload);
    return this.parts.acceptance.submit({
      caller,
      submission: { intent_id: work.childId, intent_type: work.step.intent_type, session_id: intent.session_id, payload, metadata: {}, ...(intent.solution_context === undefined ? {} : { solution_context: intent.solution_context }) },
      correlationId,
      sealedUnder,
      causationId: executionId,
      parent: { execution_id: executionId, step: work.step.name, attempt: work.attempt, depth: depthBelow(parent) },
    });
  }

  /** The child's end; undefined when the parent no longer waits. `mayBeAbsent`: a child that is in no log is not waited for. */
  private async end(live: LiveExecution, work: ChildWork | ChildClose, mayBeAbsent: boolean): Promise<ExecutionState | 'absent' | undefined> {
    const { engine, reader } = this.parts;
    const tenantId = live.state.intent.tenant_id;
    while (live.isRunning(work.step.name, work.attempt)) {
      if (engine.find(tenantId, work.childId) === undefined) {
        const child = await foldStream(reader, tenantId, work.childId);
        if (child === undefined ? mayBeAbsent : hasEnded(child.state)) return child?.state ?? 'absent';
      }
      const heard = await engine.waiters.wait(keyOf(tenantId, work.childId), POLL_MS);
      if (heard !== undefined) return heard;
      if (engine.waiters.isClosed) return undefined;
    }
    return undefined;
  }

  private async report(live: LiveExecution, work: ChildWork | ChildClose, child: ExecutionState): Promise<void> {
    const { actor } = this.parts.engine.stamp();
    if (isLate(live, work)) return this.failStep(live, work, timedOut(work.step));
    const { result, keys, misfit } = await this.resultFor(live, child);
    const problem = result.success ? misfit : (result.error ?? toWireError(asPlatformError(undefined)));
    if (problem !== undefined) {
      this.parts.engine.report(live, work.step.name, work.attempt, { error: { ...problem, details: { ...problem.details, child_execution_id: work.childId } }, actor });
      return;
    }
    const output = result.output === undefined ? {} : { output: result.output, output_hash: hashOf(result.output) };
    const ok = { handler_build: 'runtime', duration_ms: result.execution_time_ms, ...output, artifacts: [], events: [], state_changes: [], ...(child.classes === undefined ? {} : { classes: [...child.classes] }), ...(keys.length === 0 ? {} : { sealed_under: [...keys] }) };
    this.parts.engine.report(live, work.step.name, work.attempt, { ok, actor });
  }

  /** What a child answers is sealed for it alone: here it is sealed anew for its parent. `misfit`: it is not what the parent promises of its last step. */
  private async resultFor(live: LiveExecution, child: ExecutionState): Promise<ChildResult> {
    const result = resultOf(child);
    if (child.sealedUnder === undefined && live.state.sealedUnder === undefined) return { result, keys: [], misfit: this.misfitOf(live, child, result.output) };
    const { personal } = this.parts;
    const place = { tenantId: child.intent.tenant_id, executionId: child.executionId };
    const sealer = await personal.result(live.place, {}, undefined, [...(live.state.sealedUnder ?? []), ...(child.sealedUnder ?? [])]);
    const { output, error } = await personal.open(place, { output: result.output, error: result.error });
    return {
      result: { ...result, ...(output === undefined ? {} : { output: sealer.output(output) }), ...(error === undefined ? {} : { error: sealedError(sealer, error) }) },
      keys: sealer.keys,
      misfit: this.misfitOf(live, child, output),
    };
  }

  private misfitOf({ capability }: LiveExecution, { parent }: ExecutionState, output: Json | undefined): WireError | undefined {
    if (capability.saga.steps[capability.saga.steps.length - 1]?.name !== parent?.step) return undefined;
    const misfit = this.parts.contracts.checkOutput(capability, output);
    return misfit === undefined ? undefined : toWireError(misfit);
  }
}

/** Records that tell no depth are older than it is. */
const depthBelow = (parent: ExecutionState['parent']): number => (parent === undefined ? 1 : (parent.depth ?? 1) + 1);

interface ChildResult {
  readonly result: ExecutionResult;
  /** Ids of the subject keys that it is sealed under. */
  readonly keys: readonly string[];
  readonly misfit: WireError | undefined;
}

/** Its step has timed out, and only that is told of it, whatever became of the child meanwhile. */
const isLate = (live: LiveExecution, { childId }: ChildWork | ChildClose): boolean => live.due.some((work) => work.do === 'close_child' && work.childId === childId && work.late === true);
