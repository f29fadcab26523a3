/** realm-content: files become documents, facts and embeddings, each value with its place in the source. Serves `content.ingest`; stores nothing of its own. */
export { contentService } from './content.manager.js';
