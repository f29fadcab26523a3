import type { CedarPolicy } from '@symphainy/contracts';

/** The classes of data that there are, until Data Steward is told of others. Data of any other class is denied. */
export const dataClasses = ['public', 'internal', 'unclassified', 'confidential', 'restricted'] as const;

/** Data Steward's standing boundaries. */
export const dataBoundaries: readonly CedarPolicy[] = [
  {
    id: 'platform.known-data',
    role: 'data_steward',
    text: `permit(principal, action, resource) when { ${JSON.stringify(dataClasses)}.containsAll(context.classifications) };`,
  },
  {
    id: 'platform.restricted-data',
    role: 'data_steward',
    text: '@reason("restricted data is for data owners")\nforbid(principal, action, resource) when { context.classifications.contains("restricted") } unless { principal.roles.contains("data_owner") };',
  },
];

/** Who may erase a data subject: nobody else, whatever is permitted besides. */
export const erasurePolicies: readonly CedarPolicy[] = [
  { id: 'platform.officers-erase', role: 'security_guard', text: 'permit(principal, action == Action::"submit", resource == Capability::"runtime.erase") when { principal.roles.contains("data_protection_officer") && context.own_session };' },
  {
    id: 'platform.only-officers-erase',
    role: 'security_guard',
    text: '@reason("erasing is for data protection officers")\nforbid(principal, action, resource == Capability::"runtime.erase") unless { principal.roles.contains("data_protection_officer") };',
  },
];
