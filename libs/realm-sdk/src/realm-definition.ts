import type { RegisteredCapability } from '@symphainy/contracts';
import type { CapabilityDefinition } from './capability-definition.js';

/** A realm: its name and what it can do. */
export interface RealmDefinition {
  readonly realm: string;
  readonly capabilities: ReadonlyMap<string, CapabilityDefinition>;
  describe(): RegisteredCapability[];
}

/** Composes capabilities into a realm. Throws when two serve one intent. */
export function defineRealm(options: { readonly realm: string; readonly capabilities: readonly CapabilityDefinition[] }): RealmDefinition {
  const capabilities = new Map<string, CapabilityDefinition>();
  for (const capability of options.capabilities) {
    if (capabilities.has(capability.intent)) throw new Error(`realm ${options.realm}: two capabilities serve ${capability.intent}`);
    capabilities.set(capability.intent, capability);
  }
  return { realm: options.realm, capabilities, describe: () => [...capabilities.values()].map((c) => c.describe(options.realm)) };
}
