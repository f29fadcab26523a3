import type { WalRecord } from '@symphainy/contracts';
import { summarise } from './record-summary.js';

const head = { at: '2026-01-01T00:00:00.000Z', actor: 'runtime' };

describe('record summary - one line for each record', () => {
  it('a reference is named by its step and name, not by the execution in front', () => {
    const reference = '01900000-0000-7000-8000-000000000001/normalise/document';
    expect(summarise({ ...head, type: 'reference_hydrated', step: 'facts', attempt: 1, reference })).toEqual({ title: 'Reference read', subject: 'normalise/document · facts', tone: 'data' });
  });

  it('a completed step says how long it took and what it made', () => {
    const record = { ...head, type: 'step_completed', step: 'facts', attempt: 1, handler_build: 'b', duration_ms: 89.6, artifacts: [{}], events: [], state_changes: [] } as unknown as WalRecord;
    expect(summarise(record)).toEqual({ title: 'Step completed', subject: 'facts · 90 ms · 1 artifact', tone: 'good' });
  });

  it('a failure names its code', () => {
    const error = { code: 'content.corrupt', kind: 'domain' as const, message: 'cut off', retry: { mode: 'terminal' as const } };
    expect(summarise({ ...head, type: 'saga_failed', step: 'parse', error })).toEqual({ title: 'Saga failed', subject: 'parse · content.corrupt', tone: 'bad' });
  });

  it('a record type of a newer platform is named by its type', () => {
    expect(summarise({ ...head, type: 'tide_turned' } as unknown as WalRecord)).toEqual({ title: 'tide turned', tone: 'neutral' });
  });

  it('a second attempt is told apart from the first', () => {
    expect(summarise({ ...head, type: 'step_started', step: 'parse', attempt: 2, kind: 'task' })).toMatchObject({ subject: 'parse · attempt 2' });
    expect(summarise({ ...head, type: 'step_started', step: 'parse', attempt: 1, kind: 'task' })).toMatchObject({ subject: 'parse' });
  });

  it('a deny does not look like a permit', () => {
    const decided = (decision: 'permit' | 'deny') => summarise({ ...head, type: 'policy_evaluated', decision: { decision, verdicts: [], bundle_hash: 'h', bundle_version: 2 } });
    expect(decided('permit')).toEqual({ title: 'Policy evaluated', subject: 'permit · bundle v2', tone: 'good' });
    expect(decided('deny')).toEqual({ title: 'Policy evaluated', subject: 'deny · bundle v2', tone: 'bad' });
  });
});
