import type { WalRecordType } from '@symphainy/contracts';

/**
 * One bit per record type, for the frame index. Bits are stored: a new type takes the next free one, and none is ever moved.
 * Bits 0 to 30 may be used: JavaScript's bit operations are of 32 bits, signed.
 */
const BITS: { readonly [T in WalRecordType]: number } = {
  session_created: 0, session_closed: 1, intent_received: 2, intent_rejected: 3, policy_evaluated: 4, capability_resolved: 5, saga_started: 6,
  step_started: 7, step_progress: 8, step_completed: 9, step_failed: 10, step_retry_scheduled: 11, signal_received: 12, child_accepted: 13,
  tool_invoked: 14, reference_hydrated: 15, reference_registered: 16, access_refused: 17, cancel_requested: 18, adopted: 19,
  saga_completed: 20, saga_failed: 21, execution_completed: 22, execution_failed: 23, execution_cancelled: 24,
};

/** The bit of a record type; 0 for a word that is none: it matches nothing. */
export const maskOf = (type: string): number => (Object.hasOwn(BITS, type) ? 1 << BITS[type as WalRecordType] : 0);

/** The bits of all record types of a frame. */
export function masksOf(records: readonly { readonly type: WalRecordType }[]): number {
  let mask = 0;
  for (const record of records) mask |= 1 << BITS[record.type];
  return mask;
}
