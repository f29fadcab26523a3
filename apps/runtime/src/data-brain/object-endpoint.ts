import { Readable } from 'node:stream';
import { failure, statusOf } from '@symphainy/contracts';
import { asPlatformError, begun, intactStream, sha256Stream, toWireError, type Clock, type Logger, type PlatformError } from '@symphainy/kernel';
import { ObjectMissingError, ObjectTooLargeError, type ObjectStore } from '@symphainy/ports';
import type { SealedObjects } from '../personal-data/sealed-objects.js';
import type { MaskedView } from './file-forms.js';
import { maskedFile } from './masked-files.js';
import type { ObjectTicket, ObjectTickets } from './object-tickets.js';

/** What is used of Fastify, so that its types stay in the host. */
export interface ObjectRequest {
  readonly query: { readonly ticket?: string };
  readonly headers: { readonly range?: string };
  readonly body: unknown;
}
export interface ObjectReply {
  status(code: number): ObjectReply;
  headers(values: Record<string, string | number>): ObjectReply;
  send(body: unknown): unknown;
}
type Route = (request: ObjectRequest, reply: ObjectReply) => Promise<unknown>;
export interface HttpScope {
  removeAllContentTypeParsers(): void;
  addContentTypeParser(type: '*', parser: (request: unknown, payload: unknown, done: (error: null, body: unknown) => void) => void): void;
  get(path: string, route: Route): void;
  put(path: string, route: Route): void;
}
export interface HttpServer {
  register(plugin: (scope: HttpScope) => Promise<void>): unknown;
}

export interface ObjectEndpointParts {
  readonly objects: ObjectStore;
  readonly tickets: ObjectTickets;
  readonly sealed: SealedObjects;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Told of an object whose bytes are not those that were recorded. */
  readonly onChanged?: (ticket: Pick<ObjectTicket, 'tenant_id' | 'execution_id' | 'hash'>, error: PlatformError) => Promise<unknown>;
}

/**
 * `GET` and `PUT /objects?ticket=<ticket>`: streams bytes between realms and the store, which no realm has credentials of. The ticket is the
 * authority. A whole read is hashed on its way, and its last bytes are held back until the hash is known to hold. What is found to be changed is from then on hashed before anything of it is
 * sent, until it holds again: whoever asks a second time is told the reason, and not only that the connection broke.
 */
export class ObjectEndpoint {
  private readonly doubted = new Set<string>();

  constructor(private readonly parts: ObjectEndpointParts) {}

  mount(server: HttpServer): void {
    server.register((scope) => {
      scope.removeAllContentTypeParsers();
      scope.addContentTypeParser('*', (_request, payload, done) => done(null, payload));
      scope.get('/objects', (request, reply) => this.answer(reply, () => this.read(request, reply)));
      scope.put('/objects', (request, reply) => this.answer(reply, () => this.write(request, reply)));
      return Promise.resolve();
    });
  }

  private async read({ query, headers }: ObjectRequest, reply: ObjectReply): Promise<unknown> {
    const ticket = this.parts.tickets.open(query.ticket ?? '', 'get', this.parts.clock.now());
    const { tenant_id, hash = '', media_type } = ticket;
    const stat = await this.parts.objects.stat(tenant_id, hash);
    if (stat === undefined) throw failure('object.missing', { details: { hash } });
    const size = ticket.sealed === undefined ? stat.size : (ticket.size ?? 0);
    const range = rangeOf(headers.range, size);
    if (ticket.masked !== undefined) return this.readMasked(ticket, { ...ticket.masked, size }, range, reply);
    if (this.doubted.has(keyOf(ticket))) await this.verify(ticket, size);
    const stream = await this.bytes(ticket, size, range);
    reply.headers({ 'content-type': media_type, 'accept-ranges': 'bytes', etag: `"${hash}"` });
    if (range === undefined) return this.sendWhole(ticket, stream, size, reply);
    return reply.status(206).headers({ 'content-length': range.end - range.start + 1, 'content-range': `bytes ${range.start}-${range.end}/${size}` }).send(stream instanceof Readable ? stream : Readable.from(stream));
  }

  /** How long a masked view is nobody knows before it is made: a range of it is the whole, or refused. */
  private async readMasked(ticket: ObjectTicket, view: MaskedView & { readonly size: number }, range: { start: number; end: number } | undefined, reply: ObjectReply): Promise<unknown> {
    const { media_type } = ticket;
    if (range !== undefined && (range.start > 0 || range.end < view.size - 1)) throw failure('data.withheld', { message: 'a masked view is read whole' });
    const stream = await this.bytes(ticket, view.size, undefined);
    // what cannot be shown says so before anything is sent
    const whole = await begun(maskedFile(ticket.sealed === undefined ? this.verified(stream, ticket) : stream, { media_type, size: view.size }, view));
    return reply.status(range === undefined ? 200 : 206).headers({ 'content-type': media_type }).send(Readable.from(whole));
  }

  /** Sealed bytes say of themselves, chunk by chunk, whether they are those that were written. */
  private bytes({ tenant_id, hash = '', sealed }: ObjectTicket, size: number, range: { start: number; end: number } | undefined): Promise<AsyncIterable<Uint8Array>> {
    return this.parts.sealed.read(this.parts.objects, tenant_id, { hash, size, ...(sealed === undefined ? {} : { sealed }) }, range);
  }

  private async sendWhole(ticket: ObjectTicket, stream: AsyncIterable<Uint8Array>, size: number, reply: ObjectReply): Promise<unknown> {
    const whole = await begun(ticket.sealed === undefined ? this.verified(stream, ticket) : stream);
    return reply.headers({ 'content-length': size }).send(Readable.from(whole));
  }

  private verified(stream: AsyncIterable<Uint8Array>, ticket: ObjectTicket): AsyncGenerator<Uint8Array> {
    const { hash = '', execution_id, tenant_id } = ticket;
    return intactStream(stream, hash, async () => {
      this.parts.logger.error({ code: 'object.hash_mismatch', execution_id, tenant_id, hash }, 'an object’s bytes do not match its hash; the read is refused, or broken off');
      if (this.doubted.size >= MOST_DOUBTED) this.doubted.clear();
      this.doubted.add(keyOf(ticket));
      const changed = failure('object.hash_mismatch', { details: { hash } });
      await this.parts.onChanged?.({ tenant_id, execution_id, hash }, changed);
      return changed;
    });
  }

  /** Throws `object.hash_mismatch`, or trusts the object again. */
  private async verify(ticket: ObjectTicket, size: number): Promise<void> {
    if (ticket.sealed !== undefined) return;
    const passed = this.verified(await this.bytes(ticket, size, undefined), ticket);
    while ((await passed.next()).done !== true);
    this.doubted.delete(keyOf(ticket));
  }

  private async write({ query, body }: ObjectRequest, reply: ObjectReply): Promise<unknown> {
    const ticket = this.parts.tickets.open(query.ticket ?? '', 'put', this.parts.clock.now());
    const source = (body ?? []) as AsyncIterable<Uint8Array>;
    const stored = ticket.scratch === true ? await this.measure(ticket, source) : await this.store(ticket, source);
    return reply.status(201).headers({ 'content-type': 'application/json' }).send(JSON.stringify(stored));
  }

  private async store({ tenant_id, seal_under, max_bytes }: ObjectTicket, source: AsyncIterable<Uint8Array>): Promise<unknown> {
    if (seal_under !== undefined) return this.parts.sealed.put(this.parts.objects, tenant_id, seal_under, source, max_bytes ?? Number.MAX_SAFE_INTEGER);
    return this.parts.objects.put(tenant_id, source, max_bytes === undefined ? {} : { maxBytes: max_bytes });
  }

  private async measure({ tenant_id, seal_under, max_bytes }: ObjectTicket, source: AsyncIterable<Uint8Array>): Promise<unknown> {
    const plain = await measured(source, max_bytes);
    return seal_under === undefined ? plain : this.parts.sealed.measured(tenant_id, seal_under, plain);
  }

  private async answer(reply: ObjectReply, work: () => Promise<unknown>): Promise<unknown> {
    try {
      return await work();
    } catch (error) {
      const known = objectError(error);
      if (known.code === 'platform.internal') this.parts.logger.error({ err: error }, 'an object request failed unexpectedly');
      return reply.status(statusOf(known.code)).headers({ 'content-type': 'application/json' }).send(JSON.stringify(toWireError(known)));
    }
  }
}

const MOST_DOUBTED = 1_000;
const keyOf = ({ tenant_id, hash }: ObjectTicket): string => `${tenant_id}/${hash ?? ''}`;

function objectError(error: unknown): ReturnType<typeof asPlatformError> {
  if (error instanceof ObjectMissingError) return failure('object.missing', { cause: error });
  if (error instanceof ObjectTooLargeError) return failure('request.too_large', { message: 'the object is larger than its ticket allows', cause: error });
  return asPlatformError(error);
}

/** What the bytes would be called, had they been kept. */
async function measured(source: AsyncIterable<Uint8Array>, maxBytes = Number.POSITIVE_INFINITY): Promise<{ hash: string; size: number }> {
  const running = sha256Stream();
  let size = 0;
  for await (const chunk of source) {
    size += chunk.length;
    if (size > maxBytes) throw new ObjectTooLargeError('the object is larger than its ticket allows');
    running.update(chunk);
  }
  return { hash: running.digestHex(), size };
}

/** One `bytes=a-b` range; anything else reads the whole object, as RFC 9110 allows. */
function rangeOf(header: string | undefined, size: number): { start: number; end: number } | undefined {
  const match = /^bytes=(\d*)-(\d*)$/.exec(header ?? '');
  if (match === null || (match[1] === '' && match[2] === '') || size === 0) return undefined;
  const start = match[1] === '' ? Math.max(0, size - Number(match[2])) : Number(match[1]);
  const end = match[1] === '' || match[2] === '' ? size - 1 : Math.min(Number(match[2]), size - 1);
  return start > end ? undefined : { start, end };
}
