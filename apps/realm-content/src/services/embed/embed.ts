import { failure, type ContentDocument, type ContentEmbeddings } from '@symphainy/contracts';
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

/** Chunks whose dense and sparse vectors are made in one go, so that words are known from one to the other; no fewer than a model takes at once. */
const GROUP = 256;

/** Chunks of a document with their vectors. Beyond the limit the rest is counted, not embedded. */
export async function embed(document: ContentDocument, { embedder, signal, characters = CHUNK_CHARACTERS }: EmbedOptions): Promise<ContentEmbeddings> {
  const { chunks, omitted } = await divided(document, characters);
  const pause = breather(20);
  const embedded: ContentEmbeddings['chunks'] = [];
  for (let from = 0; from < chunks.length; from += GROUP) {
    const group = chunks.slice(from, from + GROUP);
    const vectors = await embedder.embed(group.map(({ text }) => text), signal);
    if (vectors.some((vector) => vector.length !== (embedded[0]?.vector ?? vectors[0]!).length)) throw failure('embedding.answer_invalid', { message: 'the model answered with vectors of different lengths' });
    for (const [at, chunk] of group.entries()) {
      embedded.push({ id: `c${from + at + 1}`, ...chunk, vector: vectors[at]!, sparse: hashedSparse(chunk.text) });
      await pause();
    }
  }
  return { model: embedder.model, dimensions: embedded[0]?.vector.length ?? 0, sparse_model: HASHED_SPARSE, chunking: { algorithm: CHUNKING, characters }, chunks: embedded, ...(omitted > 0 ? { omitted } : {}) };
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
