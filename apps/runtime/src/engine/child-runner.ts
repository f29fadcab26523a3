import { failure, type Caller, type ExecutionResult } from '@symphainy/contracts';
import { hasEnded, resultOf, type ExecutionState } from '@symphainy/execution';
import { asPlatformError, hashOf, toWireError, type Clock, type Logger } from '@symphainy/kernel';
import { endedOf, type Acceptance, type SubmissionOutcome } from '../acceptance/acceptance.js';
import type { WalReader } from '../acceptance/log.ports.js';
import { foldStream } from '../acceptance/stream-fold.js';
import { sealedError, type PersonalData } from '../personal-data/personal-data.js';
import { reach } from '../fail-points/fail-points.js';
import type { Engine } from './engine.js';
import type { ChildCancel, Children, ChildWork } from './engine.ports.js';
import { keyOf, type LiveExecution } from './live-execution.js';

/** Asks an execution to be cancelled, wherever it is owned. Resolves when that is durable, or when it has ended or was never there. */
export type CancelExecution = (target: { tenantId: string; executionId: string; by: Caller; reason: string }) => Promise<void>;

export interface ChildRunnerParts {
  readonly engine: Engine;
  readonly acceptance: Acceptance;
  readonly reader: WalReader;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly cancel: CancelExecution;
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

  /** Cancels the child, then reports its end to the step that awaits it. */
  cancelFor(live: LiveExecution, work: ChildCancel): void {
    this.guard(live, work, async () => {
      while (live.isRunning(stepOf(work), work.attempt) && !(await this.cancelled(live, work.childId))) await new Promise<void>((resolve) => this.parts.clock.after(POLL_MS, resolve));
      const ended = await this.end(live, work, true);
      if (ended === 'absent') this.parts.engine.failStep(live, work.step, work.attempt, failure('execution.cancelled', { message: 'the child was never accepted' }));
      else if (ended !== undefined) await this.report(live, work, ended);
    });
  }

  private guard(live: LiveExecution, work: ChildWork | ChildCancel, run: () => Promise<void>): void {
    void run().catch((error: unknown) => {
      const known = asPlatformError(error);
      if (known !== error) this.parts.logger.error({ err: error, execution_id: live.state.executionId }, 'a child could not be followed');
      // a store that is away is waited for, within the step's time: that is no failure of the child
      if (AWAY.has(known.code) && live.isRunning(stepOf(work), work.attempt)) return void this.parts.clock.after(POLL_MS, () => this.guard(live, work, run));
      this.parts.engine.failStep(live, stepOf(work), work.attempt, known);
    });
  }

  private async cancelled(live: LiveExecution, childId: string): Promise<boolean> {
    try {
      await this.cancelChild(live, childId);
      return true;
    } catch (error) {
      this.parts.logger.warn({ err: error, execution_id: childId }, 'a child cannot be cancelled yet');
      return false;
    }
  }

  private async cancelChild(live: LiveExecution, childId: string): Promise<void> {
    await this.accepting.get(childId)?.catch(() => undefined);
    const { intent, caller, cancelReason } = live.state;
    await this.parts.cancel({ tenantId: intent.tenant_id, executionId: childId, by: caller, reason: cancelReason ?? 'its parent was cancelled' });
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
    const { intent, caller, correlationId, executionId, sealedUnder } = live.state;
    const payload = sealedUnder === undefined ? work.payload : await this.parts.personal.open(live.place, work.payload);
    return this.parts.acceptance.submit({
      caller,
      submission: { intent_id: work.childId, intent_type: work.step.intent_type, session_id: intent.session_id, payload, metadata: {}, ...(intent.solution_context === undefined ? {} : { solution_context: intent.solution_context }) },
      correlationId,
      sealedUnder,
      causationId: executionId,
      parent: { execution_id: executionId, step: work.step.name, attempt: work.attempt },
    });
  }

  /** The child's end; undefined when the parent no longer waits. `mayBeAbsent`: a child that is in no log is not waited for. */
  private async end(live: LiveExecution, work: ChildWork | ChildCancel, mayBeAbsent: boolean): Promise<ExecutionState | 'absent' | undefined> {
    const { engine, reader } = this.parts;
    const tenantId = live.state.intent.tenant_id;
    while (live.isRunning(stepOf(work), work.attempt)) {
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

  private async report(live: LiveExecution, work: ChildWork | ChildCancel, child: ExecutionState): Promise<void> {
    const { actor } = this.parts.engine.stamp();
    const { result, keys } = await this.resultFor(live, child);
    if (!result.success) {
      const error = result.error ?? toWireError(asPlatformError(undefined));
      this.parts.engine.report(live, stepOf(work), work.attempt, { error: { ...error, details: { ...error.details, child_execution_id: work.childId } }, actor });
      return;
    }
    const output = result.output === undefined ? {} : { output: result.output, output_hash: hashOf(result.output) };
    const ok = { handler_build: 'runtime', duration_ms: result.execution_time_ms, ...output, artifacts: [], events: [], state_changes: [], ...(child.classes === undefined ? {} : { classes: [...child.classes] }), ...(keys.length === 0 ? {} : { sealed_under: [...keys] }) };
    this.parts.engine.report(live, stepOf(work), work.attempt, { ok, actor });
  }

  /** What a child answers is sealed for it alone: here it is sealed anew for its parent. */
  private async resultFor(live: LiveExecution, child: ExecutionState): Promise<{ readonly result: ExecutionResult; readonly keys: readonly string[] }> {
    const result = resultOf(child);
    if (child.sealedUnder === undefined && live.state.sealedUnder === undefined) return { result, keys: [] };
    const { personal } = this.parts;
    const place = { tenantId: child.intent.tenant_id, executionId: child.executionId };
    const sealer = await personal.result(live.place, {}, undefined, [...(live.state.sealedUnder ?? []), ...(child.sealedUnder ?? [])]);
    const { output, error } = await personal.open(place, { output: result.output, error: result.error });
    return {
      result: { ...result, ...(output === undefined ? {} : { output: sealer.output(output) }), ...(error === undefined ? {} : { error: sealedError(sealer, error) }) },
      keys: sealer.keys,
    };
  }
}

const stepOf = (work: ChildWork | ChildCancel): string => (typeof work.step === 'string' ? work.step : work.step.name);
