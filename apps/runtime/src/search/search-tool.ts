import { failure } from '@symphainy/contracts';
import type { Json } from '@symphainy/kernel';
import { z } from 'zod';
import type { ToolContext } from '../data-brain/tools.js';
import type { RankedPassage, SearchedDocument, SearchIndex } from './search-index.js';
import type { Permits } from './search-permits.js';

/** Documents that one question looks at: the newest. */
const MOST_DOCUMENTS = 50_000;
/** Vectors that one question is compared with: of the newest documents. */
const MOST_VECTORS = 200_000;

const passagesRequest = z.strictObject({
  /** Terms of the question, by the algorithm named, and how much each counts. */
  terms: z.array(z.object({ term: z.number().int().min(0).max(0x7fff_ffff), weight: z.number().min(0).max(100) })).max(2_000),
  sparse_model: z.string().min(1).max(200),
  /** Of the question, of length 1, by the model named; documents of another model are sought by terms alone. */
  vector: z.array(z.number()).max(20_000).optional(),
  model: z.string().min(1).max(200).optional(),
  depth: z.number().int().min(1).max(200).default(100),
});
type PassagesRequest = z.infer<typeof passagesRequest>;

interface Part {
  readonly rank: number;
  readonly score: number;
}

/** `search.passages`: where passages for a question stand, of all that the caller may read: by their terms, and by their vectors, each ranking with ranks from 1. */
export class SearchTool {
  constructor(
    private readonly index: SearchIndex,
    private readonly permits: Permits,
  ) {}

  async passages(context: ToolContext, asked: { [key: string]: Json }): Promise<Json> {
    const request = read(asked);
    const tenantId = context.caller.tenant_id;
    await this.index.settle();
    const documents = await this.readable(context);
    const ids = documents.map(({ artifact_id }) => artifact_id);
    const lexical = await this.byTerms(tenantId, documents, request);
    const alike = documents.filter(({ model }) => model === request.model).map(({ artifact_id }) => artifact_id);
    const nearest = request.vector === undefined ? [] : await this.index.byVector(tenantId, alike, request.vector, request.depth, MOST_VECTORS);
    const hits = joined(lexical.ranked, nearest);
    const terms = await this.index.termsOf(tenantId, hits);
    const matched = terms.map((own) => request.terms.flatMap(({ term }, at) => (own.includes(term) ? [at] : [])));
    for (const { artifact_id } of hits) context.found(artifact_id);
    return {
      documents: ids.length,
      passages: documents.reduce((sum, { passages }) => sum + passages, 0),
      frequencies: lexical.frequencies,
      hits: hits.map(({ artifact_id, ...hit }, at) => ({ reference: artifact_id, ...hit, matched: matched[at]! })),
    } as unknown as Json;
  }

  private async byTerms(tenantId: string, documents: readonly SearchedDocument[], { terms, sparse_model, depth }: PassagesRequest): Promise<{ frequencies: number[]; ranked: RankedPassage[] }> {
    const comparable = documents.filter((document) => document.sparse_model === sparse_model);
    const ids = comparable.map(({ artifact_id }) => artifact_id);
    const [passages, words] = [sum(comparable, 'passages'), sum(comparable, 'words')];
    const frequencies = await this.index.frequencies(tenantId, ids, terms.map(({ term }) => term));
    const weighted = terms.flatMap(({ term, weight }, at) => (frequencies[at] === 0 ? [] : [{ term, weight: weight * rarity(frequencies[at]!, passages) }]));
    return { frequencies, ranked: await this.index.byTerms(tenantId, ids, weighted, passages === 0 ? 1 : words / passages, depth) };
  }

  private async readable(context: ToolContext): Promise<SearchedDocument[]> {
    const permitted = await this.permits(context);
    const documents: SearchedDocument[] = [];
    for await (const page of this.index.documents(context.caller.tenant_id)) {
      documents.push(...page.filter(permitted));
      if (documents.length >= MOST_DOCUMENTS) break;
    }
    return documents.slice(0, MOST_DOCUMENTS);
  }
}

const sum = (documents: readonly SearchedDocument[], of: 'passages' | 'words'): number => documents.reduce((total, document) => total + document[of], 0);

/** How much a term says that `having` of `all` passages have. */
const rarity = (having: number, all: number): number => Math.log(1 + (all - having + 0.5) / (having + 0.5));

interface Hit {
  readonly artifact_id: string;
  readonly chunk: number;
  lexical?: Part;
  vector?: Part;
}

/** Each passage once, with its place in each ranking. */
function joined(lexical: readonly RankedPassage[], vector: readonly RankedPassage[]): Hit[] {
  const hits = new Map<string, Hit>();
  for (const [by, ranked] of [['lexical', lexical], ['vector', vector]] as const) {
    for (const [at, { artifact_id, chunk, score }] of ranked.entries()) {
      const key = `${artifact_id}#${chunk}`;
      const hit: Hit = hits.get(key) ?? { artifact_id, chunk };
      hit[by] = { rank: at + 1, score: Number(score.toFixed(6)) };
      hits.set(key, hit);
    }
  }
  return [...hits.values()];
}

function read(asked: unknown): PassagesRequest {
  const parsed = passagesRequest.safeParse(asked);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  throw failure('request.invalid', { message: issue?.message ?? 'the tool’s request does not fit', field: `/request/${(issue?.path ?? []).join('/')}` });
}
