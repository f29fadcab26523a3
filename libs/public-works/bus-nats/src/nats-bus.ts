import { connect, headers as natsHeaders, type Msg, type MsgHdrs, type NatsConnection } from '@nats-io/transport-node';
import { type Bus, type BusHandler, type BusMessage, type BusSubscription, NO_RESPONDERS, type PublishOptions, type SubscribeOptions } from '@symphainy/ports';
import type { Logger } from '@symphainy/kernel';
import { Outbox } from './outbox.js';
import { RequestDesk } from './request-desk.js';

export interface NatsBusOptions {
  /** `nats://host:port`, or `tls://host:port`. */
  readonly url: string;
  /** Shown by the server's monitoring. */
  readonly name: string;
  readonly user?: string;
  readonly password?: string;
  /** PEM file of the authority that signed the server’s certificate; given, the connection is over TLS or not at all. Default: those of the system, when the server asks for TLS. */
  readonly caFile?: string;
  /** First token(s) of this service's reply subjects; its permissions allow subscribing to these only. Default `_INBOX`. */
  readonly inboxPrefix?: string;
  readonly logger: Logger;
}

const NO_HEADERS: Readonly<Record<string, string>> = Object.freeze({});

/**
 * The client writes to its socket at the end of a turn, and within it whenever this much waits: at its default of 32 KiB a busy turn is several
 * writes, which cost a third more. An option that its types leave out.
 */
const TURN_BYTES = 1024 * 1024;

/** Connects, waiting for the server to come up; afterwards reconnects for ever, buffering what is published meanwhile. */
export async function connectNats(options: NatsBusOptions): Promise<Bus> {
  const settings: NonNullable<Parameters<typeof connect>[0]> & { readonly pendingLimit: number } = {
    servers: options.url,
    name: options.name,
    ...(options.user === undefined ? {} : { user: options.user }),
    ...(options.password === undefined ? {} : { pass: options.password }),
    ...(options.inboxPrefix === undefined ? {} : { inboxPrefix: options.inboxPrefix }),
    ...(options.caFile === undefined ? {} : { tls: { caFile: options.caFile } }),
    waitOnFirstConnect: true,
    maxReconnectAttempts: -1,
    reconnectTimeWait: 250,
    reconnectJitter: 100,
    pingInterval: 20_000,
    ignoreAuthErrorAbort: true,
    pendingLimit: TURN_BYTES,
  };
  const connection = await connect(settings);
  return new NatsBus(connection, options);
}

class NatsBus implements Bus {
  private readonly outbox: Outbox;
  private readonly requests: RequestDesk;
  private up = true;

  constructor(
    private readonly connection: NatsConnection,
    private readonly options: NatsBusOptions,
  ) {
    const failed = (subject: string, error: unknown): void => options.logger.error({ code: 'bus.failure', err: error, subject }, 'a message could not be sent or received');
    this.outbox = new Outbox(connection, failed);
    this.requests = new RequestDesk(connection, this.outbox, (message) => this.read(message), options.inboxPrefix, failed);
    void this.watchStatus();
  }

  get connected(): boolean {
    return this.up && !this.connection.isClosed();
  }

  publish(subject: string, data: Uint8Array, options: PublishOptions = {}): void {
    this.outbox.post(subject, data, {
      ...(options.reply === undefined ? {} : { reply: options.reply }),
      ...(options.headers === undefined ? {} : { headers: toNats(options.headers) }),
    });
  }

  subscribe(pattern: string, handler: BusHandler, options: SubscribeOptions = {}): BusSubscription {
    const subscription = this.connection.subscribe(pattern, {
      ...(options.queue === undefined ? {} : { queue: options.queue }),
      callback: (error, message) => {
        if (error) this.options.logger.error({ code: 'bus.subscription', err: error, subject: pattern }, 'a subscription was refused or broken');
        else this.deliver(pattern, handler, message);
      },
    });
    return { unsubscribe: () => subscription.unsubscribe() };
  }

  request(subject: string, data: Uint8Array, options: { readonly timeoutMs: number; readonly headers?: Readonly<Record<string, string>> }): Promise<BusMessage> {
    return this.requests.request(subject, data, options.timeoutMs, options.headers === undefined ? {} : { headers: toNats(options.headers) });
  }

  flush(): Promise<void> {
    this.outbox.send();
    return this.connection.flush();
  }

  async drain(): Promise<void> {
    this.outbox.send();
    if (!this.connection.isClosed()) await this.connection.drain();
  }

  /** A handler that throws is a bug to be seen, and must not break the connection for other subscriptions. */
  private deliver(pattern: string, handler: BusHandler, message: Msg): void {
    try {
      handler(this.read(message));
    } catch (error) {
      this.options.logger.error({ code: 'bus.handler', err: error, subject: pattern }, 'a message handler failed');
    }
  }

  private read(message: Msg): BusMessage {
    const { reply } = message;
    return {
      subject: message.subject,
      data: message.data,
      reply,
      headers: message.headers === undefined ? NO_HEADERS : readHeaders(message.headers),
      respond: (data, headers) => reply && this.publish(reply, data, headers === undefined ? {} : { headers }),
    };
  }

  private async watchStatus(): Promise<void> {
    for await (const status of this.connection.status()) {
      if (status.type === 'disconnect') this.up = false;
      if (status.type === 'reconnect') this.up = true;
      if (status.type === 'disconnect' || status.type === 'reconnect') this.options.logger.warn({ code: `bus.${status.type}` }, `NATS ${status.type}`);
      if (status.type === 'error') this.options.logger.error({ code: 'bus.error', err: status.error }, 'NATS reported an error');
    }
  }
}

/** The server marks "nobody listens" by status 503 on an empty message. */
function readHeaders(found: MsgHdrs): Readonly<Record<string, string>> {
  const plain: Record<string, string> = {};
  for (const key of found.keys()) plain[key] = found.get(key);
  if (found.code === 503) plain['status'] = NO_RESPONDERS;
  return plain;
}

function toNats(plain: Readonly<Record<string, string>>): MsgHdrs {
  const result = natsHeaders();
  for (const [key, value] of Object.entries(plain)) result.set(key, value);
  return result;
}

