import type { WalRecord } from '@symphainy/contracts';
import { decodeBody } from './chain.js';
import { compensationRules } from './evolve.compensation.js';
import { effectRules } from './evolve.effects.js';
import { mapRules } from './evolve.map.js';
import { operationRules } from './evolve.operations.js';
import { abandonOpen, stepRules } from './evolve.steps.js';
import { hasEnded, lastOutermost, stepNamed, type ExecutionState } from './execution-state.js';
import { allow, type Rule, type Rules } from './grammar.js';

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
    ...(record.sealed_under === undefined ? {} : { sealedUnder: record.sealed_under }),
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
  allow(!hasEnded(state) || (state.saga !== undefined && AFTER_THE_END.has(record.type)), `${record.type} after the execution ended`);
  const rule = rules[record.type] as Rule<WalRecord['type']> | undefined;
  allow(rule, `${record.type} does not belong in an execution's stream`);
  rule(state, record);
  state.records += 1;
  return state;
}

/** An operator may bring back what has ended; the frame that does so begins with its new owner. */
const AFTER_THE_END = new Set<WalRecord['type']>(['adopted', 'reopened', 'compensation_requested']);

function end(state: ExecutionState, status: ExecutionState['status'], at: string, error?: ExecutionState['error']): void {
  if (status !== 'completed') abandonOpen(state);
  state.status = status;
  state.endedAt = at;
  if (state.paused === true) delete state.paused;
  if (error !== undefined) state.error = error;
}

function mayEnd(state: ExecutionState, record: WalRecord): void {
  if (state.compensating !== true) return;
  for (const { name, status } of state.steps) allow(status !== 'compensating' && status !== 'compensation_failed', `${record.type} while ${name} is being undone`);
}

type LifeRecords = 'intent_rejected' | 'policy_evaluated' | 'capability_resolved' | 'saga_started' | 'access_refused' | 'replay_checked' | 'saga_completed' | 'saga_failed' | 'execution_completed' | 'execution_failed' | 'execution_cancelled' | 'execution_terminated';

/** An execution's beginning and its ends. */
const lifeRules: Rules<LifeRecords> = {
  intent_rejected(state, record) {
    allow(state.saga === undefined, 'intent_rejected after the saga started');
    end(state, 'rejected', record.at, record.error);
  },
  policy_evaluated(state, record) {
    allow(state.decision === undefined, 'policy is evaluated once');
    state.decision = record.decision;
    const { classifications = [], boundary } = record.data ?? {};
    if (classifications.length > 0) state.classes = classifications;
    if (boundary !== undefined) state.boundary = boundary;
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
  access_refused: () => undefined,
  replay_checked: () => undefined,

  saga_completed(state) {
    allow(lastOutermost(state)?.status === 'completed' && state.sagaEnd === undefined, 'saga_completed while a step has not completed');
    state.sagaEnd = 'completed';
  },
  saga_failed(state, record) {
    const isDue = stepNamed(state, record.step)?.status === 'failed' || state.deadlineMissed?.enforced === true;
    allow(isDue && state.sagaEnd === undefined, 'saga_failed without a failed step');
    abandonOpen(state);
    state.sagaEnd = 'failed';
    state.error = record.error;
    if (state.paused === true) delete state.paused;
  },
  execution_completed(state, record) {
    allow(state.sagaEnd === 'completed', 'execution_completed before saga_completed');
    end(state, 'completed', record.at);
  },
  execution_failed(state, record) {
    allow(state.sagaEnd === 'failed', 'execution_failed before saga_failed');
    mayEnd(state, record);
    end(state, 'failed', record.at, record.error);
  },
  execution_cancelled(state, record) {
    allow(state.cancelReason !== undefined, 'execution_cancelled without a request');
    mayEnd(state, record);
    end(state, 'cancelled', record.at);
  },
  /** Whatever is under way: nothing is awaited, and an effect that is out stays unknown. */
  execution_terminated(state, record) {
    end(state, 'terminated', record.at);
    state.terminatedFor = record.reason;
    if (record.children !== undefined) state.leftChildren = record.children;
  },
};

/** One row per record type that an execution's stream may hold. */
const rules: { readonly [T in WalRecord['type']]?: Rule<T> } = { ...lifeRules, ...stepRules, ...effectRules, ...mapRules, ...compensationRules, ...operationRules };
