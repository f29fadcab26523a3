/**
 * gathering-frame: while steps run that may be sent ahead of the log, what they answer gathers in one frame, until somebody waits for it, or for `GATHER_MS`. Each
 * frame costs a row, two index entries, two digests and its share of every follower, whatever it holds; what a crash takes are results of steps that may be run again.
 */
import type { WalRecord } from '@symphainy/contracts';
import type { ExecutionState } from '@symphainy/execution';
import type { AppendResult } from '../acceptance/log.ports.js';

/** How long a record may wait for company. Longer than most steps take: a short execution is then two frames, its acceptance and the rest. */
export const GATHER_MS = 100;
/** Characters that gather at most. What is larger stands in a frame of its own, so that a refusal of the log falls on what it is about. */
export const GATHER_MAX = 64 * 1024;

/** A frame that has its place in its stream, and is not handed to the log yet. */
export class GatheringFrame {
  private isOpen = true;
  private size = 0;
  readonly records: WalRecord[] = [];
  readonly texts: string[] = [];
  private resolve: (result: AppendResult | Promise<AppendResult>) => void = () => undefined;
  /** Of the frame that it becomes part of. */
  readonly result = new Promise<AppendResult>((resolve) => (this.resolve = resolve));

  constructor(
    readonly state: ExecutionState,
    /** The hash of the frame before it. */
    readonly previous: Uint8Array,
    /** Monotonic milliseconds. */
    readonly since: number,
    private readonly append: (frame: GatheringFrame) => Promise<AppendResult>,
  ) {}

  get open(): boolean {
    return this.isOpen;
  }

  hasRoomFor(size: number): boolean {
    return this.size + size <= GATHER_MAX;
  }

  /** Records with their canonical texts, of `size` characters. */
  add(records: readonly WalRecord[], texts: readonly string[], size: number): void {
    this.records.push(...records);
    this.texts.push(...texts);
    this.size += size;
  }

  /** Hands it to the log as it is. */
  close(): void {
    if (this.isOpen) this.closeWith(this.append);
  }

  /** Hands it to the log by `append`. */
  closeWith(append: (frame: GatheringFrame) => Promise<AppendResult>): void {
    this.isOpen = false;
    this.resolve(append(this));
  }

  /** The memory that it belongs to is discarded: what is not in the log did not happen. */
  drop(): void {
    if (!this.isOpen) return;
    this.isOpen = false;
    this.resolve({ status: 'conflict' });
  }
}
