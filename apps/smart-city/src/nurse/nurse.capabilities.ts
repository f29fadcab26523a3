import { z } from 'zod';
import { words } from '@symphainy/contracts';
import type { Json } from '@symphainy/kernel';
import { defineCapability, task, type CapabilityDefinition } from '@symphainy/realm-sdk';
import { put } from '../bundle/catalogue.js';
import { changeRule, recordedChange } from '../bundle/governed-change.js';
import { requireOwner, requirePlatform } from '../city-manager/platform-tenant.js';
import { governedTask } from '../governed-task.js';
import type { NurseDesk } from './nurse-desk.js';
import { escalationRule, escalationRuleKey, finding, objective, objectiveKey, recommendation, recommendationView, type EscalationRule, type Objective } from './nurse.schema.js';

const objectiveRule = changeRule<Objective | null>({
  name: 'objective',
  value: objective.nullable(),
  apply: (_, key, value) => (value === null ? { kind: 'objective', key, value: undefined } : put('objective', value)),
});

const ruleRule = changeRule<EscalationRule | null>({
  name: 'escalation_rule',
  value: escalationRule.nullable(),
  apply: (_, key, value) => (value === null ? { kind: 'escalation_rule', key, value: undefined } : put('escalation_rule', value)),
});

const changes: readonly CapabilityDefinition[] = [
  governedTask({
    intent: 'governance.set_objective',
    description: 'Says what a tenant expects of a capability: the share that completes, and how fast. Replaces what was said before.',
    input: z.strictObject(objective.shape),
    ofTenant: true,
    changes: (payload) => [recordedChange(objectiveRule, objectiveKey(payload), payload)],
  }),
  governedTask({
    intent: 'governance.remove_objective',
    description: 'Expects nothing of a capability any more.',
    input: z.strictObject({ tenant_id: words.tenantId, intent_type: words.intentType }),
    ofTenant: true,
    removes: (payload) => ({ list: 'objectives', key: objectiveKey(payload), field: '/intent_type' }),
    changes: (payload) => [recordedChange(objectiveRule, objectiveKey(payload), null)],
  }),
  governedTask({
    intent: 'governance.set_escalation_rule',
    description: 'Says who is told of what, when. Replaces the rule of its name.',
    input: z.strictObject(escalationRule.shape),
    ofTenant: true,
    changes: (payload) => [recordedChange(ruleRule, escalationRuleKey(payload), payload)],
  }),
  governedTask({
    intent: 'governance.remove_escalation_rule',
    description: 'Removes an escalation rule.',
    input: z.strictObject({ tenant_id: words.tenantId, rule_id: escalationRule.shape.rule_id }),
    ofTenant: true,
    removes: (payload) => ({ list: 'escalation_rules', key: escalationRuleKey(payload), field: '/rule_id' }),
    changes: (payload) => [recordedChange(ruleRule, escalationRuleKey(payload), null)],
  }),
];

/** What Nurse says, as records: a domain event of an execution of its own. Nothing of the catalogue changes. */
const said = <I extends z.ZodObject>(intent: string, event: string, description: string, input: I): CapabilityDefinition =>
  defineCapability({
    intent: `governance.${intent}`,
    version: '1.0.0',
    description,
    determinism: 'deterministic',
    input,
    output: z.object({ recommendation_id: words.uuid }),
    saga: [
      task<z.infer<I>>('record', ({ payload, context }) => {
        requirePlatform(context.tenant_id);
        const about = payload as unknown as { recommendation_id: string } & { [key: string]: Json };
        return { output: { recommendation_id: about.recommendation_id }, events: [{ type: event, data: about }] };
      }, { timeoutMs: 10_000 }),
    ],
  });

const statements: readonly CapabilityDefinition[] = [
  said('recommend', 'healing_recommended', 'Nurse recommends an operation on an execution.', z.strictObject(recommendation.shape)),
  said('report_healing', 'healing_reported', 'Nurse reports what became of a recommendation that was carried out.', z.strictObject({ ...recommendation.pick({ recommendation_id: true, tenant_id: true, execution_id: true, operation: true }).shape, state: z.enum(['done', 'refused']), outcome: z.string().max(1000) })),
];

const query = <S extends z.ZodRawShape>(intent: string, description: string, extra: S, output: z.ZodType, answer: (payload: z.infer<z.ZodObject<{ tenant_id: typeof words.tenantId } & S>>) => Promise<object>): CapabilityDefinition => {
  const input = z.strictObject({ tenant_id: words.tenantId, ...extra });
  return defineCapability({
    intent: `governance.${intent}`,
    version: '1.0.0',
    description,
    determinism: 'grounded',
    input,
    output,
    saga: [
      task<z.infer<typeof input>>('read', async ({ payload, context }) => {
        requireOwner(context.tenant_id, (payload as unknown as { tenant_id: string }).tenant_id, '/tenant_id');
        return { output: JSON.parse(JSON.stringify(await answer(payload as never))) as Json };
      }, { timeoutMs: 10_000 }),
    ],
  });
};

const service = z.object({ service: z.string(), instance: z.string(), status: z.string(), build: z.string(), realm: z.string().optional(), since: z.string(), heard_ms_ago: z.number(), /** Of a runtime: the bundle it holds. */ bundle_version: z.number().int().optional(), /** Of a gateway: the verification keys it holds. */ keys_version: z.number().int().optional() });

const circuit = z.enum(['closed', 'half_open', 'open']);

const queries = (desk: NurseDesk): CapabilityDefinition[] => [
  query(
    'list_health', 'Every service instance heard of lately, the bundle in force, and whether work for each realm and each capability gets through.', {},
    z.object({ bundle_version: z.number().int(), services: z.array(service), realms: z.array(z.object({ realm: z.string(), circuit })), capabilities: z.array(z.object({ capability: z.string(), circuit })) }),
    ({ tenant_id }) => desk.health(tenant_id),
  ),
  query('list_findings', 'What needs attention in a tenant now.', {}, z.object({ findings: z.array(finding) }), async ({ tenant_id }) => ({ findings: await desk.findings(tenant_id) })),
  query('list_budgets', 'A tenant’s objectives, and how much of their error budgets is spent.', {}, z.object({ budgets: z.array(z.object({ objective, total: z.number(), failed: z.number(), slow: z.number(), spent: z.number() })) }), async ({ tenant_id }) => ({ budgets: await desk.budgets(tenant_id) })),
  query('list_recommendations', 'What Nurse recommended for a tenant’s executions, newest first, and what became of it.', { limit: z.number().int().min(1).max(500).default(100) }, z.object({ recommendations: z.array(recommendationView) }), async ({ tenant_id, limit }) => ({ recommendations: await desk.recommendations(tenant_id, limit) })),
  query('list_escalation_rules', 'A tenant’s escalation rules.', {}, z.object({ rules: z.array(escalationRule) }), async ({ tenant_id }) => ({ rules: await desk.rules(tenant_id) })),
];

/** What Nurse does by governed intents. */
export const nurseCapabilities = (desk: NurseDesk): CapabilityDefinition[] => [...changes, ...statements, ...queries(desk)];

export const nurseRules = [objectiveRule, ruleRule];
