/** Lifecycle of the content realm: open the embedder, serve its steps, register what it can do. */
import { embeddingsEnv, openEmbedder, type EmbeddingsEnv } from '@symphainy/embeddings';
import { realmService } from '@symphainy/realm-sdk';
import { contentRealmWith } from './content.orchestrator.js';

export const contentService = realmService<EmbeddingsEnv>({ name: 'realm-content', env: embeddingsEnv, realm: ({ env, clock }) => ({ realm: contentRealmWith(openEmbedder(env, clock)), providers: [] }) });
