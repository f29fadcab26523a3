import { failure, type StepDispatch, type StepOutcome } from '@symphainy/contracts';
import { asPlatformError, PlatformError, toWireError, type Clock, type Logger } from '@symphainy/kernel';
import type { CapabilityDefinition } from './capability-definition.js';
import { runChunk, runWholeChunk, undoChunk } from './chunk-runner.js';
import type { RealmDefinition } from './realm-definition.js';
import { completeResult, type StepHandlers, type StepResultInput } from './step-definition.js';
import { StepTask, type TaskAccess } from './step-task.js';

export interface StepRunnerOptions {
  readonly realm: RealmDefinition;
  readonly build: string;
  readonly clock: Clock;
  readonly logger: Logger;
}

type Done = Pick<StepOutcome, 'result' | 'chunk'>;

/**
 * Runs one dispatched attempt to an outcome. It never rejects: whatever a handler throws becomes the outcome's error; what is none of
 * ours is logged whole and told by name only.
 */
export async function runStep(options: StepRunnerOptions, dispatch: StepDispatch, access: TaskAccess, signal: AbortSignal): Promise<StepOutcome> {
  const started = options.clock.monotonic();
  const outcome = (what: Done | Pick<StepOutcome, 'error'>): StepOutcome => ({
    attempt: dispatch.attempt,
    handler_build: options.build,
    duration_ms: Math.round((options.clock.monotonic() - started) * 1000) / 1000,
    ...what,
  });
  try {
    const definition = options.realm.capabilities.get(dispatch.capability);
    const handlers = definition?.handlers.get(dispatch.attempt.step);
    if (definition === undefined || handlers === undefined) throw missing(options, dispatch);
    return outcome(await perform(options, dispatch, handlers, taskOf(options, dispatch, definition, access, signal)));
  } catch (error) {
    const known = asPlatformError(error);
    if (known !== error) options.logger.error({ err: error, execution_id: dispatch.attempt.execution_id, step: dispatch.attempt.step }, 'a handler failed unexpectedly');
    return outcome({ error: toWireError(known) });
  }
}

function taskOf(options: StepRunnerOptions, dispatch: StepDispatch, definition: CapabilityDefinition, access: TaskAccess, signal: AbortSignal): StepTask<never> {
  const { attempt, context, effect_key, completed } = dispatch;
  const payload = definition.input.parse(context.intent.payload) as never;
  const logger = options.logger.child({ execution_id: attempt.execution_id, tenant_id: attempt.tenant_id, step: attempt.step });
  const about = { ...(effect_key === undefined ? {} : { effectKey: effect_key }), ...(completed === undefined ? {} : { completed }) };
  return new StepTask(context, payload, dispatch.inputs, attempt, signal, logger, access, about) as StepTask<never>;
}

/** Asks the handler that the attempt's phase names. */
async function perform(options: StepRunnerOptions, dispatch: StepDispatch, handlers: StepHandlers<never>, task: StepTask<never>): Promise<Done> {
  const { attempt: { phase }, chunk, effect_key } = dispatch;
  if (dispatch.replay === true && (phase !== undefined || effect_key !== undefined)) throw failure('replay.refused', { message: 'effects, previews and compensations are not replayed' });
  if (phase === 'compensate') return compensate(options, dispatch, handlers, task);
  if (phase === 'preview' && handlers.preview !== undefined) return { result: asResult({ output: await handlers.preview(task) }) };
  if (phase === undefined && handlers.items !== undefined && chunk !== undefined) return runChunk(task, chunk, handlers.items);
  if (phase === undefined && handlers.chunk !== undefined && chunk !== undefined) return runWholeChunk(task, chunk, handlers.chunk);
  if (phase !== undefined || handlers.run === undefined) throw missing(options, dispatch);
  return { result: effect_key === undefined ? asResult(await handlers.run(task)) : await surely(() => handlers.run?.(task) ?? {}, options) };
}

async function compensate(options: StepRunnerOptions, dispatch: StepDispatch, handlers: StepHandlers<never>, task: StepTask<never>): Promise<Done> {
  if (handlers.items !== undefined && dispatch.chunk !== undefined) {
    await undoChunk(task, dispatch.chunk, handlers.items);
    return { result: completeResult({}) };
  }
  if (handlers.compensate === undefined) throw missing(options, dispatch);
  return { result: asResult((await handlers.compensate(task)) ?? {}) };
}

/** An effect that neither returned a result nor said that it failed may have happened. */
async function surely(run: () => Promise<StepResultInput> | StepResultInput, { logger }: StepRunnerOptions): Promise<NonNullable<Done['result']>> {
  try {
    return completeResult(await run());
  } catch (error) {
    if (error instanceof PlatformError) throw error;
    logger.error({ err: error }, 'an effect ended without saying whether it happened');
    throw failure('effect.unknown', { cause: error });
  }
}

const missing = ({ realm }: StepRunnerOptions, { capability, attempt }: StepDispatch): PlatformError =>
  failure('step.handler_missing', { message: `this build of ${realm.realm} has no handler for ${capability}/${attempt.step}${attempt.phase === undefined ? '' : ` (${attempt.phase})`}` });

function asResult(result: StepResultInput): ReturnType<typeof completeResult> {
  try {
    return completeResult(result);
  } catch (error) {
    throw failure('step.result_invalid', { message: 'the handler returned what is no step result', cause: error });
  }
}
