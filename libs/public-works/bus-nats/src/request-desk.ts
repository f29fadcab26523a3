import { createInbox, type Msg, type NatsConnection, type PublishOptions } from '@nats-io/transport-node';
import { ChurnMap } from '@symphainy/kernel';
import { AnswerParts, type BusMessage, NoRespondersError, RequestTimeoutError } from '@symphainy/ports';
import type { Outbox } from './outbox.js';

interface Waiting {
  readonly subject: string;
  readonly timer: ReturnType<typeof setTimeout>;
  parts?: AnswerParts;
  resolve(message: BusMessage): void;
  reject(error: Error): void;
}

/** Requests over one reply subscription: each takes a token of its own under the inbox. */
export class RequestDesk {
  private readonly waiting = new ChurnMap<Waiting>();
  private readonly inbox: string;
  private listening = false;
  private count = 0;

  constructor(
    private readonly connection: NatsConnection,
    private readonly outbox: Outbox,
    private readonly read: (message: Msg) => BusMessage,
    inboxPrefix: string | undefined,
    private readonly onFailure: (subject: string, error: unknown) => void,
  ) {
    this.inbox = createInbox(inboxPrefix);
  }

  /** One answer in time, its parts put together, or NoRespondersError, or RequestTimeoutError. */
  request(subject: string, data: Uint8Array, timeoutMs: number, options: PublishOptions): Promise<BusMessage> {
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
    const token = message.subject.slice(this.inbox.length + 1);
    const waiting = this.waiting.get(token);
    if (waiting === undefined) return;
    if (message.data.length === 0 && message.headers?.code === 503) return void this.take(token)?.reject(new NoRespondersError(`nobody listens on ${waiting.subject}`));
    const answer = this.read(message);
    if (!AnswerParts.arePartsOf(answer.headers)) return void this.take(token)?.resolve(answer);
    waiting.timer.refresh();
    const data = (waiting.parts ??= new AnswerParts()).add(answer);
    if (data !== undefined) this.take(token)?.resolve({ ...answer, data });
  }

  private take(token: string): Waiting | undefined {
    const found = this.waiting.take(token);
    clearTimeout(found?.timer);
    return found;
  }
}
