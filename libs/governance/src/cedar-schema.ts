import { policyToJson, validate, type DetailedError, type PolicyJson } from '@cedar-policy/cedar-wasm/nodejs';
import { failure, type CedarPolicy } from '@symphainy/contracts';

/** What policy is asked about. */
export const policyActions = ['submit'] as const;
export type PolicyAction = (typeof policyActions)[number];

/** The model that policies are written against. Every attribute is always present. */
export const cedarSchema = `
entity Tenant { id: String, status: String };
entity User in [Tenant] { id: String, tenant: Tenant, roles: Set<String>, kind: String, auth: String };
entity Realm;
entity Capability in [Realm] { name: String, realm: String, determinism: String };
action submit appliesTo {
  principal: User,
  resource: Capability,
  context: { classifications: Set<String>, references: Set<String>, session_user_id: String, own_session: Bool, own_targets: Bool },
};
`;

/** Refuses (`governance.invalid`) a policy whose text is not exactly one Cedar policy, or that does not fit the schema. */
export function checkPolicy(policy: CedarPolicy): void {
  parsePolicy(policy);
  const answer = validate({ schema: cedarSchema, policies: { staticPolicies: { [policy.id]: policy.text } } });
  const errors = answer.type === 'failure' ? answer.errors : answer.validationErrors.map((e) => e.error);
  if (errors.length > 0) throw invalid(policy, errors);
}

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
