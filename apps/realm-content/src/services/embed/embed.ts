import type { ContentDocument, ContentEmbeddings } from '@symphainy/contracts';
import { HASHED_SPARSE, hashedSparse } from '@symphainy/embeddings';
import type { Embedder } from '@symphainy/ports';
import { breather } from '../../model/breathing.js';
import { limits } from '../../model/limits.js';
import { CHUNK_CHARACTERS, CHUNKING, chunksOf, type Chunk } from './chunks.js';

export interface EmbedOptions {
  readonly embedder: Embedder;
  readonly signal: AbortSignal;
  readonly characters?: number | undefined;
}

/** Chunks of a document with their vectors. Beyond the limit the rest is counted, not embedded. */
export async function embed(document: ContentDocument, { embedder, signal, characters = CHUNK_CHARACTERS }: EmbedOptions): Promise<ContentEmbeddings> {
  const { chunks, omitted } = await divided(document, characters);
  const vectors = await embedder.embed(chunks.map(({ text }) => text), signal);
  const pause = breather(20);
  const embedded: ContentEmbeddings['chunks'] = [];
  for (const [at, chunk] of chunks.entries()) {
    embedded.push({ id: `c${at + 1}`, ...chunk, vector: vectors[at]!, sparse: hashedSparse(chunk.text) });
    await pause();
  }
  return { model: embedder.model, dimensions: vectors[0]?.length ?? 0, sparse_model: HASHED_SPARSE, chunking: { algorithm: CHUNKING, characters }, chunks: embedded, ...(omitted > 0 ? { omitted } : {}) };
}

async function divided(document: ContentDocument, characters: number): Promise<{ chunks: Chunk[]; omitted: number }> {
  const chunks: Chunk[] = [];
  let omitted = 0;
  const pause = breather(200);
  for (const chunk of chunksOf(document, characters)) {
    if (chunks.length >= limits.chunks) omitted++;
    else chunks.push(chunk);
    await pause();
  }
  return { chunks, omitted };
}
