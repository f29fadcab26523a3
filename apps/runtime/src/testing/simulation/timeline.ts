/** An event yet to come. */
interface Event {
  at: number;
  order: number;
  readonly machine: Machine | undefined;
  readonly label: string;
  readonly task: () => void;
  cancelled: boolean;
}

/** A place where code runs: it can be up, frozen (its events wait until it is thawed) or down (its events are gone, for good: a machine that comes back is another one). */
export interface Machine {
  readonly name: string;
  readonly isUp: boolean;
  readonly isFrozen: boolean;
  /** Takes an event that came while the machine was frozen; `resume` brings it back, at the moment it is called. */
  keep(resume: () => void): void;
}

const EVENTS_AT_ONCE = 32;

/**
 * Simulated time: one heap of events, each run alone, and whatever its promises lead to before the next one begins. Nothing in a schedule waits for
 * the real clock, so the same draws give the same order of everything.
 */
export class Timeline {
  /** Milliseconds since the schedule began; fractions count. */
  now = 0;
  events = 0;
  /** The machine whose event runs now. */
  current: Machine | undefined;
  private readonly heap: Event[] = [];
  private order = 0;
  private finish: (() => void) | undefined;
  private stopWhen: () => boolean = () => false;
  private failed: { readonly error: unknown } | undefined;

  /** `onEvent` hears of every event before it runs: the trace. `afterTurn` runs when an event and all its promises are done. */
  constructor(
    private readonly onEvent: ((label: string, machine: Machine | undefined) => void) | undefined = undefined,
    private readonly afterTurn: () => void = () => undefined,
  ) {}

  /** Runs `task` after `delayMs` on `machine`, unless that goes down before. The returned function cancels it. */
  after(delayMs: number, machine: Machine | undefined, label: string, task: () => void): () => void {
    const event: Event = { at: this.now + Math.max(0, delayMs), order: this.order++, machine, label, task, cancelled: false };
    this.push(event);
    return () => {
      event.cancelled = true;
    };
  }

  /** Runs events until `done` says so (asked after each), or nothing is left. */
  run(done: () => boolean): Promise<void> {
    this.stopWhen = done;
    return new Promise((resolve, reject) => {
      this.finish = () => (this.failed === undefined ? resolve() : reject(this.failed.error as Error));
      this.schedule();
    });
  }

  /** Immediates of one round run one by one, with all promises settled between them: cheaper than a round of the event loop for each. */
  private schedule(): void {
    for (let i = 0; i < EVENTS_AT_ONCE; i++) setImmediate(this.turn);
    setImmediate(() => {
      if (this.finish !== undefined) this.schedule();
    });
  }

  private readonly turn = (): void => {
    if (this.finish === undefined) return;
    try {
      this.afterTurn();
      if (this.heap.length === 0 || this.stopWhen()) this.end();
      else this.runNext();
    } catch (error) {
      this.failed = { error };
      this.end();
    }
  };

  private end(): void {
    const finish = this.finish;
    this.finish = undefined;
    this.current = undefined;
    finish?.();
  }

  private runNext(): void {
    const event = this.pop();
    if (event.cancelled || event.machine?.isUp === false) return;
    this.now = Math.max(this.now, event.at);
    if (event.machine?.isFrozen === true) return event.machine.keep(() => this.again(event));
    this.events++;
    this.current = event.machine;
    this.onEvent?.(event.label, event.machine);
    event.task();
  }

  private again(event: Event): void {
    event.at = this.now;
    event.order = this.order++;
    this.push(event);
  }

  private push(event: Event): void {
    const { heap } = this;
    let at = heap.push(event) - 1;
    while (at > 0) {
      const above = (at - 1) >> 1;
      if (!isBefore(event, heap[above]!)) break;
      heap[at] = heap[above]!;
      at = above;
    }
    heap[at] = event;
  }

  private pop(): Event {
    const { heap } = this;
    const first = heap[0]!;
    const last = heap.pop()!;
    if (heap.length > 0) this.sink(last);
    return first;
  }

  private sink(event: Event): void {
    const { heap } = this;
    let at = 0;
    for (let below = 1; below < heap.length; below = 2 * at + 1) {
      if (below + 1 < heap.length && isBefore(heap[below + 1]!, heap[below]!)) below++;
      if (!isBefore(heap[below]!, event)) break;
      heap[at] = heap[below]!;
      at = below;
    }
    heap[at] = event;
  }
}

const isBefore = (a: Event, b: Event): boolean => a.at < b.at || (a.at === b.at && a.order < b.order);
