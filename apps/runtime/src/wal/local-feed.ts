import type { StoredFrame } from '../acceptance/log.ports.js';
import { mayChangeHands } from './stream-order.js';

const FRAMES_MAX = 20_000;
const BYTES_MAX = 64 * 1024 * 1024;

const NO_BODY = new Uint8Array(0);

/** This instance's own committed frames, kept until a follower on the same instance has applied them: they need not be read back. */
export class LocalFeed {
  private frames: StoredFrame[] = [];
  private bytes = 0;

  constructor(
    private readonly own: string,
    /** Whose body and records are kept, too: whatever is kept for half a second is copied by the collector again and again. */
    private readonly reads: (frame: StoredFrame) => boolean = () => true,
  ) {}

  offer(frames: readonly StoredFrame[]): void {
    for (const offered of frames) {
      const frame = this.reads(offered) || mayChangeHands(offered) ? offered : headOf(offered);
      this.frames.push(frame);
      this.bytes += frame.body.length;
    }
    // A follower that lags this far reads the log instead; the feed takes over again where the log's reading has arrived.
    if (this.frames.length > FRAMES_MAX || this.bytes > BYTES_MAX) this.clear();
  }

  /** The frames right after position `n`; undefined when they are not here, and the log must be read. */
  next(n: number, limit: number): readonly StoredFrame[] | undefined {
    this.forget(n);
    const first = this.frames[0];
    return first === undefined || first.n !== n + 1 ? undefined : this.frames.slice(0, limit);
  }

  /** Drops what lies at or before position `n`. */
  forget(n: number): void {
    let gone = 0;
    while (gone < this.frames.length && this.frames[gone]!.n <= n) this.bytes -= this.frames[gone++]!.body.length;
    if (gone > 0) this.frames = this.frames.slice(gone);
  }

  clear(): void {
    this.frames = [];
    this.bytes = 0;
  }

  get writer(): string {
    return this.own;
  }
}

const headOf = ({ records: _records, ...frame }: StoredFrame): StoredFrame => ({ ...frame, body: NO_BODY });
