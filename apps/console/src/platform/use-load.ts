import { useCallback, useEffect, useRef, useState } from 'react';
import { isAbort, problemOf, type Problem } from './problem.js';

export interface Loaded<T> {
  /** The last good answer; kept while a newer one is fetched and when that fails. */
  readonly value: T | undefined;
  readonly problem: Problem | undefined;
  readonly loading: boolean;
  readonly reload: () => void;
}

interface Options {
  /** Ask again after this long, while the page is visible. Milliseconds; unset: only once. */
  readonly everyMs?: number;
  /** Ask again whenever this differs; what was there is shown until then. */
  readonly again?: unknown;
}

/** Loads on mount and whenever `load` changes (memoise it); later answers of an older `load` are dropped. */
export function useLoad<T>(load: () => Promise<T>, { everyMs, again }: Options = {}): Loaded<T> {
  const [state, setState] = useState<{ of: unknown; value?: T; problem?: Problem; loading: boolean }>({ of: load, loading: true });
  const current = useRef(load);
  current.current = load;
  const run = useCallback(async () => {
    setState((before) => (before.of === load ? { ...before, loading: true } : { of: load, loading: true }));
    const settle = (outcome: { value?: T; problem?: Problem }): void => {
      if (current.current === load) setState((before) => ({ of: load, loading: false, value: before.of === load ? before.value : undefined, ...outcome }));
    };
    try {
      settle({ value: await load(), problem: undefined });
    } catch (thrown) {
      if (!isAbort(thrown)) settle({ problem: problemOf(thrown) });
    }
  }, [load]);
  useEffect(() => {
    void run();
    if (everyMs === undefined) return undefined;
    const timer = window.setInterval(() => {
      if (document.visibilityState === 'visible') void run();
    }, everyMs);
    return () => window.clearInterval(timer);
  }, [run, everyMs, again]);
  const fresh = state.of === load;
  return { value: fresh ? state.value : undefined, problem: fresh ? state.problem : undefined, loading: fresh ? state.loading : true, reload: () => void run() };
}
