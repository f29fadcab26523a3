import { stepResult, type Json, type StepResult } from '@symphainy/contracts';
import { z } from 'zod';

const resultShape = z.strictObject(stepResult.shape);

/** Whether a signal's data is itself a step's result: an upload's artifact, an approval's outcome label. */
export const isStepResult = (data: Json): boolean => parsed(data) !== undefined;

/** A signal's data becomes the step's result: what is itself one is taken as one; anything else is the step's output. */
export const resultOfSignal = (data: Json): StepResult => parsed(data) ?? { output: data, artifacts: [], events: [], state_changes: [] };

function parsed(data: Json): StepResult | undefined {
  const isObject = typeof data === 'object' && data !== null && !Array.isArray(data) && Object.keys(data).length > 0;
  return isObject ? resultShape.safeParse(data).data : undefined;
}
