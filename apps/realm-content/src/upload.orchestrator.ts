/**
 * `content.upload`: a file as an intent. Small content stands in the payload, and becomes an object; a file of any size comes by `POST /v1/files` first, and is named. What it is is told from its content. With
 * `then` it is made ready for questions by a child intent, `content.parse_and_embed`.
 */
import { fileTypeFromBuffer } from 'file-type';
import { failure, type Json, type ProducedArtifact } from '@symphainy/contracts';
import { PlatformError } from '@symphainy/kernel';
import { child, choice, defineCapability, task, type StepResultInput, type StepTask } from '@symphainy/realm-sdk';
import { parseAndEmbedOutput } from './model/ingest.schema.js';
import { limits } from './model/limits.js';
import { uploadOutput, uploadPayload, uploadReceived, type UploadPayload } from './model/upload.schema.js';
import { identify, type Identified } from './services/identify/identify.js';

type Upload = StepTask<UploadPayload>;

const CHILD_TIMEOUT_MS = 3_600_000;
const UNKNOWN_MEDIA_TYPE = 'application/octet-stream';
const KEPT = 'kept';

export const upload = defineCapability({
  intent: 'content.upload',
  version: '1.0.0',
  description: 'Takes a file: a small one with its content in the payload, or one of any size that came by POST /v1/files. Tells what it is by its content, and on request reads it for questions (content.parse_and_embed).',
  determinism: 'deterministic',
  input: uploadPayload,
  output: uploadOutput,
  saga: [
    task('receive', receive),
    choice('follow', { on: 'receive', cases: { [KEPT]: [], parse_and_embed: [child('parse_and_embed', { intentType: 'content.parse_and_embed', payloadFrom: 'receive', timeoutMs: CHILD_TIMEOUT_MS })] } }),
    task('answer', answer, { needs: ['receive', 'follow'] }),
  ],
});

async function receive(step: Upload): Promise<StepResultInput> {
  const { payload } = step;
  const given = (['source', 'text', 'base64'] as const).filter((member) => payload[member] !== undefined);
  if (given.length !== 1) throw invalid(given[1] ?? 'source', 'exactly one of source, text and base64 says what the file holds');
  const handed = (['copybook', 'options', 'chunk_characters'] as const).filter((member) => payload[member] !== undefined);
  if (payload.then === undefined && handed[0] !== undefined) throw invalid(handed[0], `${handed[0]} is for reading the file`, 'add "then": "parse_and_embed", or leave it out');
  const artifacts = payload.source === undefined ? [await kept(step)] : await named(step, payload.source);
  const source = payload.source ?? step.artifactId('file');
  return { outcome: payload.then ?? KEPT, output: { source, ...(Object.fromEntries(handed.map((member) => [member, payload[member]])) as { [member: string]: Json }) }, artifacts };
}

/** What is here already keeps its name, its type and its class. */
async function named(step: Upload, source: string): Promise<ProducedArtifact[]> {
  const stray = (['filename', 'media_type', 'classification'] as const).find((member) => step.payload[member] !== undefined);
  if (stray !== undefined) throw invalid(stray, `the file that source names has its ${stray} already`, 'leave it out');
  const { artifact } = await step.read(source);
  if (artifact.object === undefined) throw invalid('source', `${artifact.artifact_type} has no bytes of its own`, 'name a file: an upload, or an artifact that is an object');
  return [];
}

async function kept(step: Upload): Promise<ProducedArtifact> {
  const { filename, media_type, classification } = step.payload;
  const bytes = contentOf(step.payload);
  const type = media_type ?? (await mediaTypeOf(bytes));
  const object = await step.write(bytes, { mediaType: type });
  return {
    name: 'file', artifact_type: 'content.file', media_type: type, object,
    summary: { ...(filename === undefined ? {} : { filename: baseName(filename) }), size: bytes.length }, ...(classification === undefined ? {} : { classification }),
  };
}

function contentOf({ text, base64 }: UploadPayload): Buffer {
  if (text !== undefined) return Buffer.from(text.toWellFormed(), 'utf8');
  const bare = base64!.replace(/\s+/g, '');
  if (!/^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/.test(bare) || bare === '') throw invalid('base64', 'it is no base64 of at least one byte', 'encode the file’s bytes as RFC 4648, section 4, says, padding included');
  return Buffer.from(bare, 'base64');
}

/** Some senders give the whole path. */
const baseName = (filename: string): string => filename.split(/[\\/]/).at(-1) || filename;

async function answer(step: Upload): Promise<StepResultInput> {
  const { source } = uploadReceived.parse(step.inputs['receive']);
  const file = await step.read(source);
  const { object, media_type, summary } = file.artifact;
  const known = object!.size > limits.fileBytes ? undefined : await kindOf(await file.bytes());
  const { filename } = summary ?? {};
  const parsed = step.payload.then === undefined ? undefined : parseAndEmbedOutput.parse(step.inputs['follow']);
  const output = { file: source, ...(typeof filename === 'string' ? { filename } : {}), media_type, size: object!.size, hash: object!.hash, ...(known === undefined ? {} : { kind: known.kind }), ...(parsed === undefined ? {} : { parsed }) };
  return { output, events: [{ type: 'content.uploaded', data: output }] };
}

async function mediaTypeOf(bytes: Uint8Array): Promise<string> {
  const known = await kindOf(bytes);
  return known === undefined || known.kind === 'image' ? ((await fileTypeFromBuffer(bytes))?.mime ?? UNKNOWN_MEDIA_TYPE) : known.media_type;
}

/** By the content alone; undefined for what is not read, or not whole: taking a file is not reading it. */
async function kindOf(bytes: Uint8Array): Promise<Identified | undefined> {
  try {
    return await identify({ bytes, copybook: false });
  } catch (error) {
    if (error instanceof PlatformError) return undefined;
    throw error;
  }
}

const invalid = (member: keyof UploadPayload, message: string, fix?: string): Error => failure('content.upload_invalid', { message, field: `/${member}`, ...(fix === undefined ? {} : { fix }) });
