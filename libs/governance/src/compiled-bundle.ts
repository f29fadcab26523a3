import { failure, type CapabilityNotice, type CedarPolicy, type GovernanceBundle, type Grant, type Identity, type PolicyDecision, type RegisteredCapability, type Tenant } from '@symphainy/contracts';
import { LRUCache } from 'lru-cache';
import { analysePolicy, type AnalysedPolicy } from './policy-analysis.js';
import { PolicySlices } from './policy-slices.js';
import { PLATFORM_REALMS, platformSteps, sagaProblems, type SagaProblem } from './saga-rules.js';

/** How many decisions a bundle remembers. */
const DECISIONS_MAX = 50_000;

/** A governance bundle made ready for use: looked up by name, its policies parsed and indexed. Immutable but for its memo. */
export interface CompiledBundle {
  readonly hash: string;
  readonly version: number;
  readonly bundle: GovernanceBundle;
  capability(intentType: string): RegisteredCapability | undefined;
  tenant(tenantId: string): Tenant | undefined;
  identity(tenantId: string, userId: string): Identity | undefined;
  /** Curator's notice that the capability is deprecated or retired. */
  notice(intentType: string): CapabilityNotice | undefined;
  /** What Conductor's rules forbid of the capability's saga where this tenant submits it; found once, then remembered. */
  sagaProblem(tenantId: string, capability: RegisteredCapability): SagaProblem | undefined;
  /** The approved grants of a user, expired ones among them; undefined when there are none. */
  grantsOf(tenantId: string, userId: string): readonly Grant[] | undefined;
  /** For evaluatePolicy alone. */
  readonly slices: PolicySlices;
  readonly decisions: LRUCache<string, PolicyDecision>;
}

/** Parses and indexes a bundle; `hash` is the verified bundle's. A policy that does not parse, or an id used twice, is `policy.bundle_invalid`. */
export function compileBundle(bundle: GovernanceBundle, hash: string): CompiledBundle {
  const capabilities = new Map(bundle.capabilities.map((capability) => [capability.name, capability]));
  const tenants = new Map(bundle.tenants.map((tenant) => [tenant.tenant_id, tenant]));
  const identities = new Map(bundle.identities.map((identity) => [identityKey(identity.tenant_id, identity.user_id), identity]));
  const grants = Map.groupBy((bundle.grants ?? []).filter((grant) => grant.status === 'approved'), (grant) => identityKey(grant.tenant_id, grant.user_id));
  return {
    hash,
    version: bundle.version,
    bundle,
    capability: (intentType) => capabilities.get(intentType),
    tenant: (tenantId) => tenants.get(tenantId),
    identity: (tenantId, userId) => identities.get(identityKey(tenantId, userId)),
    notice: noticesOf(bundle),
    sagaProblem: sagaProblemsOf(bundle),
    grantsOf: (tenantId, userId) => grants.get(identityKey(tenantId, userId)),
    slices: new PolicySlices(analyseAll(bundle.policies)),
    // bounded by size, which grows as it fills: by `max`, all places would be made with every bundle
    decisions: new LRUCache({ maxSize: DECISIONS_MAX, sizeCalculation: () => 1 }),
  };
}

function noticesOf(bundle: GovernanceBundle): CompiledBundle['notice'] {
  const notices = new Map((bundle.notices ?? []).map((notice) => [notice.capability, notice]));
  return (intentType) => notices.get(intentType);
}

function sagaProblemsOf(bundle: GovernanceBundle): CompiledBundle['sagaProblem'] {
  const byTenant = Map.groupBy(bundle.saga_rules ?? [], (rule) => rule.tenant_id);
  const usurping = new Map(bundle.capabilities.flatMap((capability) => platformSteps(capability).slice(0, 1).map((problem) => [capability.name, problem] as const)));
  if (byTenant.size === 0 && usurping.size === 0) return () => undefined;
  const found = new Map<string, SagaProblem | null>();
  return (tenantId, capability) => {
    if (PLATFORM_REALMS.has(capability.realm)) return undefined;
    const usurped = usurping.get(capability.name);
    if (usurped !== undefined) return usurped;
    const rules = [...(byTenant.get(undefined) ?? []), ...(byTenant.get(tenantId) ?? [])];
    if (rules.length === 0) return undefined;
    const key = `${tenantId} ${capability.name}`;
    const known = found.get(key);
    if (known !== undefined) return known ?? undefined;
    const problem = rules.flatMap((rule) => sagaProblems(rule, capability))[0];
    found.set(key, problem ?? null);
    return problem;
  };
}

/** No tenant id holds a slash, so the pair cannot be read two ways. */
const identityKey = (tenantId: string, userId: string): string => `${tenantId}/${userId}`;

function analyseAll(policies: readonly CedarPolicy[]): AnalysedPolicy[] {
  const ids = new Set<string>();
  return policies.map((policy, index) => {
    if (ids.has(policy.id)) throw failure('policy.bundle_invalid', { message: `two policies have the id ${policy.id}`, field: `/bundle/policies/${index}/id` });
    ids.add(policy.id);
    return analysePolicy(policy, `/bundle/policies/${index}/text`);
  });
}
