/** What the records of a step's life change: starts, ends, waits, a map's chunks. */
import { abandon, change, closed, others, standsIn, withoutContent, type Appliers, type Draft, type RecordOf } from './timeline.draft.js';
import type { StepItems, TimelineStep } from './timeline.shape.js';

type StepRecords = 'step_started' | 'step_progress' | 'step_completed' | 'step_failed' | 'step_retry_scheduled' | 'child_accepted' | 'timer_set' | 'signal_received' | 'agent_output' | 'chunk_completed' | 'chunk_failed' | 'chunk_compensated';

export const stepAppliers: Appliers<StepRecords> = {
  step_started: (draft, record) => change(draft, record.step, (step) => begun(step, record)),
  step_progress: (draft, record) => change(draft, record.step, (step) => ({ ...step, progress: record.progress, waitingFor: record.waiting_for })),
  step_completed: (draft, record) => {
    draft.artifacts.push(...record.artifacts.map(withoutContent));
    const startedAt = new Date(Date.parse(record.at) - record.duration_ms).toISOString();
    const attempt = { startedAt, endedAt: record.at, outcome: 'completed' as const, handlerMs: record.duration_ms };
    change(draft, record.step, (step) => ({ ...step, status: 'completed', outcome: record.outcome, artifacts: step.artifacts + record.artifacts.length, attempts: closed(step, record.attempt, attempt) }));
  },
  step_failed: (draft, record) => {
    draft.steps = draft.steps.map((step) => (standsIn(draft.steps, step, record.step) ? abandon(step, record.at) : step));
    change(draft, record.step, (step) => ({ ...step, status: 'failed', error: record.error, attempts: closed(step, record.attempt, { startedAt: record.at, endedAt: record.at, outcome: 'failed', error: record.error }) }));
  },
  step_retry_scheduled: (draft, record) => change(draft, record.step, (step) => ({ ...step, status: 'waiting_retry', retryDueAt: record.due_at })),
  child_accepted: (draft, record) => change(draft, record.step, (step) => ({ ...step, childExecutionId: record.child_execution_id, childIntentType: record.intent_type })),
  timer_set: (draft, record) => change(draft, record.step, (step) => ({ ...step, dueAt: record.due_at })),
  signal_received: (draft, record) => {
    if (record.step !== undefined) change(draft, record.step, (step) => (step.kind === 'signal' ? { ...step, signalled: { by: record.by.user_id, data: record.data } } : step));
  },
  agent_output: (draft, record) => change(draft, record.step, (step) => ({ ...step, agent: { model: record.model, verdict: record.verdict } })),
  chunk_completed: (draft, record) => {
    const made = [record.results, record.failures].filter((artifact) => artifact !== undefined);
    draft.artifacts.push(...made.map(withoutContent));
    change(draft, record.step, (step) => ({ ...step, artifacts: step.artifacts + made.length, items: afterChunk(step.items, record) }));
  },
  chunk_failed: (draft, record) => change(draft, record.step, (step) => (step.items === undefined ? step : { ...step, items: overtaken(step.items, record.chunk) })),
  chunk_compensated: (draft, record) => change(draft, record.step, (step) => (step.items === undefined ? step : { ...step, items: { ...step.items, undone: step.items.undone + 1 } })),
};

function begun(step: TimelineStep, record: RecordOf<'step_started'>): TimelineStep {
  const { within, branch, map } = record;
  return {
    ...step,
    kind: record.kind,
    ...(within !== undefined && { within, branch }),
    status: 'running',
    retryDueAt: undefined,
    waitingFor: undefined,
    dueAt: undefined,
    error: undefined,
    outcome: undefined,
    attempts: [...others(step, record.attempt), { attempt: record.attempt, startedAt: record.at, outcome: 'running' }],
    ...(map !== undefined && step.items === undefined && { items: { total: map.items, chunks: Math.ceil(map.items / map.chunk_size), succeeded: 0, next: 0, open: new Map(), dead: new Map(), undone: 0 } }),
  };
}

/** A try of a chunk came back: chunks that it overtook are open now. */
function overtaken(items: StepItems, chunk: number): StepItems {
  if (chunk < items.next) return items;
  const open = new Map(items.open);
  for (let next = items.next; next <= chunk; next++) open.set(next, 0);
  return { ...items, next: chunk + 1, open };
}

function afterChunk(before: StepItems | undefined, { chunk, succeeded, failed }: RecordOf<'chunk_completed'>): StepItems | undefined {
  if (before === undefined) return undefined;
  const items = overtaken(before, chunk);
  const again = failed.filter(({ fate }) => fate === 'retry').length;
  const given = failed.length - again;
  const open = new Map(items.open);
  if (again > 0) open.set(chunk, again);
  else open.delete(chunk);
  return { ...items, succeeded: items.succeeded + succeeded, open, dead: given === 0 ? items.dead : new Map(items.dead).set(chunk, (items.dead.get(chunk) ?? 0) + given) };
}

/** An operator wants the rest: what was given up is tried again. */
export function revived(items: StepItems): StepItems {
  const open = new Map(items.open);
  for (const [chunk, dead] of items.dead) open.set(chunk, (open.get(chunk) ?? 0) + dead);
  return { ...items, open, dead: new Map() };
}

const sum = (counts: ReadonlyMap<number, number>): number => [...counts.values()].reduce((all, count) => all + count, 0);

/** How a map stands, in numbers. */
export const itemCounts = (items: StepItems): { readonly succeeded: number; readonly retrying: number; readonly dead: number; readonly chunksDone: number } => ({
  succeeded: items.succeeded,
  retrying: sum(items.open),
  dead: sum(items.dead),
  chunksDone: items.next - items.open.size,
});

/** Everything still open is given up. */
export function abandonOpen(draft: Draft, at: string): void {
  draft.steps = draft.steps.map((step) => abandon(step, at));
}
