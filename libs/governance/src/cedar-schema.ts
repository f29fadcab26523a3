import { policyToJson, validate, type DetailedError, type PolicyJson, type ValidationAnswer } from '@cedar-policy/cedar-wasm/nodejs';
import { failure, policyAction, type CedarPolicy, type PolicyAction } from '@symphainy/contracts';

/** What policy is asked about. */
export const policyActions = policyAction.options;
export type { PolicyAction };

const ASKED = 'classifications: Set<String>, references: Set<String>, session_user_id: String, own_session: Bool, own_targets: Bool, second_person: Bool, granted: Bool';

/** The model that policies are written against. Every attribute is always present. */
export const cedarSchema = `
entity Tenant { id: String, status: String };
entity User in [Tenant] { id: String, tenant: Tenant, roles: Set<String>, kind: String, auth: String } tags String;
entity Realm;
entity Capability in [Realm] { name: String, realm: String, determinism: String };
entity Resource { type: String, id: String } tags String;
entity Properties tags String;
type Asked = { ${ASKED} };
action ${policyActions.join(', ')} appliesTo { principal: User, resource: Capability, context: Asked };
`;

/** An application names its actions itself: those that a policy on `Resource` speaks of are declared with it. */
function schemaFor(policy: PolicyJson): string {
  const own = namedActions(policy).filter((name) => !(policyActions as readonly string[]).includes(name));
  return own.length === 0 || !isOnResources(policy) ? cedarSchema : `${cedarSchema}action ${own.map((name) => JSON.stringify(name)).join(', ')} appliesTo { principal: User, resource: Resource, context: { ${ASKED}, action: Properties } };`;
}

/** The actions that a policy's scope names. */
export function namedActions({ action }: PolicyJson): string[] {
  const uids = action.op === '==' ? ('entity' in action ? [action.entity] : []) : action.op === 'in' ? ('entities' in action ? action.entities : [action.entity]) : [];
  return uids.map((uid) => ('__entity' in uid ? uid.__entity : uid)).flatMap(({ type, id }) => (type === 'Action' ? [id] : []));
}

function isOnResources({ resource }: PolicyJson): boolean {
  if (resource.op === 'is') return resource.entity_type === 'Resource';
  const uid = resource.op === '==' && 'entity' in resource ? resource.entity : undefined;
  return uid !== undefined && ('__entity' in uid ? uid.__entity : uid).type === 'Resource';
}

/** Refuses (`governance.invalid`) a policy whose text is not exactly one Cedar policy, or that does not fit the schema. */
export function checkPolicy(policy: CedarPolicy): void {
  const errors = policyErrors(policy);
  if (errors.length > 0) throw invalid(policy, errors);
}

/** Whether `checkPolicy` would accept every one. The schema is read once for all that share it: a tenth of the time of asking about each. */
export function areAccepted(policies: readonly CedarPolicy[]): boolean {
  const bySchema = new Map<string, Record<string, string>>();
  for (const [index, { text }] of policies.entries()) {
    const parsed = policyToJson(text);
    if (parsed.type === 'failure') return false;
    const schema = schemaFor(parsed.json);
    bySchema.set(schema, Object.assign(bySchema.get(schema) ?? {}, { [index]: text }));
  }
  return [...bySchema].every(([schema, staticPolicies]) => problemsOf(validate({ schema, policies: { staticPolicies } })).length === 0);
}

/** What keeps a policy from being accepted, as Cedar tells it: it does not parse, or does not fit the schema. */
export function policyErrors(policy: CedarPolicy): readonly DetailedError[] {
  const parsed = policyToJson(policy.text);
  if (parsed.type === 'failure') return parsed.errors;
  return problemsOf(validate({ schema: schemaFor(parsed.json), policies: { staticPolicies: { [policy.id]: policy.text } } }));
}

const problemsOf = (answer: ValidationAnswer): readonly DetailedError[] => (answer.type === 'failure' ? answer.errors : answer.validationErrors.map((found) => found.error));

/** The policy as Cedar's JSON form; refused as `governance.invalid` when it does not parse. */
export function parsePolicy(policy: CedarPolicy): PolicyJson {
  const parsed = policyToJson(policy.text);
  if (parsed.type === 'failure') throw invalid(policy, parsed.errors);
  return parsed.json;
}

const invalid = (policy: CedarPolicy, errors: readonly DetailedError[]) =>
  failure('governance.invalid', {
    message: `policy ${policy.id}: ${errors.map((e) => (e.help ? `${e.message} (${e.help})` : e.message)).join('; ')}`,
    field: '/text',
    fix: 'write one Cedar policy that fits the schema in the governance library’s header',
  });
