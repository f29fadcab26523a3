/** How grants stand, and what an order for one is. Pure. */
import type { GrantOrder } from '@symphainy/client';
import type { Grant, GrantAction } from '@symphainy/contracts';
import { wordsIn } from './words.js';

export type GrantStanding = 'waits' | 'lapsed' | 'holds' | 'ended' | 'refused' | 'revoked';

/** A request that nobody decided in seven days lapses. */
const REQUEST_MS = 7 * 86_400_000;

export function grantStanding({ status, requested_at, expires_at }: Grant, now: number): GrantStanding {
  if (status === 'requested') return now - Date.parse(requested_at) > REQUEST_MS ? 'lapsed' : 'waits';
  if (status !== 'approved') return status;
  return expires_at !== undefined && Date.parse(expires_at) <= now ? 'ended' : 'holds';
}

export function scopeOfGrant({ scope }: Pick<Grant, 'scope'>): string {
  const parts = [
    scope.execution_ids && (scope.execution_ids.length === 1 ? `execution ${scope.execution_ids[0]}` : `${scope.execution_ids.length} executions`),
    scope.intent_type && `executions of ${scope.intent_type}`,
    scope.session_id && `session ${scope.session_id}`,
    scope.subject && `the person ${scope.subject}`,
    scope.metadata && `metadata ${Object.entries(scope.metadata).map(([name, value]) => `${name}=${String(value)}`).join(', ')}`,
  ].filter((part) => typeof part === 'string');
  return parts.length === 0 ? 'every execution of the tenant' : parts.join(', ');
}

export interface GrantDraft {
  readonly actions: readonly GrantAction[];
  readonly executions: string;
  readonly intentType: string;
  /** Of an erasure. */
  readonly subject: string;
  readonly reason: string;
  /** Seconds. */
  readonly duration: string;
}

export function grantOrder({ actions, executions, intentType, subject, reason, duration }: GrantDraft): GrantOrder {
  const ids = wordsIn(executions);
  return { actions: [...actions], reason: reason.trim(), duration_s: Number(duration), scope: { ...(ids.length > 0 && { execution_ids: ids }), ...(intentType.trim() !== '' && { intent_type: intentType.trim() }), ...(actions.includes('erase') && subject.trim() !== '' && { subject: subject.trim() }) } };
}
