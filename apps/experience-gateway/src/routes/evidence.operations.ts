import { exportedEvidence, policyCandidate, redecisionReport, subjects, words } from '@symphainy/contracts';
import { z } from 'zod';
import { operation } from '../http/operation.js';
import { ofExecution, ofSession } from './parts.js';

const tag = 'evidence';
const access = 'caller';

/** `since`: the `tree_size` of a checkpoint kept from before; the answer proves that the log only grew since. */
const since = z.coerce.number().int().min(1).optional();
const query = z.strictObject({ since, include: z.enum(['objects']).optional() });
const evidence = { description: 'The evidence bundle: check it with symphainy-verify', schema: exportedEvidence, headers: { 'Content-Disposition': 'A file name' } };
const failures = ['evidence.not_sealed', 'evidence.checkpoint_not_found', 'evidence.too_large'] as const;

export const exportExecution = operation({
  id: 'exportExecutionEvidence', method: 'GET', path: '/v1/executions/:execution_id/evidence', tag, access,
  summary: 'Everything that proves an execution, to be checked offline: stored bytes, the policy they ran under, Merkle proofs, signatures',
  params: ofExecution, query,
  replies: { 200: evidence },
  failures: ['execution.not_found', ...failures],
});

export const exportSession = operation({
  id: 'exportSessionEvidence', method: 'GET', path: '/v1/sessions/:session_id/evidence', tag, access,
  summary: 'The same for a session and all its executions',
  params: ofSession, query,
  replies: { 200: evidence },
  failures: ['session.not_found', ...failures],
});

export const readCheckpoint = operation({
  id: 'readCheckpoint', method: 'GET', path: '/v1/checkpoint', tag, access,
  summary: 'The newest signed checkpoint of the tenant’s log: keep it elsewhere, and later evidence can be held against it',
  query: z.strictObject({ since }),
  replies: { 200: { description: 'The checkpoint, and the public keys of those who sign', schema: subjects['runtime.checkpoint.read'].reply } },
  failures: ['evidence.not_sealed', 'evidence.checkpoint_not_found'],
});

export const redecide = operation({
  id: 'redecidePolicy', method: 'POST', path: '/v1/policy/redecide', tag, access, safe: true,
  summary: 'Decide recorded intents again under a candidate policy, and list those whose decision flips; nothing runs',
  body: z.strictObject({
    /** Intents that came at or after this moment. Default: from the beginning. */
    from: words.moment.default('1970-01-01T00:00:00.000Z'),
    /** And before this one. Default: up to now. */
    to: words.moment.default('9999-12-31T23:59:59.999Z'),
    candidate: policyCandidate.prefault({}),
    limit: z.number().int().min(1).max(10_000).default(1000),
    cursor: z.string().max(500).optional(),
  }),
  replies: { 200: { description: 'What would be decided otherwise', schema: redecisionReport } },
  failures: ['policy.denied', 'policy.no_bundle', 'governance.invalid'],
});
