/**
 * The message bus as the platform needs it: core publish/subscribe with queue groups, request/reply and headers, bytes in and out.
 * At most once: a lost message is a hint lost, never a fact (facts stand in the log).
 */
export interface BusMessage {
  readonly subject: string;
  readonly data: Uint8Array;
  /** Where the publisher wants an answer; `respond` publishes there. */
  readonly reply: string | undefined;
  readonly headers: Readonly<Record<string, string>>;
  respond(data: Uint8Array, headers?: Readonly<Record<string, string>>): void;
}

/** Delivered to a reply subject when nobody listens on the requested subject. */
export const NO_RESPONDERS = 'no-responders';

export type BusHandler = (message: BusMessage) => void;

export interface BusSubscription {
  /** Stops new messages; those delivered already are still handled. */
  unsubscribe(): void;
}

export interface PublishOptions {
  /** Where answers go. If nobody listens on the subject, a message with the header `status: no-responders` and no data arrives there. */
  readonly reply?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface SubscribeOptions {
  /** One member of the queue group takes each message. */
  readonly queue?: string;
}

export class NoRespondersError extends Error {
  override readonly name = 'NoRespondersError';
}

export class RequestTimeoutError extends Error {
  override readonly name = 'RequestTimeoutError';
}

/** More than the bus takes in one message: nothing of it was sent. */
export class MessageTooLargeError extends Error {
  override readonly name = 'MessageTooLargeError';
}

export interface Bus {
  /** Fire and forget; buffered while the connection is being restored. Throws MessageTooLargeError at once. */
  publish(subject: string, data: Uint8Array, options?: PublishOptions): void;
  /** `pattern` may hold `*` (one token) and end in `>` (one or more). */
  subscribe(pattern: string, handler: BusHandler, options?: SubscribeOptions): BusSubscription;
  /** One answer, its parts put together (`respondInParts`), or NoRespondersError, or RequestTimeoutError: after `timeoutMs`, which begin anew with each part. */
  request(subject: string, data: Uint8Array, options: { readonly timeoutMs: number; readonly headers?: Readonly<Record<string, string>> }): Promise<BusMessage>;
  /** Resolves when everything published so far has reached the server. */
  flush(): Promise<void>;
  /** Whether the connection is up now. */
  readonly connected: boolean;
  /** Unsubscribes, lets handlers finish, flushes and closes. */
  drain(): Promise<void>;
}
