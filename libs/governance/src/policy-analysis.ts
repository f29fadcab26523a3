/**
 * What a policy is about (whom its scope can match) and what it reads (which attributes can change its outcome). Both err on the
 * safe side: a scope that is not understood matches everything, and an expression that is not understood reads everything.
 */
import type { ActionConstraint, EntityUidJson, PolicyJson, PrincipalConstraint, ResourceConstraint } from '@cedar-policy/cedar-wasm/nodejs';
import { asPlatformError, sha256Hex } from '@symphainy/kernel';
import { failure, type CedarPolicy } from '@symphainy/contracts';
import { LRUCache } from 'lru-cache';
import { namedActions, parsePolicy } from './cedar-schema.js';

/** Attributes of a request that are not settled by tenant, action and capability. */
export const variableAttributes = ['user', 'roles', 'kind', 'auth', 'classifications', 'references', 'session_user_id', 'own_session', 'own_targets', 'second_person', 'granted'] as const;
export type VariableAttribute = (typeof variableAttributes)[number];
/** What a policy may look at: those, and what tenant and capability settle. */
export type Attribute = VariableAttribute | 'tags' | 'tenant' | 'membership' | 'resource';

export interface PolicyTarget {
  readonly tenant: string;
  readonly action: string;
  readonly capability: string;
  readonly realm: string;
}

export interface AnalysedPolicy {
  readonly policy: CedarPolicy;
  /** SHA-256 of the text: equal texts are parsed once. */
  readonly textHash: string;
  /** The only tenant whose callers the scope can match; undefined: any. */
  readonly tenant: string | undefined;
  matches(target: PolicyTarget): boolean;
  /** For a target that it matches: the policy without those parts of its scope that are thereby settled. */
  readonly rest: PolicyJson;
  readonly reads: ReadonlySet<Attribute>;
  /** The words of its `@reason` annotation. */
  readonly reason: string | undefined;
  readonly effect: 'permit' | 'forbid';
  /** The actions that its scope names; none: it is about all. */
  readonly actions: readonly string[];
  /** The one resource of an application's that its scope names, `<type>/<id>`. */
  readonly application: string | undefined;
}

type Analysis = Omit<AnalysedPolicy, 'policy' | 'textHash'>;

/** Bundles follow each other with nearly the same policies; a text is analysed once. */
const analyses = new LRUCache<string, Analysis>({ max: 10_000 });

export function analysePolicy(policy: CedarPolicy, field: string): AnalysedPolicy {
  const textHash = sha256Hex(policy.text);
  let analysis = analyses.get(textHash);
  if (!analysis) {
    analysis = analyse(parsedOrInvalid(policy, field));
    analyses.set(textHash, analysis);
  }
  return { policy, textHash, ...analysis };
}

function parsedOrInvalid(policy: CedarPolicy, field: string): PolicyJson {
  try {
    return parsePolicy(policy);
  } catch (error) {
    throw failure('policy.bundle_invalid', { message: asPlatformError(error).message, field, cause: error });
  }
}

function analyse(json: PolicyJson): Analysis {
  const tenant = tenantOf(json.principal);
  const action = actionTest(json.action);
  const resource = resourceTest(json.resource);
  const rest = restOf(json);
  return {
    tenant,
    matches: (target) => (tenant === undefined || tenant === target.tenant) && action(target) && resource(target),
    rest,
    reads: readsOf(rest),
    reason: json.annotations?.['reason'] ?? undefined,
    effect: json.effect,
    actions: namedActions(json),
    application: applicationOf(json.resource),
  };
}

const uidOf = (uid: EntityUidJson): { type: string; id: string } => ('__entity' in uid ? uid.__entity : uid);

/** The entity that a scope constraint compares with, whatever its operator; undefined when there is none, or a slot. */
function scopeEntity(scope: PrincipalConstraint | ResourceConstraint): { type: string; id: string } | undefined {
  if (scope.op === '==' || scope.op === 'in') return 'entity' in scope ? uidOf(scope.entity) : undefined;
  if (scope.op === 'is' && scope.in) return 'entity' in scope.in ? uidOf(scope.in.entity) : undefined;
  return undefined;
}

function tenantOf(scope: PrincipalConstraint): string | undefined {
  const entity = scopeEntity(scope);
  if (entity?.type === 'Tenant') return entity.id;
  if (entity?.type === 'User' && entity.id.includes('/')) return entity.id.slice(0, entity.id.indexOf('/'));
  return undefined;
}

function actionTest(scope: ActionConstraint): (target: PolicyTarget) => boolean {
  if (scope.op === '==') return 'entity' in scope ? among([scope.entity]) : always;
  if (scope.op === 'in') return among('entities' in scope ? scope.entities : [scope.entity]);
  return always;
}

const always = (): boolean => true;

function among(uids: readonly EntityUidJson[]): (target: PolicyTarget) => boolean {
  const entities = uids.map(uidOf);
  if (entities.some((e) => e.type !== 'Action')) return always;
  return (target) => entities.some((e) => e.id === target.action);
}

function resourceTest(scope: ResourceConstraint): (target: PolicyTarget) => boolean {
  const entity = scopeEntity(scope);
  if (entity?.type === 'Capability') return (target) => target.capability === entity.id;
  if (entity?.type === 'Realm') return (target) => target.realm === entity.id;
  return always;
}

function applicationOf(scope: ResourceConstraint): string | undefined {
  const entity = scopeEntity(scope);
  return scope.op === '==' && entity?.type === 'Resource' ? entity.id : undefined;
}

/** Only where a match says it exactly; a scope that it covers by erring on the safe side stays. */
function restOf(json: PolicyJson): PolicyJson {
  const { principal, action, resource } = json;
  const of = (scope: PrincipalConstraint | ResourceConstraint, ...types: string[]): boolean => types.includes(scopeEntity(scope)?.type ?? '');
  const actions = namedActions(json).length > 0;
  return {
    ...json,
    ...(principal.op === 'in' && of(principal, 'Tenant') ? { principal: ALL } : {}),
    ...(actions && action.op === '==' ? { action: ALL } : {}),
    ...((resource.op === '==' && of(resource, 'Capability')) || (resource.op === 'in' && of(resource, 'Capability', 'Realm')) ? { resource: ALL } : {}),
  };
}

const ALL = { op: 'All' } as const;

const PRINCIPAL: readonly Attribute[] = ['user', 'roles', 'kind', 'auth', 'tags', 'tenant', 'membership'];
const CONTEXT: readonly VariableAttribute[] = ['classifications', 'references', 'session_user_id', 'own_session', 'own_targets', 'second_person', 'granted'];

/** What reading one attribute means; those missing here are the capability's, or unknown (see `attributeRead`). */
const READ_BY_ATTRIBUTE: Readonly<Record<string, readonly Attribute[]>> = {
  'principal.id': ['user'],
  'principal.tenant': ['tenant'],
  'principal.roles': ['roles'],
  'principal.kind': ['kind'],
  'principal.auth': ['auth'],
  'context.classifications': ['classifications'],
  'context.references': ['references'],
  'context.session_user_id': ['session_user_id'],
  'context.own_session': ['own_session'],
  'context.own_targets': ['own_targets'],
  'context.second_person': ['second_person'],
  'context.granted': ['granted'],
};

function readsOf(json: PolicyJson): ReadonlySet<Attribute> {
  const reads = new Set<Attribute>(ofAnyUser(json.principal) ? [] : ['user', 'membership']);
  if (scopeEntity(json.resource) !== undefined && json.resource.op !== '==') reads.add('resource');
  collectReads(json.conditions, reads);
  return reads;
}

const ofAnyUser = (scope: PrincipalConstraint): boolean => scope.op === 'All' || (scope.op === 'is' && !scope.in);

function collectReads(node: unknown, reads: Set<Attribute>): void {
  if (typeof node !== 'object' || node === null) return;
  if (Array.isArray(node)) return node.forEach((item) => collectReads(item, reads));
  const expression = node as Record<string, unknown>;
  const attributes = attributeRead(expression) ?? variableRead(expression) ?? entityLiteral(expression);
  if (attributes) return attributes.forEach((a) => reads.add(a));
  Object.values(expression).forEach((child) => collectReads(child, reads));
}

/** `principal.x`, `context.x`, `principal has x`: that attribute only; an attribute we do not know: everything of its variable. */
function attributeRead(expression: Record<string, unknown>): readonly Attribute[] | undefined {
  const access = (expression['.'] ?? expression['has']) as { left?: { Var?: unknown }; attr?: string | string[] } | undefined;
  const variable = access?.left?.Var;
  if (access === undefined || typeof variable !== 'string') return undefined;
  const attr = Array.isArray(access.attr) ? access.attr[0] : access.attr;
  return READ_BY_ATTRIBUTE[`${variable}.${attr}`] ?? wholeVariable(variable);
}

const variableRead = (expression: Record<string, unknown>): readonly Attribute[] | undefined =>
  typeof expression['Var'] === 'string' ? wholeVariable(expression['Var']) : undefined;

function wholeVariable(variable: string): readonly Attribute[] {
  if (variable === 'principal') return PRINCIPAL;
  return variable === 'context' ? CONTEXT : ['resource'];
}

/** A user named in a condition: its attributes exist only if that user is calling, so the outcome hangs on who calls. Others hang on nothing but the target. */
function entityLiteral(expression: Record<string, unknown>): readonly Attribute[] | undefined {
  const entity = expression['__entity'] as { type?: unknown } | undefined;
  if (entity === undefined) return undefined;
  return entity.type === 'User' ? PRINCIPAL : ['tenant', 'membership', 'resource'];
}
