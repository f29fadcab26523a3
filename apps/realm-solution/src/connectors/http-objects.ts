/** Objects and answers of an HTTP API, read by GET through a connection to the address that was checked. No redirect is followed. */
import { request as httpRequest, type IncomingMessage } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { failure, type ExternalLocation, type HttpConnector } from '@symphainy/contracts';
import { guardedAddress, type AllowedTargets } from '@symphainy/service-host';

/** What is told of an object without its bytes. `version`: what its server calls its state, in the form of `externalLocation.version`. */
export interface DescribedObject {
  readonly mediaType: string;
  readonly version?: string;
  readonly size?: number;
}

export interface OpenedObject {
  readonly described: DescribedObject;
  /** Rejects with `connector.unavailable` when the server breaks off. */
  readonly bytes: AsyncIterable<Uint8Array>;
  /** Lets go of the server, when its bytes are not read to their end. */
  close(): void;
}

interface Way {
  readonly allowed: AllowedTargets;
  /** The value of the header Authorization. */
  authorization(): Promise<string | undefined>;
}

/** Throws `connector.*`; `reference.changed` when the server says so itself. */
export async function openObject(connector: HttpConnector, external: ExternalLocation, { allowed, authorization }: Way): Promise<OpenedObject> {
  const url = placeOf(connector, external);
  const address = await addressOf(url, allowed);
  const credentials = await authorization();
  const etag = external.version?.startsWith('etag:"') === true ? external.version.slice('etag:'.length) : undefined;
  const response = await answerTo(url, address, connector.timeout_ms, { accept: '*/*', 'accept-encoding': 'identity', ...(credentials === undefined ? {} : { authorization: credentials }), ...(etag === undefined ? {} : { 'if-match': etag }) });
  const refusal = refusalOf(response);
  if (refusal !== undefined) {
    response.destroy();
    throw refusal;
  }
  return { described: describedBy(response), bytes: bytesOf(response), close: () => void response.destroy() };
}

function placeOf(connector: HttpConnector, { kind, name }: ExternalLocation): URL {
  const base = connector.base_url.replace(/\/$/, '');
  const url = kind === 'table' ? undefined : URL.parse(`${base}${name}`);
  const own = new URL(base);
  const path = url?.pathname.slice(own.pathname.replace(/\/$/, '').length) ?? '';
  const within = url !== null && url !== undefined && url.origin === own.origin && url.pathname.startsWith(own.pathname.replace(/\/$/, '')) && !/%2f|%5c|%2e/i.test(url.pathname);
  if (within && connector.paths.some((prefix) => path === prefix || path.startsWith(prefix.endsWith('/') ? prefix : `${prefix}/`))) return url;
  throw failure('connector.not_allowed', { message: `the binding does not list the ${kind} ${name}`, fix: 'name a path below one that the binding lists, or have it listed' });
}

async function addressOf(url: URL, allowed: AllowedTargets): Promise<string> {
  const port = Number(url.port || (url.protocol === 'https:' ? 443 : 80));
  const host = url.hostname.replace(/^\[|\]$/g, '');
  if (url.protocol !== 'https:' && !allowed.has(`${host.toLowerCase()}:${port}`)) throw failure('connector.not_allowed', { message: 'the binding is not encrypted', fix: 'have a base_url that begins with https:' });
  const address = await guardedAddress(host, port, allowed).catch((error: unknown) => {
    throw failure('connector.unavailable', { message: 'the host of the binding leads to no address', cause: error });
  });
  if (address === undefined) throw failure('connector.not_allowed', { message: 'the host of the binding leads to an address that is not a public one' });
  return address;
}

function answerTo(url: URL, address: string, timeout: number, headers: Record<string, string>): Promise<IncomingMessage> {
  const secure = url.protocol === 'https:';
  return new Promise((resolve, reject) => {
    const away = (message: string) => (cause?: unknown): void => reject(failure('connector.unavailable', { message, cause }));
    const call = (secure ? httpsRequest : httpRequest)({ host: address, port: url.port || undefined, path: `${url.pathname}${url.search}`, method: 'GET', headers: { ...headers, host: url.host }, timeout, ...(secure ? { servername: url.hostname } : {}) });
    call.once('response', resolve);
    call.once('timeout', () => call.destroy(new Error('no answer in time')));
    call.once('error', away('the server does not answer'));
    call.end();
  });
}

function refusalOf({ statusCode = 0 }: IncomingMessage): Error | undefined {
  if (statusCode === 200) return undefined;
  if (statusCode === 412) return failure('reference.changed', { message: 'the object outside is another than when it was described' });
  if (statusCode === 401 || statusCode === 403) return failure('connector.credentials', { message: `the server answers ${statusCode}` });
  if (statusCode === 404 || statusCode === 410) return failure('connector.missing', { message: `the server answers ${statusCode}` });
  return failure(statusCode === 429 || statusCode >= 500 ? 'connector.unavailable' : 'connector.refused', { message: `the server answers ${statusCode}` });
}

function describedBy({ headers }: IncomingMessage): DescribedObject {
  const size = /^\d+$/.test(headers['content-length'] ?? '') ? Number(headers['content-length']) : undefined;
  const version = headers.etag !== undefined ? `etag:${headers.etag}` : headers['last-modified'] !== undefined ? `last-modified:${headers['last-modified']}` : undefined;
  return { mediaType: (headers['content-type'] ?? 'application/octet-stream').slice(0, 200), ...(version === undefined || version.length > 200 ? {} : { version }), ...(size === undefined ? {} : { size }) };
}

async function* bytesOf(response: IncomingMessage): AsyncGenerator<Uint8Array> {
  try {
    for await (const chunk of response) yield chunk as Uint8Array;
  } catch (error) {
    throw failure('connector.unavailable', { message: 'the server broke off', cause: error });
  } finally {
    response.destroy();
  }
}
