/** What of a bundle candidates may change, and rollbacks bring back. */
import { changeableLists, failure, keyInList, type BundleChange, type ChangeableList, type DataClass, type GovernanceBundle, type Tenant } from '@symphainy/contracts';
import { standingRanks } from './data-rules.js';

/** Why the others are not, and what changes them. */
const ELSEWHERE: Readonly<Record<string, readonly [why: string, fix: string]>> = {
  capabilities: ['capabilities are registered by realms', 'deploy the realm’s new version'],
  schemas: ['versions of schemas stay as they are', 'use governance.put_schema'],
  vocabularies: ['versions of vocabularies stay as they are', 'use governance.put_vocabulary'],
  grants: ['a grant is asked for by one person and approved by another', 'use governance.request_grant'],
  data_holds: ['a hold is placed and lifted by an intent of its own, with its reason', 'use governance.place_hold and governance.lift_hold'],
  reclassifications: ['an artifact’s class is set by an intent of its own, with its reason', 'use governance.reclassify'],
  candidates: ['candidates are not staged by candidates', 'use governance.stage_bundle'],
};

const isChangeable = (list: string): list is ChangeableList => (changeableLists as readonly string[]).includes(list);
const invalid = (message: string, field: string, fix?: string): Error => failure('governance.invalid', { message, field, ...(fix === undefined ? {} : { fix }) });

/** Whether an entry is the platform's own: it comes with its code and changes with it only. */
export const isPlatforms = (list: string, key: string): boolean =>
  (list === 'policies' && key.startsWith('platform.')) || (list === 'tenants' && key === 'platform') || (list === 'identities' && key === 'platform/smart-city') || (list === 'data_classes' && key.startsWith('*/') && Object.hasOwn(standingRanks, key.slice(2)));

/** Throws `governance.invalid` for a change that no candidate may make, wherever it would be made. */
export function requireChangeable({ list, put, remove }: BundleChange, at: string): void {
  const [why, fix] = ELSEWHERE[list] ?? [`${list} cannot be changed by a candidate`, `change one of ${changeableLists.join(', ')}`];
  if (!isChangeable(list)) throw invalid(why, `${at}/list`, fix);
  if (list === 'tenants' && remove !== undefined) throw invalid('a tenant is closed, not removed', `${at}/remove`, 'use governance.close_tenant');
  const key = remove ?? keyInList(list, put);
  if (isPlatforms(list, key)) throw invalid(`${key} is the platform’s own, and comes with its code`, `${at}/${remove === undefined ? 'put' : 'remove'}`);
}

/** Throws `governance.invalid` for an entry that cannot stand beside what is there: one that speaks of a tenant or a capability that there is none of, or changes what is for good. */
export function requireFitting(bundle: GovernanceBundle, list: string, entry: unknown, at: string): void {
  const { tenant_id, capability, replacement } = entry as { readonly tenant_id?: string; readonly capability?: string; readonly replacement?: string };
  if (tenant_id !== undefined && bundle.tenants.every((tenant) => tenant.tenant_id !== tenant_id)) throw invalid(`there is no tenant ${tenant_id}`, `${at}/tenant_id`);
  const unknown = list === 'notices' ? [capability, replacement].find((name) => name !== undefined && bundle.capabilities.every((one) => one.name !== name)) : undefined;
  if (unknown !== undefined) throw invalid(`no capability is named ${unknown}`, `${at}/${unknown === capability ? 'capability' : 'replacement'}`);
  if (list === 'data_classes') requireStandingRank(entry as DataClass, at);
}

function requireStandingRank({ name, rank }: DataClass, at: string): void {
  if (Object.hasOwn(standingRanks, name) && standingRanks[name] !== rank) throw invalid(`${name} is a standing class of rank ${standingRanks[name]}`, `${at}/rank`);
}

export function requireOpen(present: Tenant | undefined, at: string): void {
  if (present?.status === 'closed') throw invalid('the tenant is closed, for good', `${at}/tenant_id`);
}

/** Going back touches nothing of the platform's own, neither removes a tenant nor opens one that was closed, and brings back nothing about a capability that is gone. */
export function mayGoBack({ list, put, remove }: BundleChange, current: GovernanceBundle): boolean {
  const key = remove ?? keyInList(list, put);
  if (isPlatforms(list, key)) return false;
  if (list === 'tenants') return remove === undefined && current.tenants.every((tenant) => tenant.tenant_id !== key || tenant.status !== 'closed');
  return list !== 'notices' || remove !== undefined || fits(current, list, put);
}

function fits(bundle: GovernanceBundle, list: string, entry: unknown): boolean {
  try {
    requireFitting(bundle, list, entry, '');
    return true;
  } catch {
    return false;
  }
}
