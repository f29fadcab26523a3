/**
 * The timeline model: one execution's stream as a person reads it. A pure fold over committed frames.
 *
 * T1 A frame counts once and in order of `seq`: one seen before is dropped, one that comes early is held until the gap closes.
 * T2 Every record of a counted frame is kept, in order; nothing is summarised away.
 * T3 A step keeps each of its attempts with its own span, so a retry is seen as what it is.
 */
import type { ExecutionStatus, PlannedStepView } from '@symphainy/contracts';
import type { Draft } from './timeline.draft.js';
import { applyRecord, standing } from './timeline.records.js';
import { pendingStep, type Timeline, type TimelineFrame, type TimelineStep } from './timeline.shape.js';

export { itemCounts } from './timeline.steps.js';
export { emptyTimeline, type ArtifactView, type EffectStage, type Firing, type StepAttempt, type StepEffect, type StepItems, type StepUndo, type Timeline, type TimelineFrame, type TimelineRecord, type TimelineStep, type TimelineStepStatus, type WireErrorView, type Word } from './timeline.shape.js';

/** The timeline after these frames. Returns the same object when none of them brought anything new. */
export function foldFrames(timeline: Timeline, frames: readonly TimelineFrame[]): Timeline {
  const waiting = new Map([...timeline.held, ...frames].filter((frame) => frame.seq >= timeline.nextSeq).map((frame) => [frame.seq, frame]));
  if (waiting.size === timeline.held.length) return timeline;
  const draft: Draft = { ...timeline, records: [...timeline.records], artifacts: [...timeline.artifacts] };
  for (let frame = waiting.get(draft.nextSeq); frame !== undefined; frame = waiting.get(draft.nextSeq)) {
    waiting.delete(frame.seq);
    applyFrame(draft, frame);
  }
  draft.held = [...waiting.values()];
  return draft;
}

/** The steps in the order they are planned, those not yet begun included. `planned` comes from the capability. */
export function plannedSteps(timeline: Timeline, planned: readonly PlannedStepView[]): readonly TimelineStep[] {
  const begun = new Map(timeline.steps.map((step) => [step.name, step]));
  const names = new Set(planned.map(({ name }) => name));
  const rest = timeline.steps.filter((step) => !names.has(step.name));
  return [...planned.map((plan) => ({ ...pendingStep(plan.name), ...plan, ...begun.get(plan.name) })), ...rest];
}

/** When this stream began and ended; `now` stands in for the end while it runs. Milliseconds since the epoch. */
export function timelineSpan(timeline: Timeline, now: number): { readonly start: number; readonly end: number } {
  const start = timeline.startedAt === undefined ? now : Date.parse(timeline.startedAt);
  const end = timeline.endedAt === undefined ? now : Date.parse(timeline.endedAt);
  return { start, end: Math.max(end, start) };
}

const GOING = new Set<ExecutionStatus>(['running', 'paused', 'compensating', 'stuck']);

export const isEnded = (status: ExecutionStatus): boolean => !GOING.has(status);

function applyFrame(draft: Draft, frame: TimelineFrame): void {
  frame.records.forEach((record, index) => {
    draft.records.push({ key: `${frame.seq}.${index}`, seq: frame.seq, record });
    applyRecord(draft, record);
  });
  if (!isEnded(draft.status)) draft.status = standing(draft);
  draft.nextSeq = frame.seq + 1;
  draft.headHash = frame.hash;
}
