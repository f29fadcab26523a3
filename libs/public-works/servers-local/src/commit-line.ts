import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';

/** The simple query `commit`, as it stands on the wire: the frontend/backend protocol's `Q`. */
const COMMIT = Buffer.concat([Buffer.from('Q'), Buffer.from([0, 0, 0, 11]), Buffer.from('commit\0')]);

/** A line to a Postgres, for tests, that breaks where it hurts most: at a commit, before or after the server has it. Either way the client is not told. */
export class CommitLine {
  /** The next commit breaks the line, once. */
  breaks: 'before' | 'after' | undefined;
  /** Awaited when the server has committed, before the line breaks. */
  onCommitted: () => Promise<void> = () => Promise.resolve();
  /** Nobody gets through. */
  cut = false;
  private readonly server: Server;

  /** To the server on this port of 127.0.0.1. */
  constructor(port: number) {
    this.server = createServer((near) => {
      if (this.cut) return void near.destroy();
      const far = connect(port, '127.0.0.1');
      for (const socket of [near, far]) socket.on('error', () => undefined);
      near.on('data', (data: Buffer) => this.forward(near, far, data));
      far.on('data', (data: Buffer) => near.destroyed || near.write(data));
      near.on('close', () => far.destroy());
      far.on('close', () => near.destroy());
    });
  }

  private forward(near: Socket, far: Socket, data: Buffer): void {
    const { breaks } = this;
    if (breaks === undefined || !data.includes(COMMIT)) return void far.write(data);
    this.breaks = undefined;
    if (breaks === 'before') return void near.destroy();
    far.removeAllListeners('data');
    far.write(data, () => far.once('data', () => void this.onCommitted().finally(() => near.destroy())));
  }

  /** The port to connect to. */
  async listen(): Promise<number> {
    this.server.listen(0, '127.0.0.1');
    await once(this.server, 'listening');
    return (this.server.address() as AddressInfo).port;
  }

  async close(): Promise<void> {
    this.server.close();
    await once(this.server, 'close');
  }
}
