import { failure } from '@symphainy/contracts';
import type { IdSource, PlatformError } from '@symphainy/kernel';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import { problemHeaders, problemOf } from './problem.js';

/** The router answers longer parameters by itself, in a form of its own. Equals the server's maxParamLength. */
const MAX_SEGMENT = 300;

/**
 * What the router or Node would refuse before any hook runs, made to end in problem details like everything else: a path that does not
 * decode becomes an unknown one, an endless segment becomes one that no schema takes, and bytes that are no HTTP get a problem as answer.
 */
export function tameRawRequests(server: Server, ids: IdSource, onRefused: (error: PlatformError, correlationId: string) => void, limits: RequestLimits = LIMITS): void {
  server.prependListener('request', (request: IncomingMessage) => {
    const url = request.url ?? '/';
    if (url.length > MAX_SEGMENT || url.includes('%')) request.url = routable(url);
  });
  server.removeAllListeners('clientError');
  server.on('clientError', (error: NodeJS.ErrnoException, socket: Duplex) => {
    if (error.code === 'ECONNRESET' || !socket.writable) return void socket.destroy();
    const [refusal, correlationId] = [rawFailure(error.code), ids.next()];
    answerRaw(socket, refusal, '/', correlationId);
    onRefused(refusal, correlationId);
  });
  // Node would send a bare 417: whatever is expected beyond 100-continue (RFC 9110, section 10.1.1) may be ignored.
  server.on('checkExpectation', (request: IncomingMessage, response: ServerResponse) => void server.emit('request', request, response));
  bound(server, limits);
}

/** A connection that says nothing ends, and so does a request that never becomes whole: neither may hold its place for ever. */
export interface RequestLimits {
  /** Longer than any wait for an answer, during which nothing is said either. */
  readonly silentMs: number;
  /** For the whole request: long enough for a large file over a slow line. */
  readonly wholeMs: number;
}

const LIMITS: RequestLimits = { silentMs: 120_000, wholeMs: 3_600_000 };

function bound(server: Server, { silentMs, wholeMs }: RequestLimits): void {
  server.timeout = silentMs;
  server.requestTimeout = wholeMs;
}

function rawFailure(code: string | undefined): PlatformError {
  if (code === 'HPE_HEADER_OVERFLOW') return failure('request.headers_too_large');
  if (code === 'ERR_HTTP_REQUEST_TIMEOUT') return failure('request.timeout');
  return failure('request.malformed', { message: 'the bytes received are no HTTP request that can be read', fix: 'send a well-formed HTTP/1.1 request' });
}

function routable(url: string): string {
  const [path, query] = splitOnce(url);
  const short = path.split('/').map((segment) => segment.slice(0, MAX_SEGMENT)).join('/');
  return (decodes(short) ? short : short.replaceAll('%', '%25')) + query;
}

function splitOnce(url: string): [string, string] {
  const at = url.indexOf('?');
  return at < 0 ? [url, ''] : [url.slice(0, at), url.slice(at)];
}

function decodes(path: string): boolean {
  try {
    decodeURIComponent(path);
    return true;
  } catch (error) {
    if (error instanceof URIError) return false;
    throw error;
  }
}

/** Writes problem details on a bare socket and closes it. */
export function answerRaw(socket: Duplex, error: PlatformError, path: string, correlationId: string): void {
  const problem = problemOf(error, { path, correlationId });
  const body = JSON.stringify(problem);
  const headers = { ...problemHeaders(problem), 'x-correlation-id': correlationId, 'content-length': String(Buffer.byteLength(body)), connection: 'close' };
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  socket.end(`HTTP/1.1 ${problem.status} ${problem.title.replace(/[^\x20-\x7e]/g, '')}\r\n${lines.join('')}\r\n${body}`);
}
