import type { Artifact, WalRecord } from '@symphainy/contracts';
import { operator, sampleCapability, sampleIntent, sampleSaga, TestStream } from '@symphainy/execution/testing';
import { hashOf } from '@symphainy/kernel';
import type { StoredFrame, WalReader } from '../acceptance/log.ports.js';
import { ArtifactIndex } from './artifact-index.js';

describe('artifact index', () => {
  /** Step `one` makes a note, step `two` fails. */
  const run = (stream: TestStream, content: string): void => {
    const executionId = stream.intent.intent_id;
    const note: Artifact = { name: 'note', artifact_type: 'sample.note', media_type: 'text/plain', artifact_id: `${executionId}/one/note`, execution_id: executionId, step: 'one', content, content_hash: hashOf(content) };
    stream.settle();
    stream.add([{ ...(stream.completion(content) as Extract<WalRecord, { type: 'step_completed' }>), artifacts: [note] }]);
    stream.settle();
    stream.fail({ code: 'sample.broken', kind: 'domain', message: 'no', retry: { mode: 'terminal' } });
    stream.settle();
  };

  it('an execution that ended and was continued from a step - is read as it made its artifact again, by who had read the first', async () => {
    const stream = new TestStream(sampleCapability(sampleSaga('one', 'two')), sampleIntent());
    let folds = 0;
    const stored = (): StoredFrame[] => stream.frames.map((frame, n) => ({ ...frame, writer: 'w', n }));
    const reader: WalReader = {
      readStream: (_tenant, _stream, fromSeq = 0, limit) => {
        if (fromSeq === 0) folds++;
        return Promise.resolve(stored().slice(fromSeq, limit === undefined ? undefined : fromSeq + limit));
      },
      readHead: () => Promise.resolve(stored().at(-1)),
      readCheckpoint: () => Promise.resolve(undefined),
    };
    const index = new ArtifactIndex(reader);
    const { tenant_id, intent_id } = stream.intent;
    const found = async (): Promise<unknown[]> => [(await index.find(tenant_id, `${intent_id}/one/note`))?.artifact.content, ...(await index.madeBy(tenant_id, intent_id)).map((artifact) => artifact.content)];
    run(stream, 'first');
    expect([await found(), await found(), folds]).toEqual([['first', 'first'], ['first', 'first'], 1]);
    stream.add([{ type: 'adopted', ...stream.stamp, from_writer: 'w', from_epoch: 1, reason: 'reopened' }, { type: 'reopened', ...stream.stamp, by: operator, mode: 'continue_from', from_step: 'one', forget: ['one', 'two'], reason: 'mended' }]);
    run(stream, 'second');
    expect(await found()).toEqual(['second', 'second']);
  });
});
