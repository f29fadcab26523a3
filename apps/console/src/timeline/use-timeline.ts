import type { Client } from '@symphainy/client';
import { useEffect, useState } from 'react';
import { isAbort, problemOf, type Problem } from '../platform/problem.js';
import { emptyTimeline, foldFrames, isEnded, type Timeline, type TimelineFrame } from './timeline.model.js';

/** `ended`: the terminal frame has come, and nothing more will. */
export type Connection = 'connecting' | 'live' | 'reconnecting' | 'ended' | 'failed';

export interface LiveTimeline {
  readonly timeline: Timeline;
  readonly connection: Connection;
  readonly problem?: Problem;
}

/** Frames that come within this time are folded and painted together. */
const BATCH_MS = 40;

/** The timeline of one execution, kept up to date from its stream. Remount (by key) for another execution. */
export function useTimeline(platform: Client, executionId: string): LiveTimeline {
  const [live, setLive] = useState<LiveTimeline>({ timeline: emptyTimeline, connection: 'connecting' });
  useEffect(() => {
    const stop = new AbortController();
    void follow(platform, executionId, stop.signal, (change) => {
      if (!stop.signal.aborted) setLive(change);
    });
    return () => stop.abort();
  }, [platform, executionId]);
  return live;
}

type Change = (edit: (live: LiveTimeline) => LiveTimeline) => void;

async function follow(platform: Client, executionId: string, signal: AbortSignal, change: Change): Promise<void> {
  const at = (connection: Connection) => () => change((live) => ({ ...live, connection }));
  const batch = batched(change);
  try {
    for await (const frame of platform.executions.watch(executionId, { signal, onOpen: at('live'), onRetry: at('reconnecting') })) batch.add(frame);
    batch.flush();
    change((live) => ({ ...live, connection: isEnded(live.timeline.status) ? 'ended' : 'failed' }));
  } catch (thrown) {
    if (isAbort(thrown)) return;
    batch.flush();
    change((live) => ({ ...live, connection: 'failed', problem: problemOf(thrown) }));
  }
}

function batched(change: Change) {
  let gathered: TimelineFrame[] = [];
  let timer: number | undefined;
  const flush = (): void => {
    window.clearTimeout(timer);
    timer = undefined;
    const frames = gathered;
    gathered = [];
    if (frames.length > 0) change((live) => ({ ...live, timeline: foldFrames(live.timeline, frames) }));
  };
  const add = (frame: TimelineFrame): void => {
    gathered.push(frame);
    timer ??= window.setTimeout(flush, BATCH_MS);
  };
  return { add, flush };
}
