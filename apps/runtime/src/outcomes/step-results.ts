import { failure, MAX_INLINE_BYTES, MAX_LINEAGE_BYTES, stepOutcome, stepResult, wireError, type Artifact, type ProducedArtifact, type SagaStep, type StepOutcome, type StepResult } from '@symphainy/contracts';
import { asPlatformError, canonicalJson, CanonicalJsonError, hashOf, sha256Hex, toWireError, type PlatformError, type WireError } from '@symphainy/kernel';
import type { ObjectStore } from '@symphainy/ports';
import type { PayloadContracts } from '../acceptance/payload-contracts.js';
import type { StepReport, WorkReport } from '../engine/engine.ports.js';
import type { LiveExecution } from '../engine/live-execution.js';
import type { GovernedArtifacts } from './governed-artifacts.js';
import { sealedError, type PersonalData, type ResultSealer } from '../personal-data/personal-data.js';
import { storedSize } from '../personal-data/sealed-objects.js';
import { sealedAgent, sealedResult } from '../personal-data/sealed-results.js';
import { accountsFor, misfitOf } from '../engine/reports.js';
import type { RealmWork } from '../engine/work.js';

interface HandedBack {
  readonly step: string;
  readonly handlerBuild: string;
  readonly durationMs: number;
  readonly result: StepResult;
  readonly actor: string;
  /** It is the step's own result, not a chunk's, a preview's or an undoing's. */
  readonly whole: boolean;
}

const NO_CONTRACT = {};

type Completed = Extract<StepReport, { ok: unknown }>;

/**
 * Makes what a step hands back into what is recorded: artifacts get their id and content hash, objects must be in the store, the last
 * step's output must fit the output contract. Whatever does not hold becomes the attempt's error.
 */
export class StepResults {
  constructor(
    private readonly contracts: PayloadContracts,
    private readonly objects: ObjectStore,
    private readonly personal: PersonalData,
    private readonly governed: GovernedArtifacts,
  ) {}

  /** A realm's answer. Synchronous unless objects must be looked up: most steps hand back none, and then a turn of the loop is saved. */
  report(live: LiveExecution, work: RealmWork, outcome: StepOutcome): WorkReport | Promise<WorkReport> {
    const { handler_build: handlerBuild, duration_ms: durationMs, result, error } = outcome;
    const actor = `realm:${live.capability.realm}@${handlerBuild}`;
    const refuse = (problem: PlatformError): WorkReport => ({ error: toWireError(misfitOf(work, problem)), handlerBuild, actor });
    if (result === undefined) return this.failed(live, error, { handlerBuild, actor, refuse });
    const back = { step: work.step.name, handlerBuild, durationMs, result, actor, whole: work.do === 'run' && work.phase === undefined };
    const misfit = misfitOfKind(work, outcome);
    if (misfit !== undefined) return refuse(misfit);
    const made = this.make(live, back, refuse);
    if (made instanceof Promise) return made.then((report) => this.dressed(live, work, report, outcome));
    return this.dressed(live, work, made, outcome);
  }

  /** Errors are rare enough to be looked at whole: what is recorded of one must fit the log. */
  private failed(live: LiveExecution, told: WireError | undefined, { handlerBuild, actor, refuse }: { readonly handlerBuild: string; readonly actor: string; readonly refuse: (problem: PlatformError) => WorkReport }): WorkReport | Promise<WorkReport> {
    if (told === undefined) return refuse(failure('step.result_invalid', { message: 'the realm answered with neither a result nor an error' }));
    const { data: error, error: misfit } = wireError.safeParse(told);
    if (error === undefined) return refuse(failure('step.result_invalid', { message: `the realm’s error does not fit its contract: ${misfit.issues[0]?.message ?? ''}`, field: `/error/${(misfit.issues[0]?.path ?? []).join('/')}` }));
    if (live.state.sealedUnder === undefined) return { error, handlerBuild, actor };
    return this.sealer(live, {}, undefined).then((sealer) => ({ error: sealedError(sealer, error), handlerBuild, actor }), (problem: unknown) => ({ error: toWireError(asPlatformError(problem)), handlerBuild, actor }));
  }

  private sealer(live: LiveExecution, contract: Parameters<PersonalData['result']>[1], output: StepResult['output']): Promise<ResultSealer> {
    return this.personal.result(live.place, contract, output, live.state.sealedUnder);
  }

  /** What a signal brings: a step's result from outside. */
  given(live: LiveExecution, step: string, result: StepResult, actor: string): StepReport | Promise<StepReport> {
    return this.make(live, { step, handlerBuild: 'runtime', durationMs: 0, result, actor, whole: true }, (problem) => ({ error: toWireError(problem), handlerBuild: 'runtime', actor }));
  }

  private make<R>(live: LiveExecution, back: HandedBack, refuse: (problem: PlatformError) => R): Completed | R | Promise<Completed | R> {
    try {
      const checked = this.checked(live, back);
      const contract = back.whole && isLastStep(live.capability.saga.steps, back.step) ? live.capability.output_contract : NO_CONTRACT;
      if (this.personal.concerns(contract, live.state.sealedUnder)) return this.sealed(live, checked, contract).then((completed) => this.stored(live, completed, refuse)).catch((error: unknown) => refuse(resultError(error)));
      return this.stored(live, completed(live, checked), refuse);
    } catch (error) {
      return refuse(resultError(error));
    }
  }

  private stored<R>(live: LiveExecution, completed: Completed, refuse: (problem: PlatformError) => R): Completed | Promise<Completed | R> {
    if (completed.ok.artifacts.every((a) => a.object === undefined)) return completed;
    return this.withObjects(live.state.intent.tenant_id, completed).then((problem) => (problem === undefined ? completed : refuse(problem)));
  }

  /** What is personal is sealed before anything of it is hashed. */
  private async sealed(live: LiveExecution, back: HandedBack, contract: Parameters<PersonalData['result']>[1]): Promise<Completed> {
    const sealer = await this.sealer(live, contract, back.result.output);
    if (sealer.keys.length === 0) return completed(live, back);
    const sealed = completed(live, { ...back, result: sealedResult(live.capability.saga, back.step, back.result, sealer) });
    return { ...sealed, ok: { ...sealed.ok, sealed_under: [...sealer.keys] } };
  }

  /** What was handed back, once it fits its contracts. */
  private checked(live: LiveExecution, back: HandedBack): HandedBack {
    const { result, step, whole } = back;
    const shaped = result.artifacts.length + result.events.length + result.state_changes.length === 0 ? result : shape(result);
    if (whole && isLastStep(live.capability.saga.steps, step)) {
      const misfit = this.contracts.checkOutput(live.capability, shaped.output);
      if (misfit !== undefined) throw misfit;
    }
    for (const artifact of shaped.artifacts) checkSize(artifact);
    const artifacts = shaped.artifacts.length === 0 ? shaped.artifacts : this.governed.govern(live, step, shaped.artifacts);
    if (artifacts !== shaped.artifacts) return { ...back, result: { ...shaped, artifacts } };
    return shaped === result ? back : { ...back, result: shaped };
  }

  /** The report with what its kind of work tells beside the result; `misfitOfKind` has checked it. */
  private dressed(live: LiveExecution, work: RealmWork, report: StepReport, { chunk, result }: StepOutcome): WorkReport | Promise<WorkReport> {
    if ('error' in report) return report;
    // by its schema: what else it brings would stand in the record beside, or instead of, what the runtime says there
    if (work.do === 'run_chunk' && chunk !== undefined) return { chunk: chunkShape.parse(chunk), ok: report.ok, actor: report.actor };
    if (work.do !== 'run' || work.step.kind !== 'agent' || result?.agent === undefined) return report;
    const agent = agentShape.parse(result.agent);
    if (report.ok.sealed_under === undefined) return { ...report, agent };
    return this.personal.result(live.place, NO_CONTRACT, undefined, report.ok.sealed_under).then((sealer) => ({ ...report, agent: sealedAgent(agent, sealer) }));
  }

  private async withObjects(tenantId: string, completed: Completed): Promise<PlatformError | undefined> {
    for (const { name, object } of completed.ok.artifacts) {
      if (object === undefined) continue;
      if (completed.ok.sealed_under !== undefined && object.sealed === undefined) return failure('step.result_invalid', { message: `artifact ${name}: its object was begun before the personal data that it may hold was read`, field: `/artifacts` });
      const stored = await this.objects.stat(tenantId, object.hash);
      if (stored === undefined) return failure('object.missing', { message: `artifact ${name}: its object was never written`, details: { hash: object.hash } });
      if (stored.size !== storedSize(object)) return failure('object.hash_mismatch', { message: `artifact ${name}: its object has ${stored.size} bytes, not ${storedSize(object)}` });
    }
    return undefined;
  }
}

const chunkShape = stepOutcome.shape.chunk.unwrap();
const agentShape = stepResult.shape.agent.unwrap();

/** What a kind of work must tell beside its result. */
function misfitOfKind(work: RealmWork, { chunk, result }: StepOutcome): PlatformError | undefined {
  if (work.do === 'run_chunk') {
    const told = chunkShape.safeParse(chunk);
    return told.success && accountsFor(work, told.data) ? undefined : failure('step.result_invalid', { message: 'the answer does not account for the chunk’s items' });
  }
  if (work.do !== 'run' || work.step.kind !== 'agent') return undefined;
  return agentShape.safeParse(result?.agent).success ? undefined : failure('step.result_invalid', { message: 'an agent’s step must tell what it reasoned with', field: '/agent' });
}

/** Whether the saga's output is this step's: it is the last one, or the last of a case of a choice that is. */
export function isLastStep(steps: readonly SagaStep[], name: string): boolean {
  const last = steps[steps.length - 1];
  if (last === undefined || last.name === name) return last !== undefined;
  return last.kind === 'choice' && [...Object.values(last.cases), last.otherwise ?? []].some((taken) => isLastStep(taken, name));
}

function shape(result: StepResult): StepResult {
  const parsed = stepResult.safeParse(result);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  throw failure('step.result_invalid', { message: issue?.message ?? 'not a step result', field: `/${(issue?.path ?? []).join('/')}` });
}

function recorded(executionId: string, step: string, produced: ProducedArtifact): Artifact {
  const { content, object, external } = produced;
  if ([content, object, external].filter((one) => one !== undefined).length !== 1) throw failure('step.result_invalid', { message: `artifact ${produced.name} must have one of content, an object, and an external location` });
  return { ...produced, artifact_id: `${executionId}/${step}/${produced.name}`, execution_id: executionId, step, content_hash: object?.hash ?? hashOf(content ?? external) };
}

/** As it was handed back: sealed, it is a third larger. */
function checkSize({ name, content, lineage }: ProducedArtifact): void {
  if (lineage !== undefined && canonicalJson(lineage).length > MAX_LINEAGE_BYTES) throw failure('step.result_invalid', { message: `the lineage of artifact ${name} is larger than ${MAX_LINEAGE_BYTES} bytes: let its members tell it themselves (lineage.members)` });
  if (content !== undefined && canonicalJson(content).length > MAX_INLINE_BYTES) throw failure('step.result_invalid', { message: `artifact ${name} is larger than ${MAX_INLINE_BYTES} bytes: write it as an object` });
}

function completed(live: LiveExecution, { step, handlerBuild, durationMs, result, actor }: HandedBack): Completed {
  const { output } = result;
  const text = output === undefined ? undefined : canonicalJson(output);
  const ok = {
    handler_build: handlerBuild,
    duration_ms: durationMs,
    ...(output === undefined || text === undefined ? {} : { output, output_hash: sha256Hex(text) }),
    ...(result.outcome === undefined ? {} : { outcome: result.outcome }),
    artifacts: result.artifacts.map((produced) => recorded(live.state.executionId, step, produced)),
    events: result.events,
    state_changes: result.state_changes,
  };
  return typeof output === 'object' && output !== null && text !== undefined ? { ok, actor, texts: new Map([[output, text]]) } : { ok, actor };
}

function resultError(error: unknown): PlatformError {
  if (error instanceof CanonicalJsonError) return failure('step.result_invalid', { message: error.message, field: error.pointer });
  return error as PlatformError;
}
