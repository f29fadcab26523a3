/** What the engine's specs share: one runtime in memory with a session, a realm that answers, and what holds of every stream whatever went wrong. */
import { failure } from '@symphainy/contracts';
import { chainProblems } from '@symphainy/execution';
import { sampleCapability, sampleSaga } from '@symphainy/execution/testing';
import { toWireError } from '@symphainy/kernel';
import { RuntimeBed, type BedRuntime, type RealmHandler } from './runtime-bed.js';

/** Three deterministic steps of the realm `sample`. */
export const threeSteps = sampleCapability(sampleSaga('one', 'two', 'three'));
export const echo: RealmHandler = (dispatch) => ({ output: { did: dispatch.attempt.step } });
export const retryable = { error: toWireError(failure('step.timeout')) };

/** A bed with one runtime, an open session, and `handler` as the realm `sample`; governed by `threeSteps` unless told otherwise. */
export async function bedWith(handler: RealmHandler | undefined, ...capabilities: Parameters<RuntimeBed['govern']>[0]): Promise<{ bed: RuntimeBed; first: BedRuntime; session: string }> {
  const bed = new RuntimeBed();
  await bed.govern(capabilities.length === 0 ? [threeSteps] : capabilities);
  const first = await bed.runtime();
  if (handler !== undefined) bed.realm('sample', handler);
  return { bed, first, session: await bed.session() };
}

/** What is wrong with a stream, whatever happened to it: a broken chain, a step that completed twice. */
export async function problemsOf(bed: RuntimeBed, executionId: string): Promise<string[]> {
  const frames = await bed.log.readStream('acme', executionId);
  const completed = (await bed.records(executionId)).flatMap((r) => (r.type === 'step_completed' ? [r.step] : []));
  const twice = completed.filter((step, i) => completed.indexOf(step) !== i);
  return [...chainProblems(frames), ...twice.map((step) => `${step} completed twice`)];
}
