/** Test doubles of the kernel's ports: a clock that only moves when told, ids that count. */
import type { Clock } from './clock.js';
import type { IdSource } from './ids.js';

/** A clock under the test's control: time moves by `advance`, which runs what falls due in order. */
export class ManualClock implements Clock {
  private tasks: { at: number; order: number; task: () => void; everyMs?: number }[] = [];
  private order = 0;

  constructor(private current = Date.UTC(2026, 0, 1)) {}

  now(): number {
    return this.current;
  }

  monotonic(): number {
    return this.current;
  }

  after(delayMs: number, task: () => void): () => void {
    return this.schedule({ at: this.current + delayMs, order: this.order++, task });
  }

  every(periodMs: number, task: () => void): () => void {
    return this.schedule({ at: this.current + periodMs, order: this.order++, task, everyMs: periodMs });
  }

  /** Moves time forward by `ms`, running each due task at its own moment. */
  advance(ms: number): void {
    const end = this.current + ms;
    for (;;) {
      const due = this.tasks.filter((t) => t.at <= end).sort((a, b) => a.at - b.at || a.order - b.order)[0];
      if (!due) break;
      this.current = due.at;
      if (due.everyMs === undefined) this.tasks.splice(this.tasks.indexOf(due), 1);
      else due.at += due.everyMs;
      due.task();
    }
    this.current = end;
  }

  /** As after a suspension: time is later at once, and what fell due meanwhile runs once. */
  jump(ms: number): void {
    this.current += ms;
    const due = this.tasks.filter((t) => t.at <= this.current).sort((a, b) => a.at - b.at || a.order - b.order);
    for (const entry of due) {
      if (entry.everyMs === undefined) this.tasks.splice(this.tasks.indexOf(entry), 1);
      else entry.at = this.current + entry.everyMs;
      entry.task();
    }
  }

  private schedule(entry: (typeof this.tasks)[number]): () => void {
    this.tasks.push(entry);
    return () => {
      const index = this.tasks.indexOf(entry);
      if (index >= 0) this.tasks.splice(index, 1);
    };
  }
}

/** UUIDv7-shaped ids that count up: the same in every run. */
export const countingIds = (): IdSource => {
  let count = 0;
  return { next: () => `019b0000-0000-7000-8000-${(++count).toString(16).padStart(12, '0')}` };
};
