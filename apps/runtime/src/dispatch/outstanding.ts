import { ChurnMap, type PlatformError } from '@symphainy/kernel';
import type { WorkReport } from '../engine/engine.ports.js';
import type { LiveExecution } from '../engine/live-execution.js';
import type { RealmWork } from '../engine/work.js';

/** One piece of work out there, from its first sending to its outcome. */
export interface Dispatched {
  readonly key: string;
  live: LiveExecution;
  readonly work: RealmWork;
  /** Of the owner that sent it. */
  readonly epoch: number;
  /** Monotonic times. Last sent, or listed by its realm's heartbeat. */
  seenAt: number;
  sentAt: number;
  deadlineAt: number;
  /** Since when it waits for its tenant’s turn; undefined once it was sent. */
  queuedAt: number | undefined;
  /** Since when nobody of its realm takes it (milliseconds since the epoch), and the handler that those who are there lack. */
  awaySince: number | undefined;
  lacking: string | undefined;
  /** While its realm is away: when to send again, and how long to wait after that. */
  resendAt: number | undefined;
  backoffMs: number;
  progressJson: string | undefined;
  /** Why the bus does not take it; nothing of it left. Told in the next sweep, not in the middle of the frame it follows from. */
  refused: PlatformError | undefined;
  /** Of an effect: what its realm answered, until that is durable. */
  answered: WorkReport | undefined;
  /** The realm's run in which it follows another step, when no dispatch of its own was sent; answers of other runs do not count. */
  readonly run: string | undefined;
}

const NOTHING: readonly Dispatched[] = [];

/** The work that is out, by its name and by its execution. */
export class Outstanding {
  private readonly named = new ChurnMap<Dispatched>();
  /** Gone with the memory that sent it. */
  private readonly byExecution = new WeakMap<LiveExecution, readonly Dispatched[]>();

  add(entry: Dispatched): void {
    this.named.set(entry.key, entry);
    this.byExecution.set(entry.live, [...this.of(entry.live), entry]);
  }

  /** Nobody finds it by its name any more; it counts as out until it is removed. */
  unname(entry: Dispatched): void {
    this.named.delete(entry.key);
  }

  remove(entry: Dispatched): void {
    this.named.delete(entry.key);
    const others = this.of(entry.live).filter((other) => other !== entry);
    if (others.length === 0) this.byExecution.delete(entry.live);
    else this.byExecution.set(entry.live, others);
  }

  find(key: string): Dispatched | undefined {
    return this.named.get(key);
  }

  of(live: LiveExecution): readonly Dispatched[] {
    return this.byExecution.get(live) ?? NOTHING;
  }

  all(): Iterable<Dispatched> {
    return this.named.values();
  }
}
