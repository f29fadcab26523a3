import { governanceBundle, type CedarPolicy, type DataClass, type DisclosedBundle, type GovernanceBundle, type SagaRule, type SignedBundle } from '@symphainy/contracts';
import { discloseBundle } from './bundle-digest.js';
import { analysePolicy } from './policy-analysis.js';

/** What of a bundle concerns an exported piece of a tenant's history. */
export interface Concern {
  readonly tenantId: string;
  /** Capabilities that the records resolved. */
  readonly capabilities: ReadonlySet<string>;
  /** Policies that determined a recorded decision: whoever they decided on may see them. */
  readonly policies: ReadonlySet<string>;
}

/**
 * A bundle as one tenant may see it: its own tenant entry and identities, the capabilities that were used, and the policies that could apply to it;
 * not those that are scoped to another tenant or name one, unless they determined a decision at hand. Of everything else the digests alone.
 */
export function discloseToTenant(signed: SignedBundle, concern: Concern): DisclosedBundle {
  const others = signed.bundle.tenants.map((tenant) => tenant.tenant_id).filter((id) => id !== concern.tenantId);
  return discloseBundle(signed, (list, entry) => SHOWN[list]?.(entry as never, concern, others) ?? false);
}

/**
 * One list of a bundle as an administrator of one tenant reads it: the tenant's own entries, the policies that could apply to it, and every capability.
 * Undefined when there is no such list.
 */
export function entriesForTenant(bundle: GovernanceBundle, list: string, tenantId: string): readonly unknown[] | undefined {
  const entries = entriesOf(bundle, list);
  if (EVERYBODYS.has(list)) return entries;
  const others = bundle.tenants.map((tenant) => tenant.tenant_id).filter((id) => id !== tenantId);
  if (list === 'saga_rules' || list === 'data_classes') return entries?.filter((entry) => [undefined, tenantId].includes((entry as SagaRule | DataClass).tenant_id));
  const isShown = list === 'policies' ? (entry: unknown) => concernsTenant(entry as CedarPolicy, tenantId, others) : (entry: unknown) => (entry as { tenant_id?: unknown }).tenant_id === tenantId;
  return entries?.filter(isShown);
}

/** Every list that a bundle may have; one without entries may be left out of it. */
const LISTS: ReadonlySet<string> = new Set(Object.entries(governanceBundle.shape).flatMap(([name, schema]) => (schema.safeParse([]).success ? [name] : [])));

/** One list of a bundle, whole; undefined when there is no such list. */
export function entriesOf(bundle: GovernanceBundle, list: string): readonly unknown[] | undefined {
  const entries: unknown = Object.hasOwn(bundle, list) ? bundle[list as keyof GovernanceBundle] : LISTS.has(list) ? [] : undefined;
  return Array.isArray(entries) ? (entries as unknown[]) : undefined;
}

/** What the platform can do and in which words is no tenant's secret. */
const EVERYBODYS: ReadonlySet<string> = new Set(['capabilities', 'notices', 'agents', 'domains', 'solutions', 'schemas', 'vocabularies']);

type Shown = { readonly [L in 'tenants' | 'identities' | 'capabilities' | 'policies' | 'grants']: (entry: NonNullable<GovernanceBundle[L]>[number], concern: Concern, others: readonly string[]) => boolean };

const SHOWN: Shown & { readonly [list: string]: ((entry: never, concern: Concern, others: readonly string[]) => boolean) | undefined } = {
  tenants: (tenant, { tenantId }) => tenant.tenant_id === tenantId,
  identities: (identity, { tenantId }) => identity.tenant_id === tenantId,
  grants: (grant, { tenantId }) => grant.tenant_id === tenantId,
  capabilities: (capability, { capabilities }) => capabilities.has(capability.name),
  policies: (policy, { tenantId, policies }, others) => policies.has(policy.id) || concernsTenant(policy, tenantId, others),
};

function concernsTenant(policy: CedarPolicy, tenantId: string, others: readonly string[]): boolean {
  const scope = analysePolicy(policy, '/text').tenant;
  return (scope === undefined || scope === tenantId) && !others.some((other) => policy.text.includes(`"${other}"`) || policy.text.includes(`"${other}/`));
}
