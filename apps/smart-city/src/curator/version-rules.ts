import { failure, type RegisteredCapability } from '@symphainy/contracts';
import { hashOf } from '@symphainy/kernel';

/**
 * What an offered capability is beside the one registered under its name:
 *
 * | case | the registered one | what follows |
 * |---|---|---|
 * | new | is not there, or has a lower version | it is registered |
 * | same | has the same version and content | nothing |
 * | older | has a higher version | nothing: a build that is being replaced came up again; its steps still run, its contract does not return |
 * | foreign | belongs to another realm | refused |
 * | changed | has the same version and other content | refused: a version names one content for ever |
 */
export type RegistrationCase = 'new' | 'same' | 'older' | 'foreign' | 'changed';

export function compareRegistration(registered: RegisteredCapability | undefined, offered: RegisteredCapability): RegistrationCase {
  if (registered === undefined) return 'new';
  if (registered.realm !== offered.realm) return 'foreign';
  const order = compareVersions(registered.version, offered.version);
  if (order !== 0) return order < 0 ? 'new' : 'older';
  return hashOf(registered) === hashOf(offered) ? 'same' : 'changed';
}

/** True when it is to be registered; `registration.conflict` when it cannot be. */
export function isNews(registered: RegisteredCapability | undefined, offered: RegisteredCapability, at: string): boolean {
  const what = compareRegistration(registered, offered);
  if (what === 'foreign') throw failure('registration.conflict', { message: `${offered.name} belongs to the realm ${registered?.realm}`, field: `${at}/name` });
  if (what === 'changed') throw failure('registration.conflict', { message: `version ${offered.version} of ${offered.name} is registered with other content`, field: `${at}/version`, fix: 'raise the version' });
  return what === 'new';
}

/** Negative: a before b. Both read `<major>.<minor>.<patch>`, as the contract demands. */
function compareVersions(a: string, b: string): number {
  const [left, right] = [a, b].map((version) => version.split('.').map(Number));
  const differing = left?.findIndex((part, i) => part !== right?.[i]) ?? -1;
  return differing < 0 ? 0 : (left?.[differing] ?? 0) - (right?.[differing] ?? 0);
}
