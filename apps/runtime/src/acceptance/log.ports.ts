/**
 * What acceptance, and everything to its right, needs of the log. Implemented in `wal` by the Postgres log, and in memory (`wal.memory.ts`) for the
 * simulator and unit tests; both pass the same contract suite.
 *
 * 1. Frames of one stream are appended in `seq` order; several may be waiting in one batch. If one fails, the later ones of its
 *    stream that wait with it fail too (`conflict`); other streams are not touched.
 * 2. `n` counts a writer's committed frames from 1, across its epochs, in commit order.
 * 3. `onCommitted` listeners run in commit order, before the promises of those appends resolve: so what is published is durable,
 *    and whoever is answered can find it published.
 * 4. A fenced writer never commits again: every append answers `fenced`, and `lost` resolves.
 * 5. A stream is parked from the commit of the frame that says so to the commit of the one that brings it back; an adopter of its writer
 *    does not see it. What a frame that was not written asks for is not done.
 */
import type { BundleOrigin, WalRecord } from '@symphainy/contracts';

export type StreamKind = 'session' | 'execution' | 'audit';

export interface AppendRequest {
  readonly tenantId: string;
  readonly streamId: string;
  readonly seq: number;
  readonly kind: StreamKind;
  /** RFC 3339, milliseconds. */
  readonly at: string;
  /** 32 bytes: the frame's chain hash. */
  readonly hash: Uint8Array;
  /** Canonical JSON of `{"records":[…]}`, exactly as hashed and stored. */
  readonly body: Uint8Array;
  /** Not stored: passed through to `onCommitted`, for the subject the frame is published on. */
  readonly sessionId: string;
  /** Not stored: what the body says, passed through to `onCommitted`, so that nobody has to read it again. Nobody changes them. */
  readonly records?: readonly WalRecord[];
  /** Claimed with the frame, in one statement: a loser's frame is not written. Only on a stream's frame 0. */
  readonly idempotency?: { readonly key: string; readonly requestHash: Uint8Array };
  /** Somebody waits for it: flush at once. Otherwise it may linger up to 3 ms for company. */
  readonly awaited: boolean;
  /** The stream goes to sleep with this frame: no adopter looks for it until it is due. */
  readonly park?: ParkRequest;
  /** The stream leaves the parked ones with this frame (unless it parks it anew). */
  readonly unpark?: boolean;
  /** A stream of the same tenant that is due at once, if it is parked. */
  readonly wake?: string;
}

/** Why an execution sleeps. */
export type ParkReason = 'retry' | 'timer' | 'event';

export interface ParkRequest {
  /** RFC 3339; undefined: only an event wakes it. */
  readonly dueAt: string | undefined;
  readonly reason: ParkReason;
}

export type AppendResult =
  | { readonly status: 'committed'; readonly n: number }
  /** Another frame stands at this seq (or an earlier frame of the stream failed): re-read the stream. */
  | { readonly status: 'conflict' }
  /** The idempotency key belongs to `executionId`; `sameRequest`: its request hash equals this one's. */
  | { readonly status: 'duplicate'; readonly executionId: string; readonly sameRequest: boolean }
  /** This writer lost its lease: nothing it appends is written any more. */
  | { readonly status: 'fenced' }
  /** The frame itself cannot be stored (too large, refused by the database); others were not touched. */
  | { readonly status: 'refused'; readonly reason: string };

export interface CommittedAppend extends AppendRequest {
  readonly n: number;
}

export interface WalWriter {
  /** The runtime instance's id: a UUID. */
  readonly id: string;
  readonly epoch: number;
  /**
   * Resolves when durable or refused. While the database is away it waits and retries; rejects with `wal.unavailable` only when
   * the frame is surely not, and will never be, written.
   */
  append(request: AppendRequest): Promise<AppendResult>;
  /** Called after each flush, in commit order, synchronously. */
  onCommitted(listener: (frames: readonly CommittedAppend[]) => void): void;
  /** Resolves when another writer adopted this one's streams. */
  readonly lost: Promise<void>;
  /**
   * Asked at each renewal of the lease: the smallest `n` among the last committed frames of the executions that are still
   * unfinished, or undefined when there are none (then: the next `n`, as frames in flight may begin executions). An adopter looks
   * for unfinished streams from there on.
   */
  trackUnfinished(oldest: () => number | undefined): void;
  /** Frames handed over and not yet durable. */
  readonly pending: number;
  /** Flushes what waits, gives the lease back (unfinished streams are then adopted at once), closes its connection. */
  close(): Promise<void>;
}

export interface StoredFrame {
  /** It has left the log: it can be read, and nothing can follow it. */
  readonly archived?: true;
  readonly tenantId: string;
  readonly streamId: string;
  readonly seq: number;
  readonly kind: StreamKind;
  readonly at: string;
  readonly hash: Uint8Array;
  readonly body: Uint8Array;
  readonly writer: string;
  readonly n: number;
  /** Told with frames that this instance committed, so that their bodies need not be read for it; absent when a frame was read back. */
  readonly sessionId?: string;
  /** Likewise: what the body says. Nobody changes them. */
  readonly records?: readonly WalRecord[];
}

/** A fold kept beside the log: of the frame at `seq`, made by the fold of that version. The log has the last word: it counts only while that frame has this hash. */
export interface StreamCheckpoint {
  readonly seq: number;
  readonly hash: Uint8Array;
  readonly fold: number;
  /** As `encodeState` gives it. */
  readonly state: Uint8Array;
}

export interface WalReader {
  /** A stream's frames in order, under the tenant's row-level security; empty when there is none for this tenant. */
  readStream(tenantId: string, streamId: string, fromSeq?: number, limit?: number): Promise<StoredFrame[]>;
  /** The last frame of a stream: its writer owns the stream. */
  readHead(tenantId: string, streamId: string): Promise<StoredFrame | undefined>;
  /** The newest kept fold of a long stream, if there is one. */
  readCheckpoint(tenantId: string, streamId: string): Promise<StreamCheckpoint | undefined>;
}

/** A dead writer that this one has taken over: its epoch is bumped, so it can commit nothing more. */
export interface DeadWriter {
  readonly writer: string;
  /** The epoch it died in. */
  readonly epoch: number;
  /** Streams of kind execution with a frame at or after its oldest unfinished position, and those named as held; parked ones left out: candidates, the fold tells. */
  readonly streams: readonly { readonly tenantId: string; readonly streamId: string }[];
  /** Committed but perhaps never published, in commit order. */
  readonly unpublished: readonly StoredFrame[];
}

/** An execution that no runtime holds in memory. */
export interface ParkedStream extends ParkRequest {
  readonly tenantId: string;
  readonly streamId: string;
  /** Its last frame when it was parked: a stream that went on since is parked no more, whatever the row says. */
  readonly seq: number;
  readonly sessionId: string;
}

export interface ParkedBy extends ParkedStream {
  readonly writer: string;
  readonly epoch: number;
}

/** The parked streams of all writers. Times are those of the runtimes’ clocks, which no decision compares: being woken early or twice is harmless. */
export interface ParkedStreams {
  /** Parks streams whose last frame is durable, under this writer's lease; returns those that are parked now (none when the lease is gone). */
  park(writer: { readonly id: string; readonly epoch: number }, streams: readonly ParkedStream[]): Promise<ParkedStream[]>;
  /** Streams due by `due`, the longest waiting first, at most `limit`: each is put off until `again`, when another asker gets it. Two askers never get the same ones. */
  claim(due: string, again: string, limit: number): Promise<ParkedBy[]>;
  find(tenantId: string, streamId: string): Promise<ParkedBy | undefined>;
  /** Puts a claimed stream off until its new time, unless it became due meanwhile. */
  postpone(claimed: ParkedStream, dueAt: string | undefined): Promise<void>;
  /** Drops a row that says less than the log: the stream went on, or ended, without it. */
  forget(stale: Pick<ParkedStream, 'tenantId' | 'streamId' | 'seq'>): Promise<void>;
}

export interface StreamName {
  readonly tenantId: string;
  readonly streamId: string;
}

/** Streams that a writer has held unfinished for long, by name: its low position need not wait for them. */
export interface HeldStreams {
  /** Durable when it resolves. False: the lease is gone, and nothing was named. */
  name(writer: { readonly id: string; readonly epoch: number }, streams: readonly StreamName[]): Promise<boolean>;
  unname(writer: string, streams: readonly StreamName[]): Promise<void>;
}

export interface WalLeases {
  readonly parked: ParkedStreams;
  readonly heldStreams: HeldStreams;
  /** Takes over one writer whose lease ran out (or was given back), if there is one. Claimed for the lease's time: an adopter that dies is itself followed. */
  takeOver(): Promise<DeadWriter | undefined>;
  /** All its unfinished streams have their `adopted` record: the row stays for followers, but is never claimed again. */
  retire(dead: DeadWriter): Promise<void>;
  /** How many writers hold their lease now. */
  countAlive(): Promise<number>;
  /** Whether a writer holds its lease now. */
  isAlive(writer: string): Promise<boolean>;
}

/** Every bundle a runtime ever accepted: executions finish on the one they started with, and boot loads the newest. */
export interface BundleArchive {
  /** Idempotent. `text` is the canonical JSON of the signed bundle. */
  save(hash: string, version: number, text: string): Promise<void>;
  load(hash: string): Promise<string | undefined>;
  latest(): Promise<string | undefined>;
  /** Newest first, below a version. */
  list(below: number, limit: number): Promise<KeptBundle[]>;
}

export interface KeptBundle {
  readonly version: number;
  readonly hash: string;
  readonly created_at: string;
  /** The recorded changes that made it of the version before. */
  readonly made_by: readonly BundleOrigin[];
}
