import { dataReference } from '@symphainy/realm-sdk';
import { contentSource } from '@symphainy/contracts';
import { z } from 'zod';

const share = z.number().min(0).max(1);

export const searchPayload = z.strictObject({
  question: z.string().min(1).max(2000),
  /** `content.embeddings` artifacts of the documents to search. */
  sources: z.array(dataReference()).min(1).max(200),
  limit: z.number().int().min(1).max(50).default(10),
  /** Passages that have less of the question's words, weighted by rarity, are not answered with; 0 leaves none out. */
  min_coverage: share.default(0),
});
export type SearchPayload = z.infer<typeof searchPayload>;

/** The artifact `insights.search_result`: passages, best first, each with its place in the file it was read from. */
export const searchResult = z.object({
  question: z.string(),
  method: z.string(),
  passages: z.array(z.object({ text: z.string(), score: z.number(), coverage: share, embeddings: z.string(), chunk: z.string(), reference: z.string(), source: contentSource })),
});
export const searchOutput = z.object({ result: z.string(), passages: z.number().int(), searched: z.number().int() });
