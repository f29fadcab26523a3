import { sampleCapability, sampleSaga, TestStream } from './testing.js';
import { GENESIS, openSegment, sealSegment, segmentBytes, type LoggedFrame } from './index.js';

const capability = sampleCapability(sampleSaga('one', 'two', 'three', 'four'));

function framesOf(): LoggedFrame[] {
  const stream = new TestStream(capability);
  stream.settle();
  for (const step of ['one', 'two', 'three', 'four']) {
    stream.complete({ step, text: 'ä\u0000€' });
    stream.settle();
  }
  return stream.frames.map((frame, i) => ({ ...frame, writer: '019b0000-0000-7000-8000-00000000f001', n: 7 + i }));
}

const opened = (bytes: Uint8Array) => {
  const result = openSegment(bytes);
  if ('problems' in result) throw new Error(result.problems.join('; '));
  return result;
};

describe('segment - sealed runs of a stream verify alone and together', () => {
  const frames = framesOf();
  const cut = 3;
  const [head, tail] = [sealSegment(frames.slice(0, cut), GENESIS), sealSegment(frames.slice(cut), frames[cut - 1]!.hash)];

  it('a sealed segment - gives back every frame, byte for byte', () => {
    const back = [head, tail].flatMap((segment) => opened(segmentBytes(segment)).frames);
    expect(back.map(({ seq, at, writer, n }) => [seq, at, writer, n])).toEqual(frames.map(({ seq, at, writer, n }) => [seq, at, writer, n]));
    back.forEach((frame, i) => {
      expect([Buffer.from(frame.body).equals(frames[i]!.body), Buffer.from(frame.hash).equals(frames[i]!.hash)]).toEqual([true, true]);
    });
  });

  it('segments that join - carry one chain: the root of each is what the next begins from', () => {
    expect(tail.previous).toBe(head.root);
    expect([head.from_seq, head.to_seq, tail.from_seq]).toEqual([0, cut - 1, cut]);
  });

  it.each<[string, (segment: typeof head) => typeof head]>([
    ['a changed byte', (s) => ({ ...s, frames: s.frames.map((f, i) => (i === 1 ? [f[0], f[1], Buffer.from(Buffer.from(f[2], 'base64').toString().replace('runtime:test', 'runtime:evil')).toString('base64'), f[3], f[4]] : f)) })],
    ['a dropped last frame', (s) => ({ ...s, frames: s.frames.slice(0, -1) })],
    ['a swapped pair', (s) => ({ ...s, frames: [s.frames[1]!, s.frames[0]!, ...s.frames.slice(2)] })],
    ['another start', (s) => ({ ...s, previous: 'ab'.repeat(32) })],
    ['another root', (s) => ({ ...s, root: 'ab'.repeat(32) })],
    ['another tenant', (s) => ({ ...s, tenant_id: 'other' })],
    ['another place', (s) => ({ ...s, from_seq: s.from_seq + 1, to_seq: s.to_seq + 1 })],
    ['no frames', (s) => ({ ...s, frames: [] })],
  ])('%s - is found', (_what, tamper) => {
    for (const segment of [head, tail]) expect(openSegment(segmentBytes(tamper(segment)))).toEqual({ problems: expect.arrayContaining([expect.any(String)]) as unknown });
  });

  it('bytes that are no segment - are a problem, not a crash', () => {
    expect(openSegment(Buffer.from('{"form":'))).toEqual({ problems: ['the segment is not JSON'] });
    expect(openSegment(Buffer.from('{}'))).toEqual({ problems: [expect.stringContaining('does not fit')] });
  });
});
