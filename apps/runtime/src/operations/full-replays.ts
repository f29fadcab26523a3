import { failure, type DeterminismReport, type RegisteredCapability, type ReplayReport, type SessionReplayReport, type StepComparison, type SubjectRequest } from '@symphainy/contracts';
import type { ExecutionState } from '@symphainy/execution';
import { isoTime, type Clock } from '@symphainy/kernel';
import type { BundleHolder } from '../acceptance/bundle-holder.js';
import type { HistoryLog } from '../acceptance/history-log.js';
import type { WalReader } from '../acceptance/log.ports.js';
import { actorOf } from '../acceptance/sessions.js';
import type { QueryHandlers } from '../intake/intake.ports.js';
import { recordedResults, type RecordedResult } from './recorded-results.js';
import type { StepReruns } from './step-reruns.js';

export interface FullReplayParts {
  readonly reader: WalReader;
  readonly bundles: BundleHolder;
  readonly reruns: StepReruns;
  readonly history: HistoryLog;
  readonly queries: QueryHandlers;
  readonly clock: Clock;
}

type Compare = (recorded: RecordedResult, capability: RegisteredCapability) => Promise<StepComparison>;

/** Steps run again at once: their inputs are recorded, so none waits for another. */
const AT_ONCE = 8;
/** Executions of a session that one answer runs again: its caller waits for them. */
const SESSION_PAGE = 10;

/**
 * Replays that run something: the deterministic steps of a recorded execution, on their recorded inputs, in the sandbox. What was live is not touched: the stream gets no
 * record, no effect is sent, and what steps write is thrown away.
 */
export class FullReplays {
  constructor(private readonly parts: FullReplayParts) {}

  async replay(request: SubjectRequest<'runtime.execution.replay'>): Promise<ReplayReport> {
    const { reruns, queries } = this.parts;
    const fold = await queries['runtime.execution.replay']({ ...request, mode: 'state_only' });
    const { steps } = await this.rerun(request, (recorded, capability) => reruns.compare(recorded, capability));
    return { ...fold, mode: 'full', steps, diverged: steps.some((step) => step.comparison === 'diverged') };
  }

  /** A page of a session's executions, one after the other. */
  async replaySession(request: SubjectRequest<'runtime.session.replay'>): Promise<SessionReplayReport> {
    const folded = await this.parts.queries['runtime.session.replay']({ ...request, mode: 'state_only', limit: Math.min(request.limit, SESSION_PAGE) });
    const executions: ReplayReport[] = [];
    for (const { execution_id } of folded.executions) executions.push(await this.replay({ caller: request.caller, execution_id, mode: 'full', from_seq: 0, limit: 1 }));
    return { ...folded, mode: 'full', executions };
  }

  /** Whether the execution's capability keeps its promise: every comparable step is run twice. The verdict is recorded. */
  async checkDeterminism(request: SubjectRequest<'runtime.execution.determinism'>): Promise<DeterminismReport> {
    const { reruns, history, clock } = this.parts;
    const { steps, capability } = await this.rerun(request, (recorded, declared) => reruns.compareTwice(recorded, declared));
    if (capability === undefined) throw failure('execution.not_applicable', { message: 'the intent was refused: nothing ran that could be checked' });
    const compared = steps.filter((step) => step.comparison !== 'not_comparable');
    const diverged = compared.flatMap(({ step, comparison, field = '' }) => (comparison === 'diverged' ? [{ step, field: field.slice(0, 500) }] : []));
    const { execution_id, caller } = request;
    await history.record(caller.tenant_id, 'determinism', [
      { type: 'determinism_checked', at: history.stamp().at, actor: actorOf(caller), execution_id, capability: capability.name, compared: compared.length, diverged, by: caller },
    ]);
    return { execution_id, capability: capability.name, deterministic: diverged.length === 0, steps, checked_at: isoTime(clock.now()) };
  }

  private async rerun({ caller, execution_id }: SubjectRequest<'runtime.execution.determinism'>, compare: Compare): Promise<{ steps: StepComparison[]; capability: RegisteredCapability | undefined }> {
    const { reader, bundles } = this.parts;
    let capability: RegisteredCapability | undefined;
    const sagaOf = async (state: ExecutionState): Promise<RegisteredCapability['saga']> => {
      if (state.capability === undefined) throw failure('execution.not_found');
      capability = await bundles.capabilityOf(state.capability.bundle_hash, state.capability.capability);
      return capability.saga;
    };
    const [first] = await reader.readStream(caller.tenant_id, execution_id, 0, 1);
    if (first?.kind !== 'execution') throw failure('execution.not_found');
    const steps: Promise<StepComparison>[] = [];
    for await (const recorded of recordedResults(reader, caller.tenant_id, execution_id, sagaOf)) {
      if (steps.length >= AT_ONCE) await steps[steps.length - AT_ONCE];
      if (capability === undefined) continue;
      const comparing = compare(recorded, capability);
      // Awaited below, and in order: until then a failure is nobody's.
      comparing.catch(() => undefined);
      steps.push(comparing);
    }
    return { steps: await Promise.all(steps), capability };
  }
}
