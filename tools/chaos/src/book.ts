import type { Kind, Payload } from './sagas.js';

/** What the client knows of one execution it asked for. */
export interface Entry {
  readonly kind: Kind;
  readonly sessionId: string;
  readonly payload: Payload;
  readonly idempotencyKey: string;
  /** Sent along when the client names the execution itself; otherwise the gateway does, and only the key tells that two are one. */
  readonly intentId: string | undefined;
  /** Every id the platform has answered with for this key. */
  readonly answeredIds: Set<string>;
  /** The platform has said that it is accepted: from then on it may not be lost. */
  acknowledged: boolean;
  endedAs: string | undefined;
}

/** One frame as a stream of server-sent events told it. */
export interface SeenFrame {
  readonly seq: number;
  readonly hash: string;
}

/** The client's own book: what was asked, what was answered, what was seen live. The log is held against it at the end. */
export class Book {
  readonly entries: Entry[] = [];
  readonly seen = new Map<string, readonly SeenFrame[]>();
  /** What went wrong before the client's eyes, in words. */
  readonly faults: string[] = [];
  requests = 0;
  retries = 0;
  ended = 0;

  end(entry: Entry, status: string): void {
    entry.endedAs = status;
    this.ended++;
  }
}
