import type { RedecisionReport } from '@symphainy/contracts';

/** Two pages of one question put together: what is left is what the later page leaves. */
export function addReports(before: RedecisionReport, next: RedecisionReport): RedecisionReport {
  const { next_cursor: _done, ...sum } = before;
  return {
    ...sum,
    considered: before.considered + next.considered,
    equal: before.equal + next.equal,
    shifted: before.shifted + next.shifted,
    flips: [...before.flips, ...next.flips],
    undecided: [...before.undecided, ...next.undecided],
    ...(next.next_cursor !== undefined && { next_cursor: next.next_cursor }),
  };
}
