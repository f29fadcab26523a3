/** realm-content: files become documents, facts and embeddings, each value with its place in the source. Serves `content.upload`, `content.ingest`, `content.parse_and_embed`, `content.decode` and `content.encode`; stores nothing of its own. */
export { contentService } from './content.manager.js';
/** For the scorecard, which measures the realm's own readers. */
export { openMainframe, type DecodedRow, type MainframeFile, type MainframeOptions } from './services/mainframe/records/read-records.js';
export { type Field as LayoutField } from './services/mainframe/copybook/copybook-layout.js';
export { rewriteRecords, type Rewritten } from './rewrite-records.js';
export { canonicalModels, type CanonicalModel } from './services/facts/canonical-names.js';
export { factsOf } from './services/facts/facts.js';
export { damages, type DamagedFile } from './damages.js';
export { readDocument, type ReadableFile } from './read-document.js';
export { gridOf, type GridCell } from './services/view/table-grid.js';
export { markdown } from './services/view/markdown.js';
export { plainText } from './services/view/plain-text.js';
