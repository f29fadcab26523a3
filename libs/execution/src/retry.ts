import type { RetryPolicy } from '@symphainy/contracts';
import type { WireError } from '@symphainy/kernel';

/**
 * The delay before the attempt after `attempt` (1 for the first): initial · multiplier^(attempt−1), capped, then spread over the
 * upper half of itself by `jitter` (0 ≤ jitter < 1), so that executions which failed together do not return together.
 */
export function retryDelay(policy: RetryPolicy, attempt: number, jitter: number): number {
  const full = Math.min(policy.max_delay_ms, policy.initial_delay_ms * policy.multiplier ** (attempt - 1));
  return Math.round(full / 2 + (full / 2) * jitter);
}

/** What somebody outside asks to be left alone for may be no moment at all: beyond this it is as good as never. */
const LONGEST_WAIT_MS = 366 * 86_400_000;

/**
 * Whether a failed attempt is followed by another, by the first row that fits:
 *
 * | the error                            | then                                                                      |
 * | ------------------------------------ | ------------------------------------------------------------------------- |
 * | its code is listed as non-retryable  | the step has failed: the saga's author knows better than the error          |
 * | it says terminal                     | the step has failed: trying again cannot help                               |
 * | attempts are used up                 | the step has failed                                                         |
 * | otherwise                            | another attempt, not before the error's `after_ms`, a year at most          |
 *
 * Returns the delay in milliseconds, or undefined for "failed".
 */
export function delayBeforeRetry(policy: RetryPolicy, attempt: number, error: WireError, jitter: () => number): number | undefined {
  if (policy.non_retryable_codes.includes(error.code)) return undefined;
  if (error.retry.mode === 'terminal') return undefined;
  if (attempt >= policy.max_attempts) return undefined;
  return Math.max(retryDelay(policy, attempt, jitter()), Math.min(error.retry.after_ms ?? 0, LONGEST_WAIT_MS));
}
