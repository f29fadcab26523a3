/** Items of a map as JSON lines: written once by the step that plans, read by byte ranges, one range a chunk. */
import type { ItemsSource, ObjectRef, ProducedArtifact } from '@symphainy/contracts';
import { canonicalJson, type Json } from '@symphainy/kernel';
import type { ByteSource } from './step-task.js';

export interface ItemsOptions {
  /** Of the artifact that holds them. Default `items`. */
  readonly name?: string;
  /** Items that are run, recorded and retried together. Default 1000. */
  readonly chunkSize?: number;
}

/** What a planning step hands back: `source` as its output, `artifact` among its artifacts. */
export interface WrittenItems {
  readonly source: ItemsSource;
  readonly artifact: ProducedArtifact;
}

const MEDIA_TYPE = 'application/x-ndjson';
const DEFAULT_CHUNK = 1000;
/** Lines are handed to the object store in blocks of about this many characters. */
const BLOCK_CHARS = 64 * 1024;

interface Places {
  count: number;
  bytes: number;
  readonly offsets: number[];
}

export async function writeItems(
  items: Iterable<Json> | AsyncIterable<Json>,
  options: ItemsOptions,
  write: (source: ByteSource, options: { readonly mediaType: string }) => Promise<ObjectRef>,
  artifactId: (name: string) => string,
): Promise<WrittenItems> {
  const { name = 'items', chunkSize = DEFAULT_CHUNK } = options;
  const places: Places = { count: 0, bytes: 0, offsets: [] };
  const object = await write(blocks(items, chunkSize, places), { mediaType: MEDIA_TYPE });
  return {
    source: { reference: artifactId(name), count: places.count, chunk_size: chunkSize, offsets: [...places.offsets, places.bytes] },
    artifact: { name, artifact_type: 'runtime.items', media_type: MEDIA_TYPE, object, summary: { items: places.count } },
  };
}

async function* blocks(items: Iterable<Json> | AsyncIterable<Json>, chunkSize: number, places: Places): AsyncGenerator<Uint8Array> {
  const encoder = new TextEncoder();
  let lines: string[] = [];
  let held = 0;
  let flushed = 0;
  const encode = (): Uint8Array => {
    const block = encoder.encode(lines.join(''));
    flushed += block.length;
    lines = [];
    held = 0;
    return block;
  };
  for await (const item of items) {
    // an offset is known only when everything before it has been encoded
    if (places.count % chunkSize === 0) {
      if (held > 0) yield encode();
      places.offsets.push(flushed);
    }
    const line = `${canonicalJson(item)}\n`;
    lines.push(line);
    held += line.length;
    places.count++;
    if (held >= BLOCK_CHARS) yield encode();
  }
  if (held > 0) yield encode();
  places.bytes = flushed;
}

/** The items of one range. */
export const parseItems = (bytes: Uint8Array): Json[] =>
  Buffer.from(bytes)
    .toString('utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Json);
