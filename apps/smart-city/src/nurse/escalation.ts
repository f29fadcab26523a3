import { hashOf, isoTime } from '@symphainy/kernel';
import { attentionEvent } from '../post-office/cloud-events.js';
import type { NewDelivery } from '../post-office/delivery-store.js';
import { escalationRuleKey, type EscalationRule, type Finding } from './nurse.schema.js';
import type { Told } from './nurse-store.js';

export interface Escalation {
  readonly rule: string;
  readonly finding: string;
  readonly told: Told;
  readonly deliveries: readonly NewDelivery[];
}

/** What is to be told now: findings that a rule names, that have been so for as long as it says, and that were not told yet, or long enough ago. */
export function escalationsOf(rules: readonly EscalationRule[], findings: readonly Finding[], told: ReadonlyMap<string, Told>, nowMs: number): Escalation[] {
  return rules.flatMap((rule) => findings.filter((finding) => concerns(rule, finding, nowMs)).flatMap((finding) => escalationOf(rule, finding, told.get(`${escalationRuleKey(rule)} ${finding.key}`), nowMs)));
}

const concerns = (rule: EscalationRule, finding: Finding, nowMs: number): boolean => rule.tenant_id === finding.tenant_id && rule.on.includes(finding.kind) && nowMs - Date.parse(finding.since) >= rule.after_s * 1000;

function escalationOf(rule: EscalationRule, finding: Finding, before: Told | undefined, nowMs: number): Escalation[] {
  if (before !== undefined && (rule.repeat_s === undefined || nowMs - Date.parse(before.told_at) < rule.repeat_s * 1000)) return [];
  const key = escalationRuleKey(rule);
  const since = before?.since ?? finding.since;
  const told: Told = { since, times: (before?.times ?? 0) + 1, told_at: isoTime(nowMs) };
  // The same matter told the same time is the same event, should telling it be interrupted.
  const id = `${rule.rule_id}:${hashOf([key, finding.key, since]).slice(0, 24)}:${told.times}`;
  const event = attentionEvent({ id, tenantId: rule.tenant_id, kind: finding.kind, subject: finding.subject, at: told.told_at, data: { ...finding, since, rule_id: rule.rule_id, times: told.times } });
  return [{ rule: key, finding: finding.key, told, deliveries: rule.tell.map((to) => ({ subscription: `${rule.tenant_id}/${to}`, streamId: finding.subject, event })) }];
}
