import { executionResult, executionStatus, words } from '@symphainy/contracts';
import { z } from 'zod';
import { operation } from '../http/operation.js';
import { submissionShape } from './parts.js';

/** What a submission is answered with at acceptance. */
export const accepted = z.object({
  execution_id: words.uuid,
  session_id: words.uuid,
  status: executionStatus,
  /** The intent had been accepted before: same intent id or idempotency key. */
  duplicate: z.boolean(),
  links: z.object({ self: z.string(), status: z.string(), result: z.string(), events: z.string() }),
});

export const submitIntent = operation({
  id: 'submitIntent', method: 'POST', path: '/v1/intents', tag: 'intents', access: 'caller',
  summary: 'Submit an intent',
  description: 'Answers 202 once the intent is accepted: recorded with its policy decision. With `Prefer: wait=N` (seconds, at most 60; RFC 7240) it answers 200 with the result if the execution ends in that time, and 202 otherwise. Sending the same intent_id or idempotency key again gives the same execution.',
  body: submissionShape,
  headers: { Prefer: 'wait=N: hold the answer for the result, up to N seconds (at most 60)', 'Idempotency-Key': 'As idempotency_key in the body' },
  replies: {
    200: { description: 'The execution has ended', schema: executionResult, headers: { 'Preference-Applied': 'wait=N', 'Content-Location': 'Where the result is read' } },
    202: { description: 'Accepted', schema: accepted, headers: { Location: 'Where the execution is read', RateLimit: 'Where the tenant has a daily quota: what remains (r), and the seconds until it begins anew (t)', 'RateLimit-Policy': 'That quota' } },
  },
  failures: [
    'session.not_found', 'session.closed', 'session.foreign_user', 'intent.unknown', 'intent.tenant_mismatch', 'intent.realm_mismatch', 'intent.payload_invalid', 'intent.reference_unknown',
    'intent.duplicate', 'policy.denied', 'policy.no_bundle', 'tenant.quota_spent', 'runtime.overloaded', 'runtime.unavailable', 'wait.elapsed', 'wal.unavailable',
  ],
});
