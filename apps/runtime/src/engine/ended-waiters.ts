import type { ExecutionState } from '@symphainy/execution';
import { ChurnMap, type Clock } from '@symphainy/kernel';

/** A place in the queue of those who wait for one execution's end. Taken before the end can come; left by `within` or `leave`. */
export interface EndedWait {
  /** The ended execution, or undefined after `ms`. */
  within(ms: number): Promise<ExecutionState | undefined>;
  leave(): void;
}

/** Who waits for executions to end. Kept apart from the executions, so that a wait outlives a re-fold. */
export class EndedWaiters {
  private readonly waits = new ChurnMap<Set<(state: ExecutionState | undefined) => void>>();
  private closed = false;

  constructor(private readonly clock: Clock) {}

  take(key: string): EndedWait {
    let ended: ExecutionState | undefined;
    let tell: ((state: ExecutionState | undefined) => void) | undefined;
    const hear = (state: ExecutionState | undefined): void => {
      ended = state;
      tell?.(state);
    };
    this.waits.set(key, (this.waits.get(key) ?? new Set()).add(hear));
    const leave = (): void => this.remove(key, hear);
    return {
      leave,
      within: (ms) =>
        new Promise((resolve) => {
          if (ended !== undefined || this.closed) return resolve(ended);
          const cancel = this.clock.after(ms, () => tell?.(undefined));
          tell = (state) => {
            cancel();
            leave();
            resolve(state);
          };
        }),
    };
  }

  wait(key: string, ms: number): Promise<ExecutionState | undefined> {
    return this.take(key).within(ms);
  }

  get isClosed(): boolean {
    return this.closed;
  }

  /** Nothing ends here any more: who waits is told at once that it is not known. */
  close(): void {
    this.closed = true;
    const waits = [...this.waits.values()];
    this.waits.clear();
    for (const set of waits) for (const hear of set) hear(undefined);
  }

  /** The execution goes on elsewhere, or later: whoever waits here is told at once that its end is not known. */
  left(key: string): void {
    for (const hear of this.waits.take(key) ?? []) hear(undefined);
  }

  ended(key: string, state: ExecutionState): void {
    for (const hear of this.waits.take(key) ?? []) hear(state);
  }

  private remove(key: string, hear: (state: ExecutionState | undefined) => void): void {
    const waits = this.waits.get(key);
    waits?.delete(hear);
    if (waits?.size === 0) this.waits.delete(key);
  }
}
