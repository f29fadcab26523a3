/**
 * embeddings: texts as vectors, dense (near where texts are alike) and sparse (their words as numbers).
 *
 * `hashedEmbedder` computes `hashed-dense-v2` here, without a model or a network; `ModelEmbedder` asks any server of the OpenAI embeddings API; `OnnxEmbedder` runs a text encoder
 * of this machine; `openEmbedder` takes the one that the environment
 * names. `hashedSparse` and `queryTerms` are `hashed-sparse-v1`, whatever the dense model.
 *
 * 1. An algorithm's name changes whenever its vectors do.
 * 2. A model outside is reached only where its address is public, or where an operator allowed it; its key stands in no log and no error.
 */
export { hashedDense, hashedEmbedder, HASHED_DENSE, HASHED_DIMENSIONS } from './hashed-dense.js';
export { hashedSparse, queryTerms, isPair, HASHED_SPARSE, type SparseText, type QueryTerm } from './hashed-sparse.js';
export { ModelEmbedder, type ModelEmbedderOptions } from './model-embedder.js';
export { OnnxEmbedder } from './onnx-embedder.js';
export { embeddingsEnv, openEmbedder, type EmbeddingsEnv } from './embeddings.env.js';
