import {
  failure, patternFor, subjectFor, subjects, type ErrorCode, type OneWaySubject, type RpcSubject, type Subject, type SubjectEntry, type SubjectReply, type SubjectRequest,
  type SubjectRequestInput, type TokenValues,
} from '@symphainy/contracts';
import { asPlatformError, fromWireError, toWireError, utf8, type Logger, type WireError } from '@symphainy/kernel';
import { type Bus, type BusMessage, type BusSubscription, MessageTooLargeError, NO_RESPONDERS, NoRespondersError, RequestTimeoutError, respondInParts, type Tracing } from '@symphainy/ports';

/** How a reply stands on the wire. */
type Envelope = { readonly ok: unknown } | { readonly error: WireError };

export interface MessageMeta {
  readonly subject: string;
  readonly reply: string | undefined;
  readonly headers: Readonly<Record<string, string>>;
}

export interface ChannelsOptions {
  readonly bus: Bus;
  /** Queue group for subjects that one instance takes: instances of one service share its name. */
  readonly queue: string;
  readonly logger: Logger;
  readonly tracing: Tracing;
}

const DEFAULT_TIMEOUT_MS = 5000;

const UNAVAILABLE: Record<SubjectEntry['consumer'], ErrorCode> = {
  runtime: 'runtime.unavailable',
  realm: 'realm.unavailable',
  'smart-city': 'smart_city.unavailable',
  gateway: 'platform.internal',
  subscriber: 'subscriber.unavailable',
};

const decoder = new TextDecoder();

/** Bytes of a JSON message. */
export const encodeJson = (value: unknown): Uint8Array => utf8(JSON.stringify(value));

/** A JSON message's value; `request.malformed` when it is none. */
export function decodeJson(data: Uint8Array): unknown {
  try {
    return JSON.parse(decoder.decode(data));
  } catch (error) {
    throw failure('request.malformed', { message: 'a message on the bus is not JSON', cause: error });
  }
}

/**
 * Typed messages over the subject catalogue. The serving side checks each message against the catalogue's schema; errors cross as
 * data and come back as the same PlatformError. Requests in flight are counted, so that a service can drain.
 */
export class Channels {
  private readonly served = new Set<BusSubscription>();
  private inFlight = 0;
  private onIdle: (() => void) | undefined;

  constructor(private readonly options: ChannelsOptions) {}

  async request<S extends RpcSubject>(subject: S, tokens: TokenValues<S>, body: SubjectRequestInput<S>, options: { timeoutMs?: number } = {}): Promise<SubjectReply<S>> {
    const headers = this.options.tracing.inject();
    try {
      const answer = await this.options.bus.request(subjectFor(subject, tokens), encodeJson(body), { timeoutMs: options.timeoutMs ?? DEFAULT_TIMEOUT_MS, ...(headers ? { headers } : {}) });
      return this.open<S>(decodeJson(answer.data) as Envelope);
    } catch (error) {
      throw this.asFailure(subject, error);
    }
  }

  /** Answers requests on a subject, until unsubscribed or drained. Tokens left out become wildcards. */
  serve<S extends RpcSubject>(subject: S, tokens: Partial<TokenValues<S>>, handler: (body: SubjectRequest<S>, meta: MessageMeta) => Promise<SubjectReply<S>>): BusSubscription {
    return this.listen(subject, tokens, (message) => {
      void this.answer(subject, message, handler);
    });
  }

  publish<S extends OneWaySubject>(subject: S, tokens: TokenValues<S>, body: SubjectRequestInput<S>, options: { reply?: string } = {}): void {
    const headers = this.options.tracing.inject();
    this.options.bus.publish(subjectFor(subject, tokens), encodeJson(body), { ...options, ...(headers ? { headers } : {}) });
  }

  /** Takes one-way messages. A message that does not fit its schema is logged and dropped; notices that nobody listens are dropped. */
  subscribe<S extends OneWaySubject>(subject: S, tokens: Partial<TokenValues<S>>, handler: (body: SubjectRequest<S>, meta: MessageMeta) => void | Promise<void>): BusSubscription {
    return this.listen(subject, tokens, (message) => {
      if (message.headers['status'] !== NO_RESPONDERS) void this.take(subject, message, handler);
    });
  }

  /** Stops taking messages and waits, at most `limitMs`, for those being handled. */
  async drain(limitMs: number, after: (delayMs: number, task: () => void) => () => void): Promise<void> {
    for (const subscription of this.served) subscription.unsubscribe();
    this.served.clear();
    if (this.inFlight === 0) return;
    await new Promise<void>((resolve) => {
      const cancel = after(limitMs, resolve);
      this.onIdle = () => {
        cancel();
        resolve();
      };
    });
  }

  private listen<S extends Subject>(subject: S, tokens: Partial<TokenValues<S>>, handler: (message: BusMessage) => void): BusSubscription {
    const queue = subjects[subject].delivery === 'one' ? this.options.queue : undefined;
    const subscription = this.options.bus.subscribe(patternFor(subject, tokens), handler, queue === undefined ? {} : { queue });
    this.served.add(subscription);
    return {
      unsubscribe: () => {
        this.served.delete(subscription);
        subscription.unsubscribe();
      },
    };
  }

  private async answer<S extends RpcSubject>(subject: S, message: BusMessage, handler: (body: SubjectRequest<S>, meta: MessageMeta) => Promise<SubjectReply<S>>): Promise<void> {
    this.inFlight++;
    let envelope: Envelope;
    try {
      const body = this.accept(subject, message);
      envelope = { ok: await this.options.tracing.span(subject, message.headers, () => handler(body, message)) };
    } catch (error) {
      envelope = { error: this.told(subject, error) };
    }
    this.respond(subject, message, envelope);
    this.finished();
  }

  /** Whoever asked is answered, also when the answer cannot be sent. */
  private respond(subject: Subject, message: BusMessage, envelope: Envelope): void {
    try {
      send(message, encodeJson(envelope));
    } catch (error) {
      const cause = error instanceof MessageTooLargeError ? failure('request.answer_too_large', { cause: error }) : error;
      message.respond(encodeJson({ error: this.told(subject, cause) }));
    }
  }

  private async take<S extends OneWaySubject>(subject: S, message: BusMessage, handler: (body: SubjectRequest<S>, meta: MessageMeta) => void | Promise<void>): Promise<void> {
    this.inFlight++;
    try {
      await handler(this.accept(subject, message), message);
    } catch (error) {
      this.told(subject, error);
    }
    this.finished();
  }

  private finished(): void {
    if (--this.inFlight === 0) this.onIdle?.();
  }

  /** What does not fit is told here: it comes from somebody who is not what he seems, or from a build that is not. */
  private accept<S extends Subject>(subject: S, message: BusMessage): SubjectRequest<S> {
    try {
      return this.parse(subject, message.data);
    } catch (error) {
      const { code, field } = asPlatformError(error);
      this.options.logger.warn({ code, field, subject, sent_to: message.subject, bytes: message.data.length }, 'a message does not fit its contract, and is refused');
      throw error;
    }
  }

  private parse<S extends Subject>(subject: S, data: Uint8Array): SubjectRequest<S> {
    const parsed = checked(subject, decodeJson(data));
    if (parsed.success) return parsed.data as SubjectRequest<S>;
    const issue = parsed.error.issues[0];
    throw failure('request.invalid', { message: issue?.message ?? 'the message does not fit its schema', field: `/${(issue?.path ?? []).join('/')}` });
  }

  private open<S extends RpcSubject>(envelope: Envelope): SubjectReply<S> {
    if ('error' in envelope) throw fromWireError(envelope.error);
    return envelope.ok as SubjectReply<S>;
  }

  /** Errors that are not ours are logged here, whole, because the wire tells only their name. */
  private told(subject: Subject, error: unknown): WireError {
    const known = asPlatformError(error);
    if (known !== error) this.options.logger.error({ code: known.code, subject, err: error }, 'a handler failed unexpectedly');
    return toWireError(known);
  }

  private asFailure(subject: RpcSubject, error: unknown): unknown {
    if (error instanceof NoRespondersError) return failure(UNAVAILABLE[subjects[subject].consumer], { cause: error });
    if (error instanceof MessageTooLargeError) return failure('request.too_large', { message: `more than one message to ${subject} holds`, cause: error });
    if (error instanceof RequestTimeoutError) return failure('wait.elapsed', { message: `no answer on ${subject} in time`, cause: error });
    return error;
  }
}

/** By the subject's schema. What is nested so deeply that it cannot be checked does not fit. */
function checked(subject: Subject, value: unknown): ReturnType<SubjectEntry['request']['safeParse']> {
  try {
    return subjects[subject].request.safeParse(value);
  } catch (error) {
    throw error instanceof RangeError ? failure('request.invalid', { message: 'the message is nested too deeply', cause: error }) : error;
  }
}

/** In one message if it fits, else in as many as it takes. */
function send(message: BusMessage, answer: Uint8Array): void {
  try {
    message.respond(answer);
  } catch (error) {
    if (!(error instanceof MessageTooLargeError)) throw error;
    respondInParts(message, answer);
  }
}
