import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { contentEmbeddings, type ContentChunk } from '@symphainy/contracts';
import { packVector } from './packed-vector.js';

/** What the index takes of an artifact of embeddings. */
export interface EmbeddingRows {
  readonly model: string;
  readonly sparse_model: string;
  readonly passages: number;
  readonly words: number;
  /** JSON arrays of at most 500 passages each: `chunk`, `length`, `terms`, `times`, `vector` (packed, base64). */
  readonly rows: readonly string[];
}

const ROWS_AT_ONCE = 500;
/** A larger artifact holds up whoever parses it for longer than a thread takes to start. */
const APART_BYTES = 1024 * 1024;
/** Heap of such a thread. What does not fit costs the thread, and is not taken up. */
const APART_MIB = 512;

/** Undefined: the bytes are no `contentEmbeddings` with words, or take too much memory. Those of a large artifact are read in a thread of its own, because reading 20 MB takes most of a second, in which a runtime would neither answer nor keep its leases; they are gone afterwards. */
export async function embeddingRows(bytes: Uint8Array, apartMib = APART_MIB): Promise<EmbeddingRows | undefined> {
  return bytes.length < APART_BYTES ? rowsIn(bytes) : rowsApart(bytes, apartMib);
}

/** The same, in this thread. */
export function rowsIn(bytes: Uint8Array): EmbeddingRows | undefined {
  const read = contentEmbeddings.safeParse(parsed(bytes));
  if (!read.success || read.data.sparse_model === undefined) return undefined;
  const { model, sparse_model, chunks } = read.data;
  const rows: string[] = [];
  for (let from = 0; from < chunks.length; from += ROWS_AT_ONCE) rows.push(JSON.stringify(chunks.slice(from, from + ROWS_AT_ONCE).map((chunk, at) => rowOf(chunk, from + at))));
  return { model, sparse_model, passages: chunks.length, words: chunks.reduce((sum, { sparse }) => sum + (sparse?.length ?? 0), 0), rows };
}

function rowsApart(bytes: Uint8Array, heapMib: number): Promise<EmbeddingRows | undefined> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(join(__dirname, '..', '..', 'dist', 'search', 'embedding-rows.worker.js'), { workerData: bytes, transferList: [bytes.buffer as ArrayBuffer], resourceLimits: { maxOldGenerationSizeMb: heapMib } });
    worker.once('error', (error: NodeJS.ErrnoException) => (error.code === 'ERR_WORKER_OUT_OF_MEMORY' ? resolve(undefined) : reject(error)));
    worker.once('message', resolve).once('exit', (code) => reject(new Error(`the thread that reads embeddings ended with ${code}`)));
  });
}

function parsed(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8'));
  } catch {
    return undefined;
  }
}

function rowOf({ sparse, vector }: ContentChunk, chunk: number) {
  return { chunk, length: sparse?.length ?? 0, terms: sparse?.terms ?? [], times: sparse?.times ?? [], vector: packVector(vector).toString('base64') };
}
