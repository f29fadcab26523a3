/**
 * The sagas of the content realm. Handlers fetch what a step needs, hand it to one service, and name what came of it; services know
 * neither tasks nor each other. What is large goes from step to step as an artifact, by its id.
 */
import { hashedEmbedder } from '@symphainy/embeddings';
import type { Embedder } from '@symphainy/ports';
import { defineCapability, defineRealm, task, type RealmDefinition, type StepResultInput } from '@symphainy/realm-sdk';
import { decode } from './decode.orchestrator.js';
import { encode } from './encode.orchestrator.js';
import { embeddingsOf, readingTasks, WORK_TIMEOUT_MS, type Ingest } from './ingest-steps.js';
import { factsOutput, ingestOutput, ingestPayload, normaliseOutput } from './model/ingest.schema.js';
import { parseAndEmbed } from './parse-and-embed.orchestrator.js';
import { upload } from './upload.orchestrator.js';

const ingest = defineCapability({
  intent: 'content.ingest',
  version: '1.1.0',
  description: 'Reads a file (PDF, DOCX, XLSX, CSV, JSON, HTML, text, e-mail, or mainframe records with their copybook) into one document model, its facts with their places in the source, and embeddings.',
  determinism: 'deterministic',
  input: ingestPayload,
  output: ingestOutput,
  tools: ['registry.entries'],
  saga: [
    ...readingTasks,
    task('embed', embedStep, { timeoutMs: WORK_TIMEOUT_MS, needs: ['normalise', 'facts'] }),
  ],
});

/** The realm, with the embedder of `content.parse_and_embed`. */
export const contentRealmWith = (embedder: Embedder): RealmDefinition => defineRealm({ realm: 'content', capabilities: [upload, ingest, decode, encode, parseAndEmbed(embedder)] });

export const contentRealm = contentRealmWith(hashedEmbedder);

/** Always by hashed vectors: a file ingested again gives the same bytes, whatever is configured. */
async function embedStep(step: Ingest): Promise<StepResultInput> {
  const made = normaliseOutput.parse(step.inputs['normalise']);
  const { facts, facts_artifact } = factsOutput.parse(step.inputs['facts']);
  const { counts, artifact } = await embeddingsOf(step, { embedder: hashedEmbedder });
  const output = { ...made, facts_artifact, facts, embeddings: step.artifactId('embeddings'), chunks: counts.chunks };
  return { output, artifacts: [artifact], events: [{ type: 'content.ingested', data: output }] };
}

