import type { CedarPolicy } from '@symphainy/contracts';

/** Security Guard's standing answers on governance itself: nobody governs by a permit that was meant for something else. */
export const governancePolicies: readonly CedarPolicy[] = [
  { id: 'platform.governor', role: 'security_guard', text: 'permit(principal == User::"platform/smart-city", action == Action::"submit", resource in Realm::"governance") when { principal.auth == "service" };' },
  {
    id: 'platform.governance-is-reserved',
    role: 'security_guard',
    text: '@reason("governance intents are for the platform’s governor and for governance administrators")\nforbid(principal, action, resource in Realm::"governance") unless { (principal == User::"platform/smart-city" && principal.auth == "service") || principal.roles.contains("governance_admin") };',
  },
  {
    id: 'platform.registration-is-reserved',
    role: 'security_guard',
    text: '@reason("capabilities are registered by Smart City alone")\nforbid(principal, action, resource == Capability::"governance.register_capabilities") unless { principal == User::"platform/smart-city" && principal.auth == "service" };',
  },
];
