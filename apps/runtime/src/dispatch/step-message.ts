import { subjectFor, type AttemptRef, type ExecutionContext, type StepDispatch } from '@symphainy/contracts';
import { chunkContent, inputsOf, type ExecutionState } from '@symphainy/execution';
import { isoTime, verify } from '@symphainy/kernel';
import type { LiveExecution } from '../engine/live-execution.js';
import { chunkOf, type RealmWork } from '../engine/work.js';

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

/** A dispatch as text. The context is the same for all steps of an execution, so its text is made once. */
export function stepMessage(live: LiveExecution, work: RealmWork, ref: AttemptRef, token: string, deadline: number): string {
  live.contextJson ??= JSON.stringify(contextOf(live.state));
  const { saga, name } = live.capability;
  const inputs = JSON.stringify(inputsOf(live.state, saga, work.step));
  const plain = `{"attempt":${JSON.stringify(ref)},"capability":${JSON.stringify(name)},"token":${JSON.stringify(token)},"context":${live.contextJson},"inputs":${inputs},"deadline":"${isoTime(deadline)}"`;
  const more = besideInputs(live, work);
  return more === undefined ? `${plain}}` : `${plain},${JSON.stringify(more).slice(1)}`;
}

/** What only some kinds of work are told. */
function besideInputs(live: LiveExecution, work: RealmWork): Partial<StepDispatch> | undefined {
  const chunk = chunkOf(work);
  const key = work.do === 'compensate' ? live.effectKey(work.step.name) : work.do === 'run' ? work.effectKey : undefined;
  if (chunk === undefined && key === undefined && work.do !== 'compensate') return undefined;
  return {
    ...(key === undefined ? {} : { effect_key: key }),
    ...(chunk === undefined ? {} : { chunk: chunkContent(chunk) }),
    ...(work.do === 'compensate' ? { completed: work.output === undefined ? {} : { output: work.output } } : {}),
  };
}
