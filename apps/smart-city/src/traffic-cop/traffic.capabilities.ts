import { z } from 'zod';
import { tenant, trafficRules, words, type Tenant } from '@symphainy/contracts';
import { put } from '../bundle/catalogue.js';
import { changeRule, recordedChange, type ChangeRule } from '../bundle/governed-change.js';
import { requirePlatform } from '../city-manager/platform-tenant.js';
import { governedTask } from '../governed-task.js';

const rules = z.object({
  traffic: trafficRules.nullable().optional(),
  limits: tenant.shape.limits.unwrap().nullable().optional(),
});

/** What is not named stays; null takes a tenant's rules away. */
const trafficRule = changeRule<z.infer<typeof rules>>({
  name: 'traffic',
  value: rules,
  apply: (catalogue, key, { traffic, limits }) => {
    const present = catalogue.get('tenant', key);
    if (present === undefined) return undefined;
    const { traffic: trafficBefore, limits: limitsBefore, ...rest } = present;
    const next: Tenant = { ...rest, ...given('traffic', traffic, trafficBefore), ...given('limits', limits, limitsBefore) };
    return put('tenant', next);
  },
});

const given = <K extends string, V>(name: K, told: V | null | undefined, before: V | undefined): { [key in K]?: V } => {
  const value = told === undefined ? before : (told ?? undefined);
  return (value === undefined ? {} : { [name]: value }) as { [key in K]?: V };
};

const setTraffic = governedTask({
  intent: 'governance.set_traffic',
  description: 'Sets a tenant’s traffic rules: how long its sessions last, how much it may have running and waiting, and how much of single capabilities. What is left out stays; null removes.',
  input: rules.extend({ tenant_id: words.tenantId }).strict(),
  changes: ({ tenant_id, ...told }, context) => {
    requirePlatform(context.tenant_id);
    return [recordedChange(trafficRule, tenant_id, told)];
  },
});

/** What Traffic Cop does by governed intents. */
export const trafficCapabilities = [setTraffic];
export const trafficChangeRules: readonly ChangeRule[] = [trafficRule as ChangeRule];
