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

/** Who may erase a data subject: nobody else, whatever is permitted besides, and nobody alone. */
export const erasurePolicies: readonly CedarPolicy[] = [
  { id: 'platform.officers-erase', role: 'security_guard', text: 'permit(principal, action == Action::"submit", resource in Realm::"runtime") when { principal.roles.contains("data_protection_officer") && context.own_session && [Capability::"runtime.erase", Capability::"runtime.rewrap_keys"].contains(resource) };' },
  {
    id: 'platform.only-officers-rewrap',
    role: 'security_guard',
    text: '@reason("keys of data subjects are for data protection officers")\nforbid(principal, action == Action::"submit", resource == Capability::"runtime.rewrap_keys") unless { principal.roles.contains("data_protection_officer") };',
  },
  {
    id: 'platform.only-officers-erase',
    role: 'security_guard',
    text: '@reason("erasing is for data protection officers")\nforbid(principal, action, resource == Capability::"runtime.erase") unless { principal.roles.contains("data_protection_officer") };',
  },
  {
    id: 'platform.erasure-needs-four-eyes',
    role: 'security_guard',
    text: '@reason("erasing needs a grant that somebody else approved")\nforbid(principal, action == Action::"submit", resource == Capability::"runtime.erase") unless { context.granted };',
  },
];
