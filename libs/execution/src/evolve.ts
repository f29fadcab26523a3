import type { WalRecord } from '@symphainy/contracts';
import { decodeBody } from './chain.js';
import { currentStep, hasEnded, type ExecutionState, type RecordOf, type StepState } from './execution-state.js';

/** A record stands where the grammar does not allow it: the log was not written by a runtime that keeps the rules. */
export class GrammarError extends Error {
  override readonly name = 'GrammarError';
}

function allow(condition: unknown, what: string): asserts condition {
  if (!condition) throw new GrammarError(what);
}

/** What the fold needs of a frame. */
export interface FoldedFrame {
  readonly seq: number;
  readonly hash: Uint8Array;
  readonly records: readonly WalRecord[];
}

/** Folds a whole stream from its first frame. Undefined for an empty one. */
export function foldFrames(frames: readonly FoldedFrame[]): ExecutionState | undefined {
  let state: ExecutionState | undefined;
  for (const frame of frames) state = evolveFrame(state, frame);
  return state;
}

/** Folds frames as they are stored. */
export const foldStored = (frames: readonly { readonly seq: number; readonly hash: Uint8Array; readonly body: Uint8Array }[]): ExecutionState | undefined =>
  foldFrames(frames.map((frame) => ({ seq: frame.seq, hash: frame.hash, records: decodeBody(frame.body) })));

/** Advances `state` (in place; undefined before frame 0) by one frame. Throws GrammarError and leaves `state` unfit for use. */
export function evolveFrame(state: ExecutionState | undefined, frame: FoldedFrame): ExecutionState {
  allow(frame.seq === (state === undefined ? 0 : state.head.seq + 1), `frame ${frame.seq} does not follow frame ${state?.head.seq ?? -1}`);
  const next = evolveAll(state, frame.records);
  allow(next, 'a frame holds no record');
  next.head = { seq: frame.seq, hash: frame.hash };
  return next;
}

/** Advances by the records of a frame that is still being written: its place and hash come after. */
export function evolveAll(state: ExecutionState | undefined, records: readonly WalRecord[]): ExecutionState | undefined {
  let next = state;
  for (const record of records) next = next === undefined ? begin(record) : evolve(next, record);
  return next;
}

function begin(record: WalRecord): ExecutionState {
  allow(record.type === 'intent_received', `a stream begins with intent_received, not ${record.type}`);
  return {
    executionId: record.intent.intent_id,
    intent: record.intent,
    caller: record.caller,
    correlationId: record.correlation_id,
    parent: record.parent,
    createdAt: record.intent.created_at,
    steps: [],
    artifacts: [],
    events: [],
    stateChanges: [],
    transitions: 0,
    status: 'running',
    adoptions: 0,
    records: 1,
    head: { seq: -1, hash: new Uint8Array(32) },
  };
}

/** Advances `state` (in place) by one record. Throws GrammarError when the record may not stand here. */
export function evolve(state: ExecutionState, record: WalRecord): ExecutionState {
  allow(!hasEnded(state), `${record.type} after the execution ended`);
  const rule = rules[record.type] as Rule<WalRecord['type']> | undefined;
  allow(rule, `${record.type} does not belong in an execution's stream`);
  rule(state, record);
  state.records += 1;
  return state;
}

type Rule<T extends WalRecord['type']> = (state: ExecutionState, record: RecordOf<T>) => void;

/** The running attempt a record speaks of. */
function running(state: ExecutionState, record: { type: string; step: string; attempt: number }): StepState {
  const step = currentStep(state);
  allow(step?.name === record.step && step.status === 'running' && step.attempt === record.attempt, `${record.type} of ${record.step} attempt ${record.attempt}, which is not running`);
  return step;
}

function end(state: ExecutionState, status: ExecutionState['status'], at: string, error?: ExecutionState['error']): void {
  state.status = status;
  state.endedAt = at;
  if (error !== undefined) state.error = error;
}

/** One row per record type that an execution's stream may hold: what must hold before it, and what it changes. */
const rules: { readonly [T in WalRecord['type']]?: Rule<T> } = {
  intent_rejected(state, record) {
    allow(state.saga === undefined, 'intent_rejected after the saga started');
    end(state, 'rejected', record.at, record.error);
  },
  policy_evaluated(state, record) {
    allow(state.decision === undefined, 'policy is evaluated once');
    state.decision = record.decision;
  },
  capability_resolved(state, record) {
    allow(state.decision?.decision === 'permit', 'capability_resolved without a permit');
    allow(state.capability === undefined, 'the capability is resolved once');
    const { capability, version, realm, bundle_hash, children } = record;
    state.capability = { capability, version, realm, bundle_hash, children };
  },
  saga_started(state, record) {
    allow(state.capability !== undefined && state.saga === undefined, 'saga_started without a resolved capability, or twice');
    state.saga = { name: record.saga, hash: record.saga_hash };
  },

  step_started: startStep,
  step_progress(state, record) {
    running(state, record).progress = record.progress;
  },
  step_completed: completeStep,
  step_failed(state, record) {
    const step = running(state, record);
    step.status = 'failed';
    step.error = record.error;
    delete step.childId;
    if (record.handler_build !== undefined) step.handlerBuild = record.handler_build;
  },
  step_retry_scheduled(state, record) {
    const step = currentStep(state);
    allow(step?.name === record.step && step.status === 'failed' && record.next_attempt === step.attempt + 1, `a retry of ${record.step} that did not just fail`);
    step.status = 'waiting_retry';
    step.retryDueAt = record.due_at;
  },

  signal_received(state, record) {
    const step = currentStep(state);
    allow(step?.name === record.step && step.kind === 'signal' && step.status === 'running', `signal ${record.signal} for a step that does not wait`);
  },
  child_accepted(state, record) {
    const step = running(state, record);
    allow(step.kind === 'child' && step.childId === undefined, `child_accepted for ${record.step}, which wants no child`);
    allow(state.capability?.children.includes(record.intent_type), `${record.intent_type} is not among the recorded children`);
    step.childId = record.child_execution_id;
  },
  tool_invoked: (state, record) => void running(state, record),
  reference_hydrated: (state, record) => void running(state, record),
  access_refused: () => undefined,
  cancel_requested(state, record) {
    state.cancelReason ??= record.reason;
  },
  adopted(state) {
    allow(state.saga !== undefined, 'adopted before the saga started');
    state.adoptions += 1;
  },

  saga_completed(state) {
    allow(currentStep(state)?.status === 'completed' && state.sagaEnd === undefined, 'saga_completed while a step has not completed');
    state.sagaEnd = 'completed';
  },
  saga_failed(state, record) {
    allow(currentStep(state)?.status === 'failed' && state.sagaEnd === undefined, 'saga_failed without a failed step');
    state.sagaEnd = 'failed';
    state.error = record.error;
  },
  execution_completed(state, record) {
    allow(state.sagaEnd === 'completed', 'execution_completed before saga_completed');
    end(state, 'completed', record.at);
  },
  execution_failed(state, record) {
    allow(state.sagaEnd === 'failed', 'execution_failed before saga_failed');
    end(state, 'failed', record.at, record.error);
  },
  execution_cancelled(state, record) {
    allow(state.cancelReason !== undefined, 'execution_cancelled without a request');
    end(state, 'cancelled', record.at);
  },
};

function startStep(state: ExecutionState, record: RecordOf<'step_started'>): void {
  allow(state.saga !== undefined, 'step_started before the saga');
  const step = currentStep(state);
  if (step?.name === record.step) return restartStep(step, record);
  allow(step === undefined || step.status === 'completed', `${record.step} started before ${step?.name ?? ''} completed`);
  allow(!state.steps.some((s) => s.name === record.step), `${record.step} started again after it completed`);
  allow(record.attempt === 1, `${record.step} started with attempt ${record.attempt}`);
  state.steps.push({ name: record.step, kind: record.kind, status: 'running', attempt: 1, startedAt: record.at, attemptAt: record.at });
}

function restartStep(step: StepState, record: RecordOf<'step_started'>): void {
  allow(step.status === 'waiting_retry' && record.attempt === step.attempt + 1, `attempt ${record.attempt} of ${record.step} was not scheduled`);
  step.status = 'running';
  step.attempt = record.attempt;
  step.attemptAt = record.at;
  delete step.error;
  delete step.retryDueAt;
  delete step.progress;
}

function completeStep(state: ExecutionState, record: RecordOf<'step_completed'>): void {
  const step = running(state, record);
  step.status = 'completed';
  step.completedAt = record.at;
  step.durationMs = record.duration_ms;
  step.handlerBuild = record.handler_build;
  if (record.output !== undefined) step.output = record.output;
  if (record.output_hash !== undefined) step.outputHash = record.output_hash;
  if (record.outcome !== undefined) step.outcome = record.outcome;
  for (const artifact of record.artifacts) state.artifacts.push(artifact);
  for (const event of record.events) state.events.push(event);
  for (const change of record.state_changes) state.stateChanges.push(change);
}
