/** Which policies a list shows, and under which heading. Pure. */
import type { PolicyReading } from '@symphainy/contracts';

export interface PolicyFilter {
  readonly find: string;
  /** A tenant's id; empty: all. Policies for everybody concern every tenant. */
  readonly tenant: string;
  /** `submit`, `replay`, `hydrate`, or an application's; empty: all. */
  readonly action: string;
}

export interface PolicyGroup {
  readonly title: string;
  readonly policies: readonly PolicyReading[];
}

export const tenantsOf = (policies: readonly PolicyReading[]): readonly string[] => [...new Set(policies.flatMap(({ tenant }) => (tenant === undefined ? [] : [tenant])))].sort();

export const actionsOf = (policies: readonly PolicyReading[]): readonly string[] => [...new Set(['submit', 'replay', 'hydrate', ...policies.flatMap(({ actions }) => actions)])];

/** Everybody's first, then each tenant's, the platform's own last; empty groups are left out. */
export function groupPolicies(policies: readonly PolicyReading[], { find, tenant, action }: PolicyFilter): readonly PolicyGroup[] {
  const words = find.toLowerCase().split(/\s+/).filter((word) => word !== '');
  const shown = policies.filter((policy) => (tenant === '' || policy.tenant === undefined || policy.tenant === tenant) && (action === '' || policy.actions.length === 0 || policy.actions.includes(action)) && words.every((word) => `${policy.id} ${policy.words} ${policy.text}`.toLowerCase().includes(word)));
  const [standing, own] = [shown.filter((policy) => policy.standing), shown.filter((policy) => !policy.standing)];
  const groups = [
    { title: 'For every tenant', policies: own.filter((policy) => policy.tenant === undefined) },
    ...tenantsOf(own).map((name) => ({ title: `For ${name}`, policies: own.filter((policy) => policy.tenant === name) })),
    { title: 'The platform’s own', policies: standing },
  ];
  return groups.filter((group) => group.policies.length > 0);
}
