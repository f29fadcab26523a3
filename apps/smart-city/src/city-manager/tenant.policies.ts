import type { CedarPolicy } from '@symphainy/contracts';

/** City Manager's standing answers: active tenants may work, others may not, whatever else is written. */
export const tenantPolicies: readonly CedarPolicy[] = [
  { id: 'platform.active-tenants', role: 'city_manager', text: 'permit(principal, action, resource) when { principal.tenant.status == "active" };' },
  { id: 'platform.inactive-tenants', role: 'city_manager', text: '@reason("the tenant is suspended or closed")\nforbid(principal, action == Action::"submit", resource) unless { principal.tenant.status == "active" };' },
];

/** City Manager's standing answer on reading: administrators of governance read it, each its own tenant's part. */
export const readingPolicies: readonly CedarPolicy[] = [
  { id: 'platform.administrators-read-governance', role: 'security_guard', text: 'permit(principal, action == Action::"submit", resource == Capability::"governance.read") when { principal.roles.contains("governance_admin") };' },
];
