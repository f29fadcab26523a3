import { sagaRule, type SagaRule } from '@symphainy/contracts';
import { put } from '../bundle/catalogue.js';
import { changeRule, recordedChange, type ChangeRule } from '../bundle/governed-change.js';
import { requirePlatform } from '../city-manager/platform-tenant.js';
import { governedTask } from '../governed-task.js';

const rule = changeRule<SagaRule | null>({
  name: 'saga_rule',
  value: sagaRule.nullable(),
  apply: (catalogue, key, value) => {
    if (value !== null) return put('saga_rule', value);
    return catalogue.get('saga_rule', key) === undefined ? undefined : { kind: 'saga_rule', key, value: undefined };
  },
});

const keyOf = ({ tenant_id, rule_id }: Pick<SagaRule, 'tenant_id' | 'rule_id'>): string => `${tenant_id ?? '*'}/${rule_id}`;

/** A tenant bounds its own sagas; everybody's are bounded by the platform. */
function requireRuler(asking: string, tenantId: string | undefined): void {
  if (tenantId === undefined) requirePlatform(asking);
}

const setRule = governedTask({
  intent: 'governance.set_saga_rule',
  description: 'Bounds sagas: kinds of steps, sizes, times, outside systems. Of everybody (checked when realms register), or of one tenant (checked when it submits).',
  input: sagaRule.strict(),
  ofTenant: true,
  changes: (payload, context) => {
    requireRuler(context.tenant_id, payload.tenant_id);
    return [recordedChange(rule, keyOf(payload), payload)];
  },
});

const removeRule = governedTask({
  intent: 'governance.remove_saga_rule',
  description: 'Takes a bound of sagas away.',
  input: sagaRule.pick({ rule_id: true, tenant_id: true }).strict(),
  ofTenant: true,
  removes: (payload) => ({ list: 'saga_rules', key: keyOf(payload), field: '/rule_id' }),
  changes: (payload, context) => {
    requireRuler(context.tenant_id, payload.tenant_id);
    return [recordedChange(rule, keyOf(payload), null)];
  },
});

/** What Conductor does by governed intents. */
export const sagaRuleCapabilities = [setRule, removeRule];
export const sagaRuleRules: readonly ChangeRule[] = [rule as ChangeRule];
