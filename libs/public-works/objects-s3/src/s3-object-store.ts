import { randomUUID } from 'node:crypto';
import { Readable } from 'node:stream';
import {
  AbortMultipartUploadCommand, CompleteMultipartUploadCommand, CopyObjectCommand, CreateMultipartUploadCommand, DeleteObjectCommand, GetObjectCommand, HeadObjectCommand, PutObjectCommand, S3Client, UploadPartCopyCommand,
} from '@aws-sdk/client-s3';
import { Upload } from '@aws-sdk/lib-storage';
import { sha256Stream } from '@symphainy/kernel';
import { ObjectMissingError, ObjectTooLargeError, type ObjectStore } from '@symphainy/ports';

export interface S3Options {
  readonly bucket: string;
  /** Before every key; default: none. */
  readonly prefix?: string;
  /** Of a server other than AWS's, whose buckets are then named in the path. */
  readonly endpoint?: string;
  /** Default `us-east-1`. */
  readonly region?: string;
  /** Default: the machine's role, as AWS's SDK finds it. */
  readonly credentials?: { readonly accessKeyId: string; readonly secretAccessKey: string };
}

/** `s3://<key>:<secret>@<bucket>/<prefix>?endpoint=<url>&region=<region>`; all but the bucket may be left out. */
export function s3OptionsOf(url: string): S3Options {
  const { hostname, pathname, username, password, searchParams } = new URL(url);
  const prefix = pathname.replace(/^\/+|\/+$/g, '');
  const [endpoint, region] = [searchParams.get('endpoint'), searchParams.get('region')];
  return {
    bucket: hostname, ...(prefix === '' ? {} : { prefix }), ...(endpoint === null ? {} : { endpoint }), ...(region === null ? {} : { region }),
    ...(username === '' ? {} : { credentials: { accessKeyId: decodeURIComponent(username), secretAccessKey: decodeURIComponent(password) } }),
  };
}

const TENANT = /^[a-z0-9][a-z0-9-]{0,62}$/;
const HASH = /^[0-9a-f]{64}$/;
/** One part of an upload, in memory at a time. What fits into one is written at once under its name. */
const PART_BYTES = 8 * 1024 * 1024;
/** A server copies no more in one request; larger objects are copied in ranges. */
const COPY_BYTES = 4 * 1024 ** 3;

export class S3ObjectStore implements ObjectStore {
  private readonly client: S3Client;

  constructor(private readonly options: S3Options) {
    const { endpoint, region = 'us-east-1', credentials } = options;
    // checksums beyond those the protocol demands are unknown to many servers; what is read is held against its name above this store
    this.client = new S3Client({ region, ...(endpoint === undefined ? {} : { endpoint, forcePathStyle: true }), ...(credentials === undefined ? {} : { credentials }), requestChecksumCalculation: 'WHEN_REQUIRED', responseChecksumValidation: 'WHEN_REQUIRED' });
  }

  async put(tenantId: string, source: AsyncIterable<Uint8Array>, { maxBytes = Number.MAX_SAFE_INTEGER }: { readonly maxBytes?: number } = {}): Promise<{ hash: string; size: number }> {
    if (!TENANT.test(tenantId)) throw new Error('tenantId is not a tenant’s name');
    const counted = new CountedBytes(source, maxBytes);
    const { head, rest } = await firstPart(counted.chunks());
    if (rest === undefined) {
      const written = counted.done();
      await this.client.send(new PutObjectCommand({ Bucket: this.options.bucket, Key: this.keyOf(tenantId, written.hash), Body: head, ContentLength: head.length }));
      return written;
    }
    const draft = this.under(tenantId, `.incoming/${randomUUID()}`);
    try {
      await new Upload({ client: this.client, params: { Bucket: this.options.bucket, Key: draft, Body: Readable.from(joined(head, rest)) }, partSize: PART_BYTES, queueSize: 2 }).done();
      const written = counted.done();
      await this.copy(draft, this.keyOf(tenantId, written.hash), written.size);
      return written;
    } catch (error) {
      throw counted.failed ?? error;
    } finally {
      await this.client.send(new DeleteObjectCommand({ Bucket: this.options.bucket, Key: draft })).catch(() => undefined);
    }
  }

  async get(tenantId: string, hash: string, range?: { readonly start: number; readonly end: number }): Promise<Readable> {
    const missing = (): ObjectMissingError => new ObjectMissingError(`no object ${hash} of tenant ${tenantId}`);
    if (!isName(tenantId, hash)) throw missing();
    try {
      const { Body } = await this.client.send(new GetObjectCommand({ Bucket: this.options.bucket, Key: this.keyOf(tenantId, hash), ...(range === undefined ? {} : { Range: `bytes=${range.start}-${range.end}` }) }));
      return Body as Readable;
    } catch (error) {
      throw isMissing(error) ? missing() : error;
    }
  }

  async stat(tenantId: string, hash: string): Promise<{ size: number } | undefined> {
    if (!isName(tenantId, hash)) return undefined;
    try {
      const { ContentLength = 0 } = await this.client.send(new HeadObjectCommand({ Bucket: this.options.bucket, Key: this.keyOf(tenantId, hash) }));
      return { size: ContentLength };
    } catch (error) {
      if (isMissing(error)) return undefined;
      throw error;
    }
  }

  async delete(tenantId: string, hash: string): Promise<void> {
    if (isName(tenantId, hash)) await this.client.send(new DeleteObjectCommand({ Bucket: this.options.bucket, Key: this.keyOf(tenantId, hash) }));
  }

  /** Within the server; an object's name appears when it is whole. */
  private async copy(from: string, to: string, size: number): Promise<void> {
    const { bucket } = this.options;
    const CopySource = `${bucket}/${from}`;
    if (size <= COPY_BYTES) return void (await this.client.send(new CopyObjectCommand({ Bucket: bucket, Key: to, CopySource })));
    const target = { Bucket: bucket, Key: to };
    const { UploadId } = await this.client.send(new CreateMultipartUploadCommand(target));
    try {
      const Parts: { PartNumber: number; ETag: string | undefined }[] = [];
      for (let start = 0; start < size; start += COPY_BYTES) {
        const PartNumber = Parts.length + 1;
        const { CopyPartResult } = await this.client.send(new UploadPartCopyCommand({ ...target, UploadId, PartNumber, CopySource, CopySourceRange: `bytes=${start}-${Math.min(size, start + COPY_BYTES) - 1}` }));
        Parts.push({ PartNumber, ETag: CopyPartResult?.ETag });
      }
      await this.client.send(new CompleteMultipartUploadCommand({ ...target, UploadId, MultipartUpload: { Parts } }));
    } catch (error) {
      await this.client.send(new AbortMultipartUploadCommand({ ...target, UploadId })).catch(() => undefined);
      throw error;
    }
  }

  private keyOf(tenantId: string, hash: string): string {
    return this.under(tenantId, `${hash.slice(0, 2)}/${hash}`);
  }

  private under(tenantId: string, name: string): string {
    return `${this.options.prefix === undefined ? '' : `${this.options.prefix}/`}${tenantId}/${name}`;
  }
}

const isName = (tenantId: string, hash: string): boolean => TENANT.test(tenantId) && HASH.test(hash);
const isMissing = (error: unknown): boolean => ['NoSuchKey', 'NotFound'].includes((error as Error).name) || (error as { $metadata?: { httpStatusCode?: number } }).$metadata?.httpStatusCode === 404;

/** Counts and hashes what passes; the first error of the source, or of its size, is kept. */
class CountedBytes {
  failed: unknown;
  private readonly digest = sha256Stream();
  private size = 0;

  constructor(
    private readonly source: AsyncIterable<Uint8Array>,
    private readonly maxBytes: number,
  ) {}

  async *chunks(): AsyncGenerator<Uint8Array> {
    try {
      for await (const chunk of this.source) {
        this.size += chunk.length;
        if (this.size > this.maxBytes) throw new ObjectTooLargeError(`more than ${this.maxBytes} bytes`);
        this.digest.update(chunk);
        yield chunk;
      }
    } catch (error) {
      this.failed = error;
      throw error;
    }
  }

  done(): { hash: string; size: number } {
    return { hash: this.digest.digestHex(), size: this.size };
  }
}

/** What fits into one part, and the rest if there is any. */
async function firstPart(chunks: AsyncGenerator<Uint8Array>): Promise<{ head: Uint8Array; rest?: AsyncGenerator<Uint8Array> }> {
  const held: Uint8Array[] = [];
  for (let size = 0; size <= PART_BYTES; ) {
    const next = await chunks.next();
    if (next.done === true) return { head: Buffer.concat(held) };
    held.push(next.value);
    size += next.value.length;
  }
  return { head: Buffer.concat(held), rest: chunks };
}

async function* joined(head: Uint8Array, rest: AsyncGenerator<Uint8Array>): AsyncGenerator<Uint8Array> {
  yield head;
  yield* rest;
}
