import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { HTTP, type CloudEventV1 } from 'cloudevents';

export interface Received {
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
  /** As the reference implementation of CloudEvents reads it. */
  readonly event: CloudEventV1<unknown>;
}

/** A subscriber's HTTP server: it keeps what it was sent, and answers as it is told. */
export class WebhookReceiver {
  readonly received: Received[] = [];
  /** The status of an answer; 200 unless told otherwise. */
  answer: (event: CloudEventV1<unknown>) => number = () => 200;
  private readonly server: Server;
  private readonly waiting: { readonly met: () => boolean; readonly resolve: () => void }[] = [];

  private constructor() {
    this.server = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        const body = Buffer.concat(chunks).toString();
        const event = HTTP.toEvent({ headers: request.headers, body }) as CloudEventV1<unknown>;
        const status = this.answer(event);
        response.writeHead(status, status === 307 ? { location: '/elsewhere' } : {}).end();
        this.received.push({ headers: request.headers, body, event });
        for (const waiter of this.waiting.splice(0)) {
          if (waiter.met()) waiter.resolve();
          else this.waiting.push(waiter);
        }
      });
    });
  }

  /** Listens on the loopback address; on a given port to come back where it was. */
  static async listen(port = 0): Promise<WebhookReceiver> {
    const receiver = new WebhookReceiver();
    await new Promise<void>((resolve) => receiver.server.listen(port, '127.0.0.1', resolve));
    return receiver;
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}/hook`;
  }

  until(met: () => boolean): Promise<void> {
    return met() ? Promise.resolve() : new Promise((resolve) => this.waiting.push({ met, resolve }));
  }

  async close(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise<void>((resolve) => this.server.close(() => resolve()));
  }
}
