import { createServer, type AddressInfo } from 'node:net';

const listen = (port: number): Promise<number> =>
  new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once('error', reject);
    probe.listen(port, '127.0.0.1', () => {
      const { port: bound } = probe.address() as AddressInfo;
      probe.close(() => resolve(bound));
    });
  });

/** A port of 127.0.0.1 that is free now: `wanted` if it is, else one that the system chooses. Another process may still take it first. */
export const freePort = (wanted?: number): Promise<number> => (wanted === undefined || wanted === 0 ? listen(0) : listen(wanted).catch(() => listen(0)));
