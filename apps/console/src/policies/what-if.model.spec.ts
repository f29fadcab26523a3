import type { RedecisionReport } from '@symphainy/contracts';
import { addReports } from './what-if.model.js';

const report = (over: Partial<RedecisionReport>): RedecisionReport => ({ base: { bundle_hash: 'h', bundle_version: 1 }, considered: 2, equal: 1, shifted: 0, flips: [{ execution_id: 'a' }] as never, undecided: ['b'], not_redecided: [], ...over });

describe('pages of one question', () => {
  it('put together - count all of it, and go on where the last one ended', () => {
    const sum = addReports(report({ next_cursor: 'c1' }), report({ considered: 3, equal: 3, flips: [], next_cursor: 'c2' }));
    expect([sum.considered, sum.equal, sum.flips.length, sum.undecided.length, sum.next_cursor]).toEqual([5, 4, 1, 2, 'c2']);
    expect(addReports(sum, report({})).next_cursor).toBeUndefined();
  });
});
