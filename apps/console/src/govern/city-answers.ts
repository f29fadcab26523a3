/** What Smart City's query intents answer (`governance.list_…`). The platform checks each answer against its contract before it is given. */

/** Whether work gets through. */
export type Circuit = 'closed' | 'half_open' | 'open';

export interface HealthAnswer {
  readonly bundle_version: number;
  readonly services: readonly { readonly service: string; readonly instance: string; readonly status: string; readonly build: string; readonly realm?: string; readonly since: string; readonly heard_ms_ago: number; readonly bundle_version?: number }[];
  readonly realms: readonly { readonly realm: string; readonly circuit: Circuit }[];
  /** As it stands for the tenant that asks. */
  readonly capabilities: readonly { readonly capability: string; readonly circuit: Circuit }[];
}

export const attentionKinds = ['stuck', 'slow', 'compensation_failed', 'effect_unknown', 'approval_waiting', 'execution_failed', 'given_up', 'replay_drifted', 'budget_spent', 'service_unhealthy', 'denial_burst'] as const;

export interface Finding {
  readonly key: string;
  readonly kind: (typeof attentionKinds)[number];
  readonly subject: string;
  readonly since: string;
  readonly detail: Readonly<Record<string, string | number | boolean>>;
  readonly advice: string;
}

export interface BudgetAnswer {
  readonly objective: { readonly intent_type: string; readonly success_rate: number; readonly latency_ms?: number; readonly window_minutes: number };
  readonly total: number;
  readonly failed: number;
  readonly slow: number;
  readonly spent: number;
}

export interface Recommendation {
  readonly recommendation_id: string;
  readonly execution_id: string;
  readonly finding: string;
  readonly operation: string;
  readonly mode: 'observe' | 'enforce';
  readonly attempt: number;
  readonly reason: string;
  readonly at: string;
  readonly state: 'waiting' | 'recommended' | 'done' | 'refused';
  readonly outcome: string | null;
}

export interface EscalationRule {
  readonly rule_id: string;
  readonly on: readonly string[];
  readonly after_s: number;
  readonly tell: readonly string[];
  readonly repeat_s?: number;
}

export interface SubscriptionAnswer {
  readonly subscription_id: string;
  readonly description: string;
  readonly status: 'active' | 'paused';
  readonly target: { readonly kind: 'webhook'; readonly url: string } | { readonly kind: 'subject' };
  readonly deliveries: { readonly pending: number; readonly delivered: number; readonly dead: number };
}

export interface DeliveryAnswer {
  readonly event_id: string;
  readonly stream_id: string;
  readonly type: string;
  readonly state: 'pending' | 'delivered' | 'dead';
  readonly attempts: number;
  readonly created_at: string;
  readonly changed_at: string;
  readonly status: number | null;
  readonly reason: string | null;
}
