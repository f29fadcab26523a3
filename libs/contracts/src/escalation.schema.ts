/** What a tenant expects of its executions, and who is told when something is wrong: Nurse watches by them. Lists of the bundle that stand there once there are entries of them. */
import { z } from 'zod';
import { intentType, tenantId } from './words.js';

/** One token of a subject, and of a path. */
export const subscriptionId = z.string().regex(/^[a-z0-9][a-z0-9-]{0,62}$/, 'must be 1 to 63 of a-z, 0-9 and -, starting with a letter or digit');

/** What may need somebody's attention. */
export const attentionKind = z.enum(['stuck', 'slow', 'compensation_failed', 'effect_unknown', 'approval_waiting', 'execution_failed', 'given_up', 'replay_drifted', 'budget_spent', 'service_unhealthy', 'denial_burst']);
export type AttentionKind = z.infer<typeof attentionKind>;

/** What a tenant expects of a capability; the error budget is what it allows to go wrong. */
export const objective = z.object({
  tenant_id: tenantId,
  intent_type: intentType,
  /** Share of executions that complete. */
  success_rate: z.number().min(0.5).max(0.99999),
  /** From acceptance to the end; slower ones count against the budget too. */
  latency_ms: z.number().int().min(1).optional(),
  /** From acceptance, or from when it was brought back: one that has not ended by then is given up, and what it completed is to be undone. Unset: never. */
  give_up_after_ms: z.number().int().min(1).optional(),
  window_minutes: z.number().int().min(1).max(43_200).default(60),
});
export type Objective = z.infer<typeof objective>;

/** Who is told of what, when. */
export const escalationRule = z.object({
  tenant_id: tenantId,
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

export const escalationLists = { objectives: z.array(objective).optional(), escalation_rules: z.array(escalationRule).optional() };
