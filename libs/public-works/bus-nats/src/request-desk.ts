import { createInbox, type Msg, type NatsConnection, type PublishOptions } from '@nats-io/transport-node';
import { NoRespondersError, RequestTimeoutError } from '@symphainy/ports';
import type { Outbox } from './outbox.js';

interface Waiting {
  readonly subject: string;
  readonly timer: ReturnType<typeof setTimeout>;
  resolve(message: Msg): void;
  reject(error: Error): void;
}

/** Requests over one reply subscription: each takes a token of its own under the inbox. */
export class RequestDesk {
  private readonly waiting = new Map<string, Waiting>();
  private readonly inbox: string;
  private listening = false;
  private count = 0;

  constructor(
    private readonly connection: NatsConnection,
    private readonly outbox: Outbox,
    inboxPrefix: string | undefined,
    private readonly onFailure: (subject: string, error: unknown) => void,
  ) {
    this.inbox = createInbox(inboxPrefix);
  }

  /** One answer in time, or NoRespondersError, or RequestTimeoutError. */
  request(subject: string, data: Uint8Array, timeoutMs: number, options: PublishOptions): Promise<Msg> {
    this.listen();
    const token = (++this.count).toString(36);
    return new Promise((resolve, reject) => {
      this.outbox.post(subject, data, { ...options, reply: `${this.inbox}.${token}` });
      const timer = setTimeout(() => this.take(token)?.reject(new RequestTimeoutError(`no answer on ${subject} within ${timeoutMs} ms`)), timeoutMs);
      this.waiting.set(token, { subject, timer, resolve, reject });
    });
  }

  private listen(): void {
    if (this.listening) return;
    this.listening = true;
    this.connection.subscribe(`${this.inbox}.*`, { callback: (error, message) => (error ? this.onFailure(this.inbox, error) : this.settle(message)) });
  }

  private settle(message: Msg): void {
    const waiting = this.take(message.subject.slice(this.inbox.length + 1));
    if (waiting === undefined) return;
    if (message.data.length === 0 && message.headers?.code === 503) waiting.reject(new NoRespondersError(`nobody listens on ${waiting.subject}`));
    else waiting.resolve(message);
  }

  private take(token: string): Waiting | undefined {
    const found = this.waiting.get(token);
    if (found === undefined) return undefined;
    this.waiting.delete(token);
    clearTimeout(found.timer);
    return found;
  }
}
