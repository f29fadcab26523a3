/** `insights.search`: passages for a question, of named documents or of everything the caller may read. */
import { contentEmbeddings, failure, type ContentChunk } from '@symphainy/contracts';
import { HASHED_SPARSE, queryTerms } from '@symphainy/embeddings';
import { asPlatformError, hashOf, type Json } from '@symphainy/kernel';
import type { Embedder } from '@symphainy/ports';
import { agent, choice, defineCapability, task, type CapabilityDefinition, type StepResultInput, type StepTask } from '@symphainy/realm-sdk';
import { foundPassages, searchOutput, searchPayload, type SearchPayload } from './model/search.schema.js';
import { hybridAnswer, RANK_DEPTH, type Answer, type Found } from './services/search/hybrid-answer.js';
import { PassageIndex } from './services/search/search-passages.js';

type Search = StepTask<SearchPayload>;

const SEARCH_TIMEOUT_MS = 120_000;
const METHOD = 'search-v2: BM25 over stems and pairs of stems, cosine of vectors, reciprocal rank fusion';

/** A question is embedded like passages: by a task where that is computed here, by an agent's step where a model is asked, whose answer stands in the record. */
export function searchCapability(embedder: Embedder): CapabilityDefinition {
  return defineCapability({
    intent: 'insights.search',
    version: '1.1.0',
    description: 'Finds passages for a question, by words in any form and by vectors, in named documents or in all that the caller may read; each with its scores and its place in its file. Answers nothing where nothing fits.',
    determinism: 'deterministic',
    input: searchPayload,
    output: searchOutput,
    tools: ['search.passages'],
    saga: [
      task('choose', () => ({ output: { model: embedder.model }, outcome: embedder.deterministic ? 'hashed' : 'model' })),
      choice('find', {
        cases: {
          hashed: [task('search', (step: Search) => search(step, embedder), { timeoutMs: SEARCH_TIMEOUT_MS })],
          model: [agent('search_by_model', async (step: Search) => ({ ...(await search(step, embedder)), agent: { model: embedder.model, prompt_hash: hashOf(step.payload.question), verdict: { vectors: 1 } } }), { timeoutMs: SEARCH_TIMEOUT_MS })],
        },
      }),
    ],
  });
}

/** A chunk and the artifact it stands in. */
interface Hit {
  readonly chunk: ContentChunk;
  readonly embeddings: string;
  /** The file that it was read from. */
  readonly reference: string;
}

interface Answered {
  readonly documents: number;
  readonly passages: number;
  readonly hits: readonly { readonly hit: Hit; readonly answer: Answer<unknown> }[];
}

async function search(step: Search, embedder: Embedder): Promise<StepResultInput> {
  const { question, sources, min_coverage, min_similarity } = step.payload;
  const [vector] = await embedder.embed([question], step.signal);
  const asked = { model: embedder.model, vector: vector! };
  const scope = sources === undefined ? 'tenant' as const : 'named' as const;
  const { documents, passages: searched, hits } = sources === undefined ? await inTenant(step, asked) : await inSources(step, sources, asked);
  const passages = hits.map(({ hit: { chunk, embeddings, reference }, answer: { score, parts, coverage } }) => {
    const { text, id, source, regions } = chunk;
    return { text, score, parts, coverage, embeddings, chunk: id, reference, source: { ...source, reference }, ...(regions === undefined ? {} : { regions }) };
  });
  const abstained = passages.length === 0;
  const found = { question, method: METHOD, model: embedder.model, scope, abstained, thresholds: { min_coverage, min_similarity }, searched: { documents, passages: searched }, passages };
  const output = { result: step.artifactId('result'), passages: passages.length, searched, abstained, scope };
  const derived_from = [...new Set(sources ?? passages.map(({ embeddings }) => embeddings))];
  const artifact = await step.artifact('result', 'insights.search_result', found as unknown as Json, { summary: { passages: passages.length, searched, abstained }, derived_from, lineage: { members: [{ path: '/passages/*', source: '/source' }] } });
  return { output, artifacts: [artifact], events: [{ type: 'insights.searched', data: output }] };
}

interface Asked {
  readonly model: string;
  readonly vector: readonly number[];
}

async function inSources(step: Search, sources: readonly string[], { model, vector }: Asked): Promise<Answered> {
  const { question, limit } = step.payload;
  const distinct = [...new Set(sources)];
  const hits = (await Promise.all(distinct.map((reference, at) => hitsOf(step, reference, `/sources/${at}`)))).flatMap((one) => one.hits.map((hit) => ({ hit, comparable: one.model === model })));
  const index = new PassageIndex(hits.map(({ hit: { chunk }, comparable }) => ({ text: chunk.text, vector: comparable ? chunk.vector : undefined })));
  const answers = hybridAnswer(index.find(question, vector), { terms: queryTerms(question), model }, step.payload);
  return { documents: distinct.length, passages: hits.length, hits: answers.slice(0, limit).map((answer) => ({ hit: hits[answer.key]!.hit, answer })) };
}

/** The Runtime's index tells where what the caller may read stands; the passages themselves are read like any reference. What was erased meanwhile is left out. */
async function inTenant(step: Search, { model, vector }: Asked): Promise<Answered> {
  const { question, limit } = step.payload;
  const terms = queryTerms(question);
  const request = { terms: terms.map(({ term, weight }) => ({ term, weight })), sparse_model: HASHED_SPARSE, vector: [...vector], model, depth: RANK_DEPTH };
  const { documents, passages, frequencies, hits } = foundPassages.parse(await step.tool('search.passages', request));
  const ranked = (by: 'lexical' | 'vector') => hits.flatMap((hit) => (hit[by] === undefined ? [] : [{ key: hit, ...hit[by] }])).toSorted((a, b) => a.rank - b.rank);
  const found: Found<(typeof hits)[number]> = { lexical: ranked('lexical'), vector: ranked('vector'), passages, frequencies, matched: (key) => terms.map((_, at) => key.matched.includes(at)) };
  const read = new Map<string, Promise<readonly Hit[]>>();
  const kept: Answered['hits'][number][] = [];
  for (const answer of hybridAnswer(found, { terms, model }, step.payload)) {
    const { reference, chunk } = answer.key;
    if (!read.has(reference)) read.set(reference, readable(step, reference));
    const hit = (await read.get(reference)!)[chunk];
    if (hit !== undefined && kept.push({ hit, answer }) === limit) break;
  }
  return { documents, passages, hits: kept };
}

const GONE = new Set(['data.erased', 'data.withheld', 'object.missing', 'artifact.not_found', 'reference.not_allowed']);

async function readable(step: Search, reference: string): Promise<readonly Hit[]> {
  try {
    return (await hitsOf(step, reference, '/question')).hits;
  } catch (error) {
    if (GONE.has(asPlatformError(error).code)) return [];
    throw error;
  }
}

async function hitsOf(step: Search, reference: string, field: string): Promise<{ readonly model: string; readonly hits: Hit[] }> {
  const { artifact, json } = await step.read(reference);
  const read = contentEmbeddings.safeParse(artifact.media_type.startsWith('application/json') ? await json() : undefined);
  if (!read.success) throw failure('reference.not_allowed', { message: `${reference} is ${artifact.artifact_type}, not content.embeddings`, field, fix: 'name the embeddings that content.ingest or content.parse_and_embed made' });
  const file = artifact.lineage?.members?.[0]?.reference ?? reference;
  return { model: read.data.model, hits: read.data.chunks.map((chunk) => ({ chunk, embeddings: reference, reference: file })) };
}
