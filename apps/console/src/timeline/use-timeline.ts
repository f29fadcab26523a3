import type { Client } from '@symphainy/client';
import { useEffect, useState } from 'react';
import { isAbort, problemOf, type Problem } from '../platform/problem.js';
import { followTimeline, type Connection } from './follow-timeline.js';
import { emptyTimeline, type Timeline } from './timeline.model.js';

export interface LiveTimeline {
  readonly timeline: Timeline;
  readonly connection: Connection;
  readonly problem?: Problem;
}

/** The timeline of one execution, kept up to date from its stream. Remount (by key) for another execution. */
export function useTimeline(platform: Client, executionId: string): LiveTimeline {
  const [live, setLive] = useState<LiveTimeline>({ timeline: emptyTimeline, connection: 'connecting' });
  useEffect(() => {
    const stop = new AbortController();
    const change = (edit: Partial<LiveTimeline>): void => {
      if (!stop.signal.aborted) setLive((before) => ({ ...before, ...edit }));
    };
    const watch = (options: Parameters<Client['executions']['watch']>[1]) => platform.executions.watch(executionId, options);
    followTimeline({ watch, signal: stop.signal, change, after: (ms, run) => void window.setTimeout(run, ms) }).catch((thrown: unknown) => {
      if (!isAbort(thrown)) change({ connection: 'failed', problem: problemOf(thrown) });
    });
    return () => stop.abort();
  }, [platform, executionId]);
  return live;
}
