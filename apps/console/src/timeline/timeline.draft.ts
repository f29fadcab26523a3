/** A timeline while a frame is counted, and how its steps are edited. */
import type { WalRecord, WalRecordType } from '@symphainy/contracts';
import { pendingStep, type ArtifactView, type StepAttempt, type Timeline, type TimelineRecord, type TimelineStep } from './timeline.shape.js';

export type Draft = { -readonly [K in keyof Timeline]: Timeline[K] } & { records: TimelineRecord[]; artifacts: ArtifactView[] };
export type RecordOf<T extends WalRecordType> = Extract<WalRecord, { type: T }>;
/** What each of these kinds of record changes. */
export type Appliers<T extends WalRecordType> = { readonly [K in T]: (draft: Draft, record: RecordOf<K>) => void };

export function change(draft: Draft, name: string, edit: (step: TimelineStep) => TimelineStep): void {
  const known = draft.steps.some((step) => step.name === name);
  draft.steps = known ? draft.steps.map((step) => (step.name === name ? edit(step) : step)) : [...draft.steps, edit(pendingStep(name))];
}

export const others = (step: TimelineStep, attempt: number): readonly StepAttempt[] => step.attempts.filter((other) => other.attempt !== attempt);

/** An attempt's end. Its start is the recorded one; without that record (a speculated step) the start given with the end. */
export function closed(step: TimelineStep, attempt: number, ended: Omit<StepAttempt, 'attempt'>): StepAttempt[] {
  const begun = step.attempts.find((other) => other.attempt === attempt);
  return [...others(step, attempt), { ...ended, attempt, startedAt: begun?.startedAt ?? ended.startedAt }];
}

/** A step that was open when it was given up has no record of its own end. An effect that was out then may have happened. */
export function abandon(step: TimelineStep, at: string): TimelineStep {
  if (step.status !== 'running' && step.status !== 'waiting_retry') return step;
  const mayHaveHappened = step.status === 'running' && step.effect?.stage === 'intended';
  return {
    ...step,
    ...(mayHaveHappened ? { status: 'unknown', effect: { ...step.effect, stage: 'unknown' } } : { status: 'abandoned' }),
    retryDueAt: undefined,
    attempts: step.attempts.map((attempt) => (attempt.outcome === 'running' ? { ...attempt, endedAt: at, outcome: 'cancelled' as const } : attempt)),
  };
}

/** Whether a step stands in another, however deep. */
export function standsIn(steps: readonly TimelineStep[], step: TimelineStep, container: string): boolean {
  if (step.within === undefined) return false;
  const outer = steps.find(({ name }) => name === step.within);
  return step.within === container || (outer !== undefined && standsIn(steps, outer, container));
}

export const withoutContent = ({ content: _, ...artifact }: RecordOf<'step_completed'>['artifacts'][number]): ArtifactView => artifact;
