/**
 * `content.encode`: the opposite of `content.decode`. Rows become the records that a mainframe program reads: by parts, each recorded when it is done, then joined into one file. A dataset
 * that was decoded with `keep_bytes` gives its file again byte for byte; rows that were changed, or written by hand, come out as a program would write them.
 */
import { contentDataset, failure, type ContentDataset } from '@symphainy/contracts';
import type { Json } from '@symphainy/kernel';
import { defineCapability, mapChunks, task, type ChunkMade, type ReadableArtifact, type StepResultInput, type StepTask } from '@symphainy/realm-sdk';
import { z } from 'zod';
import { encodeOutput, encodePayload, type EncodePayload } from './model/encode.schema.js';
import { mainframeOptions } from './model/mainframe.schema.js';
import { layoutTable } from './services/mainframe/copybook/copybook-layout.js';
import { layoutHash } from './services/mainframe/dataset/assemble-dataset.js';
import { EncodedRows } from './services/mainframe/dataset/encoded-rows.js';
import { lineParts, type LinesPart } from './services/mainframe/dataset/line-parts.js';
import { recordReading, type RecordReading } from './services/mainframe/records/mainframe-options.js';
import { copybookTexts } from './copybook-texts.js';

type Encode = StepTask<EncodePayload>;

const PLAN_TIMEOUT_MS = 3_600_000;
const PART_TIMEOUT_MS = 600_000;
const BINARY = 'application/octet-stream';

export const encode = defineCapability({
  intent: 'content.encode',
  version: '1.0.0',
  description: 'Writes rows as mainframe records by their copybook, in recorded parts joined into one file. A dataset decoded with keep_bytes gives its file again byte for byte.',
  determinism: 'deterministic',
  input: encodePayload,
  output: encodeOutput,
  saga: [
    task('plan', plan, { timeoutMs: PLAN_TIMEOUT_MS }),
    mapChunks<EncodePayload, LinesPart>('encode', { itemsFrom: 'plan', run: encodePart, concurrency: 2, timeoutMs: PART_TIMEOUT_MS }),
    task('join', join, { timeoutMs: PLAN_TIMEOUT_MS }),
  ],
});

async function plan(step: Encode): Promise<StepResultInput> {
  const { source, dataset } = await rowsOf(step);
  const reading = await writingFor(step, dataset);
  if (dataset !== undefined) checkLayout(dataset, reading);
  const parts = dataset === undefined ? lineParts(step.payload.rows, source, (done) => step.progress(done)) : datasetParts(dataset);
  const items = await step.items(parts, { name: 'parts', chunkSize: 1 });
  return { output: items.source, artifacts: [items.artifact] };
}

async function rowsOf(step: Encode): Promise<{ source: ReadableArtifact; dataset: ContentDataset | undefined }> {
  const source = await step.read(step.payload.rows);
  if (source.artifact.artifact_type !== 'content.dataset') return { source, dataset: undefined };
  return { source, dataset: contentDataset.parse(await source.json()) };
}

async function writingFor(step: Encode, dataset: ContentDataset | undefined): Promise<RecordReading> {
  const { text, members } = await copybookTexts(step);
  return recordReading(text, mainframeOptions.parse(step.payload.options ?? dataset?.options ?? {}), members);
}

/** Items must stand where they stood when the rows were decoded: another record of the same names would take the values for its own. */
function checkLayout(dataset: ContentDataset, reading: RecordReading): void {
  if (dataset.layout_hash === layoutHash(reading, dataset.options)) return;
  throw failure('copybook.mismatch', { message: `the copybook lays ${reading.plan.record.name} out otherwise than the one by which the dataset was decoded`, field: '/copybook', fix: 'give the copybook of the dataset', details: { layout: layoutTable(reading.plan.record)['length']!, dataset_record: dataset.record } });
}

function* datasetParts(dataset: ContentDataset): Generator<LinesPart & { [key: string]: Json }> {
  for (const { reference, first_record, size } of dataset.parts) yield { reference, first_record, start: 0, end: size };
}

async function encodePart([part]: readonly LinesPart[], step: Encode): Promise<ChunkMade> {
  const { dataset } = await rowsOf(step);
  const reading = await writingFor(step, dataset);
  const rows = new EncodedRows(reading, (done) => step.progress({ ...done }));
  const lines = await (await step.read(part!.reference)).bytes({ start: part!.start, end: part!.end });
  const object = await step.write(rows.file(lines, part!.first_record), { mediaType: BINARY });
  return { results: { media_type: BINARY, object, summary: { first_record: part!.first_record, records: rows.records, bytes: rows.bytes }, derived_from: [step.payload.rows, step.payload.copybook] } };
}

const partWritten = z.object({ first_record: z.number().int(), records: z.number().int(), bytes: z.number().int() });
const mapOutput = z.object({ results: z.array(z.string()) });

async function join(step: Encode): Promise<StepResultInput> {
  const { results } = mapOutput.parse(step.inputs['encode']);
  const { dataset } = await rowsOf(step);
  const reading = await writingFor(step, dataset);
  const parts: { source: ReadableArtifact; about: z.infer<typeof partWritten> }[] = [];
  for (const reference of results) {
    const source = await step.read(reference);
    parts.push({ source, about: partWritten.parse(source.artifact.summary) });
  }
  parts.sort((a, b) => a.about.first_record - b.about.first_record);
  const object = await step.write(joined(parts.map(({ source }) => source), dataset), { mediaType: BINARY });
  const records = parts.reduce((sum, { about }) => sum + about.records, 0);
  const record = reading.plan.record.name;
  const told = object.sealed === undefined ? { hash: object.hash, ...(dataset === undefined ? {} : { identical: object.hash === dataset.source.hash }) } : {};
  const output = { file: step.artifactId('file'), record, records, bytes: object.size, ...told };
  const file = { name: 'file', artifact_type: 'content.file', media_type: BINARY, object, summary: { record, records, filename: `${record.toLowerCase()}.dat` }, derived_from: [step.payload.rows, step.payload.copybook, ...results] };
  return { output, artifacts: [file], events: [{ type: 'content.encoded', data: output }] };
}

async function* joined(parts: readonly ReadableArtifact[], dataset: ContentDataset | undefined): AsyncGenerator<Uint8Array> {
  if (dataset?.edges !== undefined) yield Buffer.from(dataset.edges.header_hex, 'hex');
  for (const part of parts) yield* await part.stream();
  if (dataset?.edges !== undefined) yield Buffer.from(dataset.edges.trailer_hex, 'hex');
}
