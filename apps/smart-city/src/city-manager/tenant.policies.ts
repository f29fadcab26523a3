import type { CedarPolicy } from '@symphainy/contracts';

/** City Manager's standing answers: active tenants may work, others may not, whatever else is written. */
export const tenantPolicies: readonly CedarPolicy[] = [
  { id: 'platform.active-tenants', role: 'city_manager', text: 'permit(principal, action, resource) when { principal.tenant.status == "active" };' },
  { id: 'platform.inactive-tenants', role: 'city_manager', text: '@reason("the tenant is suspended or closed")\nforbid(principal, action, resource) unless { principal.tenant.status == "active" };' },
];
