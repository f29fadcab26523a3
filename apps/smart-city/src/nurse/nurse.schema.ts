import { z } from 'zod';
import { words } from '@symphainy/contracts';
import { subscriptionId } from '../post-office/subscription.schema.js';

/** What may need somebody's attention. */
export const attentionKind = z.enum(['stuck', 'slow', 'compensation_failed', 'effect_unknown', 'approval_waiting', 'execution_failed', 'given_up', 'replay_drifted', 'budget_spent', 'service_unhealthy', 'denial_burst']);
export type AttentionKind = z.infer<typeof attentionKind>;

/** What Nurse may recommend: operations that help without a person’s judgement. */
export const healing = z.enum(['retry', 'adopt', 'compensate']);
export type Healing = z.infer<typeof healing>;

/** What Nurse found: open as long as it is so. */
export const finding = z.object({
  /** Names it: the same matter has the same key. */
  key: z.string(),
  /** Services belong to the platform’s own tenant. */
  tenant_id: words.tenantId,
  kind: attentionKind,
  /** An execution, a capability or a service instance. */
  subject: z.string(),
  since: words.timestamp,
  detail: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])),
  /** The operation that may help, if one does without a person’s judgement. */
  operation: healing.optional(),
  advice: z.string(),
});
export type Finding = z.infer<typeof finding>;

/** What a tenant expects of a capability; the error budget is what it allows to go wrong. */
export const objective = z.object({
  tenant_id: words.tenantId,
  intent_type: words.intentType,
  /** Share of executions that complete. */
  success_rate: z.number().min(0.5).max(0.99999),
  /** From acceptance to the end; slower ones count against the budget too. */
  latency_ms: z.number().int().min(1).optional(),
  /** From acceptance, or from when it was brought back: one that has not ended by then is given up, and what it completed is to be undone. Unset: never. */
  give_up_after_ms: z.number().int().min(1).optional(),
  window_minutes: z.number().int().min(1).max(43_200).default(60),
});
export type Objective = z.infer<typeof objective>;

export const objectiveKey = ({ tenant_id, intent_type }: Pick<Objective, 'tenant_id' | 'intent_type'>): string => `${tenant_id}/${intent_type}`;

/** Who is told of what, when. */
export const escalationRule = z.object({
  tenant_id: words.tenantId,
  rule_id: subscriptionId,
  on: z.array(attentionKind).min(1),
  /** How long it must have been so. Default: at once. */
  after_s: z.number().int().min(0).max(2_592_000).default(0),
  /** Subscriptions of the tenant that the event is delivered to, whatever else they select. */
  tell: z.array(subscriptionId).min(1).max(20),
  /** Tell again this often while it is so; unset: once. */
  repeat_s: z.number().int().min(60).max(2_592_000).optional(),
});
export type EscalationRule = z.infer<typeof escalationRule>;

export const escalationRuleKey = ({ tenant_id, rule_id }: Pick<EscalationRule, 'tenant_id' | 'rule_id'>): string => `${tenant_id}/${rule_id}`;

export const recommendation = z.object({
  recommendation_id: words.uuid,
  tenant_id: words.tenantId,
  execution_id: words.uuid,
  finding: attentionKind,
  operation: healing,
  /** The tenant's switch `auto_healing` at that moment. */
  mode: z.enum(['observe', 'enforce']),
  /** Of this operation on this execution, from 1. */
  attempt: z.number().int().min(1),
  reason: z.string().max(500),
});
export type Recommendation = z.infer<typeof recommendation>;

export const recommendationView = recommendation.extend({
  at: z.string(),
  /** `recommended`: recorded; `done`, `refused`: what became of the operation; `waiting`: it is not recorded yet. */
  state: z.enum(['waiting', 'recommended', 'done', 'refused']),
  outcome: z.string().nullable(),
});
export type RecommendationView = z.infer<typeof recommendationView>;
