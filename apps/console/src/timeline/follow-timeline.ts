/**
 * Follows one execution's stream into its timeline. Pure of the browser: stream, clock and screen come in.
 *
 * F1 What is shown is folded from the frames alone; frames that come together are shown together.
 * F2 A stream that ends before the execution's terminal frame is opened again after the last frame counted: the fold decides what is
 *    over, not the connection.
 */
import type { WatchOptions } from '@symphainy/client';
import { emptyTimeline, foldFrames, isEnded, type Timeline, type TimelineFrame } from './timeline.model.js';

/** `ended`: the terminal frame has come, and nothing more will. */
export type Connection = 'connecting' | 'live' | 'reconnecting' | 'ended' | 'failed';

export interface Following {
  readonly watch: (options: WatchOptions) => AsyncIterable<TimelineFrame>;
  readonly signal: AbortSignal;
  readonly change: (edit: { readonly timeline?: Timeline; readonly connection?: Connection }) => void;
  readonly after: (ms: number, run: () => void) => void;
}

/** Frames that come within this time are folded and painted together. */
const BATCH_MS = 40;
/** Between a stream that ended early and the next. */
const AGAIN_MS = 500;

/** Resolves when the execution has ended or the signal aborts; rejects when the stream cannot be read. */
export async function followTimeline({ watch, signal, change, after }: Following): Promise<void> {
  const fold = new BatchedFold(change, after);
  const at = (connection: Connection) => () => change({ connection });
  for (;;) {
    try {
      for await (const frame of watch({ fromSeq: fold.nextSeq, signal, onOpen: at('live'), onRetry: at('reconnecting') })) fold.add(frame);
    } finally {
      fold.flush();
    }
    if (signal.aborted) return;
    if (fold.ended) return change({ connection: 'ended' });
    change({ connection: 'reconnecting' });
    await new Promise<void>((resolve) => after(AGAIN_MS, resolve));
    if (signal.aborted) return;
  }
}

class BatchedFold {
  private timeline = emptyTimeline;
  private gathered: TimelineFrame[] = [];

  constructor(
    private readonly change: Following['change'],
    private readonly after: Following['after'],
  ) {}

  get nextSeq(): number {
    return this.timeline.nextSeq;
  }

  get ended(): boolean {
    return isEnded(this.timeline.status);
  }

  add(frame: TimelineFrame): void {
    this.gathered.push(frame);
    if (this.gathered.length === 1) this.after(BATCH_MS, () => this.flush());
  }

  flush(): void {
    if (this.gathered.length === 0) return;
    this.timeline = foldFrames(this.timeline, this.gathered);
    this.gathered = [];
    this.change({ timeline: this.timeline });
  }
}
