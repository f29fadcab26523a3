/**
 * AuthZEN 1.0 questions (https://openid.net/specs/authorization-api-1_0.html) put to a bundle, within one tenant. Subjects are the tenant's users; a resource of
 * type `capability` is judged like the platform's own requests; any other type is a `Resource` of Cedar, its properties tags.
 */
import type { AccessAnswer, AccessQuestion, AccessSearch, Caller, PolicyDecision } from '@symphainy/contracts';
import type { Json } from '@symphainy/kernel';
import { policyActions, type PolicyAction } from './cedar-schema.js';
import type { CompiledBundle } from './compiled-bundle.js';
import { evaluatePolicy, evaluateResource } from './policy-evaluation.js';
import type { PolicyRequest } from './policy-request.js';

type Parts = Pick<AccessQuestion, 'subject' | 'action' | 'resource' | 'context'>;
type Properties = Parts['resource']['properties'];

/** Section 6: one question, one answer. */
export function answerAccess(compiled: CompiledBundle, tenantId: string, question: Parts): AccessAnswer {
  if (question.subject.type !== 'user') return refusal(`subjects of type ${question.subject.type} are not known here`);
  const decision = question.resource.type === 'capability' ? onCapability(compiled, tenantId, question) : onResource(compiled, tenantId, question);
  return typeof decision === 'string' ? refusal(decision) : answered(decision);
}

/** Sections 8.4 to 8.6: every candidate of the open part for which the question is answered with yes, in code-unit order. */
export function searchAccess(compiled: CompiledBundle, tenantId: string, search: AccessSearch): Record<string, string>[] {
  const holds = (question: Parts): boolean => answerAccess(compiled, tenantId, question).decision;
  switch (search.open) {
    case 'subject':
      return search.subject.type !== 'user' ? [] : usersOf(compiled, tenantId).filter((id) => holds({ ...search, subject: { ...search.subject, id } })).map((id) => ({ type: 'user', id }));
    case 'resource':
      return search.resource.type !== 'capability' ? [] : compiled.bundle.capabilities.map(({ name }) => name).sort().filter((id) => holds({ ...search, resource: { ...search.resource, id } })).map((id) => ({ type: 'capability', id }));
    case 'action':
      return actionsFor(compiled, tenantId, search.resource.type).filter((name) => holds({ ...search, action: { name } })).map((name) => ({ name }));
  }
}

const usersOf = ({ bundle }: CompiledBundle, tenantId: string): string[] => bundle.identities.flatMap((identity) => (identity.tenant_id === tenantId ? [identity.user_id] : [])).sort();

function actionsFor(compiled: CompiledBundle, tenantId: string, resourceType: string): readonly string[] {
  const ours: readonly string[] = policyActions;
  return resourceType === 'capability' ? [...ours].sort() : compiled.slices.actionsOf(tenantId).filter((name) => !ours.includes(name));
}

function onCapability(compiled: CompiledBundle, tenantId: string, question: Parts): PolicyDecision | string {
  const capability = compiled.capability(question.resource.id);
  if (capability === undefined) return `there is no capability ${question.resource.id}`;
  const action = policyActions.find((name) => name === question.action.name);
  if (action === undefined) return `${question.action.name} cannot be done to a capability`;
  return evaluatePolicy(compiled, requestOf(tenantId, question, capability, action));
}

function onResource(compiled: CompiledBundle, tenantId: string, question: Parts): PolicyDecision {
  const { type, id, properties } = question.resource;
  const request = requestOf(tenantId, question, { name: `${type}/${id}`, realm: '', determinism: 'deterministic' }, 'submit');
  return evaluateResource(compiled, request, question.action.name, { type, id, properties: tagsOf(properties), actionProperties: tagsOf(question.action.properties), subjectProperties: tagsOf(question.subject.properties) });
}

/** Roles that the asker claims count only for a user whom the bundle does not know, as those of a trusted issuer do. */
function requestOf(tenantId: string, { subject, resource, context = {} }: Parts, capability: PolicyRequest['capability'], action: PolicyAction): PolicyRequest {
  const caller: Caller = { tenant_id: tenantId, user_id: subject.id, roles: texts(subject.properties?.['roles']), auth: 'jwt' };
  const told = { ...resource.properties, ...context };
  return {
    caller, capability, action,
    data: { classifications: texts(told['classifications']), references: texts(told['references']) },
    session_user_id: typeof told['session_user_id'] === 'string' ? told['session_user_id'] : subject.id,
    own_targets: told['own_targets'] !== false,
    granted: told['granted'] === true,
  };
}

const texts = (value: Json | undefined): string[] => (Array.isArray(value) ? value.filter((one) => typeof one === 'string') : []);

/** Tags are texts: numbers and truth values are written as JSON writes them; what is nested is left out. */
const tagsOf = (properties: Properties): Record<string, string> =>
  Object.fromEntries(Object.entries(properties ?? {}).flatMap(([key, value]) => (typeof value === 'object' ? [] : [[key, String(value)]])));

function answered({ decision, verdicts, bundle_version }: PolicyDecision): AccessAnswer {
  const denied = verdicts.filter((verdict) => verdict.decision === 'deny');
  const reasons = Object.fromEntries(denied.map(({ role, reason }) => [role, reason ?? 'no policy permits it']));
  const policies = verdicts.flatMap((verdict) => verdict.policies);
  return { decision: decision === 'permit', context: { bundle_version, policies, ...(denied.length === 0 ? {} : { reasons }) } };
}

const refusal = (reason: string): AccessAnswer => ({ decision: false, context: { reason } });
