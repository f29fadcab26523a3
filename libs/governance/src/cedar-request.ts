import type { EntityJson, EntityUidJson } from '@cedar-policy/cedar-wasm/nodejs';
import type { Caller, Identity } from '@symphainy/contracts';
import { dataRulesOf } from './data-rules.js';
import type { CompiledBundle } from './compiled-bundle.js';
import type { Attribute } from './policy-analysis.js';
import type { AskedResource, PolicyRequest, Refusals, RequestFacts } from './policy-request.js';

export function requestFacts(compiled: CompiledBundle, request: PolicyRequest): RequestFacts {
  const { caller, capability, action } = request;
  const tenant = compiled.tenant(caller.tenant_id);
  const identity = compiled.identity(caller.tenant_id, caller.user_id);
  return {
    target: { tenant: caller.tenant_id, action, capability: capability.name, realm: capability.realm },
    targetKey: `${caller.tenant_id} ${action} ${capability.realm} ${capability.name} ${capability.determinism} `,
    tenantKnown: tenant !== undefined,
    tenantStatus: tenant?.status ?? 'unknown',
    refusals: tenant ? refusalsOf(compiled, request, identity) : UNKNOWN_TENANT,
    variable: variableAttributesOf(request, identity),
    request,
    attributes: identity?.attributes ?? NO_ATTRIBUTES,
  };
}

const NO_ATTRIBUTES: RequestFacts['attributes'] = {};

const UNKNOWN_TENANT: Refusals = { security_guard: 'the tenant is not known', city_manager: 'the tenant is not known', data_steward: 'the tenant is not known' };

function refusalsOf(compiled: CompiledBundle, request: PolicyRequest, identity: Identity | undefined): Refusals {
  const refused = callerRefusal(request.caller, identity);
  const data = dataRefusal(compiled, request);
  return data === undefined ? refused : { ...refused, data_steward: data };
}

/** What the bundle's own data rules refuse before any policy is asked. */
function dataRefusal({ bundle }: CompiledBundle, { caller, capability, data, purpose }: PolicyRequest): string | undefined {
  if (data.classifications.length === 0) return undefined;
  const rules = dataRulesOf(bundle, caller.tenant_id);
  const unknown = bundle.data_classes === undefined ? undefined : data.classifications.find((name) => !rules.knows(name));
  if (unknown !== undefined) return 'data of a class that is not defined here';
  const withheld = rules.seenFrom({ realm: capability.realm, purpose, region: data.region })?.withheld.filter((name) => data.classifications.includes(name)) ?? [];
  return withheld.length === 0 ? undefined : `boundaries withhold ${withheld.join(', ')} data here: ${rules.boundariesOf(withheld).join(', ')}`;
}

function callerRefusal(caller: Caller, identity: Identity | undefined): Refusals {
  if (identity?.status === 'disabled') return { security_guard: 'the identity is disabled' };
  if (caller.auth === 'service' && identity?.kind !== 'service') return { security_guard: 'no service identity of this name is known' };
  return {};
}

function variableAttributesOf(request: PolicyRequest, identity: Identity | undefined): RequestFacts['variable'] {
  const { caller, data } = request;
  return {
    user: caller.user_id,
    roles: sortedSet(rolesOf(caller, identity)),
    kind: identity?.kind ?? 'person',
    auth: caller.auth,
    classifications: sortedSet(data.classifications),
    references: sortedSet(data.references),
    session_user_id: request.session_user_id,
    own_session: request.session_user_id === caller.user_id,
    own_targets: request.own_targets ?? true,
    second_person: request.second_person ?? request.own_targets === false,
    granted: request.granted ?? false,
  };
}

/** Invariant 6: the bundle's word on a local identity goes before whatever the caller brings. */
function rolesOf(caller: Caller, identity: Identity | undefined): readonly string[] {
  if (identity) return identity.roles;
  return caller.auth === 'jwt' ? caller.roles : [];
}

const sortedSet = (values: readonly string[]): readonly string[] => (values.length < 2 ? values : [...new Set(values)].sort());

/** The request in Cedar's words: everything, or as much as the policies at hand can look at. Making and reading entities is most of what a decision costs. */
export function cedarCall(facts: RequestFacts, reads?: ReadonlySet<Attribute>) {
  const { target, request } = facts;
  const sees = (attribute: Attribute): boolean => reads?.has(attribute) ?? true;
  const asked = facts.resource === undefined ? capabilityAsked(facts) : resourceAsked(facts.resource);
  return {
    principal: principalOf(facts),
    action: { type: 'Action', id: target.action },
    resource: asked.resource,
    context: { ...only(sees, contextOf(facts)), ...asked.context },
    entities: [
      ...(sees('tenant') ? [entity(tenantOf(facts), { id: target.tenant, status: facts.tenantStatus }, [])] : []),
      entity(principalOf(facts), { ...(sees('user') ? { id: request.caller.user_id } : {}), ...(sees('tenant') ? { tenant: { __entity: tenantOf(facts) } } : {}), ...only(sees, callerOf(facts)) }, sees('membership') ? [tenantOf(facts)] : [], sees('tags') ? facts.attributes : NO_ATTRIBUTES),
      ...(sees('resource') ? asked.entities : []),
    ],
  };
}

const tenantOf = ({ target }: RequestFacts) => ({ type: 'Tenant', id: target.tenant });
const principalOf = ({ target, request }: RequestFacts) => ({ type: 'User', id: `${target.tenant}/${request.caller.user_id}` });

const callerOf = ({ variable }: RequestFacts) => ({ roles: [...list(variable.roles)], kind: String(variable.kind), auth: String(variable.auth) });
const contextOf = ({ variable, request }: RequestFacts) => ({
  classifications: [...list(variable.classifications)], references: [...list(variable.references)], session_user_id: request.session_user_id,
  own_session: variable.own_session === true, own_targets: variable.own_targets === true, second_person: variable.second_person === true, granted: variable.granted === true,
});

const only = <T extends object>(sees: (attribute: Attribute) => boolean, all: T): Partial<T> =>
  Object.fromEntries(Object.entries(all).filter(([name]) => sees(name as Attribute))) as Partial<T>;

function capabilityAsked({ target, request }: RequestFacts): { resource: EntityUidJson & { type: string; id: string }; entities: EntityJson[]; context?: { action: { __entity: EntityUidJson & { type: string; id: string } } } } {
  const resource = { type: 'Capability', id: target.capability };
  const realm = { type: 'Realm', id: target.realm };
  const { name, determinism } = request.capability;
  return { resource, entities: [entity(realm, {}, []), entity(resource, { name, realm: target.realm, determinism }, [realm])] };
}

const ACTION_PROPERTIES = { type: 'Properties', id: 'action' };

function resourceAsked({ type, id, properties, actionProperties }: AskedResource): ReturnType<typeof capabilityAsked> {
  const resource = { type: 'Resource', id: `${type}/${id}` };
  return { resource, context: { action: { __entity: ACTION_PROPERTIES } }, entities: [entity(resource, { type, id }, [], properties), entity(ACTION_PROPERTIES, {}, [], actionProperties)] };
}

const list = (value: string | boolean | readonly string[]): readonly string[] => (typeof value === 'object' ? value : []);

/** No tags are none, not an empty set of them: the engine takes as long to read that as an attribute. */
const entity = (uid: EntityUidJson, attrs: EntityJson['attrs'], parents: EntityUidJson[], tags: RequestFacts['attributes'] = NO_ATTRIBUTES): EntityJson =>
  Object.keys(tags).length === 0 ? { uid, attrs, parents } : { uid, attrs, parents, tags: { ...tags } };
