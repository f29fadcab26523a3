/** Streams what a mash's references name into files of the mash's own directory: bounded, hashed on their way, one after the other. */
import { createWriteStream } from 'node:fs';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { contentDataset, failure, type Artifact, type ContentDataset } from '@symphainy/contracts';
import { fromWireError, PlatformError, sha256Stream, toWireError } from '@symphainy/kernel';
import type { ReadableArtifact, ReadableTable } from '@symphainy/realm-sdk';
import { limits } from './model/limits.js';
import type { MashSource } from './model/mash.schema.js';
import type { SourceNeeds, SpooledSource } from './model/mash.work.js';
import { filtersOf } from './services/mash/source-needs.js';

type Reading = (reference: string) => Promise<ReadableArtifact>;

const PARQUET = Buffer.from('PAR1');

export class MashSpool {
  private bytes = 0;

  constructor(
    private readonly directory: string,
    private readonly read: Reading,
    private readonly needs: SourceNeeds,
  ) {}

  /** Throws `mash.source_invalid` for what a mash cannot read, `object.hash_mismatch` for bytes that are others than were recorded; each names the source's field. */
  async take(source: MashSource, index: number): Promise<SpooledSource> {
    const field = `/sources/${index}/reference`;
    const found = await this.reading(source.reference, field);
    const { artifact } = found;
    const file = join(this.directory, `source-${index}`);
    const spooled = { name: source.name, reference: source.reference, content_hash: artifact.content_hash, file };
    if (found.table !== undefined) return { ...spooled, kind: 'table', external: await this.table(source.name, found.table, file, field) };
    if (artifact.external?.kind === 'table') throw failure('mash.source_invalid', { message: 'the reference is data outside that no connector reads as a table', field, fix: 'describe a table of a binding that has a connector (solution.describe_external)' });
    if (artifact.artifact_type === 'content.dataset') return { ...spooled, kind: 'dataset', ...(await this.dataset(found, file, field)) };
    if (artifact.artifact_type === 'content.document') {
      await this.write([found], file, field, limits.documentBytes);
      return { ...spooled, kind: 'document', ...(source.table === undefined ? {} : { table: source.table }) };
    }
    const head = await this.write([found], file, field);
    return { ...spooled, kind: kindOf(artifact, head, field), ...(source.delimiter === undefined ? {} : { delimiter: source.delimiter }), ...(source.header === undefined ? {} : { header: source.header }) };
  }

  private reading(reference: string, field: string): Promise<ReadableArtifact> {
    return this.from(field, () => this.read(reference));
  }

  private async from<T>(field: string, ask: () => Promise<T>): Promise<T> {
    try {
      return await ask();
    } catch (error) {
      throw withField(error, field);
    }
  }

  /** Only the rows and columns that the query needs, and what names a row. */
  private async table(name: string, { columns, key, rows }: ReadableTable, file: string, field: string): Promise<NonNullable<SpooledSource['external']>> {
    const wanted = new Set(this.needs.names ?? columns.map((column) => column.name.toLowerCase()));
    const taken = columns.filter((column) => wanted.has(column.name.toLowerCase()) || key.includes(column.name));
    const read = taken.length > 0 ? taken : columns.slice(0, 1);
    const { asOf, bytes } = await this.from(field, () => rows({ columns: read.map((column) => column.name), filters: filtersOf(this.needs.filters[name] ?? [], columns) }));
    await pipeline(this.counted(bytes, field), createWriteStream(file));
    return { columns: read, key, asOf };
  }

  private async *counted(bytes: AsyncIterable<Uint8Array>, field: string): AsyncGenerator<Uint8Array> {
    try {
      for await (const chunk of bytes) {
        this.bytes += chunk.length;
        if (this.bytes > limits.sourceBytes) throw failure('mash.too_costly', { message: `the sources have more than ${limits.sourceBytes} bytes`, field });
        yield chunk;
      }
    } catch (error) {
      throw withField(error, field);
    }
  }

  /** The rows of all parts, in order; where they are bytes of is told by the dataset. */
  private async dataset(found: ReadableArtifact, file: string, field: string): Promise<Pick<SpooledSource, 'columns' | 'origin'>> {
    const parsed = contentDataset.safeParse(await found.json());
    if (!parsed.success) throw failure('mash.source_invalid', { message: 'the artifact is no content.dataset', field });
    const { columns, source, layout_hash, parts }: ContentDataset = parsed.data;
    const read = [];
    for (const part of parts) read.push(await this.reading(part.reference, field));
    await this.write(read, file, field);
    return { columns, origin: { reference: source.reference, content_hash: source.hash, layout_hash } };
  }

  /** The first bytes. */
  private async write(parts: readonly ReadableArtifact[], file: string, field: string, most: number = limits.sourceBytes): Promise<Buffer> {
    let head = Buffer.alloc(0);
    const note = (bytes: Buffer): void => void (head.length < PARQUET.length && (head = Buffer.concat([head, bytes.subarray(0, PARQUET.length)])));
    await pipeline(this.bytesOf(parts, field, most, note), createWriteStream(file));
    return head;
  }

  private async *bytesOf(parts: readonly ReadableArtifact[], field: string, most: number, note: (bytes: Buffer) => void): AsyncGenerator<Buffer> {
    let own = 0;
    for (const part of parts) {
      for await (const chunk of verified(part, field)) {
        own += chunk.length;
        this.bytes += chunk.length;
        if (own > most || this.bytes > limits.sourceBytes) throw failure('mash.too_costly', { message: `the sources have more than ${own > most ? most : limits.sourceBytes} bytes`, field });
        note(chunk);
        yield chunk;
      }
    }
  }
}

/** An object's bytes, hashed as they come: read by range, so that the reader and not a broken connection says that they are others. Sealed ones say so of themselves. */
async function* verified(part: ReadableArtifact, field: string): AsyncGenerator<Buffer> {
  const { object } = part.artifact;
  const hash = sha256Stream();
  try {
    for await (const chunk of await part.stream(object === undefined ? undefined : { start: 0, end: object.size })) {
      hash.update(chunk);
      yield Buffer.from(chunk.buffer, chunk.byteOffset, chunk.length);
    }
  } catch (error) {
    throw withField(error, field);
  }
  if (object !== undefined && object.sealed === undefined && hash.digestHex() !== object.hash) throw failure('object.hash_mismatch', { field });
}

/** The same error, at the source that caused it. */
const withField = (error: unknown, field: string): unknown => (error instanceof PlatformError ? fromWireError({ ...toWireError(error), field }) : error);

function kindOf({ artifact_type, media_type, summary }: Artifact, head: Buffer, field: string): SpooledSource['kind'] {
  const name = typeof summary?.['filename'] === 'string' ? summary['filename'].toLowerCase() : '';
  if (head.equals(PARQUET)) return 'parquet';
  if (head.subarray(0, 2).toString('latin1') === 'PK' || head.toString('latin1').startsWith('%PDF')) {
    throw failure('mash.source_invalid', { message: `${name || 'the file'} is a document, not a table`, field, fix: 'ingest it with content.ingest, and name the document artifact that it makes' });
  }
  if (/json/.test(media_type) || /\.(json|jsonl|ndjson)$/.test(name) || /^\s*[[{]/.test(head.toString('latin1'))) return 'json';
  if (/csv|tab-separated|text\/plain|octet-stream/.test(media_type) || /\.(csv|tsv|txt)$/.test(name)) return 'csv';
  throw failure('mash.source_invalid', { message: `${artifact_type} (${media_type}) is no table`, field });
}
