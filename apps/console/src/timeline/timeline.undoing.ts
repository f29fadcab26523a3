/** What the records of undoing, and of operators, change. */
import { change, type Appliers, type Draft } from './timeline.draft.js';
import { abandonOpen, revived } from './timeline.steps.js';
import type { StepUndo, TimelineStep } from './timeline.shape.js';

type UndoRecords = 'compensation_requested' | 'compensation_started' | 'compensation_completed' | 'compensation_failed' | 'compensation_skipped';
type OperatorRecords = 'cancel_requested' | 'paused' | 'resumed' | 'reopened' | 'deadline_missed' | 'schedule_fired' | 'operation_applied';

export const undoAppliers: Appliers<UndoRecords> = {
  compensation_requested: (draft, { by, reason }) => {
    goOn(draft);
    draft.paused = undefined;
    draft.ending = { asked: 'compensate', by: by.user_id, reason };
  },
  compensation_started: (draft, record) => {
    if (!draft.steps.some(({ undo }) => undo !== undefined)) abandonOpen(draft, record.at);
    const order = draft.steps.filter(({ undo }) => undo !== undefined).length + 1;
    change(draft, record.step, (step) => ({ ...step, status: 'compensating', error: undefined, retryDueAt: undefined, undo: { order: step.undo?.order ?? order, startedAt: step.undo?.startedAt ?? record.at, attempts: record.attempt } }));
  },
  compensation_completed: (draft, record) => undone(draft, record.step, 'compensated', { endedAt: record.at }),
  compensation_failed: (draft, record) => {
    undone(draft, record.step, 'compensation_failed', { endedAt: record.at, error: record.error, retryDueAt: record.retry_due_at });
    change(draft, record.step, (step) => ({ ...step, error: record.error, retryDueAt: record.retry_due_at }));
  },
  compensation_skipped: (draft, { step, by, reason, at }) => undone(draft, step, 'compensation_skipped', { endedAt: at, skipped: { by: by.user_id, reason } }),
};

export const operatorAppliers: Appliers<OperatorRecords> = {
  cancel_requested: (draft, { by, reason }) => {
    draft.paused = undefined;
    draft.ending = { asked: 'cancel', by: by.user_id, reason };
  },
  paused: (draft, { by, reason, at }) => {
    draft.paused = { by: by.user_id, reason, at };
  },
  resumed: (draft) => {
    draft.paused = undefined;
  },
  reopened: (draft, record) => {
    if (record.mode === 'retry' && retriesUndoing(draft, record.from_step, record.at)) return;
    const forgotten = new Set(record.forget);
    const around = containersOf(draft.steps, record.from_step);
    draft.steps = draft.steps.filter(({ name }) => !forgotten.has(name)).map((step) => again(step, around, record.at));
    draft.artifacts = draft.artifacts.filter((artifact) => !forgotten.has(artifact.step));
    draft.paused = undefined;
    draft.ending = undefined;
    goOn(draft);
  },
  deadline_missed: (draft, { deadline, enforced }) => {
    draft.deadlineMissed = { deadline, enforced };
    if (enforced) draft.paused = undefined;
  },
  schedule_fired: (draft, { firing, due_at, execution_id, missed }) => {
    draft.firings = [...draft.firings, { firing, dueAt: due_at, executionId: execution_id, missed }];
  },
  operation_applied: (draft, { target, outcome, error }) => {
    draft.firings = draft.firings.map((firing) => (firing.executionId === target ? { ...firing, outcome, ...(error && { error }) } : firing));
  },
};

function undone(draft: Draft, name: string, status: TimelineStep['status'], edit: Partial<StepUndo>): void {
  change(draft, name, (step) => (step.undo === undefined ? { ...step, status } : { ...step, status, undo: { ...step.undo, ...edit } }));
}

/** An operator brought it back. */
function goOn(draft: Draft): void {
  draft.status = 'running';
  draft.endedAt = undefined;
  draft.error = undefined;
}

/** A retry of a compensation that failed brings nothing else back. */
function retriesUndoing(draft: Draft, name: string, at: string): boolean {
  const step = draft.steps.find((other) => other.name === name);
  if (step?.status !== 'compensation_failed' || draft.endedAt !== undefined) return false;
  undone(draft, name, 'compensation_failed', { retryDueAt: at });
  change(draft, name, (failed) => ({ ...failed, retryDueAt: at }));
  return true;
}

function containersOf(steps: readonly TimelineStep[], name: string): ReadonlySet<string> {
  const found = new Set<string>();
  const outerOf = (inner: string): string | undefined => steps.find((step) => step.name === inner)?.within;
  for (let outer = outerOf(name); outer !== undefined; outer = outerOf(outer)) found.add(outer);
  return found;
}

/** What failed or was given up is due at once; what holds it runs again. */
function again(step: TimelineStep, around: ReadonlySet<string>, at: string): TimelineStep {
  const wasGivenUp = step.status === 'failed' || step.status === 'abandoned';
  if (!wasGivenUp && !around.has(step.name)) return step;
  if (step.kind === 'parallel' || step.kind === 'choice') return { ...step, status: 'running', error: undefined, outcome: undefined };
  return { ...step, status: 'waiting_retry', retryDueAt: at, error: undefined, ...(step.items && { items: revived(step.items) }) };
}
