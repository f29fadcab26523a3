/** Schemas that several operations share: path parameters, paging, filters. */
import { intentSubmission, words } from '@symphainy/contracts';
import { z } from 'zod';

export const ofSession = z.strictObject({ session_id: words.uuid });
export const ofExecution = z.strictObject({ execution_id: words.uuid });
export const ofArtifact = z.strictObject({ execution_id: words.uuid, step: words.stepName, name: z.string().max(100).regex(/^[a-z0-9][a-zA-Z0-9._-]*$/, 'must be an artifact name') });

/** `cursor` is what the page before gave as `next_cursor`. */
export const page = { limit: z.coerce.number().int().min(1).max(1000).default(100), cursor: z.string().max(500).optional() };

/**
 * A submission as it arrives: payload and metadata come from a JSON body, so they are JSON already and only have to be objects. The
 * Runtime checks the payload against the capability's contract.
 */
const jsonBody = z.custom<Record<string, never>>((value) => typeof value === 'object' && value !== null && !Array.isArray(value), 'must be an object').meta({ type: 'object' });
export const submissionShape = intentSubmission.extend({ payload: jsonBody.default({}), metadata: jsonBody.default({}) });

/** Where an execution and its parts are read. */
export function linksOf(executionId: string): { self: string; status: string; result: string; events: string } {
  const self = `/v1/executions/${executionId}`;
  return { self, status: `${self}/status`, result: `${self}/result`, events: `${self}/events` };
}
