import type { WalRecordType } from '@symphainy/contracts';

/** One bit per record type, for the frame index. Bits are stored: a new type takes the next free one, none is ever moved, and the last is 52 (a JavaScript number counts exactly to 2^53). */
const BITS: { readonly [T in WalRecordType]: number } = {
  session_created: 0, session_closed: 1, intent_received: 2, intent_rejected: 3, policy_evaluated: 4, capability_resolved: 5, saga_started: 6,
  step_started: 7, step_progress: 8, step_completed: 9, step_failed: 10, step_retry_scheduled: 11, signal_received: 12, child_accepted: 13,
  tool_invoked: 14, reference_hydrated: 15, reference_registered: 16, access_refused: 17, cancel_requested: 18, adopted: 19,
  saga_completed: 20, saga_failed: 21, execution_completed: 22, execution_failed: 23, execution_cancelled: 24,
  timer_set: 25, timer_fired: 26, agent_output: 27, effect_intended: 28, effect_previewed: 29, effect_approved: 30, effect_completed: 31, effect_unknown: 32, effect_resolved: 33,
  chunk_completed: 34, chunk_failed: 35, chunk_compensated: 36, compensation_requested: 37, compensation_started: 38, compensation_completed: 39, compensation_failed: 40,
  compensation_skipped: 41, paused: 42, resumed: 43, reopened: 44, deadline_missed: 45, schedule_fired: 46, operation_applied: 47, execution_terminated: 48,
  determinism_checked: 49, stream_archived: 50, approval_requested: 51, replay_checked: 52,
};

/** The bit of a record type, as a number; 0 for a word that is none: it matches nothing. */
export const maskOf = (type: string): number => (Object.hasOwn(BITS, type) ? 2 ** BITS[type as WalRecordType] : 0);

/** The bits of all record types of a frame, as one number: bit operations of JavaScript end at 32, so the set is kept in two halves. */
export function masksOf(records: readonly { readonly type: WalRecordType }[]): number {
  let low = 0;
  let high = 0;
  for (const record of records) {
    const bit = BITS[record.type];
    if (bit < 26) low |= 1 << bit;
    else high |= 1 << (bit - 26);
  }
  return high * 2 ** 26 + low;
}
