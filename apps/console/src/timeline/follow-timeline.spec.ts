import type { WatchOptions } from '@symphainy/client';
import type { WalRecord } from '@symphainy/contracts';
import { followTimeline, type Connection } from './follow-timeline.js';
import type { Timeline, TimelineFrame } from './timeline.model.js';

const at = '2026-01-01T00:00:00.000Z';
const frame = (seq: number, type: WalRecord['type'] = 'saga_completed'): TimelineFrame => ({ seq, at, hash: `h${seq}`, records: [{ type, at, actor: 'runtime' } as WalRecord] });

/** Hands out one list of frames for each time the stream is opened. */
function following(...streams: (readonly TimelineFrame[])[]) {
  const asked: (number | undefined)[] = [];
  const shown: { timeline?: Timeline; connection?: Connection }[] = [];
  const stop = new AbortController();
  async function* watch(options: WatchOptions) {
    asked.push(options.fromSeq);
    options.onOpen?.();
    const frames = streams[asked.length - 1];
    if (frames === undefined) throw new Error('opened too often');
    for (const one of frames) yield await Promise.resolve(one);
  }
  const done = followTimeline({ watch, signal: stop.signal, change: (edit) => shown.push(edit), after: (_ms, run) => run() });
  return { done, asked, shown, stop, last: () => shown.reduce((all, edit) => ({ ...all, ...edit }), {}) };
}

describe('following a timeline', () => {
  it('F1 - a stream to its terminal frame ends it', async () => {
    const run = following([frame(0), frame(1, 'execution_completed')]);
    await run.done;
    expect(run.last()).toMatchObject({ connection: 'ended', timeline: { nextSeq: 2, status: 'completed' } });
    expect(run.asked).toEqual([0]);
  });

  it('F2 - a stream that ends too early is opened again where it stopped', async () => {
    const run = following([frame(0), frame(1)], [], [frame(2, 'execution_completed')]);
    await run.done;
    expect(run.asked).toEqual([0, 2, 2]);
    expect(run.last()).toMatchObject({ connection: 'ended', timeline: { nextSeq: 3, status: 'completed' } });
    expect(run.last().timeline?.records).toHaveLength(3);
  });

  it('frames received before the stream fails are shown', async () => {
    const run = following([frame(0)]);
    await expect(run.done).rejects.toThrow('opened too often');
    expect(run.last().timeline?.records).toHaveLength(1);
  });

  it('a page that was left is not followed on', async () => {
    const run = following([frame(0)], [frame(1)]);
    run.stop.abort();
    await run.done;
    expect(run.asked).toEqual([0]);
  });
});
