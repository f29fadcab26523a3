import type { WalRecord } from '@symphainy/contracts';
import { hasEnded } from '@symphainy/execution';
import { operator, sampleCapability, sampleSaga, TestStream } from '@symphainy/execution/testing';
import { LiveExecution } from '../engine/live-execution.js';
import { Signals } from './signals.js';

const report = { ok: { handler_build: 'runtime', duration_ms: 0, output: 1, output_hash: 'a'.repeat(64), artifacts: [], events: [], state_changes: [] }, actor: 'user:olga' };

describe('a signal on its way', () => {
  it.each([0, 1, 2, 3, 4, 5])('whose execution ends %i turns later - is recorded before that, or refused: never behind the end', async (turns) => {
    const stream = new TestStream(sampleCapability(sampleSaga('one', { name: 'a', kind: 'signal', signal: 'go', timeout_ms: 1000 })));
    stream.settle();
    const live = new LiveExecution(stream.state!, stream.capability, { seq: 0, n: 1 });
    const told: { records: readonly WalRecord[]; late: boolean }[] = [];
    const signals = new Signals({ stamp: () => stream.stamp }, { given: () => Promise.resolve(report) }, (_live, records) => Promise.resolve(void told.push({ records, late: hasEnded(live.state) })));
    const given = signals.give(live, { caller: operator, signal: 'go', data: 1, operation: undefined }).then(() => 'recorded', (error: { code: string }) => error.code);
    for (let i = 0; i < turns; i++) await Promise.resolve();
    stream.state!.status = 'terminated';
    expect([await given, told.map(({ records, late }) => [records.map(({ type }) => type), late])]).toEqual(told.length === 0 ? ['execution.not_waiting', []] : ['recorded', [[['signal_received'], false]]]);
  });
});
