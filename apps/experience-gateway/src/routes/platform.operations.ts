import { caller, capability, metricsSnapshot, registryPage, registryQuery, subjects, words } from '@symphainy/contracts';
import { z } from 'zod';
import { operation } from '../http/operation.js';
import { page } from './parts.js';

const access = 'caller';

export const listCapabilities = operation({
  id: 'listCapabilities', method: 'GET', path: '/v1/capabilities', tag: 'capabilities', access,
  summary: 'What can be asked for: the capabilities of the current governance bundle',
  replies: { 200: { description: 'The capabilities', schema: subjects['runtime.capability.list'].reply } },
});

export const searchRegistry = operation({
  id: 'searchRegistry', method: 'GET', path: '/v1/registry', tag: 'capabilities', access,
  summary: 'Find capabilities, agents, domains and Solutions by words, owner, determinism, notices, and how those who serve them are now',
  description: 'Health is asked of Smart City each time, and stored nowhere; while it does not answer, it is `unknown`.',
  query: z.strictObject({ ...registryQuery.shape, ...page }),
  replies: { 200: { description: 'What fits, a page of it: names with the first word first', schema: registryPage } },
  failures: ['policy.no_bundle', 'runtime.unavailable'],
});

export const capabilityView = capability.extend({ saga_hash: words.sha256Digest, steps: z.array(z.string()) });

export const readCapability = operation({
  id: 'readCapability', method: 'GET', path: '/v1/capabilities/:intent_type', tag: 'capabilities', access,
  summary: 'One capability, with its input and output contract',
  params: z.strictObject({ intent_type: words.intentType }),
  replies: { 200: { description: 'The capability', schema: capabilityView } },
  failures: ['intent.unknown'],
});

export const readMe = operation({
  id: 'readMe', method: 'GET', path: '/v1/me', tag: 'platform', access,
  summary: 'Who the credentials belong to',
  replies: { 200: { description: 'The caller', schema: caller.extend({ expires_at: words.timestamp.optional() }) } },
});

export const readMetrics = operation({
  id: 'readMetrics', method: 'GET', path: '/v1/metrics', tag: 'platform', access,
  summary: 'Figures of execution: durations and success by step, state and log growth',
  replies: { 200: { description: 'The figures', schema: metricsSnapshot } },
});

export const errorEntry = z.object({ code: z.string(), kind: z.enum(['platform', 'domain', 'agent']), retry: z.enum(['terminal', 'retryable']), status: z.number().int(), title: z.string(), fix: z.string() });

export const listErrors = operation({
  id: 'listErrors', method: 'GET', path: '/v1/errors', tag: 'platform', access: 'public',
  summary: 'Every error code there is',
  replies: { 200: { description: 'The codes', schema: z.object({ errors: z.array(errorEntry) }) } },
});

export const readError = operation({
  id: 'readError', method: 'GET', path: '/v1/errors/:code', tag: 'platform', access: 'public',
  summary: 'What an error code means and what to do: where the `type` of a problem leads',
  params: z.strictObject({ code: z.string().max(100) }),
  replies: { 200: { description: 'The code', schema: errorEntry } },
});

export const readOpenApi = operation({
  id: 'readOpenApi', method: 'GET', path: '/v1/openapi.json', tag: 'platform', access: 'public',
  summary: 'This document',
  replies: { 200: { description: 'OpenAPI 3.1', schema: words.jsonObject } },
});
