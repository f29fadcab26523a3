/** The saga of `insights.search`. */
import { contentEmbeddings, failure } from '@symphainy/contracts';
import type { Json } from '@symphainy/kernel';
import { defineCapability, task, type StepResultInput, type StepTask } from '@symphainy/realm-sdk';
import { searchOutput, searchPayload, type SearchPayload } from './model/search.schema.js';
import { PassageIndex } from './services/search/passage-index.js';

const SEARCH_TIMEOUT_MS = 120_000;
const METHOD = 'search-v1: BM25 over stems, pairs of stems and letters of stems, weighted sum';

export const searchCapability = defineCapability({
  intent: 'insights.search',
  version: '1.0.0',
  description: 'Finds the passages of ingested documents that answer a question, by its words in any form, each with its place in its file.',
  determinism: 'deterministic',
  input: searchPayload,
  output: searchOutput,
  saga: [task('search', search, { timeoutMs: SEARCH_TIMEOUT_MS })],
});

async function search(step: StepTask<SearchPayload>): Promise<StepResultInput> {
  const { question, sources, limit, min_coverage } = step.payload;
  const chunks = (await Promise.all([...new Set(sources)].map((reference, at) => chunksOf(step, reference, at)))).flat();
  const hits = new PassageIndex(chunks).search(question, limit).filter((hit) => hit.coverage >= min_coverage);
  const passages = hits.map(({ passage, score, coverage }) => {
    const { text, id, source, embeddings, reference } = chunks[passage]!;
    return { text, score, coverage, embeddings, chunk: id, reference, source };
  });
  const output = { result: step.artifactId('result'), passages: passages.length, searched: chunks.length };
  const lineage = { members: [{ path: '/passages/*', source: '/source' }] };
  const found = { question, method: METHOD, passages: passages.map((passage) => ({ ...passage, source: { ...passage.source, reference: passage.reference } })) };
  const artifact = await step.artifact('result', 'insights.search_result', found as unknown as Json, { summary: { passages: passages.length, searched: chunks.length }, derived_from: [...new Set(sources)], lineage });
  return { output, artifacts: [artifact], events: [{ type: 'insights.searched', data: output }] };
}

async function chunksOf(step: StepTask<SearchPayload>, reference: string, at: number) {
  const { artifact, json } = await step.read(reference);
  const read = contentEmbeddings.safeParse(artifact.media_type.startsWith('application/json') ? await json() : undefined);
  if (!read.success) throw failure('reference.not_allowed', { message: `${reference} is ${artifact.artifact_type}, not content.embeddings`, field: `/sources/${at}`, fix: 'name the embeddings that content.ingest made' });
  const file = artifact.lineage?.members?.[0]?.reference ?? reference;
  return read.data.chunks.map(({ id, text, source }) => ({ id, text, source, embeddings: reference, reference: file }));
}
