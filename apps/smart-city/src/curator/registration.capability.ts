import { z } from 'zod';
import { registeredCapability, type RegisteredCapability } from '@symphainy/contracts';
import { put } from '../bundle/catalogue.js';
import { changeRule, recordedChange } from '../bundle/governed-change.js';
import { requirePlatform } from '../city-manager/platform-tenant.js';
import { governedTask } from '../governed-task.js';
import { checkCapability } from './capability-check.js';
import { compareRegistration } from './version-rules.js';

/** Two instances of Smart City may record registrations that contradict each other: the first recorded stands. */
const capabilityRule = changeRule<RegisteredCapability>({
  name: 'capability',
  value: registeredCapability,
  apply: (catalogue, key, value) => (compareRegistration(catalogue.get('capability', key), value) === 'new' ? put('capability', value) : undefined),
});

const registerCapabilities = governedTask({
  intent: 'governance.register_capabilities',
  description: 'Registers what realms can do: contracts, sagas, determinism. Submitted by Curator when realms register.',
  input: z.object({ capabilities: z.array(registeredCapability).min(1).max(1000) }),
  changes: (payload, context) => {
    requirePlatform(context.tenant_id);
    payload.capabilities.forEach((capability, i) => checkCapability(capability, `/capabilities/${i}`));
    return payload.capabilities.map((capability) => recordedChange(capabilityRule, capability.name, capability));
  },
});

export const registrationCapabilities = [registerCapabilities];
export const registrationRules = [capabilityRule];
