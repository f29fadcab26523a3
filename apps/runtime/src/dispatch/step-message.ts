import { subjectFor, type AttemptRef, type ExecutionContext, type Json, type StepDispatch } from '@symphainy/contracts';
import { chunkContent, followOnOf, inputsOf, type ExecutionState } from '@symphainy/execution';
import { isoTime, verify } from '@symphainy/kernel';
import type { LiveExecution } from '../engine/live-execution.js';
import type { PersonalData } from '../personal-data/personal-data.js';
import { chunkOf, mayBeSentAhead, type RealmWork } from '../engine/work.js';

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

/** What of a message comes out of the log. */
export interface StepContents {
  readonly contextJson: string;
  readonly inputs: { readonly [step: string]: Json };
  readonly more: Partial<StepDispatch> | undefined;
}

/** The context is the same for all steps of an execution, so its text is made once. */
export function contentsOf(live: LiveExecution, work: RealmWork): StepContents {
  live.contextJson ??= JSON.stringify(contextOf(live.state));
  const inputs = inputsOf(live.state, live.capability.saga, work.step);
  return { contextJson: live.contextJson, inputs, more: besideInputs(live, work) ?? whatFollows(live, work, inputs) };
}

/** What the realm may go on with by itself: only what may be sent ahead of the log. */
function whatFollows({ state, capability }: LiveExecution, work: RealmWork, inputs: StepContents['inputs']): Partial<StepDispatch> | undefined {
  if (work.do !== 'run' || !mayBeSentAhead(capability, work)) return undefined;
  const follow_on = followOnOf(state, capability.saga, work.step, Object.keys(inputs));
  return follow_on.length === 0 ? undefined : { follow_on };
}

/** The same of an execution that personal data came into, as it stands in the log. */
export const sealedContents = (live: LiveExecution, work: RealmWork): { context: ExecutionContext; inputs: StepContents['inputs']; more: StepContents['more'] } =>
  ({ context: contextOf(live.state), inputs: inputsOf(live.state, live.capability.saga, work.step), more: besideInputs(live, work) });

/** The same in plain: nothing of it is kept. Undefined: keys must be loaded first. Throws `data.erased`. */
export function openContents(live: LiveExecution, work: RealmWork, personal: PersonalData): StepContents | undefined {
  const sealed = sealedContents(live, work);
  if (!personal.ready(live.place, sealed)) return undefined;
  const { context, inputs, more } = personal.openNow(live.place, sealed);
  return { contextJson: JSON.stringify(context), inputs, more };
}

/** A dispatch as text. */
export function stepMessage(live: LiveExecution, { contextJson, inputs, more }: StepContents, ref: AttemptRef, token: string, deadline: number): string {
  const plain = `{"attempt":${JSON.stringify(ref)},"capability":${JSON.stringify(live.capability.name)},"token":${JSON.stringify(token)},"context":${contextJson},"inputs":${JSON.stringify(inputs)},"deadline":"${isoTime(deadline)}"`;
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
