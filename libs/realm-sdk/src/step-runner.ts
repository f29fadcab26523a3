import { failure, type StepDispatch, type StepOutcome } from '@symphainy/contracts';
import { asPlatformError, toWireError, type Clock, type Logger } from '@symphainy/kernel';
import { completeResult } from './capability-definition.js';
import type { RealmDefinition } from './realm-definition.js';
import { StepTask, type TaskAccess } from './step-task.js';

export interface StepRunnerOptions {
  readonly realm: RealmDefinition;
  readonly build: string;
  readonly clock: Clock;
  readonly logger: Logger;
}

/**
 * Runs one dispatched attempt to an outcome. It never rejects: whatever a handler throws becomes the outcome's error; what is none of
 * ours is logged whole and told by name only.
 */
export async function runStep(options: StepRunnerOptions, dispatch: StepDispatch, access: TaskAccess, signal: AbortSignal): Promise<StepOutcome> {
  const started = options.clock.monotonic();
  const outcome = (what: Pick<StepOutcome, 'result'> | Pick<StepOutcome, 'error'>): StepOutcome => ({
    attempt: dispatch.attempt,
    handler_build: options.build,
    duration_ms: Math.round((options.clock.monotonic() - started) * 1000) / 1000,
    ...what,
  });
  try {
    const definition = options.realm.capabilities.get(dispatch.capability);
    const handler = definition?.handlers.get(dispatch.attempt.step);
    if (definition === undefined || handler === undefined) throw failure('step.handler_missing', { message: `this build of ${options.realm.realm} has no handler for ${dispatch.capability}/${dispatch.attempt.step}` });
    const payload = definition.input.parse(dispatch.context.intent.payload) as never;
    const logger = options.logger.child({ execution_id: dispatch.attempt.execution_id, tenant_id: dispatch.attempt.tenant_id, step: dispatch.attempt.step });
    const result = await handler(new StepTask(dispatch.context, payload, dispatch.inputs, dispatch.attempt, signal, logger, access) as StepTask<never>);
    return outcome({ result: asResult(result) });
  } catch (error) {
    const known = asPlatformError(error);
    if (known !== error) options.logger.error({ err: error, execution_id: dispatch.attempt.execution_id, step: dispatch.attempt.step }, 'a handler failed unexpectedly');
    return outcome({ error: toWireError(known) });
  }
}

function asResult(result: Parameters<typeof completeResult>[0]): ReturnType<typeof completeResult> {
  try {
    return completeResult(result);
  } catch (error) {
    throw failure('step.result_invalid', { message: 'the handler returned what is no step result', cause: error });
  }
}
