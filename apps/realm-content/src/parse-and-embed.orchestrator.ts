/**
 * `content.parse_and_embed`: a file read as `content.ingest` reads it, in chunks that keep their regions, with vectors of the configured embedder. Hashed vectors are computed by a task, like all else here. Vectors of a model
 * outside come from an agent's step: they are taken from the record when the execution is replayed, since nobody can promise that the model would give them again.
 */
import type { Embedder } from '@symphainy/ports';
import { agent, choice, defineCapability, task, type AgentResultInput, type CapabilityDefinition, type StepResultInput, type StepTask } from '@symphainy/realm-sdk';
import { embeddingsOf, readingTasks, WORK_TIMEOUT_MS } from './ingest-steps.js';
import { factsOutput, normaliseOutput, parseAndEmbedOutput, parseAndEmbedPayload, type ParseAndEmbedPayload } from './model/ingest.schema.js';

type Work = StepTask<ParseAndEmbedPayload>;

const NEEDS = ['normalise', 'facts'];

export function parseAndEmbed(embedder: Embedder): CapabilityDefinition {
  const embedded = (step: Work): Promise<Embedded> => embedWith(step, embedder);
  return defineCapability({
    intent: 'content.parse_and_embed',
    version: '1.0.0',
    description: 'Reads a file into its document, its normalised fields and its chunks with their vectors, each chunk with the places (page and box, bytes, rows) it was made of.',
    determinism: 'deterministic',
    input: parseAndEmbedPayload,
    output: parseAndEmbedOutput,
    tools: ['registry.entries'],
    saga: [
      ...readingTasks,
      task('choose', () => ({ output: { model: embedder.model }, outcome: embedder.deterministic ? 'hashed' : 'model' })),
      choice('embed', {
        on: 'choose',
        cases: {
          hashed: [task('embed_hashed', async (step: Work) => (await embedded(step)).result, { timeoutMs: WORK_TIMEOUT_MS, needs: NEEDS })],
          model: [agent('embed_by_model', async (step: Work) => asAgent(await embedded(step)), { timeoutMs: WORK_TIMEOUT_MS, needs: NEEDS })],
        },
      }),
    ],
  });
}

interface Embedded {
  readonly result: StepResultInput;
  readonly model: string;
  readonly chunks: number;
  /** Hash of the texts that were embedded. */
  readonly asked: string;
}

async function embedWith(step: Work, embedder: Embedder): Promise<Embedded> {
  const { document, kind } = normaliseOutput.parse(step.inputs['normalise']);
  const { facts, facts_artifact } = factsOutput.parse(step.inputs['facts']);
  const { counts, artifact } = await embeddingsOf(step, { embedder, characters: step.payload.chunk_characters });
  const { model, dimensions, chunks, omitted, asked } = counts;
  const output = { document, normalized_fields: facts_artifact, embeddings: step.artifactId('embeddings'), kind, model, dimensions, chunks, facts, ...(omitted === undefined ? {} : { omitted }) };
  return { result: { output, artifacts: [artifact], events: [{ type: 'content.embedded', data: output }] }, model, chunks, asked };
}

const asAgent = ({ result, model, chunks, asked }: Embedded): AgentResultInput => ({ ...result, agent: { model, prompt_hash: asked, verdict: { vectors: chunks } } });
