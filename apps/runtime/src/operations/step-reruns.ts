import type { AttemptRef, RegisteredCapability, StepComparison, StepDispatch, StepOutcome } from '@symphainy/contracts';
import { chunkContent } from '@symphainy/execution';
import { isoTime, hashOf, type Clock, type IdSource } from '@symphainy/kernel';
import type { ReplayAccess, ReplayRun } from '../data-brain/replay-access.js';
import type { ReplaySender } from '../dispatch/replay-sender.js';
import type { ReplayTokens } from '../dispatch/replay-tokens.js';
import { contextOf } from '../dispatch/step-message.js';
import type { PersonalData } from '../personal-data/personal-data.js';
import { comparableArtifacts, sealedAgent, sealedResult } from '../personal-data/sealed-results.js';
import type { RecordedResult } from './recorded-results.js';
import { agentTold, firstDifference, recomputedResult, recordedChunk, recordedFailure, recordedResult, type ComparableResult } from './result-comparison.js';

export interface StepRerunParts {
  readonly sender: ReplaySender;
  readonly access: ReplayAccess;
  readonly tokens: ReplayTokens;
  readonly personal: PersonalData;
  readonly clock: Clock;
  readonly ids: IdSource;
}

/** No step is waited for longer than this while it is run again. */
const RERUN_MS_MAX = 20_000;

type NotComparable = NonNullable<StepComparison['reason']>;
type Named = Pick<StepComparison, 'step' | 'attempt' | 'chunk' | 'kind' | 'recorded_build'>;

/** One run of a step in the sandbox: its result, or why there is none to compare. */
type Rerun = { readonly outcome: StepOutcome; readonly result: ComparableResult; readonly strayed?: NonNullable<ReplayRun['strayed']> } | { readonly reason: NotComparable; readonly build?: string };

export const REALMS_OF_THE_PLATFORM: ReadonlySet<string> = new Set(['governance', 'runtime']);

/**
 * Runs recorded steps again in the sandbox and holds the results against each other. Only tasks and chunks of capabilities that claim to be deterministic are run, and agents whose
 * reasoner is; what has effects, reasons otherwise or waits is taken from the record.
 */
export class StepReruns {
  constructor(private readonly parts: StepRerunParts) {}

  /** A recorded result against a run of now. */
  async compare(recorded: RecordedResult, capability: RegisteredCapability): Promise<StepComparison> {
    const named = nameOf(recorded);
    const why = notRun(recorded, capability);
    if (why !== undefined) return { ...named, comparison: 'not_comparable', reason: why };
    const again = await this.run(recorded, capability);
    return 'reason' in again ? refused(named, again) : compared(named, { result: resultOf(recorded) }, again);
  }

  /** Two runs of now against each other, and then against the record: the first difference is told. */
  async compareTwice(recorded: RecordedResult, capability: RegisteredCapability): Promise<StepComparison> {
    const named = nameOf(recorded);
    const why = notRun(recorded, capability);
    if (why !== undefined) return { ...named, comparison: 'not_comparable', reason: why };
    const first = await this.run(recorded, capability);
    if ('reason' in first) return refused(named, first);
    const second = await this.run(recorded, capability);
    if ('reason' in second) return refused(named, second);
    const twice = compared(named, first, second);
    return twice.comparison === 'diverged' ? twice : compared(named, { result: resultOf(recorded) }, second);
  }

  private async run(recorded: RecordedResult, capability: RegisteredCapability): Promise<Rerun> {
    const { record, definition, state, epoch, references, tools, sealedUnder, chunk } = recorded;
    const { sender, access, tokens, clock, ids } = this.parts;
    const given = await this.given(recorded);
    if (given === undefined) return { reason: 'erased' };
    const attempt: AttemptRef = { tenant_id: state.intent.tenant_id, execution_id: state.executionId, step: record.step, attempt: attemptOf(record), epoch, ...(chunk === undefined ? {} : { chunk: chunk.chunk }) };
    const within = Math.min(definition?.timeout_ms ?? RERUN_MS_MAX, RERUN_MS_MAX);
    const run = ids.next();
    const deadline = clock.now() + within;
    const token = tokens.mint(attempt, run, deadline);
    const sandbox = access.open(run, attempt, { references, tools, sealedUnder, boundary: state.boundary });
    try {
      const outcome = await sender.send(capability.realm, run, { attempt, capability: capability.name, token, ...given, deadline: isoTime(deadline), replay: true }, within);
      return judged(outcome === undefined ? undefined : await this.asRecorded(outcome, recorded, capability), sandbox, record.handler_build);
    } finally {
      access.close(run);
    }
  }

  /** In plain; undefined: what it was given was erased. */
  private async given({ state, inputs, chunk }: RecordedResult): Promise<Pick<StepDispatch, 'context' | 'inputs' | 'chunk'> | undefined> {
    const { personal } = this.parts;
    const sealed = { context: contextOf(state), inputs: { ...inputs }, ...(chunk === undefined ? {} : { chunk: chunkContent(chunk) }) };
    if (state.sealedUnder === undefined) return sealed;
    const place = { tenantId: state.intent.tenant_id, executionId: state.executionId };
    if ((await personal.keys.destroyed(place.tenantId, state.sealedUnder)).length > 0) return undefined;
    return personal.open(place, sealed);
  }

  /** Sealed as the recorded result was, so that the two can be compared. */
  private async asRecorded(outcome: StepOutcome, { record, state, sealedUnder, last }: RecordedResult, capability: RegisteredCapability): Promise<StepOutcome> {
    const { personal } = this.parts;
    const contract = last ? capability.output_contract : {};
    if (outcome.result === undefined || !personal.concerns(contract, sealedUnder)) return outcome;
    const sealer = await personal.result({ tenantId: state.intent.tenant_id, executionId: state.executionId }, contract, outcome.result.output, sealedUnder);
    if (sealer.keys.length === 0) return outcome;
    const result = comparableArtifacts(sealedResult(capability.saga, record.step, outcome.result, sealer));
    return { ...outcome, result: result.agent === undefined ? result : { ...result, agent: sealedAgent(result.agent, sealer) } };
  }
}

/** What may not, or need not, be run again. A failure is compared when the realm itself said that it is final. */
function notRun({ record, definition, agent, chunk }: RecordedResult, capability: RegisteredCapability): NotComparable | undefined {
  if (REALMS_OF_THE_PLATFORM.has(capability.realm)) return 'taken_from_record';
  if (definition?.kind === 'agent') return agent?.deterministic === true ? undefined : 'taken_from_record';
  if (definition?.kind !== 'task' && chunk === undefined) return 'taken_from_record';
  if (capability.determinism !== 'deterministic') return 'not_deterministic';
  const own = record.type !== 'step_failed' || (record.handler_build !== undefined && record.error.kind === 'domain' && record.error.retry.mode === 'terminal');
  return own ? undefined : 'taken_from_record';
}

/** What the sandbox could not give says more than what the handler made of it. */
function judged(outcome: StepOutcome | undefined, sandbox: ReplayRun, recordedBuild: string | undefined): Rerun {
  if (outcome === undefined) return { reason: 'no_answer' };
  // builds are told apart as their realm names them: one that lacks the handler is another whatever its name
  const lacksHandler = outcome.error?.code === 'step.handler_missing';
  if (lacksHandler || (recordedBuild !== undefined && outcome.handler_build !== recordedBuild)) return { reason: 'another_build', build: outcome.handler_build };
  if (sandbox.usedTool) return { reason: 'tool', build: outcome.handler_build };
  if (sandbox.metErased) return { reason: 'erased', build: outcome.handler_build };
  return { outcome, result: recomputedResult(outcome), ...(sandbox.strayed === undefined ? {} : { strayed: sandbox.strayed }) };
}

const attemptOf = (record: RecordedResult['record']): number => (record.type === 'chunk_completed' ? record.chunk_attempt : record.attempt);

const nameOf = ({ record, definition, chunk }: RecordedResult): Named => ({
  step: record.step, attempt: attemptOf(record), ...(chunk === undefined ? {} : { chunk: chunk.chunk }), kind: definition?.kind ?? 'unknown', ...(record.handler_build === undefined ? {} : { recorded_build: record.handler_build }),
});

function resultOf({ record, agent }: RecordedResult): ComparableResult {
  if (record.type === 'chunk_completed') return recordedChunk(record);
  if (record.type === 'step_failed') return recordedFailure(record);
  return agent === undefined ? recordedResult(record) : { ...recordedResult(record), ...agentTold(agent) };
}

const refused = (named: Named, { reason, build }: Extract<Rerun, { reason: NotComparable }>): StepComparison => ({ ...named, comparison: 'not_comparable', reason, ...(build === undefined ? {} : { recomputed_build: build }) });

function compared(named: Named, before: { readonly result: ComparableResult }, { outcome, result, strayed }: Extract<Rerun, { outcome: StepOutcome }>): StepComparison {
  const field = firstDifference(before.result, result) ?? strayed;
  const told = { recorded_hash: hashOf(before.result), recomputed_hash: hashOf(result), recomputed_build: outcome.handler_build };
  return field === undefined ? { ...named, comparison: 'equal', ...told } : { ...named, comparison: 'diverged', field, ...told };
}
