import { failure, MAX_INLINE_BYTES, stepResult, type Artifact, type ProducedArtifact, type StepResult } from '@symphainy/contracts';
import { canonicalJson, CanonicalJsonError, sha256Hex, type PlatformError } from '@symphainy/kernel';
import type { ObjectStore } from '@symphainy/ports';
import type { PayloadContracts } from '../acceptance/payload-contracts.js';
import type { StepReport } from '../engine/engine.ports.js';
import type { LiveExecution } from '../engine/live-execution.js';

export interface HandedBack {
  readonly handlerBuild: string;
  readonly durationMs: number;
  readonly result: StepResult;
  readonly actor: string;
}

type Completed = Extract<StepReport, { ok: unknown }>;

/**
 * Makes what a step hands back into what is recorded: artifacts get their id and content hash, objects must be in the store, the last
 * step's output must fit the output contract. Whatever does not hold becomes the attempt's error.
 */
export class StepResults {
  constructor(
    private readonly contracts: PayloadContracts,
    private readonly objects: ObjectStore,
  ) {}

  /** Synchronous unless objects must be looked up: most steps hand back none, and then a turn of the loop is saved. */
  report(live: LiveExecution, step: string, back: HandedBack): StepReport | Promise<StepReport> {
    try {
      const completed = this.complete(live, step, back);
      if (completed.ok.artifacts.every((a) => a.object === undefined)) return completed;
      return this.withObjects(live.state.intent.tenant_id, completed, back);
    } catch (error) {
      return refused(back, resultError(error));
    }
  }

  private complete(live: LiveExecution, step: string, { handlerBuild, durationMs, result, actor }: HandedBack): Completed {
    const shaped = result.artifacts.length + result.events.length + result.state_changes.length === 0 ? result : shape(result);
    if (isLast(live, step)) {
      const misfit = this.contracts.checkOutput(live.capability, shaped.output);
      if (misfit !== undefined) throw misfit;
    }
    const { output } = shaped;
    const text = output === undefined ? undefined : canonicalJson(output);
    const ok = {
      handler_build: handlerBuild,
      duration_ms: durationMs,
      ...(output === undefined || text === undefined ? {} : { output, output_hash: sha256Hex(text) }),
      ...(shaped.outcome === undefined ? {} : { outcome: shaped.outcome }),
      artifacts: shaped.artifacts.map((produced) => recorded(live.state.executionId, step, produced)),
      events: shaped.events,
      state_changes: shaped.state_changes,
    };
    return typeof output === 'object' && output !== null && text !== undefined ? { ok, actor, texts: new Map([[output, text]]) } : { ok, actor };
  }

  private async withObjects(tenantId: string, completed: Completed, back: HandedBack): Promise<StepReport> {
    for (const { name, object } of completed.ok.artifacts) {
      if (object === undefined) continue;
      const stored = await this.objects.stat(tenantId, object.hash);
      if (stored === undefined) return refused(back, failure('object.missing', { message: `artifact ${name}: its object was never written`, details: { hash: object.hash } }));
      if (stored.size !== object.size) return refused(back, failure('object.hash_mismatch', { message: `artifact ${name}: its object has ${stored.size} bytes, not ${object.size}` }));
    }
    return completed;
  }
}

const refused = (back: HandedBack, error: PlatformError): StepReport => ({ error: { code: error.code, kind: error.kind, message: error.message, retry: error.retry, ...(error.field === undefined ? {} : { field: error.field }), ...(error.fix === undefined ? {} : { fix: error.fix }), ...(error.details === undefined ? {} : { details: error.details }) }, handlerBuild: back.handlerBuild, actor: back.actor });

const isLast = ({ capability }: LiveExecution, step: string): boolean => capability.saga.steps.at(-1)?.name === step;

function shape(result: StepResult): StepResult {
  const parsed = stepResult.safeParse(result);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  throw failure('step.result_invalid', { message: issue?.message ?? 'not a step result', field: `/${(issue?.path ?? []).join('/')}` });
}

function recorded(executionId: string, step: string, produced: ProducedArtifact): Artifact {
  const { content, object } = produced;
  if ((content === undefined) === (object === undefined)) throw failure('step.result_invalid', { message: `artifact ${produced.name} must have either content or an object` });
  return { ...produced, artifact_id: `${executionId}/${step}/${produced.name}`, execution_id: executionId, step, content_hash: object?.hash ?? inlineHash(produced) };
}

function inlineHash({ name, content }: ProducedArtifact): string {
  const text = canonicalJson(content);
  if (text.length > MAX_INLINE_BYTES) throw failure('step.result_invalid', { message: `artifact ${name} is larger than ${MAX_INLINE_BYTES} bytes: write it as an object` });
  return sha256Hex(text);
}

function resultError(error: unknown): PlatformError {
  if (error instanceof CanonicalJsonError) return failure('step.result_invalid', { message: error.message, field: error.pointer });
  return error as PlatformError;
}
