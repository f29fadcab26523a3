import type { CedarPolicy } from '@symphainy/contracts';

/** Security Guard's standing answers on governance itself: nobody governs by a permit that was meant for something else. */
export const governancePolicies: readonly CedarPolicy[] = [
  { id: 'platform.governor', role: 'security_guard', text: 'permit(principal == User::"platform/smart-city", action == Action::"submit", resource in Realm::"governance") when { principal.auth == "service" };' },
  {
    id: 'platform.governance-is-reserved',
    role: 'security_guard',
    text: '@reason("governance intents are for the platform’s governor and for governance administrators")\nforbid(principal, action == Action::"submit", resource in Realm::"governance") unless { resource == Capability::"governance.request_grant" || (principal == User::"platform/smart-city" && principal.auth == "service") || principal.roles.contains("governance_admin") || (principal.roles.contains("grant_approver") && [Capability::"governance.approve_grant", Capability::"governance.refuse_grant", Capability::"governance.revoke_grant"].contains(resource)) };',
  },
  {
    id: 'platform.registration-is-reserved',
    role: 'security_guard',
    text: '@reason("capabilities are registered by Smart City alone")\nforbid(principal, action == Action::"submit", resource == Capability::"governance.register_capabilities") unless { principal == User::"platform/smart-city" && principal.auth == "service" };',
  },
  // Anybody may ask for a grant: asking gives nothing. Who approves must be somebody else, whatever roles he has.
  { id: 'platform.grants-are-asked-for', role: 'security_guard', text: 'permit(principal, action == Action::"submit", resource == Capability::"governance.request_grant") when { context.own_session };' },
  {
    id: 'platform.grants-are-decided',
    role: 'security_guard',
    text: 'permit(principal, action == Action::"submit", resource in Realm::"governance") when { principal.roles.contains("grant_approver") && context.own_session && [Capability::"governance.approve_grant", Capability::"governance.refuse_grant", Capability::"governance.revoke_grant"].contains(resource) };',
  },
  {
    id: 'platform.grants-need-four-eyes',
    role: 'security_guard',
    text: '@reason("a grant is approved by somebody else than who asked for it, with credentials that who asked cannot hold too: a token of a trusted issuer, or an API key that neither they nor who issued theirs has issued")\nforbid(principal, action == Action::"submit", resource == Capability::"governance.approve_grant") unless { context.second_person };',
  },
];

/** Reading what executions made, and replaying them, is open to the tenant's people unless a policy of its own says otherwise; so it is while the tenant is suspended. */
export const accessPolicies: readonly CedarPolicy[] = [
  { id: 'platform.tenant-reads', role: 'security_guard', text: 'permit(principal, action in [Action::"hydrate", Action::"replay"], resource);' },
  { id: 'platform.suspended-tenants-read', role: 'city_manager', text: 'permit(principal, action in [Action::"hydrate", Action::"replay"], resource) when { principal.tenant.status == "suspended" };' },
];
