/** What an operator can do about an execution: which operations apply, what each wants to know, and how it is asked for. */
import type { Client, Operated } from '@symphainy/client';
import type { Json, OperationName } from '@symphainy/contracts';
import { isEnded, type Timeline, type TimelineStep } from '../timeline/timeline.model.js';

/** An operation about to be asked for. */
export interface OperationRequest {
  readonly operation: OperationName;
  /** The step it is for, where it is for one. */
  readonly step?: string;
  /** Of a signal: its name. */
  readonly signal?: string;
  /** Of an approval: whether the effect may go ahead. */
  readonly approved?: boolean;
  /** What may be chosen from, where the step is not given. */
  readonly steps?: readonly string[];
}

/** What the dialog gathered. */
export interface OperationAnswer {
  readonly reason?: string;
  readonly step?: string;
  readonly signal?: string;
  readonly data?: Json;
  readonly happened?: boolean;
}

interface OperationText {
  readonly title: string;
  /** What it does, before it is done. */
  readonly explain: string;
  /** Nothing brings back what it ends or undoes. */
  readonly destroys?: true;
  /** An auditor will want to read why. */
  readonly needsReason?: true;
}

export const operationTexts: Readonly<Record<OperationName, OperationText>> = {
  cancel: { title: 'Cancel', explain: 'Running work is dropped, an effect that is out is awaited, what was completed is undone, and its children are cancelled.', destroys: true },
  pause: { title: 'Pause', explain: 'What runs now is recorded. No further step starts and no timer fires until it is resumed.' },
  resume: { title: 'Resume', explain: 'It goes on where it was paused.' },
  signal: { title: 'Send signal', explain: 'The step that waits for it completes with this data. Who sent it is recorded.' },
  approve: { title: 'Approve', explain: 'The effect goes ahead exactly as it was previewed. Whoever submitted the intent cannot decide.' },
  retry: { title: 'Retry', explain: 'The failed step gets new attempts, with a budget of its own.' },
  continue_from: { title: 'Continue from…', explain: 'This step and all that follow it are forgotten and run again.' },
  compensate: { title: 'Undo', explain: 'What was completed is undone, last first, by the compensations that its steps declare. It ends as cancelled.', destroys: true },
  skip_compensation: { title: 'Skip undoing', explain: 'This step stays as it is, and the one before it is undone next. An auditor will read why.', destroys: true, needsReason: true },
  resolve_effect: { title: 'Say what happened', explain: 'Ask the outside system first: it knows the effect by its key.', needsReason: true },
  terminate: { title: 'Terminate', explain: 'It ends at once. Nothing is awaited and nothing is undone; an effect that is out stays unknown.', destroys: true, needsReason: true },
  adopt: { title: 'Adopt', explain: 'A runtime that is there goes on with it, if the one that had it is gone.' },
};

/** The operations on the whole execution that fit how it stands; whether the caller may is for policy to say. */
export function operationsFor(timeline: Timeline): readonly OperationRequest[] {
  const { status, steps } = timeline;
  if (status === 'rejected' || timeline.intent === undefined) return [];
  if (status === 'running') return [{ operation: 'pause' }, { operation: 'cancel' }, { operation: 'terminate' }];
  if (status === 'paused') return [{ operation: 'resume' }, { operation: 'cancel' }, { operation: 'terminate' }];
  if (status === 'compensating') return [{ operation: 'terminate' }];
  if (status === 'stuck') return stuckOperations(timeline);
  return isPlatforms(timeline) || steps.length === 0 ? [] : endedOperations(timeline);
}

const stuckOperations = ({ steps }: Timeline): readonly OperationRequest[] =>
  steps.some(({ undo }) => undo !== undefined) ? [{ operation: 'terminate' }] : [{ operation: 'cancel' }, { operation: 'terminate' }];

function endedOperations({ status, steps }: Timeline): readonly OperationRequest[] {
  const wasUndone = steps.some(({ undo }) => undo !== undefined);
  const failed = steps.filter(({ status: at }) => at === 'failed' || at === 'abandoned').map(({ name }) => name);
  const requests: OperationRequest[] = [];
  if (status !== 'completed' && !wasUndone && failed.length > 0) requests.push({ operation: 'retry', steps: failed });
  requests.push({ operation: 'continue_from', steps: steps.map(({ name }) => name) });
  if (!wasUndone && steps.some(({ status: at }) => at === 'completed')) requests.push({ operation: 'compensate' });
  return requests;
}

/** The Runtime's and governance's own executions are not brought back by hand. */
const isPlatforms = ({ intent }: Timeline): boolean => intent?.realm === 'runtime' || intent?.realm === 'governance';

/** The operations on one step that fit how it stands. */
export function operationsOn(step: TimelineStep, timeline: Timeline): readonly OperationRequest[] {
  if (isEnded(timeline.status)) return [];
  const { name, status, kind, effect, undo } = step;
  if (status === 'unknown') return [{ operation: 'resolve_effect', step: name }];
  if (status === 'compensation_failed' && undo?.retryDueAt === undefined) return [{ operation: 'retry', step: name }, { operation: 'skip_compensation', step: name }];
  if (status !== 'running') return [];
  if (effect?.stage === 'awaits_approval') return [{ operation: 'approve', step: name, approved: true }, { operation: 'approve', step: name, approved: false }];
  return kind === 'signal' && timeline.intent?.realm !== 'runtime' ? [{ operation: 'signal', step: name, signal: step.signal ?? name }] : [];
}

export const titleOf = ({ operation, approved }: OperationRequest): string => (approved === false ? 'Refuse' : operationTexts[operation].title);

export const explanationOf = ({ operation, approved }: OperationRequest): string => (approved === false ? 'The effect is not made, and its step fails.' : operationTexts[operation].explain);

/** Asks for it; rejects with the platform's refusal. */
export function perform({ executions }: Client, executionId: string, { operation, step: given, approved }: OperationRequest, answer: OperationAnswer): Promise<Operated> {
  const { reason, data } = answer;
  const step = given ?? answer.step ?? '';
  const why = reason === undefined ? {} : { reason };
  switch (operation) {
    case 'cancel': return executions.cancel(executionId, reason);
    case 'pause': return executions.pause(executionId, reason);
    case 'resume': return executions.resume(executionId, reason);
    case 'compensate': return executions.compensate(executionId, reason);
    case 'terminate': return executions.terminate(executionId, reason);
    case 'adopt': return executions.adopt(executionId, reason);
    case 'retry': return executions.retry(executionId, { ...why, ...(step !== '' && { step }) });
    case 'continue_from': return executions.continueFrom(executionId, step, reason);
    case 'signal': return executions.signal(executionId, answer.signal ?? '', data ?? null, {}, reason);
    case 'approve': return executions.approve(executionId, step, { ...why, approved: approved ?? true });
    case 'skip_compensation': return executions.skipCompensation(executionId, step, reason);
    case 'resolve_effect': return executions.resolveEffect(executionId, step, { ...why, happened: answer.happened ?? false, ...(data !== undefined && data !== null && { receipt: data }) });
  }
}
