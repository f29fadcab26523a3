import { subjectFor, type ExecutionContext } from '@symphainy/contracts';
import type { ExecutionState } from '@symphainy/execution';
import { verify } from '@symphainy/kernel';

/** Where a realm's steps go. Governance intents are run by Smart City as their realm. */
export const stepSubjectOf = (realm: string, tenant: string): string =>
  realm === 'governance' ? subjectFor('governance.{tenant}.step', { tenant }) : subjectFor('realm.{realm}.{tenant}.step', { realm, tenant });

/** What a step sees of its execution: the same at every step, and at every replay of it. */
export function contextOf({ intent, caller, executionId, decision, correlationId, createdAt }: ExecutionState): ExecutionContext {
  verify(decision !== undefined, 'what runs was decided');
  return {
    execution_id: executionId,
    intent,
    session: { session_id: intent.session_id, tenant_id: intent.tenant_id, user_id: caller.user_id },
    tenant_id: intent.tenant_id,
    user_id: caller.user_id,
    policy_context: decision,
    correlation_id: correlationId,
    created_at: createdAt,
  };
}
