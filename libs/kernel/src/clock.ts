/** The only door to time. Everything that must replay takes a clock as a value; tests pass a manual one. */
export interface Clock {
  /** Milliseconds since the Unix epoch. */
  now(): number;
  /** Monotonic milliseconds, for durations; unrelated to the epoch. */
  monotonic(): number;
  /** Runs `task` once after `delayMs`; the returned function cancels it. */
  after(delayMs: number, task: () => void): () => void;
  /** Runs `task` every `periodMs` until cancelled. */
  every(periodMs: number, task: () => void): () => void;
}

/** A longer timer of Node's fires at once. */
const LONGEST_TIMER_MS = 0x7fff_ffff;

export const systemClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  after(delayMs, task) {
    let timer: NodeJS.Timeout;
    const wait = (left: number): void => {
      timer = left <= LONGEST_TIMER_MS ? setTimeout(task, left) : setTimeout(() => wait(left - LONGEST_TIMER_MS), LONGEST_TIMER_MS);
    };
    wait(delayMs);
    return () => clearTimeout(timer);
  },
  every(periodMs, task) {
    const timer = setInterval(task, periodMs);
    return () => clearInterval(timer);
  },
};

let lastMs = Number.NaN;
let lastText = '';

/** RFC 3339 in UTC with milliseconds, the form every wire timestamp has. Remembers the last one: a busy millisecond asks many times. */
export function isoTime(epochMs: number): string {
  if (epochMs !== lastMs) {
    lastText = new Date(epochMs).toISOString();
    lastMs = epochMs;
  }
  return lastText;
}
