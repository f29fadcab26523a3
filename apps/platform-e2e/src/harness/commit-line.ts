import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';

/** The simple query `commit` of Postgres' protocol. */
const COMMIT = Buffer.concat([Buffer.from('Q'), Buffer.from([0, 0, 0, 11]), Buffer.from('commit\0')]);

/** A line to a Postgres that may break where it hurts most: when the server has committed, and its client was not told. */
export class CommitLine {
  /** What happens, once, when the server has committed; then the line breaks. */
  onCommitted: (() => Promise<void>) | undefined;
  /** Nobody gets through. */
  cut = false;
  private readonly server: Server;

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
    const { onCommitted } = this;
    if (onCommitted === undefined || !data.includes(COMMIT)) return void far.write(data);
    this.onCommitted = undefined;
    far.removeAllListeners('data');
    far.write(data, () => far.once('data', () => void onCommitted().finally(() => near.destroy())));
  }

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
