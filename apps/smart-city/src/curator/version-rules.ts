import { failure, type RegisteredCapability } from '@symphainy/contracts';
import { hashOf } from '@symphainy/kernel';
import { incompatibilities, type Incompatibility } from '../librarian/schema-compatibility.js';

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
 * | breaking | has a lower version with the same major number, and other contracts that this one breaks | refused: a break is declared by the major number |
 */
export type RegistrationCase = 'new' | 'same' | 'older' | 'foreign' | 'changed' | 'breaking';

export function compareRegistration(registered: RegisteredCapability | undefined, offered: RegisteredCapability): RegistrationCase {
  if (registered === undefined) return 'new';
  if (registered.realm !== offered.realm) return 'foreign';
  const order = compareVersions(registered.version, offered.version);
  if (order > 0) return 'older';
  if (order < 0) return broken(registered, offered) === undefined ? 'new' : 'breaking';
  return hashOf(registered) === hashOf(offered) ? 'same' : 'changed';
}

/** True when it is to be registered; `registration.conflict` when it cannot be. */
export function isNews(registered: RegisteredCapability | undefined, offered: RegisteredCapability, at: string): boolean {
  const what = compareRegistration(registered, offered);
  if (what === 'foreign') throw failure('registration.conflict', { message: `${offered.name} belongs to the realm ${registered?.realm}`, field: `${at}/name` });
  if (what === 'changed') throw failure('registration.conflict', { message: `version ${offered.version} of ${offered.name} is registered with other content`, field: `${at}/version`, fix: 'raise the version' });
  if (what === 'breaking') refuseBreak(registered!, offered, at);
  return what === 'new';
}

function refuseBreak(registered: RegisteredCapability, offered: RegisteredCapability, at: string): never {
  const { contract, found } = broken(registered, offered)!;
  const place = contract === 'input_contract' ? 'what was accepted no longer is' : 'what is returned is not what it was';
  throw failure('registration.incompatible', { message: `${offered.name} ${offered.version} after ${registered.version}: ${place}: ${found.at || '/'} ${found.message}`, field: `${at}/${contract}` });
}

/** The first break of a contract that the offered version's major number does not declare. Callers must still be understood, readers must still understand. */
function broken(registered: RegisteredCapability, offered: RegisteredCapability): { readonly contract: 'input_contract' | 'output_contract'; readonly found: Incompatibility } | undefined {
  if (majorOf(registered.version) !== majorOf(offered.version)) return undefined;
  const [input] = incompatibilities(registered.input_contract, offered.input_contract);
  if (input !== undefined) return { contract: 'input_contract', found: input };
  const [output] = incompatibilities(offered.output_contract, registered.output_contract);
  return output === undefined ? undefined : { contract: 'output_contract', found: output };
}

export const majorOf = (version: string): string => version.slice(0, version.indexOf('.'));

/** Negative: a before b. Both read `<major>.<minor>.<patch>`, as the contract demands. */
export function compareVersions(a: string, b: string): number {
  const [left, right] = [a, b].map((version) => version.split('.').map(Number));
  const differing = left?.findIndex((part, i) => part !== right?.[i]) ?? -1;
  return differing < 0 ? 0 : (left?.[differing] ?? 0) - (right?.[differing] ?? 0);
}
