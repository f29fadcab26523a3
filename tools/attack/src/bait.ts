import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A server on this machine that nobody has business with: who is lured into asking it is counted, and what was said is kept. */
export class Bait {
  readonly said: Buffer[] = [];
  visits = 0;

  private constructor(
    private readonly server: Server,
    readonly port: number,
  ) {}

  /** `redirectTo`: what it answers everybody; default: 200. */
  static async lay(redirectTo?: string): Promise<Bait> {
    const server = createServer();
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const bait = new Bait(server, (server.address() as AddressInfo).port);
    server.on('request', (request, response) => {
      bait.visits++;
      request.on('data', (chunk: Buffer) => bait.said.push(chunk));
      request.on('end', () => response.writeHead(redirectTo === undefined ? 200 : 307, redirectTo === undefined ? {} : { location: redirectTo }).end());
    });
    return bait;
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}/`;
  }

  async remove(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise<void>((resolve) => this.server.close(() => resolve()));
  }
}
