/**
 * What of a candidate recorded intents cannot be decided by again, and why. Decided again are: `policies`, `identities`, `data_classes`, `data_boundaries` and a tenant's status (by
 * policy), `saga_rules` and `notices` (bars), and of a tenant's traffic and idempotency what a record tells. Every list of a bundle stands here, so that a new one is not passed over.
 */
import { keyInList, type BundleList, type GovernanceBundle, type NotRedecided, type Tenant } from '@symphainy/contracts';
import { canonicalJson, type Json } from '@symphainy/kernel';
import { diffBundles } from './bundle-diff.js';
import { entriesOf } from './disclosure.js';

type Reason = NotRedecided['reason'];
type Tenants = { readonly before: Tenant; readonly after: Tenant };
/** Undefined: it is decided again, or means nothing for an intent. A list: by field. */
type Standing = Reason | undefined | readonly (readonly [field: string, reason: Reason | ((tenants: Tenants) => Reason | undefined)])[];

/** A bound that lets in more than before says nothing of those whom it turned away; one that lets in less is decided again. */
const unlessTighter = (bound: (tenant: Tenant) => number | undefined) => ({ before, after }: Tenants): Reason | undefined => ((bound(after) ?? Infinity) > (bound(before) ?? Infinity) ? 'unrecorded' : undefined);

const STANDING: Readonly<Record<BundleList, Standing>> = {
  policies: undefined, identities: undefined, data_classes: undefined, data_boundaries: undefined, saga_rules: undefined, notices: undefined,
  policy_tests: undefined, domains: undefined, agents: undefined, objectives: undefined, escalation_rules: undefined, candidates: undefined, made_by: undefined,
  capabilities: [['/input_contract', 'as_recorded']],
  grants: 'as_recorded', reclassifications: 'as_recorded',
  data_contracts: 'later', data_holds: 'later', solutions: 'later', schemas: 'later', vocabularies: 'later',
  tenants: [
    ['/limits', 'moment'], ['/traffic/capabilities', 'moment'], ['/max_upload_bytes', 'moment'], ['/upload_quota_bytes', 'moment'],
    ['/traffic/daily', unlessTighter(({ traffic }) => traffic?.daily?.executions)],
    ['/traffic/sessions/max_age_s', unlessTighter(({ traffic }) => traffic?.sessions?.max_age_s)],
    ['/traffic/sessions/idle_s', unlessTighter(({ traffic }) => traffic?.sessions?.idle_s)],
    ['/switches/idempotency', ({ before, after }) => (before.switches.idempotency === 'observe' && after.switches.idempotency === 'enforce' ? undefined : 'unrecorded')],
    ['/switches/sla', 'later'], ['/switches/auto_replay', 'later'], ['/switches/auto_healing', 'later'], ['/switches/retention', 'later'], ['/switches/effect_approval', 'later'], ['/retention_days', 'later'],
  ],
};

/** The differences between two bundles that could mean something for a tenant's intents and are no part of deciding them again, in the order of lists and keys. */
export function notRedecided(from: GovernanceBundle, to: GovernanceBundle, tenantId: string): NotRedecided[] {
  return Object.entries(diffBundles(from, to)).flatMap(([list, { added, removed, changed }]) => {
    const standing = STANDING[list as BundleList];
    const [before, after] = [entriesByKey(from, list), entriesByKey(to, list)];
    const keys = [...added, ...removed, ...changed.map(({ key }) => key)].filter((key) => concerns(after.get(key) ?? before.get(key), tenantId)).sort();
    if (standing === undefined) return [];
    if (typeof standing === 'string') return keys.map((key) => ({ list, key, reason: standing }));
    return keys.flatMap((key) => ofFields(before.get(key), after.get(key), standing).map((found) => ({ list, key, ...found })));
  });
}

const entriesByKey = (bundle: GovernanceBundle, list: string): ReadonlyMap<string, unknown> => new Map((entriesOf(bundle, list) ?? []).map((entry) => [keyInList(list, entry), entry]));

/** An entry that names no tenant is everybody's. */
function concerns(entry: unknown, tenantId: string): boolean {
  const { tenant_id } = entry as { readonly tenant_id?: string };
  return tenant_id === undefined || tenant_id === tenantId;
}

/** Of an entry that is new or gone no field differs: nothing was decided by it before, or nothing will be. */
function ofFields(before: unknown, after: unknown, standing: Exclude<Standing, string | undefined>): { field: string; reason: Reason }[] {
  if (before === undefined || after === undefined) return [];
  return standing.flatMap(([field, told]) => {
    if (textAt(before, field) === textAt(after, field)) return [];
    const reason = typeof told === 'string' ? told : told({ before: before as Tenant, after: after as Tenant });
    return reason === undefined ? [] : [{ field, reason }];
  });
}

const textAt = (entry: unknown, pointer: string): string => canonicalJson(pointer.slice(1).split('/').reduce<Json | undefined>((part, member) => (part as { [key: string]: Json } | undefined)?.[member], entry as Json) ?? null);
