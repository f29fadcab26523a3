import { z } from 'zod';
import { failure, policySwitch, tenant, tenantSwitches, words, type StateChange, type Tenant } from '@symphainy/contracts';
import { put } from '../bundle/catalogue.js';
import { changeRule, recordedChange } from '../bundle/governed-change.js';
import { governedTask } from '../governed-task.js';
import { PLATFORM_TENANT, requirePlatform } from './platform-tenant.js';

/** A tenant that is there already stays as it is: creating twice must not reopen one that was suspended. */
const tenantRule = changeRule<Tenant>({
  name: 'tenant',
  value: tenant,
  apply: (catalogue, key, value) => (catalogue.get('tenant', key) === undefined ? put('tenant', value) : undefined),
});

/** Closing is for good. */
const statusRule = changeRule<Tenant['status']>({
  name: 'tenant_status',
  value: tenant.shape.status,
  apply: (catalogue, key, status) => {
    const present = catalogue.get('tenant', key);
    return present === undefined || present.status === status || present.status === 'closed' ? undefined : put('tenant', { ...present, status });
  },
});

const mode = policySwitch.optional();
const { limits, name, max_upload_bytes, upload_quota_bytes, retention_days } = tenant.shape;
const settings = z.strictObject({
  name: name.optional(),
  /** Those that are named change, the others stay. */
  switches: z.strictObject({ idempotency: mode, auto_replay: mode, sla: mode, auto_healing: mode, retention: mode, effect_approval: tenantSwitches.shape.effect_approval }).optional(),
  limits: limits,
  max_upload_bytes: max_upload_bytes.unwrap().optional(),
  upload_quota_bytes,
  retention_days,
});
type Settings = z.infer<typeof settings>;

const settingsRule = changeRule<Settings>({
  name: 'tenant_settings',
  value: settings,
  apply: (catalogue, key, value) => {
    const present = catalogue.get('tenant', key);
    if (present === undefined || present.status === 'closed') return undefined;
    return put('tenant', tenant.parse({ ...present, ...value, switches: { ...present.switches, ...value.switches }, ...(value.limits === undefined ? {} : { limits: { ...present.limits, ...value.limits } }) }));
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

/** A change of a tenant that there is and that is open, other than the platform's own: asked of the bundle in force, so that the caller is told what cannot be. */
const tenantChange = <I extends z.ZodObject>(options: { readonly intent: string; readonly description: string; readonly input: I; readonly change: (payload: z.infer<I>) => StateChange }) =>
  governedTask({
    ...options,
    tools: ['governance.entry'],
    changes: async (payload, context, _registries, tool) => {
      requirePlatform(context.tenant_id);
      const tenantId = (payload as { tenant_id: string }).tenant_id;
      const refuse = (message: string) => failure('governance.invalid', { message, field: '/tenant_id' });
      if (tenantId === PLATFORM_TENANT) throw refuse('the platform’s own tenant comes with its code: without it nobody could govern');
      const present = tenant.nullable().parse(await tool('governance.entry', { list: 'tenants', key: tenantId }));
      if (present === null) throw refuse(`there is no tenant ${tenantId}`);
      if (present.status === 'closed') throw refuse(`the tenant ${tenantId} is closed, for good`);
      return [options.change(payload)];
    },
  });

const statusChange = (intent: string, status: Tenant['status'], description: string) =>
  tenantChange({ intent, description, input: z.object({ tenant_id: words.tenantId, reason: z.string().max(500).optional() }), change: ({ tenant_id }) => recordedChange(statusRule, tenant_id, status) });

const updateTenant = tenantChange({
  intent: 'governance.update_tenant',
  description: 'Changes a tenant’s switches (off, observe, enforce), limits, quotas, retention or name; what is not named stays.',
  input: settings.extend({ tenant_id: words.tenantId, reason: z.string().max(500).optional() }),
  change: ({ tenant_id, reason: _, ...value }) => recordedChange(settingsRule, tenant_id, value),
});

/** What City Manager does by governed intents. What each status means is told in docs/operations/tenants.md. */
export const tenantCapabilities = [
  createTenant,
  updateTenant,
  statusChange('governance.suspend_tenant', 'suspended', 'Suspends a tenant: its intents are denied from the next bundle on, and no session opens; what runs goes on, and what is recorded can be read.'),
  statusChange('governance.resume_tenant', 'active', 'Lets a suspended tenant work again.'),
  statusChange('governance.close_tenant', 'closed', 'Closes a tenant for good: like suspended, and its keys and tokens open nothing any more. What runs goes on to its end; records stay.'),
];

export const tenantRules = [tenantRule, statusRule, settingsRule];
