import type { Clock } from '@symphainy/kernel';
import type { Machine, Timeline } from './timeline.js';

/** What simulated wall clocks show when a schedule begins. */
const EPOCH_MS = Date.UTC(2026, 0, 1);

/** A process with its own clock, from its start to its death. One that comes back is a new object: nothing of the old one can act any more. */
export class SimulatedMachine implements Machine {
  isUp = true;
  isFrozen = false;
  /** Timers that may still fire. */
  timers = 0;
  readonly clock: Clock;
  private kept: (() => void)[] = [];

  /** `skew`: how far its wall clock is off now, in milliseconds. */
  constructor(
    readonly timeline: Timeline,
    readonly name: string,
    skew: () => number = () => 0,
  ) {
    this.clock = {
      now: () => EPOCH_MS + Math.floor(timeline.now + skew()),
      monotonic: () => timeline.now,
      after: (delayMs, task) => this.timer(delayMs, task),
      every: (periodMs, task) => this.repeat(periodMs, task),
    };
  }

  /** Runs `task` here after `delayMs`, unless it dies before. */
  after(delayMs: number, label: string, task: () => void): () => void {
    return this.timeline.after(delayMs, this, label, task);
  }

  crash(): void {
    this.isUp = false;
    this.isFrozen = false;
    this.kept = [];
  }

  freeze(): void {
    this.isFrozen = this.isUp;
  }

  /** Everything that came meanwhile happens now, in the order it came. */
  thaw(): void {
    this.isFrozen = false;
    for (const resume of this.kept.splice(0)) resume();
  }

  keep(resume: () => void): void {
    this.kept.push(resume);
  }

  private timer(delayMs: number, task: () => void): () => void {
    const close = this.opened();
    const cancel = this.after(delayMs, 'timer', () => {
      close();
      task();
    });
    return () => {
      close();
      cancel();
    };
  }

  /** As an interval: a machine that was frozen runs what it missed once. */
  private repeat(periodMs: number, task: () => void): () => void {
    const close = this.opened();
    let cancel = (): void => undefined;
    const next = (): void => {
      cancel = this.after(periodMs, 'interval', () => {
        next();
        task();
      });
    };
    next();
    return () => {
      close();
      cancel();
    };
  }

  private opened(): () => void {
    this.timers++;
    let open = true;
    return () => {
      if (open) this.timers--;
      open = false;
    };
  }
}
