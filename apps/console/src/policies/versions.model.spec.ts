import fc from 'fast-check';
import { aboutOf } from '../govern/recorded-change.js';
import { rowsOf } from './versions.model.js';

const time = (ms: number): string => new Date(ms).toISOString();
const change = (at: number) => ({ executionId: `e${at}`, action: 'promote_bundle', by: 'admin', at: time(at) });
const version = (number: number, at: number, current = false) => ({ version: number, hash: 'h', created_at: time(at), current });

describe('versions with what they came of', () => {
  it('changes - stand at the version made after them, newest first; later ones at none yet', () => {
    const rows = rowsOf([version(1, 10), version(2, 20, true)], [change(5), change(15), change(20), change(21)]);
    expect(rows.map(({ version: { version: number }, changes }) => [number, changes.map(({ executionId }) => executionId)])).toEqual([[2, ['e20', 'e15']], [1, ['e5']]]);
  });

  it('any times - no change stands at two versions', () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.integer({ min: 1, max: 50 }), { minLength: 1 }), fc.uniqueArray(fc.integer({ min: 0, max: 60 })), (versions, changes) => {
        const sorted = versions.toSorted((a, b) => a - b);
        const told = rowsOf(sorted.map((at, index) => version(index + 1, at)), changes.map(change)).flatMap((row) => row.changes.map(({ executionId }) => executionId));
        expect(told.toSorted()).toEqual(changes.filter((at) => at <= Math.max(...versions)).map((at) => `e${at}`).toSorted());
      }),
    );
  });

  it('a payload - is told by what it names, and why', () => {
    expect(aboutOf({ candidate_id: 'c', reason: 'because' })).toEqual({ about: 'c', reason: 'because' });
    expect(aboutOf({ tenant_id: 'acme', user_id: 'ada' })).toEqual({ about: 'acme/ada' });
    expect(aboutOf({ version: 3 })).toEqual({ about: 'v3' });
  });
});
