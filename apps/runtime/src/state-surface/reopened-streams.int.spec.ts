import type { Caller, ExecutionSummary, WalRecord } from '@symphainy/contracts';
import { operator, type TestStream } from '@symphainy/execution/testing';
import { hashOf } from '@symphainy/kernel';
import { newCaller, RecordedBed } from '../testing/recorded-streams.js';

// Real servers start here, on machines that may be busy.
jest.setTimeout(60_000);

/** A page that holds the streams of these tests whole. */
const whole = { from_seq: 0, limit: 200 };

describe('an execution that is brought back - is listed as it goes on, and not as it ended first', () => {
  let bed: RecordedBed;
  const caller = newCaller();

  beforeAll(async () => void (bed = await RecordedBed.start()));
  afterAll(() => bed.stop());

  const failed = (): TestStream => {
    const stream = bed.stream(caller);
    stream.fail({ code: 'sample.broken', kind: 'domain', message: 'no', retry: { mode: 'terminal' } });
    stream.settle();
    return stream;
  };
  const bringBack = (stream: TestStream, how: { mode: 'retry' | 'continue_from'; forget?: string[] } = { mode: 'retry' }): void => {
    stream.add([{ type: 'adopted', ...stream.stamp, from_writer: 'w', from_epoch: 1, reason: 'reopened' }, { type: 'reopened', ...stream.stamp, by: operator, ...how, from_step: 'one', reason: 'mended' }]);
    stream.settle();
  };
  const commit = async (stream: TestStream, from = 0): Promise<void> => {
    await bed.append(stream.frames.slice(from));
    await bed.surface.caughtUp(20_000);
  };
  const listed = async ({ intent }: TestStream): Promise<ExecutionSummary | undefined> => (await bed.surface.queries['runtime.execution.list']({ caller, limit: 1000 })).executions.find((one) => one.execution_id === intent.intent_id);
  const equalToLive = async ({ intent }: TestStream): Promise<boolean | undefined> => (await bed.surface.queries['runtime.execution.replay']({ caller, execution_id: intent.intent_id, mode: 'state_only', ...whole })).equal_to_live;

  it('long after its end - by frames of a later batch', async () => {
    const stream = failed();
    await commit(stream);
    expect((await listed(stream))?.status).toBe('failed');
    const ended = stream.frames.length;
    bringBack(stream);
    await commit(stream, ended);
    expect(await listed(stream)).toMatchObject({ status: 'running' });
    const running = stream.frames.length;
    bed.finish(stream);
    await commit(stream, running);
    expect([(await listed(stream))?.status, await equalToLive(stream)]).toEqual(['completed', true]);
  });

  /** The first step makes a note, and the second fails. */
  const make = (stream: TestStream, content: string): void => {
    const { intent_id: execution_id } = stream.intent;
    const note = { name: 'note', artifact_type: 'sample.note', media_type: 'text/plain', artifact_id: `${execution_id}/one/note`, execution_id, step: 'one', content, content_hash: hashOf(content) };
    stream.add([{ ...(stream.completion(content) as Extract<WalRecord, { type: 'step_completed' }>), artifacts: [note] }]);
    stream.settle();
    stream.fail({ code: 'sample.broken', kind: 'domain', message: 'no', retry: { mode: 'terminal' } });
    stream.settle();
  };
  const notesOf = async (of: Caller, { intent }: TestStream): Promise<string[]> => (await bed.surface.queries['runtime.artifact.list']({ caller: of, execution_id: intent.intent_id, limit: 10 })).artifacts.map((artifact) => artifact.content_hash);

  it.each(['in a later batch', 'in the same batch'])('continued from a step %s - lists what that step makes now, and no more what it made before', async (when) => {
    const stream = bed.stream(caller);
    make(stream, 'first');
    const ended = stream.frames.length;
    if (when === 'in a later batch') await commit(stream);
    bringBack(stream, { mode: 'continue_from', forget: ['one', 'two'] });
    make(stream, 'second');
    await commit(stream, when === 'in a later batch' ? ended : 0);
    expect(await notesOf(caller, stream)).toEqual([hashOf('second')]);
  });

  it('another tenant has an execution of the same id in the batch - what that one made stays', async () => {
    const other = newCaller();
    const stream = bed.stream(caller);
    const theirs = bed.stream(other, { intent_id: stream.intent.intent_id });
    make(theirs, 'theirs');
    make(stream, 'first');
    bringBack(stream, { mode: 'continue_from', forget: ['one', 'two'] });
    make(stream, 'second');
    await bed.append([...theirs.frames, ...stream.frames]);
    await bed.surface.caughtUp(20_000);
    expect([await notesOf(other, theirs), await notesOf(caller, stream)]).toEqual([[hashOf('theirs')], [hashOf('second')]]);
  });

  it('at once - by the next frame of the same batch', async () => {
    const stream = failed();
    bringBack(stream);
    await commit(stream);
    expect([(await listed(stream))?.status, await equalToLive(stream)]).toEqual(['running', true]);
  });
});
