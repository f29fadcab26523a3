import type { CommittedFrame } from '@symphainy/contracts';

/** Frames a slow reader may have waiting; beyond that it reads from the log again, so memory stays bounded. */
const MAX_WAITING = 64;

/**
 * One reader's place in a stream: takes hints in any order, keeps those that continue where the reader stands, and says when the log must
 * be asked instead. Invariants: (1) `take` hands out each sequence number once, in order, without a gap; (2) at most 64 frames wait.
 */
export class FrameFeed {
  private readonly waiting: CommittedFrame[] = [];
  private wakeUp: (() => void) | undefined;
  /** The log may hold frames that no hint brought. True at the start: nothing was read yet. */
  behind = true;

  constructor(private nextSeq: number) {}

  /** The next sequence number the reader needs. */
  get next(): number {
    return this.nextSeq;
  }

  /** A frame heard of on the bus. */
  hint(frame: CommittedFrame): void {
    const wanted = this.nextSeq + this.waiting.length;
    if (frame.seq < wanted) return;
    if (frame.seq === wanted && this.waiting.length < MAX_WAITING) this.waiting.push(frame);
    else this.behind = true;
    this.wake();
  }

  /** Asks for a look at the log although no hint came: hints can be lost. */
  look(): void {
    this.behind = true;
    this.wake();
  }

  /** The next frame that a hint brought, if it is the one the reader needs. */
  take(): CommittedFrame | undefined {
    const frame = this.waiting.shift();
    if (frame !== undefined) this.nextSeq = frame.seq + 1;
    return frame;
  }

  /** The reader got this one from the log; hints it covers are dropped. */
  passed(seq: number): void {
    this.nextSeq = seq + 1;
    while (this.waiting[0] !== undefined && this.waiting[0].seq <= seq) this.waiting.shift();
    if (this.waiting[0] !== undefined && this.waiting[0].seq !== this.nextSeq) this.waiting.length = 0;
  }

  /** Resolves when there is something to do. */
  async ready(): Promise<void> {
    if (this.waiting.length > 0 || this.behind) return;
    await new Promise<void>((resolve) => (this.wakeUp = resolve));
  }

  wake(): void {
    this.wakeUp?.();
    this.wakeUp = undefined;
  }
}
