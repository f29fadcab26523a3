import { sourceRegion } from '@symphainy/contracts';
import { dataReference } from '@symphainy/realm-sdk';
import { z } from 'zod';
import { mashOutput, mashPayload } from './mash.schema.js';

const { sources, sql, mapping, saved_mapping, offset, limit, format } = mashPayload.shape;

/** What `insights.query_data_mash` is asked: one question over several references, by meaning or by values. */
export const queryMashPayload = z.strictObject({
  query_type: z.enum(['semantic', 'relational']).default('semantic').describe('semantic: passages that answer a question; relational: rows joined by their values, as cross_realm.data_mash'),
  content_refs: z.array(dataReference()).min(1).max(200).optional().describe('semantic: documents of content.ingest, or their embeddings'),
  question: z.string().min(1).max(2000).optional().describe('semantic: what is asked'),
  sources: sources.optional().describe('relational: what takes part, each under a name'),
  sql, mapping, saved_mapping,
  offset: offset.removeDefault().optional(),
  limit: limit.removeDefault().optional().describe('semantic: passages, at most 50; relational: rows'),
  format: format.removeDefault().optional(),
});
export type QueryMashPayload = z.infer<typeof queryMashPayload>;

/** The rows have the same shape either way: `_row`, `_sources`, and the columns. */
export const queryMashOutput = mashOutput.omit({ mash: true }).extend({ query_type: z.enum(['semantic', 'relational']), result: z.string().describe('the artifact of the search, or of the mash') });

/** What is used of a search's result. */
export const foundPassages = z.object({ passages: z.array(z.object({ text: z.string(), score: z.number(), coverage: z.number().optional(), source: sourceRegion })) });
