import type { ContentDocument, ContentEmbeddings } from '@symphainy/contracts';
import { breather } from '../../model/breathing.js';
import { limits } from '../../model/limits.js';
import { chunksOf } from './chunks.js';
import { DIMENSIONS, EMBEDDING_MODEL, embedText } from './hashed-dense.js';

/** Chunks of a document with their vectors. Beyond the limit the rest is counted, not embedded. */
export async function embed(document: ContentDocument): Promise<ContentEmbeddings> {
  const chunks: ContentEmbeddings['chunks'] = [];
  let omitted = 0;
  const pause = breather(20);
  for (const chunk of chunksOf(document)) {
    if (chunks.length >= limits.chunks) omitted++;
    else chunks.push({ id: `c${chunks.length + 1}`, ...chunk, vector: embedText(chunk.text) });
    await pause();
  }
  return { model: EMBEDDING_MODEL, dimensions: DIMENSIONS, chunks, ...(omitted > 0 ? { omitted } : {}) };
}
