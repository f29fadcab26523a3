import { dataClass, type CedarPolicy, type DataClass } from '@symphainy/contracts';
import { standingRanks } from '@symphainy/governance';

/** The classes of data that there are, for every tenant: the bundle lists them, and tenants add their own. Data of any other class is refused before a policy is asked. */
export const standingClasses: readonly DataClass[] = Object.entries(standingRanks).map(([name, rank]) => dataClass.parse({ name, rank }));

/** Data Steward's standing answers. */
export const dataBoundaries: readonly CedarPolicy[] = [
  {
    id: 'platform.known-data',
    role: 'data_steward',
    text: 'permit(principal, action, resource);',
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
