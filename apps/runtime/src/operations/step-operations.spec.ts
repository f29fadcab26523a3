import { failure, type OperationCommand, type OperationReport } from '@symphainy/contracts';
import type { Decision } from '@symphainy/execution';
import { sampleCapability, sampleCaller, sampleIntent, sampleSaga, TestStream } from '@symphainy/execution/testing';
import { silentLogger, systemClock, toWireError } from '@symphainy/kernel';
import type { StepReport } from '../engine/reports.js';
import type { LiveExecution } from '../engine/live-execution.js';
import { StepOperations, type StepOperationsParts } from './step-operations.js';

const idOf = (n: number): string => `019b0000-0000-7000-8000-0000000000${String(n).padStart(2, '0')}`;
const pausing = sampleCapability(sampleSaga({ kind: 'operate', name: 'apply', operation: 'pause' }));

/** A bulk operation over all that runs, at its step. */
function bulk(limit: number): { readonly stream: TestStream; readonly work: Extract<Decision, { do: 'operate' }> } {
  const stream = new TestStream(pausing, sampleIntent({ payload: { query: { limit } } }));
  const [work] = stream.settle();
  return { stream, work: work as Extract<Decision, { do: 'operate' }> };
}

/** What it reports when an owner takes it up, while `found` is what its query finds; and on which executions it operates. */
async function takenUp({ stream, work }: ReturnType<typeof bulk>, found: readonly string[]): Promise<{ readonly report: OperationReport; readonly targets: readonly string[] }> {
  const targets: string[] = [];
  const executions = found.map((execution_id) => ({ execution_id, intent_type: 'sample.run', user_id: sampleCaller.user_id, created_at: stream.stamp.at }));
  const output = new Promise<unknown>((resolve) => {
    const engine = { stamp: () => stream.stamp, note: () => undefined, report: (_live: LiveExecution, _step: string, _attempt: number, report: StepReport) => (resolve('ok' in report ? report.ok.output : report.error), true) };
    const parts = {
      engine, clock: systemClock, logger: silentLogger, own: {},
      reader: { readStream: (_tenant: string, _stream: string, from = 0) => Promise.resolve(stream.frames.filter((frame) => frame.seq >= from)) },
      personal: { open: (_place: unknown, value: unknown) => Promise.resolve(value) },
      queries: { 'runtime.execution.list': () => Promise.resolve({ executions }) },
      command: ({ execution_id }: OperationCommand) => Promise.resolve(targets.push(execution_id) > 0),
    } as unknown as StepOperationsParts;
    new StepOperations(parts).operate({ state: stream.state, place: {}, discarded: false } as unknown as LiveExecution, work);
  });
  return { report: (await output) as OperationReport, targets };
}

describe('a bulk operation whose runtime dies midway', () => {
  it('what its dead owner did - counts in the report and towards the limit, and is not done again', async () => {
    const begun = bulk(4);
    const { stream } = begun;
    const error = toWireError(failure('execution.not_applicable'));
    stream.add([{ type: 'operation_applied', ...stream.stamp, step: 'apply', target: idOf(1), outcome: 'done' }]);
    stream.add([{ type: 'operation_applied', ...stream.stamp, step: 'apply', target: idOf(2), outcome: 'refused', error }]);
    const { report, targets } = await takenUp(begun, [2, 3, 4, 5].map(idOf));
    expect(targets).toEqual([idOf(3), idOf(4)]);
    expect(report).toEqual({ matched: 4, more: true, done: 3, unchanged: 0, refused: 1, refusals: [{ execution_id: idOf(2), error }] });
  });

  it('nothing done before - it does all that its query finds, up to its limit', async () => {
    const { report, targets } = await takenUp(bulk(2), [1, 2].map(idOf));
    expect(targets).toEqual([idOf(1), idOf(2)]);
    expect(report).toEqual({ matched: 2, done: 2, unchanged: 0, refused: 0, refusals: [] });
  });
});
