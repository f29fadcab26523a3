import { accessAnswer, accessFound, accessQuestion, accessQuestions, actionSearch, hypotheticalRequest, policyExplanation, recordedExplanation, resourceSearch, subjectSearch } from '@symphainy/contracts';
import { z } from 'zod';
import { operation } from '../http/operation.js';
import { ofExecution } from './parts.js';

const tag = 'policy';
const access = 'caller';
const failures = ['policy.denied', 'policy.no_bundle', 'runtime.unavailable'] as const;
const headers = { 'X-Request-ID': 'Comes back with the answer' };

/** AuthZEN 1.0, section 10.1. */
const EVALUATION = '/access/v1/evaluation';
const EVALUATIONS = '/access/v1/evaluations';
const SEARCH = '/access/v1/search';

export const evaluateAccess = operation({
  id: 'evaluateAccess', method: 'POST', path: EVALUATION, tag, access, safe: true,
  summary: 'AuthZEN: may this subject do this to this resource',
  description: 'Subjects are `user`s of the asker’s tenant; a resource of type `capability` is an intent type, with the actions `submit`, `replay` and `hydrate`; one of type `execution` or `artifact` is one that was recorded, with `hydrate` and `replay`; any other resource and its actions are those of policies on `Resource`. Asking about others needs leave for `runtime.evaluate_access`.',
  body: accessQuestion, malformedMedia: true, headers,
  replies: { 200: { description: 'The decision; `context` tells why', schema: accessAnswer } },
  failures,
});

export const evaluateAccesses = operation({
  id: 'evaluateAccesses', method: 'POST', path: EVALUATIONS, tag, access, safe: true,
  summary: 'AuthZEN: several questions at once',
  description: 'One that is no question is answered with `decision: false` and its `context.error`, beside the others.',
  body: accessQuestions, malformedMedia: true, headers,
  replies: { 200: { description: 'The decisions in their order, up to the one that `evaluations_semantic` stops at; without `evaluations` a single decision', schema: z.union([z.object({ evaluations: z.array(accessAnswer) }), accessAnswer]) } },
  failures,
});

const found = { 200: { description: 'What was found, a page of it', schema: accessFound } };

export const searchSubjects = operation({ id: 'searchSubjects', method: 'POST', path: `${SEARCH}/subject`, tag, access, safe: true, summary: 'AuthZEN: which users of the tenant may do this', body: subjectSearch, malformedMedia: true, headers, replies: found, failures });
export const searchResources = operation({ id: 'searchResources', method: 'POST', path: `${SEARCH}/resource`, tag, access, safe: true, summary: 'AuthZEN: to which capabilities, executions or artifacts may this user do this', description: 'Resources of other types are the application’s own: of those the ones are found that a policy names in its scope.', body: resourceSearch, malformedMedia: true, headers, replies: found, failures });
export const searchActions = operation({ id: 'searchActions', method: 'POST', path: `${SEARCH}/action`, tag, access, safe: true, summary: 'AuthZEN: what may this user do to this resource', body: actionSearch, malformedMedia: true, headers, replies: found, failures });

export const authzenConfiguration = z.object({
  policy_decision_point: z.url(), access_evaluation_endpoint: z.url(), access_evaluations_endpoint: z.url(),
  search_subject_endpoint: z.url(), search_resource_endpoint: z.url(), search_action_endpoint: z.url(),
});

export const readAuthzen = operation({
  id: 'readAuthzenConfiguration', method: 'GET', path: '/.well-known/authzen-configuration', tag, access: 'public',
  summary: 'AuthZEN: where this decision point is asked',
  replies: { 200: { description: 'The metadata', schema: authzenConfiguration } },
});

export const configurationAt = (base: string): z.infer<typeof authzenConfiguration> => ({
  policy_decision_point: base, access_evaluation_endpoint: base + EVALUATION, access_evaluations_endpoint: base + EVALUATIONS,
  search_subject_endpoint: `${base}${SEARCH}/subject`, search_resource_endpoint: `${base}${SEARCH}/resource`, search_action_endpoint: `${base}${SEARCH}/action`,
});

export const explainPolicy = operation({
  id: 'explainPolicy', method: 'POST', path: '/v1/policy/explain', tag, access, safe: true,
  summary: 'Why a request that nobody made would be decided as it would: the policies that determine it, and the attributes they read',
  body: hypotheticalRequest,
  replies: { 200: { description: 'The explanation', schema: policyExplanation } },
  failures: [...failures, 'intent.unknown'],
});

export const explainDecision = operation({
  id: 'explainDecision', method: 'GET', path: '/v1/executions/:execution_id/decision', tag, access,
  summary: 'Why an intent was permitted or refused: decided again under the bundle it was decided under',
  params: ofExecution,
  replies: { 200: { description: 'The explanation', schema: recordedExplanation } },
  failures: ['execution.not_found', 'policy.bundle_invalid', 'runtime.unavailable'],
});
