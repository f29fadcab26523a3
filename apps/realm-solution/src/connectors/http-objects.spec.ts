import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { connector as connectorSchema, type ExternalLocation, type HttpConnector } from '@symphainy/contracts';
import { ManualClock } from '@symphainy/kernel/testing';
import { parseAllowedTargets } from '@symphainy/service-host';
import { ConnectorDesk } from './connector-desk.js';

describe('objects behind an HTTP binding', () => {
  let server: Server;
  let port: number;
  let etag = '"v1"';
  const asked: IncomingMessage[] = [];
  const answer = (request: IncomingMessage, response: ServerResponse): void => {
    asked.push(request);
    const { pathname } = new URL(request.url ?? '', 'http://x');
    if (pathname === '/api/redirect') response.writeHead(302, { location: 'http://169.254.169.254/' }).end();
    else if (pathname === '/api/private') response.writeHead(request.headers.authorization === 'Bearer hunter2' ? 200 : 401).end('p');
    else if (pathname === '/api/cut') response.writeHead(200, { 'content-length': 100 }).write('half', () => response.destroy());
    else if (pathname === '/api/fees.csv') response.writeHead(request.headers['if-match'] !== undefined && request.headers['if-match'] !== etag ? 412 : 200, { etag, 'content-type': 'text/csv', 'content-length': 10 }).end('a,b\n1,2\n3,');
    else response.writeHead(404).end();
  };

  beforeAll(async () => {
    server = createServer(answer).listen(0, '127.0.0.1');
    await once(server, 'listening');
    port = (server.address() as AddressInfo).port;
  });
  afterAll(async () => {
    server.closeAllConnections();
    server.close();
    await once(server, 'close');
  });

  const settings = (more: object = {}): HttpConnector => connectorSchema.parse({ kind: 'http', tenants: ['acme'], base_url: `http://127.0.0.1:${port}/api`, paths: ['/fees.csv', '/redirect', '/private', '/cut', '/gone', '/folder/'], ...more }) as HttpConnector;
  const location = (name: string, more: Partial<ExternalLocation> = {}): ExternalLocation => ({ kind: 'object', binding: 'files', name, ...more });
  const desk = (allowed = `127.0.0.1:${port}`) => new ConnectorDesk({ secrets: { read: () => Promise.resolve({ CONNECTOR_FILES: 'Bearer hunter2' }) }, allowed: parseAllowedTargets(allowed), clock: new ManualClock(), url: () => 'http://here' });
  const codeOf = (work: Promise<unknown>): Promise<string> => work.then(() => 'none', (error: { code?: string }) => error.code ?? String(error));
  const ticketOf = (url: string): string => new URL(url).searchParams.get('ticket')!;
  const textOf = async (bytes: AsyncIterable<Uint8Array>): Promise<string> => {
    const chunks: Uint8Array[] = [];
    for await (const chunk of bytes) chunks.push(chunk);
    return Buffer.concat(chunks).toString();
  };

  it('an object - is described by what its server says, opened by a ticket, read once, and refused when it is another', async () => {
    const own = desk();
    expect(await own.describeObject(settings(), location('/fees.csv'))).toEqual({ mediaType: 'text/csv', version: 'etag:"v1"', size: 10 });
    const described = location('/fees.csv', { version: 'etag:"v1"' });
    const [{ ticket_url: one }, { ticket_url: other }] = [await own.open('open', settings(), described), await own.open('open', settings(), described)];
    expect(await textOf((await own.object(ticketOf(one!))).bytes)).toBe('a,b\n1,2\n3,');
    expect(await codeOf(own.object(ticketOf(one!)))).toBe('connector.ticket_invalid');
    etag = '"v2"';
    expect(await codeOf(own.object(ticketOf(other!)))).toBe('reference.changed');
    expect(await codeOf(own.open('check', settings(), described))).toBe('reference.changed');
    etag = '"v1"';
  });

  it('credentials - are sent to the binding alone, and only when it names them', async () => {
    expect(await codeOf(desk().describeObject(settings(), location('/private')))).toBe('connector.credentials');
    expect(await codeOf(desk().describeObject(settings({ secret: 'CONNECTOR_FILES' }), location('/private')))).toBe('none');
  });

  it.each([
    ['what is gone', '/gone', 'connector.missing'], ['a redirect', '/redirect', 'connector.refused'], ['a path that is not listed', '/other.csv', 'connector.not_allowed'], ['a longer name', '/fees.csv.bak', 'connector.not_allowed'],
    ['a way up', '/folder/../secret', 'connector.not_allowed'], ['a hidden way up', '/folder/%2e%2e/secret', 'connector.not_allowed'], ['a hidden slash', '/folder/..%2fsecret', 'connector.not_allowed'], ['another host', '/folder/@evil.example/', 'connector.missing'],
  ])('%s - is refused', async (_what, name, code) => {
    expect(await codeOf(desk().describeObject(settings(), location(name)))).toBe(code);
  });

  it('a private address, and plain http - are not reached unless allowed for development', async () => {
    const before = asked.length;
    expect(await codeOf(desk('').describeObject(settings(), location('/fees.csv')))).toBe('connector.not_allowed');
    expect(await codeOf(desk('').describeObject(settings({ base_url: `https://127.0.0.1:${port}/api` }), location('/fees.csv')))).toBe('connector.not_allowed');
    expect(asked.length).toBe(before);
  });

  it('a server that breaks off - is told as such, and may pass', async () => {
    const { bytes } = await desk().openObject(settings(), location('/cut'));
    expect(await codeOf(textOf(bytes))).toBe('connector.unavailable');
  });

  it('a table of a binding that has objects - is refused', async () => {
    expect(await codeOf(desk().open('open', settings(), location('public.t', { kind: 'table' })))).toBe('connector.not_allowed');
  });
});
