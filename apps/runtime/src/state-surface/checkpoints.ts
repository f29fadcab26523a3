import { encodeState, FOLD_VERSION, hasEnded, type ExecutionState } from '@symphainy/execution';
import type { CheckpointRow } from './projection-rows.js';

/** Frames between two kept folds of a stream; shorter streams keep none, so that most executions pay nothing. */
export const CHECKPOINT_EVERY = 500;

/**
 * The fold to be kept of a stream that a batch brought from `fromSeq` to its head: when it passed a multiple of CHECKPOINT_EVERY, or ended after one. Undefined for
 * all others.
 */
export function checkpointRow(state: ExecutionState, fromSeq: number): CheckpointRow | undefined {
  const { seq, hash } = state.head;
  if (seq < CHECKPOINT_EVERY) return undefined;
  const passed = Math.floor(seq / CHECKPOINT_EVERY) > Math.floor((fromSeq - 1) / CHECKPOINT_EVERY);
  if (!passed && !hasEnded(state)) return undefined;
  const kept = encodeState(state);
  return kept === undefined ? undefined : { tenant_id: state.intent.tenant_id, stream_id: state.executionId, seq, hash, fold: FOLD_VERSION, state: kept };
}
