import { z } from 'zod';
import { tenant, words, type Tenant } from '@symphainy/contracts';
import { put } from '../bundle/catalogue.js';
import { changeRule, recordedChange } from '../bundle/governed-change.js';
import { governedTask } from '../governed-task.js';
import { requirePlatform } from './platform-tenant.js';

/** A tenant that is there already stays as it is: creating twice must not reopen one that was suspended. */
const tenantRule = changeRule<Tenant>({
  name: 'tenant',
  value: tenant,
  apply: (catalogue, key, value) => (catalogue.get('tenant', key) === undefined ? put('tenant', value) : undefined),
});

const statusRule = changeRule<Tenant['status']>({
  name: 'tenant_status',
  value: tenant.shape.status,
  apply: (catalogue, key, status) => {
    const present = catalogue.get('tenant', key);
    return present === undefined || present.status === status ? undefined : put('tenant', { ...present, status });
  },
});

const createTenant = governedTask({
  intent: 'governance.create_tenant',
  description: 'Adds a tenant. One that exists already stays as it is.',
  input: tenant.omit({ status: true }),
  changes: (payload, context) => {
    requirePlatform(context.tenant_id);
    return [recordedChange(tenantRule, payload.tenant_id, { ...payload, status: 'active' })];
  },
});

const statusChange = (intent: string, status: Tenant['status'], description: string) =>
  governedTask({
    intent,
    description,
    input: z.object({ tenant_id: words.tenantId, reason: z.string().max(500).optional() }),
    changes: (payload, context) => {
      requirePlatform(context.tenant_id);
      return [recordedChange(statusRule, payload.tenant_id, status)];
    },
  });

/** What City Manager does by governed intents. */
export const tenantCapabilities = [
  createTenant,
  statusChange('governance.suspend_tenant', 'suspended', 'Suspends a tenant: its intents are denied from the next bundle on; what runs goes on.'),
  statusChange('governance.resume_tenant', 'active', 'Lets a suspended tenant work again.'),
];

export const tenantRules = [tenantRule, statusRule];
