/** Lifecycle of the insights realm: open the embedder, serve its steps, register what it can do. */
import { embeddingsEnv, openEmbedder, type EmbeddingsEnv } from '@symphainy/embeddings';
import { realmService } from '@symphainy/realm-sdk';
import { insightsRealmWith } from './insights.orchestrator.js';

export const insightsService = realmService<EmbeddingsEnv>({ name: 'realm-insights', env: embeddingsEnv, realm: ({ env, clock }) => ({ realm: insightsRealmWith(openEmbedder(env, clock)), providers: [] }) });
