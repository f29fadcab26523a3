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

/** Section 6: one question, one answer. `asker`: who asks about themselves, as they were authenticated; of others only what the question says is known. */
export function answerAccess(compiled: CompiledBundle, tenantId: string, question: Parts, asker?: Caller): AccessAnswer {
  if (question.subject.type !== 'user') return refusedAccess(`subjects of type ${question.subject.type} are not known here`);
  const caller = asker ?? askedCaller(tenantId, question.subject);
  const decision = question.resource.type === 'capability' ? onCapability(compiled, caller, question) : onResource(compiled, caller, question);
  return typeof decision === 'string' ? refusedAccess(decision) : answeredAccess(decision);
}

/** Sections 8.4 to 8.6: every candidate of the open part for which the question is answered with yes, in code-unit order. */
export function searchAccess(compiled: CompiledBundle, tenantId: string, search: AccessSearch, asker?: Caller): Record<string, string>[] {
  const holds = (question: Parts): boolean => answerAccess(compiled, tenantId, question, asker).decision;
  switch (search.open) {
    case 'subject':
      return search.subject.type !== 'user' ? [] : usersOf(compiled, tenantId).filter((id) => holds({ ...search, subject: { ...search.subject, id } })).map((id) => ({ type: 'user', id }));
    case 'resource':
      return resourcesOf(compiled, tenantId, search.resource.type).filter((id) => holds({ ...search, resource: { ...search.resource, id } })).map((id) => ({ type: search.resource.type, id }));
    case 'action':
      return actionsFor(compiled, tenantId, search.resource.type).filter((name) => holds({ ...search, action: { name } })).map((name) => ({ name }));
  }
}

/** The users of a tenant that are known here, in code-unit order. */
export const usersOf = ({ bundle }: CompiledBundle, tenantId: string): string[] => bundle.identities.flatMap((identity) => (identity.tenant_id === tenantId ? [identity.user_id] : [])).sort();

const resourcesOf = (compiled: CompiledBundle, tenantId: string, type: string): readonly string[] => (type === 'capability' ? compiled.bundle.capabilities.map(({ name }) => name).sort() : compiled.slices.resourcesOf(tenantId, type));

function actionsFor(compiled: CompiledBundle, tenantId: string, resourceType: string): readonly string[] {
  const ours: readonly string[] = policyActions;
  return resourceType === 'capability' ? [...ours].sort() : compiled.slices.actionsOf(tenantId).filter((name) => !ours.includes(name));
}

function onCapability(compiled: CompiledBundle, caller: Caller, question: Parts): PolicyDecision | string {
  const capability = compiled.capability(question.resource.id);
  if (capability === undefined) return `there is no capability ${question.resource.id}`;
  const action = policyActions.find((name) => name === question.action.name);
  if (action === undefined) return `${question.action.name} cannot be done to a capability`;
  return evaluatePolicy(compiled, requestOf(caller, question, capability, action));
}

function onResource(compiled: CompiledBundle, caller: Caller, question: Parts): PolicyDecision {
  const { type, id, properties } = question.resource;
  const request = requestOf(caller, question, { name: `${type}/${id}`, realm: '', determinism: 'deterministic' }, 'submit');
  return evaluateResource(compiled, request, question.action.name, { type, id, properties: tagsOf(properties), actionProperties: tagsOf(question.action.properties), subjectProperties: tagsOf(question.subject.properties) });
}

/** Roles that the asker claims count only for a user whom the bundle does not know, as those of a trusted issuer do. */
export const askedCaller = (tenantId: string, { id, properties }: Parts['subject']): Caller => ({ tenant_id: tenantId, user_id: id, roles: texts(properties?.['roles']), auth: 'jwt' });

function requestOf(caller: Caller, { subject, resource, context = {} }: Parts, capability: PolicyRequest['capability'], action: PolicyAction): PolicyRequest {
  const told = { ...resource.properties, ...context };
  return {
    caller, capability, action,
    data: { classifications: texts(told['classifications']), references: texts(told['references']) },
    session_user_id: typeof told['session_user_id'] === 'string' ? told['session_user_id'] : subject.id,
    own_targets: told['own_targets'] !== false,
    ...(typeof told['second_person'] === 'boolean' ? { second_person: told['second_person'] } : {}),
    granted: told['granted'] === true,
  };
}

const texts = (value: Json | undefined): string[] => (Array.isArray(value) ? value.filter((one) => typeof one === 'string') : []);

/** Tags are texts: numbers and truth values are written as JSON writes them; what is nested is left out. */
const tagsOf = (properties: Properties): Record<string, string> =>
  Object.fromEntries(Object.entries(properties ?? {}).flatMap(([key, value]) => (typeof value === 'object' ? [] : [[key, String(value)]])));

export function answeredAccess({ decision, verdicts, bundle_version }: PolicyDecision): AccessAnswer {
  const denied = verdicts.filter((verdict) => verdict.decision === 'deny');
  const reasons = Object.fromEntries(denied.map(({ role, reason }) => [role, reason ?? 'no policy permits it']));
  const policies = verdicts.flatMap((verdict) => verdict.policies);
  return { decision: decision === 'permit', context: { bundle_version, policies, ...(denied.length === 0 ? {} : { reasons }) } };
}

export const refusedAccess = (reason: string): AccessAnswer => ({ decision: false, context: { reason } });
