import { failure } from '@symphainy/contracts';
import { env, type Clock, type EnvContract } from '@symphainy/kernel';
import { parseAllowedTargets, type AllowedTargets } from '@symphainy/outbound';
import type { Embedder } from '@symphainy/ports';
import { hashedEmbedder } from './hashed-dense.js';
import { ModelEmbedder } from './model-embedder.js';
import { OnnxEmbedder } from './onnx-embedder.js';

/** Variables of a service that embeds. */
export interface EmbeddingsEnv {
  EMBEDDINGS_URL: string | undefined;
  EMBEDDINGS_MODEL: string;
  EMBEDDINGS_API_KEY: string | undefined;
  EMBEDDINGS_DIMENSIONS: number;
  EMBEDDINGS_TIMEOUT_MS: number;
  EMBEDDINGS_ALLOWED_TARGETS: AllowedTargets;
  EMBEDDINGS_ONNX_DIR: string | undefined;
}

const group = 'embeddings';

export const embeddingsEnv: EnvContract<EmbeddingsEnv> = {
  EMBEDDINGS_URL: env.optionalUrl({ description: 'OpenAI-compatible API that embeds, up to, but without, /embeddings; unset: hashed vectors, computed here. The same for realm-content and realm-insights, or questions and passages cannot be compared', group, protocols: ['http', 'https'] }),
  EMBEDDINGS_MODEL: env.text({ description: 'model that EMBEDDINGS_URL is asked for', group, default: 'text-embedding-3-small' }),
  EMBEDDINGS_API_KEY: { ...env.optionalText({ description: 'bearer token for EMBEDDINGS_URL', group }), sensitive: true },
  EMBEDDINGS_DIMENSIONS: env.integer({ description: 'length of the vectors that the model is asked for; 0: its own', group, default: '0', min: 0, max: 20_000 }),
  EMBEDDINGS_TIMEOUT_MS: env.integer({ description: 'how long one request to the model may take, in ms', group, default: '60000', min: 100, max: 600_000 }),
  EMBEDDINGS_ALLOWED_TARGETS: { ...env.text({ description: 'host:port pairs, separated by commas, at which the model may be reached over plain http and at a private address: a server of one’s own', group, default: '' }), parse: parseAllowedTargets, form: 'host:port, …' },
  EMBEDDINGS_ONNX_DIR: env.optionalText({ description: 'folder with model.onnx and tokenizer.json of a text encoder that runs in the service itself, instead of EMBEDDINGS_URL; needs the optional package onnxruntime-web. The same files for realm-content and realm-insights', group }),
};

/** The embedder that is configured: hashed vectors, or those of a model, of this machine or behind a URL. Throws `embedding.*` for one that cannot be. */
export function openEmbedder(variables: EmbeddingsEnv, clock: Clock): Embedder {
  const { EMBEDDINGS_URL: url, EMBEDDINGS_DIMENSIONS: dimensions, EMBEDDINGS_ONNX_DIR: directory } = variables;
  if (directory !== undefined && url !== undefined) throw failure('embedding.model_invalid', { message: 'EMBEDDINGS_ONNX_DIR and EMBEDDINGS_URL name two models', fix: 'unset one of them' });
  if (directory !== undefined) return new OnnxEmbedder(directory);
  if (url === undefined) return hashedEmbedder;
  return new ModelEmbedder({
    url, clock, model: variables.EMBEDDINGS_MODEL, apiKey: variables.EMBEDDINGS_API_KEY, timeoutMs: variables.EMBEDDINGS_TIMEOUT_MS, allowed: variables.EMBEDDINGS_ALLOWED_TARGETS,
    dimensions: dimensions === 0 ? undefined : dimensions,
  });
}
