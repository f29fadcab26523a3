import { z } from 'zod';
import { attentionKind, words, type EscalationRule, type Objective } from '@symphainy/contracts';

export { attentionKind, escalationRule, objective, type AttentionKind, type EscalationRule, type Objective } from '@symphainy/contracts';

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

export const objectiveKey = ({ tenant_id, intent_type }: Pick<Objective, 'tenant_id' | 'intent_type'>): string => `${tenant_id}/${intent_type}`;

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
