import { stepResult, type Json, type StepResult } from '@symphainy/contracts';
import { z } from 'zod';

const resultShape = z.strictObject(stepResult.shape);

/**
 * A signal's data becomes the step's result: data that is itself a step result (an upload's artifact, an approval's outcome label) is
 * taken as one; anything else is the step's output.
 */
export function resultOfSignal(data: Json): StepResult {
  const isObject = typeof data === 'object' && data !== null && !Array.isArray(data) && Object.keys(data).length > 0;
  const parsed = isObject ? resultShape.safeParse(data) : undefined;
  return parsed?.success === true ? parsed.data : { output: data, artifacts: [], events: [], state_changes: [] };
}
