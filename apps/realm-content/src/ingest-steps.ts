import { contentDocument, MAX_INLINE_BYTES, semanticSchema, vocabulary, type ArtifactLineage, type ProducedArtifact } from '@symphainy/contracts';
import { hashedEmbedder } from '@symphainy/embeddings';
import { canonicalBytes, type Json } from '@symphainy/kernel';
import type { Embedder } from '@symphainy/ports';
import { task, type ArtifactOptions, type StepResultInput, type StepTask } from '@symphainy/realm-sdk';
import { identifyOutput, normaliseOutput, parseOutput, type IngestPayload } from './model/ingest.schema.js';
import { withinLimit } from './model/limits.js';
import { readingPool, type ParsedFile } from './reading-pool.js';
import { embedded, type EmbeddingCounts } from './reading-work.js';
import { detectPersonal } from './services/detect/detect-personal.js';
import { embed } from './services/embed/embed.js';
import { z } from 'zod';
import { canonicalModels, type CanonicalModel } from './services/facts/canonical-names.js';
import { identify } from './services/identify/identify.js';
import { parseMainframe } from './services/mainframe/parse-mainframe.js';

/** What every saga that begins with a file is given. */
export type Ingest = StepTask<IngestPayload>;

/** A large PDF or a file of many records takes minutes on a small machine. */
const PARSE_TIMEOUT_MS = 600_000;
export const WORK_TIMEOUT_MS = 300_000;

async function identifyStep(step: Ingest): Promise<StepResultInput> {
  const { artifact, bytes } = await sourceOf(step);
  const { filename } = artifact.summary ?? {};
  return {
    output: {
      ...(await identify({
        bytes,
        filename: typeof filename === 'string' ? filename : undefined,
        media_type: artifact.media_type,
        copybook: step.payload.copybook !== undefined,
        encoding: step.payload.options.encoding,
      })),
    },
  };
}

async function parseStep(step: Ingest): Promise<StepResultInput> {
  const { kind } = identifyOutput.parse(step.inputs['identify']);
  const { bytes } = await sourceOf(step);
  const { options } = step.payload;
  if (kind !== 'mainframe') {
    const progress = (done: { [unit: string]: number }): void => step.progress(done);
    return parsedResult(step, await readingPool.parse(kind, bytes, { encoding: options.encoding, delimiter: options.delimiter, password: options.password, progress }, step.signal));
  }
  const copybook = await (await step.read(step.payload.copybook!)).bytes();
  const { document, layout } = await parseMainframe(bytes, copybook, options);
  const made = await step.artifact('layout', 'content.copybook_layout', layout, { summary: { record: layout['record']!, length: layout['length']! }, derived_from: [step.payload.copybook!] });
  const detected = detectPersonal(document);
  const result = await parsedResult(step, { json: canonicalBytes(document), ...(detected === undefined ? {} : { detected }) });
  return { ...result, output: { ...(result.output as object), layout: step.artifactId('layout') }, artifacts: [...result.artifacts!, made] };
}

/** Of the class that it shows itself to be; what is made from it inherits that. */
async function parsedResult(step: Ingest, { json, detected }: ParsedFile): Promise<StepResultInput> {
  const sources = [step.payload.source, ...(step.payload.copybook === undefined ? [] : [step.payload.copybook])];
  const told = { derived_from: sources, lineage: documentLineage(step) };
  const output = { parsed: step.artifactId('parsed') };
  if (detected === undefined) return { output, artifacts: [await jsonArtifact(step, 'parsed', 'content.parsed', json, told)] };
  const found = { detected: asJson([...detected.findings]) };
  return { output: { ...output, ...found }, artifacts: [await jsonArtifact(step, 'parsed', 'content.parsed', json, { ...told, classification: detected.classification, summary: found })] };
}

async function normaliseStep(step: Ingest): Promise<StepResultInput> {
  const { parsed, layout, detected } = parseOutput.parse(step.inputs['parse']);
  const { json, counts } = await readingPool.normalise(await step.read(parsed), step.signal);
  const summary = { ...counts, ...(detected === undefined ? {} : { detected: asJson(detected) }) };
  const artifact = await jsonArtifact(step, 'document', 'content.document', json, { summary, derived_from: [parsed], lineage: documentLineage(step) });
  return { output: { document: step.artifactId('document'), ...(layout === undefined ? {} : { layout }), ...summary }, artifacts: [artifact] };
}

/** Members with a `source` of their own, a place in the file. */
export const sourced = ({ payload }: Ingest, path: string): ArtifactLineage => ({ members: [{ path, source: '/source', reference: payload.source }] });

const documentLineage = (step: Ingest): ArtifactLineage => ({ ...sourced(step, '/blocks/*'), tables: [{ path: '/tables/*', reference: step.payload.source }] });

/** An artifact whose canonical JSON is at hand: inline when small, else an object. */
async function jsonArtifact(step: Ingest, name: string, type: string, json: Uint8Array, options: ArtifactOptions): Promise<ProducedArtifact> {
  if (json.length <= MAX_INLINE_BYTES) return step.artifact(name, type, JSON.parse(new TextDecoder().decode(json)) as Json, options);
  return { name, artifact_type: type, media_type: 'application/json', ...options, object: await step.write(json, { mediaType: 'application/json' }) };
}

/** The canonical models and the words for them, as the registry had them when it was asked, which is recorded. */
async function librariansModels(step: Ingest): Promise<CanonicalModel[]> {
  const [schemas, vocabularies] = await Promise.all((['schemas', 'vocabularies'] as const).map(async (list) => registryAnswer.parse(await step.tool('registry.entries', { list })).entries));
  return canonicalModels(z.array(semanticSchema).parse(schemas), z.array(vocabulary).parse(vocabularies));
}

const registryAnswer = z.object({ entries: z.array(z.unknown()) });

async function factsStep(step: Ingest): Promise<StepResultInput> {
  const { document } = normaliseOutput.parse(step.inputs['normalise']);
  const models = await librariansModels(step);
  const { json, counts } = await readingPool.facts(await step.read(document), models, step.signal);
  return { output: { facts_artifact: step.artifactId('facts'), ...counts }, artifacts: [await jsonArtifact(step, 'facts', 'content.facts', json, { summary: { ...counts }, derived_from: [document], lineage: sourced(step, '/facts/*') })] };
}

/** The document's chunks with their vectors, as an artifact, and what is told of them. */
export async function embeddingsOf(step: Ingest, { embedder, characters }: { readonly embedder: Embedder; readonly characters?: number }): Promise<{ readonly counts: EmbeddingCounts; readonly artifact: ProducedArtifact }> {
  const { document } = normaliseOutput.parse(step.inputs['normalise']);
  const read = await step.read(document);
  const { json, counts } = embedder === hashedEmbedder ? await readingPool.embed(read, characters, step.signal) : await vectorsOf(step, await read.bytes(), { embedder, characters });
  const summary = { model: counts.model, chunks: counts.chunks };
  const artifact = await jsonArtifact(step, 'embeddings', 'content.embeddings', json, { summary, derived_from: [document], lineage: sourced(step, '/chunks/*'), searchable: true });
  return { counts, artifact };
}

/** By an embedder of this process, which may ask a server. */
async function vectorsOf(step: Ingest, document: Uint8Array, options: { readonly embedder: Embedder; readonly characters: number | undefined }) {
  return embedded(await embed(contentDocument.parse(JSON.parse(new TextDecoder().decode(document))), { ...options, signal: step.signal }));
}

/** The file's bytes, refused by their stated size before they are fetched. */
async function sourceOf(step: Ingest) {
  const source = await step.read(step.payload.source);
  if (source.artifact.object) withinLimit('fileBytes', source.artifact.object.size);
  return { artifact: source.artifact, bytes: await source.bytes() };
}

/** Our own values are JSON by construction; members that are undefined fall away when they are written. */
const asJson = (value: object): Json => value as Json;

/** How every file becomes a document with its facts. */
export const readingTasks = [
  task('identify', identifyStep, { timeoutMs: WORK_TIMEOUT_MS }),
  task('parse', parseStep, { timeoutMs: PARSE_TIMEOUT_MS, needs: ['identify'] }),
  task('normalise', normaliseStep, { timeoutMs: WORK_TIMEOUT_MS, needs: ['parse'] }),
  task('facts', factsStep, { timeoutMs: WORK_TIMEOUT_MS, needs: ['normalise'] }),
];
