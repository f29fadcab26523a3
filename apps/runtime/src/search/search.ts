/**
 * search: what of a tenant's documents may be found by everybody who may read them.
 *
 * The follower `search` (`SearchProjector`) takes up the chunks of artifacts that are `searchable`, as their realm wrote them: terms as numbers, and vectors; the Runtime knows no words. A step asks by the
 * tool `search.passages`, with the terms and the vector of its question, and is told where passages stand; it reads them like any reference, which is recorded. Stored: two tables, made again from the log
 * and its objects by `runtime.rebuild_search`.
 *
 * 1. The tenant leads every key, and every read is under its row-level security.
 * 2. Before anything is ranked or counted, what the caller may not read is left out, by the bundle that the execution was accepted under, by its frozen boundary, and by the classes that hold now: it is not
 *    found, and leaves no trace in scores or counts.
 * 3. No text stands in the index. What is sealed, because it is somebody's, is not taken up: it would outlive its key.
 * 4. A question's memory does not grow with the index: documents and vectors go by in pages, and no more are looked at than the limits say.
 */
import { hydratePermits, type PermitParts } from './search-permits.js';
import { SearchTool } from './search-tool.js';
import type { SearchIndex } from './search-index.js';
import type { Tool } from '../data-brain/tools.js';

export { SearchProjector } from './search-projector.js';
export { SearchRebuild } from './search-rebuild.js';
export { PostgresSearchIndex } from './postgres-search-index.js';
export type { SearchIndex } from './search-index.js';

/** The tools of search over this index. */
export function searchTools(index: SearchIndex, parts: PermitParts): Readonly<Record<string, Tool>> {
  const tool = new SearchTool(index, hydratePermits(parts));
  return { 'search.passages': (context, request) => tool.passages(context, request) };
}
