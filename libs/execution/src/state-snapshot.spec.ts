import { sampleCapability, sampleIntent, sampleSaga, TestStream } from './testing.js';
import { decodeState, encodeState, evolveFrame, foldFrames, viewOf } from './index.js';

const capability = sampleCapability(sampleSaga('one', 'two', 'three'));

function runningStream(payload = {}): TestStream {
  const stream = new TestStream(capability, sampleIntent({ payload }));
  stream.settle();
  stream.complete({ deep: [1, { two: null }], text: 'ä\u0000' });
  stream.settle();
  return stream;
}

describe('state snapshot - a kept fold is the fold', () => {
  it('a kept state - goes on with the frames after it exactly as the fold of the whole stream does', () => {
    const stream = runningStream();
    const kept = encodeState(foldFrames(stream.frames)!)!;
    const after = stream.frames.length;
    stream.fail({ code: 'sample.broken', kind: 'domain', message: 'no', retry: { mode: 'terminal' } });
    stream.settle();
    let state = decodeState(kept);
    for (const frame of stream.frames.slice(after)) state = evolveFrame(state, frame);
    expect(viewOf(state)).toEqual(viewOf(foldFrames(stream.frames)!));
    expect(state.head.hash).toEqual(foldFrames(stream.frames)!.head.hash);
  });

  it('a kept state - holds bytes as bytes, also those that tell themselves as JSON', () => {
    const state = foldFrames(runningStream().frames)!;
    state.head = { seq: state.head.seq, hash: Buffer.from(state.head.hash) };
    expect([...decodeState(encodeState(state)!).head.hash]).toEqual([...state.head.hash]);
  });

  it.each([[{ $bytes: 'ff' }], [{ a: [{ $map: [] }] }], [{ $set: 1 }]])('a payload that looks like a mark (%j) - is not kept, so that nothing reads it as something else', (payload) => {
    expect(encodeState(foldFrames(runningStream(payload).frames)!)).toBeUndefined();
  });
});
