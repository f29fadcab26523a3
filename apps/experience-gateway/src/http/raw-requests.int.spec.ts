import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { connect, type AddressInfo } from 'node:net';
import { aliceKey, startGateway, testKeys, type TestGateway } from '../testing/test-gateway.js';
import { tameRawRequests } from './raw-requests.js';

/** What comes back on a bare socket until the other side closes it. */
async function exchange(port: number, bytes: string): Promise<string> {
  const socket = connect(port, '127.0.0.1');
  let text = '';
  socket.on('data', (chunk: Buffer) => (text += chunk.toString()));
  socket.write(bytes);
  await once(socket, 'close');
  return text;
}

const told = (answer: string): string[] => [/^HTTP\/1\.1 (\d+)/.exec(answer)?.[1] ?? '', /"code":"([^"]+)"/.exec(answer)?.[1] ?? ''];

describe('bytes on the wire', () => {
  let gateway: TestGateway;
  let port: number;
  beforeAll(async () => {
    gateway = await startGateway({ keys: testKeys });
    port = Number(new URL(gateway.url).port);
  });
  afterAll(() => gateway.close());

  const upgrade = (path: string): string => `GET ${path} HTTP/1.1\r\nhost: x\r\nconnection: upgrade\r\nupgrade: websocket\r\nsec-websocket-version: 1\r\n\r\n`;
  it.each([
    ['no HTTP at all', '\u0001\u0002\r\n\r\n', '400', 'request.malformed'],
    ['headers without end', `GET /v1/me HTTP/1.1\r\nhost: x\r\nx-junk: ${'a'.repeat(20_000)}\r\n\r\n`, '431', 'request.headers_too_large'],
    ['a line break inside a header', 'GET /v1/me HTTP/1.1\r\nhost: x\r\nx-correlation-id: a\rset-cookie: b\r\n\r\n', '400', 'request.malformed'],
    ['two lengths that differ', 'POST /v1/sessions HTTP/1.1\r\nhost: x\r\ncontent-length: 2\r\ncontent-length: 3\r\n\r\n{}', '400', 'request.malformed'],
    ['a length and chunks', 'POST /v1/sessions HTTP/1.1\r\nhost: x\r\ncontent-length: 5\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n', '400', 'request.malformed'],
    ['an upgrade that is no handshake', upgrade('/v1/stream'), '400', 'request.malformed'],
    ['an upgrade elsewhere', upgrade('/v1/other'), '404', 'request.not_found'],
  ])('%s - is answered with problem details, and the connection ends', async (_what, bytes, status, code) => {
    expect(told(await exchange(port, bytes))).toEqual([status, code]);
  });

  it('bytes that never become a request - leave a record', async () => {
    gateway.runtime.refusals.length = 0;
    await exchange(port, '\u0001\u0002\r\n\r\n');
    await gateway.call('GET', '/v1/me');
    expect(gateway.runtime.refusals).toMatchObject([{ code: 'request.malformed', route: 'no request' }]);
  });

  it('an expectation beyond 100-continue - is ignored', async () => {
    const answer = await exchange(port, `GET /v1/me HTTP/1.1\r\nhost: x\r\nauthorization: Bearer ${aliceKey}\r\nexpect: wonders\r\nconnection: close\r\n\r\n`);
    expect(told(answer)[0]).toBe('200');
  });
});

describe('requests that never become whole', () => {
  let server: Server | undefined;
  afterEach(() => server?.close());

  async function tamed(limits: { silentMs: number; wholeMs: number }): Promise<number> {
    server = createServer({ connectionsCheckingInterval: 20, headersTimeout: 50 }, (request) => void request.resume());
    tameRawRequests(server, { next: () => 'id' }, () => undefined, limits);
    await new Promise<void>((resolve) => server?.listen(0, '127.0.0.1', resolve));
    return (server.address() as AddressInfo).port;
  }
  const begun = 'POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 500\r\n\r\n{"con';

  it('a sender that falls silent - loses its connection', async () => {
    expect(await exchange(await tamed({ silentMs: 50, wholeMs: 60_000 }), begun)).toBe('');
  });

  it('a sender that takes for ever - is told so', async () => {
    expect(told(await exchange(await tamed({ silentMs: 60_000, wholeMs: 100 }), begun))).toEqual(['408', 'request.timeout']);
  });
});
