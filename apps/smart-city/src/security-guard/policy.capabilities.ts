import { z } from 'zod';
import { cedarPolicy, failure, type CedarPolicy } from '@symphainy/contracts';
import { checkPolicy } from '@symphainy/governance';
import { put } from '../bundle/catalogue.js';
import { changeRule, recordedChange } from '../bundle/governed-change.js';
import { requirePlatform } from '../city-manager/platform-tenant.js';
import { governedTask } from '../governed-task.js';

/** Policies of the platform itself come with its code and change with it only. */
export const isStandingPolicy = (id: string): boolean => id.startsWith('platform.');

export function requireOrdinaryPolicy(id: string): void {
  if (isStandingPolicy(id)) throw failure('governance.invalid', { message: `policy ids that begin with "platform." belong to the platform’s standing policies`, field: '/id', fix: 'choose another id' });
}

const policyRule = changeRule<CedarPolicy | null>({
  name: 'policy',
  value: cedarPolicy.nullable(),
  apply: (_, key, value) => {
    requireOrdinaryPolicy(key);
    if (value === null) return { kind: 'policy', key, value: undefined };
    checkPolicy(value);
    return put('policy', value);
  },
});

const putPolicy = governedTask({
  intent: 'governance.put_policy',
  description: 'Adds a Cedar policy, or replaces the one with its id.',
  input: cedarPolicy,
  changes: (payload, context) => {
    requirePlatform(context.tenant_id);
    requireOrdinaryPolicy(payload.id);
    checkPolicy(payload);
    return [recordedChange(policyRule, payload.id, payload)];
  },
});

const removePolicy = governedTask({
  intent: 'governance.remove_policy',
  description: 'Removes a Cedar policy.',
  removes: ({ id }) => ({ list: 'policies', key: id, field: '/id' }),
  input: z.object({ id: cedarPolicy.shape.id }),
  changes: (payload, context) => {
    requirePlatform(context.tenant_id);
    requireOrdinaryPolicy(payload.id);
    return [recordedChange(policyRule, payload.id, null)];
  },
});

export const policyCapabilities = [putPolicy, removePolicy];
export const policyRules = [policyRule];
