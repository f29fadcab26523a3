import type { Grant, GrantAction } from '@symphainy/contracts';
import type { Json } from '@symphainy/kernel';

/** What a grant may be for: an execution, or a data subject by its pseudonym. */
export type GrantTarget = ExecutionTarget | { readonly subject: string };

export interface ExecutionTarget {
  readonly executionId: string;
  readonly intentType: string;
  readonly sessionId: string;
  readonly metadata: { readonly [key: string]: Json };
}

/**
 * The grants that hold at `at` (RFC 3339) and allow the action on all the targets. `all`: the request is about everything in the tenant, or about what a query
 * finds later; that is covered only by a grant that names nothing.
 */
export function coveringGrants(grants: readonly Grant[], action: GrantAction, targets: readonly GrantTarget[] | 'all', at: string): Grant[] {
  const holding = grants.filter((grant) => grant.actions.includes(action) && grant.expires_at !== undefined && at < grant.expires_at);
  if (targets === 'all') return holding.filter(({ scope }) => Object.values(scope).every((part) => part === undefined));
  const used = targets.map((target) => holding.find(({ scope }) => fits(scope, target)));
  return used.includes(undefined) ? [] : [...new Set(used.filter((grant) => grant !== undefined))];
}

function fits({ execution_ids, intent_type, session_id, subject, metadata }: Grant['scope'], target: GrantTarget): boolean {
  if ('subject' in target) return [execution_ids, intent_type, session_id, metadata].every((part) => part === undefined) && (subject === undefined || subject === target.subject);
  return (
    subject === undefined &&
    (execution_ids === undefined || execution_ids.includes(target.executionId)) &&
    (intent_type === undefined || intent_type === target.intentType) &&
    (session_id === undefined || session_id === target.sessionId) &&
    Object.entries(metadata ?? {}).every(([key, value]) => Object.hasOwn(target.metadata, key) && target.metadata[key] === value)
  );
}
