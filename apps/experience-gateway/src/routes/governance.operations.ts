import { executionResult, policyPage, policyTrial, policyTrialRequest, subjects, words } from '@symphainy/contracts';
import { z } from 'zod';
import { operation } from '../http/operation.js';
import { accepted, submitIntent } from './intents.operations.js';
import { page } from './parts.js';

const tag = 'governance';
const access = 'caller';

export const submitGovernance = operation({
  id: 'submitGovernance', method: 'POST', path: '/v1/governance/:name', tag, access,
  summary: 'Ask for a change of governance: submits the intent governance.{name} with the body as its payload, and waits for it',
  description: 'The change is an intent like any other, accepted or denied by policy and recorded, in a session that is kept for the caller. Answers 200 when it is recorded and every runtime that holds a lease decides by it (by default within 20 s; `Prefer: wait=N` says otherwise), 202 when that takes longer, and a problem when it was refused or failed. What each change takes is the input contract of its capability, `GET /v1/capabilities/governance.{name}`.',
  params: z.strictObject({ name: z.string().max(100).regex(/^[a-z][a-z0-9_]*$/, 'must be the name of a governance action') }),
  body: words.jsonObject,
  headers: { Prefer: 'wait=N: hold the answer for the result, up to N seconds (at most 60); default 20' },
  replies: {
    200: { description: 'The change is in force', schema: executionResult, headers: { 'Governance-Bundle': 'Version and hash of the bundle in force at the runtime that answers', 'Content-Location': 'Where the result is read' } },
    202: { description: 'Accepted; not in force everywhere yet', schema: accepted, headers: { Location: 'Where the execution is read' } },
  },
  failures: [...submitIntent.failures, 'governance.invalid'],
});

export const readGovernance = operation({
  id: 'readGovernance', method: 'GET', path: '/v1/governance/:name', tag, access,
  summary: 'A list of the governance bundle in force (tenants, identities, policies, capabilities), or of one kept from before; or `bundles`, newest first',
  description: 'For governance administrators. Those of the platform’s own tenant see every entry; those of another see what concerns their tenant.',
  params: z.strictObject({ name: subjects['runtime.governance.read'].request.shape.list }),
  query: z.strictObject({ /** Hash of a kept bundle; default: the one in force. */ bundle: words.sha256Digest.optional(), ...page }),
  replies: { 200: { description: 'A page of the list', schema: subjects['runtime.governance.read'].reply } },
  failures: ['policy.denied', 'policy.no_bundle', 'policy.bundle_invalid', 'request.not_found', 'runtime.unavailable'],
});

export const listPolicies = operation({
  id: 'listPolicies', method: 'GET', path: '/v1/policies', tag: 'policy', access,
  summary: 'The policies of the bundle in force (or of one kept from before), each with what it says in words, its effect, tenant and actions',
  description: 'For governance administrators, who see what GET /v1/governance/policies shows them.',
  query: readGovernance.query,
  replies: { 200: { description: 'A page of the policies', schema: policyPage } },
  failures: ['policy.denied', 'policy.no_bundle', 'policy.bundle_invalid', 'runtime.unavailable'],
});

export const tryPolicies = operation({
  id: 'tryPolicies', method: 'POST', path: '/v1/policy/try', tag: 'policy', access, safe: true,
  summary: 'What changes of policies and their tests would come to: what is wrong with a policy and where, what each says, how every test comes out, what differs from the bundle in force',
  description: 'For governance administrators. The changes are those that governance.stage_bundle takes; nothing is staged. A tenant’s administrators try policies, and tests about callers of their own tenant; only those are answered.',
  body: policyTrialRequest,
  replies: { 200: { description: 'What the changes come to. While there are problems, nothing is tested', schema: policyTrial } },
  failures: ['policy.denied', 'policy.no_bundle', 'governance.invalid', 'runtime.unavailable'],
});
