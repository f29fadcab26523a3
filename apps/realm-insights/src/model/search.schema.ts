import { chunkRegion, contentSource } from '@symphainy/contracts';
import { dataReference } from '@symphainy/realm-sdk';
import { z } from 'zod';

const share = z.number().min(0).max(1);
const count = z.number().int().min(0);

export const searchPayload = z.strictObject({
  question: z.string().min(1).max(2000),
  /** `content.embeddings` artifacts of the documents to search. Default: everything that the caller may read. */
  sources: z.array(dataReference()).min(1).max(200).optional(),
  limit: z.number().int().min(1).max(50).default(10),
  /** A passage that has less of the question's words, weighted by rarity, does not fit; 0 lets all pass. */
  min_coverage: share.default(0.34),
  /** Where a model embeds: a passage as near as this fits whatever its words. */
  min_similarity: share.default(0.5),
});
export type SearchPayload = z.infer<typeof searchPayload>;

const part = z.object({ /** From 1. */ rank: z.number().int().min(1), score: z.number() });

/** The artifact `insights.search_result`: passages, best first, each with its place in the file it was read from. */
export const searchResult = z.object({
  question: z.string(),
  method: z.string(),
  /** By which the question was embedded. */
  model: z.string(),
  /** `named`: the sources of the payload; `tenant`: all that the caller may read. */
  scope: z.enum(['named', 'tenant']),
  /** Nothing fits. */
  abstained: z.boolean(),
  thresholds: z.object({ min_coverage: share, min_similarity: share }),
  searched: z.object({ documents: count, passages: count }),
  passages: z.array(z.object({
    text: z.string(), score: z.number(), parts: z.object({ lexical: part.optional(), vector: part.optional() }), coverage: share,
    embeddings: z.string(), chunk: z.string(), reference: z.string(), source: contentSource, regions: z.array(chunkRegion).optional(),
  })),
});
export const searchOutput = z.object({ result: z.string(), passages: count, /** Passages searched. */ searched: count, abstained: z.boolean(), scope: z.enum(['named', 'tenant']) });

/** What the tool `search.passages` answers. */
export const foundPassages = z.object({
  documents: count,
  passages: count,
  /** Passages that have each of the terms asked for, in their order. */
  frequencies: z.array(count),
  hits: z.array(z.object({ reference: z.string(), chunk: z.number().int().min(0), matched: z.array(z.number().int().min(0)), lexical: part.optional(), vector: part.optional() })),
});
export type FoundPassages = z.infer<typeof foundPassages>;
