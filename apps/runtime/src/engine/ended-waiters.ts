import type { ExecutionState } from '@symphainy/execution';
import type { Clock } from '@symphainy/kernel';

type Listener = (state: ExecutionState) => void;

/** Who waits for executions to end. Kept apart from the executions, so that a wait outlives a re-fold. */
export class EndedWaiters {
  private readonly listeners = new Map<string, Set<Listener>>();

  constructor(private readonly clock: Clock) {}

  /** Resolves with the ended execution, or undefined after `waitMs`. */
  wait(key: string, waitMs: number): Promise<ExecutionState | undefined> {
    return new Promise((resolve) => {
      const stop = this.on(key, (state) => {
        cancel();
        resolve(state);
      });
      const cancel = this.clock.after(waitMs, () => {
        stop();
        resolve(undefined);
      });
    });
  }

  on(key: string, listener: Listener): () => void {
    const set = this.listeners.get(key) ?? new Set();
    this.listeners.set(key, set.add(listener));
    return () => {
      set.delete(listener);
      if (set.size === 0 && this.listeners.get(key) === set) this.listeners.delete(key);
    };
  }

  ended(key: string, state: ExecutionState): void {
    const set = this.listeners.get(key);
    if (set === undefined) return;
    this.listeners.delete(key);
    for (const listener of set) listener(state);
  }
}
