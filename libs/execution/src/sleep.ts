import type { Decision } from './decision.js';

/** What an execution waits for while nothing of it runs. */
export interface Sleep {
  /** When the clock wakes it, in milliseconds since the epoch; undefined: only an event does. */
  readonly until: number | undefined;
  /** Whether an event (a signal, a child's end, an operator) may wake it earlier. */
  readonly events: boolean;
  /** Children whose end wakes it. */
  readonly awaits: readonly string[];
}

/** When a decision that only waits is decided again; undefined: by an event alone. `runs`: it is work. */
function wakeOf(work: Decision): number | undefined | 'runs' {
  switch (work.do) {
    case 'wait':
      return work.until;
    case 'await_child':
    case 'await_signal':
      return work.deadlineAt;
    case 'await_approval':
    case 'hold':
      return undefined;
    default:
      return 'runs';
  }
}

/** The sleep that `due` amounts to, or undefined when something runs or is to be recorded. Of an execution that has not ended. */
export function sleepOf(due: readonly Decision[]): Sleep | undefined {
  let until = Number.POSITIVE_INFINITY;
  for (const work of due) {
    const wake = wakeOf(work);
    if (wake === 'runs') return undefined;
    until = Math.min(until, wake ?? until);
  }
  const awaits = due.flatMap((work) => (work.do === 'await_child' ? [work.childId] : []));
  return { until: until === Number.POSITIVE_INFINITY ? undefined : until, events: due.length === 0 || due.some((work) => work.do !== 'wait'), awaits };
}
