import { Inject, Injectable } from '@nestjs/common';
import { type Artifact, failure, type ObjectRef, type SubjectReply, wireError } from '@symphainy/contracts';
import { begun, fromWireError, intactStream, sealedRange, unsealStream, type WireError } from '@symphainy/kernel';
import { ObjectMissingError, type ObjectStore } from '@symphainy/ports';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Readable } from 'node:stream';
import { OBJECTS } from './objects.token.js';
import { byteRange } from './byte-range.js';

/** What users brought must never run in the console's origin: it is downloaded, not shown, and sandboxed if shown all the same. */
const CONTENT_POLICY = "sandbox; default-src 'none'";

/** Sends an artifact's bytes: inline content as JSON, objects from the store, whole or one range. */
@Injectable()
export class ContentSender {
  constructor(@Inject(OBJECTS) private readonly objects: ObjectStore) {}

  async send(tenantId: string, { content_key, masked_url, masked_name, ...artifact }: SubjectReply<'runtime.artifact.read'>, request: FastifyRequest, reply: FastifyReply): Promise<void> {
    if (masked_url !== undefined) return this.sendMasked(masked_name ?? artifact.name, masked_url, reply);
    const etag = `"${artifact.content_hash}"`;
    reply.headers({ etag, 'content-security-policy': CONTENT_POLICY, 'content-disposition': disposition(fileNameOf(artifact)), 'cache-control': 'private, no-cache' });
    if (request.headers['if-none-match'] === etag) return void reply.status(304).send();
    if (artifact.external !== undefined) throw failure('reference.external', { details: { binding: artifact.external.binding, name: artifact.external.name } });
    if (artifact.object === undefined) return void reply.type('application/json; charset=utf-8').send(JSON.stringify(artifact.content ?? null));
    await this.sendObject(tenantId, artifact.object, request, reply, content_key);
  }

  /** The Runtime makes the view while it is read: whole, and not kept, as what its reader may see can change. */
  private async sendMasked(name: string, url: string, reply: FastifyReply): Promise<void> {
    const answer = await fetch(url).catch((cause: unknown) => {
      throw failure('runtime.unavailable', { cause });
    });
    if (!answer.ok || answer.body === null) throw await refusalOf(answer);
    reply.headers({ 'content-security-policy': CONTENT_POLICY, 'content-disposition': disposition(name), 'cache-control': 'private, no-store' });
    await reply.type(answer.headers.get('content-type') ?? 'application/octet-stream').send(Readable.fromWeb(answer.body as never));
  }

  /** An object's bytes, whole or the range asked for. All of them are hashed on their way: small ones that were changed are refused, large ones break off before their end. */
  async sendObject(tenantId: string, object: NonNullable<Artifact['object']>, request: FastifyRequest, reply: FastifyReply, contentKey?: string): Promise<void> {
    const range = byteRange(rangeAsked(request, reply), object.size);
    reply.type(object.media_type).header('accept-ranges', 'bytes');
    if (range === 'unsatisfiable') {
      reply.header('content-range', `bytes */${object.size}`);
      throw failure('request.range_unsatisfiable', { field: '/headers/range' });
    }
    const stream = object.sealed === undefined ? await this.stored(tenantId, object.hash, range) : await this.unsealed(tenantId, object, range, contentKey);
    reply.header('content-length', range === undefined ? object.size : range.end - range.start + 1);
    if (range !== undefined) reply.status(206).header('content-range', `bytes ${range.start}-${range.end}/${object.size}`);
    await reply.send(stream);
  }

  /** Without a key, whose it was has been erased. */
  private async unsealed(tenantId: string, { hash, size }: ObjectRef, range: { start: number; end: number } | undefined, contentKey: string | undefined): Promise<Readable> {
    if (contentKey === undefined) throw failure('data.erased');
    const sealed = await this.open(tenantId, hash, range === undefined ? undefined : sealedRange(range.start, range.end, size));
    return Readable.from(unsealStream(Buffer.from(contentKey, 'base64url'), sealed, size, range));
  }

  private async stored(tenantId: string, hash: string, range: { start: number; end: number } | undefined): Promise<Readable> {
    const bytes = await this.open(tenantId, hash, range);
    return range === undefined ? Readable.from(await begun(intactStream(bytes, hash, () => failure('object.hash_mismatch', { details: { hash } })))) : bytes;
  }

  private async open(tenantId: string, hash: string, range: { start: number; end: number } | undefined): Promise<Readable> {
    try {
      return await this.objects.get(tenantId, hash, range);
    } catch (error) {
      throw error instanceof ObjectMissingError ? failure('object.missing', { cause: error }) : error;
    }
  }
}

/** A range of content that is not the one the asker began with is no part of it: the whole is sent (RFC 9110, 13.1.5). Dates are not kept, so that a date names no content. */
function rangeAsked({ headers }: FastifyRequest, reply: FastifyReply): string | undefined {
  const held = headers['if-range'];
  return held === undefined || held === reply.getHeader('etag') ? headers.range : undefined;
}

async function refusalOf(answer: Response): Promise<Error> {
  const told = wireError.safeParse(await answer.json().catch(() => undefined));
  return told.success ? fromWireError(told.data as WireError) : failure('runtime.unavailable', { message: `the object endpoint answered ${answer.status}` });
}

const fileNameOf = (artifact: Artifact): string => (typeof artifact.summary?.['filename'] === 'string' ? artifact.summary['filename'] : artifact.name);

/** A download under its name (RFC 6266): plain for old clients, UTF-8 for the others. */
export const disposition = (filename: string): string =>
  `attachment; filename="${filename.replace(/[^\x20-\x7e]|["\\%]/g, '_')}"; filename*=UTF-8''${encodeURIComponent(filename.toWellFormed()).replace(/['()*]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`)}`;
