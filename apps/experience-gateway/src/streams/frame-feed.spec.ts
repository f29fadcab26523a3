import type { CommittedFrame } from '@symphainy/contracts';
import { FrameFeed } from './frame-feed.js';

const frame = (seq: number): CommittedFrame => ({ seq }) as CommittedFrame;
const taken = (feed: FrameFeed): number[] => {
  const seqs: number[] = [];
  for (let next = feed.take(); next !== undefined; next = feed.take()) seqs.push(next.seq);
  return seqs;
};

describe('FrameFeed', () => {
  it('hints - those that continue the place are handed out once, repeats are dropped', () => {
    const feed = new FrameFeed(3);
    feed.behind = false;
    for (const seq of [2, 3, 3, 4]) feed.hint(frame(seq));
    expect([taken(feed), feed.next, feed.behind]).toEqual([[3, 4], 5, false]);
  });

  it('a gap - sends the reader to the log', () => {
    const feed = new FrameFeed(0);
    feed.behind = false;
    feed.hint(frame(0));
    feed.hint(frame(2));
    expect([taken(feed), feed.behind]).toEqual([[0], true]);
  });

  it('a slow reader - keeps 64 frames at most, the rest comes from the log', () => {
    const feed = new FrameFeed(0);
    feed.behind = false;
    for (let seq = 0; seq < 1000; seq++) feed.hint(frame(seq));
    expect([taken(feed).length, feed.behind]).toEqual([64, true]);
  });

  it('the log overtakes hints - what it covered is not handed out again', () => {
    const feed = new FrameFeed(0);
    for (const seq of [0, 1, 2]) feed.hint(frame(seq));
    feed.passed(0);
    feed.passed(1);
    expect([taken(feed), feed.next]).toEqual([[2], 3]);
  });

  it('ready - waits until a hint, a look or a wake', async () => {
    const feed = new FrameFeed(0);
    feed.behind = false;
    const seen: string[] = [];
    const waiting = feed.ready().then(() => seen.push('ready'));
    expect(seen).toEqual([]);
    feed.look();
    await waiting;
    expect(seen).toEqual(['ready']);
  });
});
