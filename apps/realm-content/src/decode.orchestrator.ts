/**
 * `content.decode`: a mainframe file of any size as a dataset. The plan divides the file into parts of whole records; each part is read by its range, decoded and
 * written as an object of its own, recorded when it is done; what a process that dies was at is done again, and nothing else. Memory does not grow with the file.
 */
import type { Artifact, ContentDataset, ProducedArtifact } from '@symphainy/contracts';
import { failure } from '@symphainy/contracts';
import type { Json } from '@symphainy/kernel';
import { defineCapability, mapChunks, task, type ChunkMade, type ReadableArtifact, type StepResultInput, type StepTask } from '@symphainy/realm-sdk';
import { z } from 'zod';
import { copybookTexts } from './copybook-texts.js';
import { decodeOutput, decodePayload, type DecodePayload } from './model/decode.schema.js';
import { withinLimit } from './model/limits.js';
import { toldPage } from './services/mainframe/codecs/code-pages.js';
import { layoutTable } from './services/mainframe/copybook/copybook-layout.js';
import { assembleDataset, type PartSummary } from './services/mainframe/dataset/assemble-dataset.js';
import { planParts, type RecordsPart } from './services/mainframe/dataset/part-plan.js';
import { RecordTrees } from './services/mainframe/dataset/record-trees.js';
import { PartRows } from './services/mainframe/dataset/row-lines.js';
import { recordReading, type RecordReading } from './services/mainframe/records/mainframe-options.js';

type Decode = StepTask<DecodePayload>;

/** Finding the parts of a variable-length file means streaming all of it. */
const PLAN_TIMEOUT_MS = 3_600_000;
const PART_TIMEOUT_MS = 600_000;
/** Of wider records the dataset itself tells the rest. */
const MOST_COLUMNS_TOLD = 100;
const NDJSON = 'application/x-ndjson';

export const decode = defineCapability({
  intent: 'content.decode',
  version: '1.2.0',
  description: 'Decodes a mainframe file of any size by its copybook into a dataset of JSON lines, in recorded parts, each value traceable to its bytes.',
  determinism: 'deterministic',
  input: decodePayload,
  output: decodeOutput,
  saga: [
    task('plan', plan, { timeoutMs: PLAN_TIMEOUT_MS }),
    mapChunks<DecodePayload, RecordsPart>('decode', { itemsFrom: 'plan', run: decodeParts, concurrency: 2, timeoutMs: PART_TIMEOUT_MS }),
    task('assemble', assemble, { timeoutMs: PLAN_TIMEOUT_MS }),
  ],
});

async function plan(step: Decode): Promise<StepResultInput> {
  if (step.payload.trees && step.payload.options.segments?.parents === undefined) throw failure('copybook.mismatch', { message: 'trees are made of segments, and no group has a parent', field: '/trees', fix: 'say in options.segments.parents which group belongs to which' });
  const { reading, copybooks } = await readingFor(step);
  const source = await step.read(step.payload.source);
  const size = source.artifact.object?.size ?? (await source.bytes()).length;
  if (size === 0) throw failure('content.empty_file', { field: '/source' });
  const parts = planParts(reading, { size, stream: (range) => source.stream(range) }, step.payload.options.segments?.parents, (done) => step.progress(done));
  const items = await step.items(parts, { name: 'parts', chunkSize: 1 });
  const layout = layoutTable(reading.plan.record);
  const made = await step.artifact('layout', 'content.copybook_layout', { ...layout, code_page: toldPage(reading.form.page) }, { summary: { record: layout['record']!, length: layout['length']! }, derived_from: copybooks });
  return { output: items.source, artifacts: [items.artifact, made] };
}

/** Copybook and options say how to read; the same for every part. */
async function readingFor(step: Decode): Promise<{ reading: RecordReading; copybooks: string[] }> {
  const { copybook, library, options } = step.payload;
  const { text, members } = await copybookTexts(step);
  return { reading: recordReading(text, options, members), copybooks: [copybook, ...library.map((one) => one.copybook)] };
}

async function decodeParts([part]: readonly RecordsPart[], step: Decode): Promise<ChunkMade> {
  const { reading } = await readingFor(step);
  const { keep_bytes: keepBytes, options } = step.payload;
  const rows = new PartRows(reading, { parents: options.segments?.parents, keepBytes }, (done) => step.progress({ ...done, records: part!.records }));
  const bytes = await (await step.read(step.payload.source)).bytes({ start: part!.start, end: part!.end });
  const object = await step.write(rows.lines(bytes, part!), { mediaType: NDJSON });
  const failed = rows.failures();
  const failures = failed === undefined ? undefined : await step.write(failed, { mediaType: NDJSON });
  const place = `${step.attempt.chunk ?? 0}-${step.attempt.attempt}`;
  const summary: PartSummary = {
    first_record: part!.first_record, records: rows.records, byte_start: part!.start, byte_end: part!.end, failure_counts: rows.failureCounts, totals: rows.sums.totals(),
    ...(failures === undefined ? {} : { failures: step.artifactId(`failures-${place}`) }),
  };
  const derived_from = [step.payload.source, step.payload.copybook];
  return {
    results: { media_type: NDJSON, object, summary, derived_from },
    ...(failures === undefined ? {} : { failures: { media_type: NDJSON, object: failures, derived_from, summary: { failure_counts: rows.failureCounts } } }),
  };
}

const mapOutput = z.object({ results: z.array(z.string()) });

async function assemble(step: Decode): Promise<StepResultInput> {
  const { reading } = await readingFor(step);
  const { results } = mapOutput.parse(step.inputs['decode']);
  const parts: Artifact[] = [];
  for (const reference of results) parts.push((await step.read(reference)).artifact);
  const source = await step.read(step.payload.source);
  const dataset = assembleDataset(reading, plainOptions(step.payload.options), { reference: step.payload.source, artifact: source.artifact }, parts);
  if (step.payload.keep_bytes) dataset.edges = await edgesOf(dataset, source);
  const { records, failures, failure_counts, totals } = dataset;
  const counts = { record: dataset.record, records, failures, failure_counts, totals, parts: parts.length };
  const made = await step.artifact('dataset', 'content.dataset', dataset as unknown as Json, {
    summary: { record: dataset.record, records, failures, parts: parts.length },
    derived_from: [step.payload.source, step.payload.copybook, ...results],
    lineage: { dataset: true, columns: dataset.columns.slice(0, MOST_COLUMNS_TOLD).map(({ name }) => ({ column: name, from: [{ reference: step.payload.source, column: name }] })) },
    schema: { columns: dataset.columns.slice(0, MOST_COLUMNS_TOLD).map(({ name, type }) => ({ name, type })) },
  });
  const trees = step.payload.trees ? await treesOf(step, dataset) : undefined;
  const output = { dataset: step.artifactId('dataset'), layout: step.artifactId('layout', 'plan'), ...counts, ...(trees === undefined ? {} : { trees: step.artifactId('trees'), tree_count: trees.count }) };
  return { output, artifacts: [made, ...(trees === undefined ? [] : [trees.artifact])], events: [{ type: 'content.decoded', data: output }] };
}

/** The rows once more, each under the record that it belongs to. */
async function treesOf(step: Decode, { parts, records }: ContentDataset): Promise<{ artifact: ProducedArtifact; count: number }> {
  const trees = new RecordTrees(step.payload.options.segments?.parents ?? {}, (done) => step.progress({ ...done, records }));
  const rows = async function* (): AsyncGenerator<Uint8Array> {
    for (const { reference } of parts) yield* await (await step.read(reference)).stream();
  };
  const object = await step.write(trees.lines(rows()), { mediaType: NDJSON });
  if (trees.records !== records) throw new Error(`${trees.records} records were assembled, and the dataset has ${records}`);
  const derived_from = [step.payload.source, step.payload.copybook, ...parts.map(({ reference }) => reference)];
  return { count: trees.trees, artifact: { name: 'trees', artifact_type: 'content.record_trees', media_type: NDJSON, object, summary: { trees: trees.trees, records }, derived_from } };
}

/** What stands before the first record and behind the last. */
async function edgesOf({ parts, source: { size } }: ContentDataset, source: ReadableArtifact): Promise<ContentDataset['edges']> {
  const [start, end] = [parts[0]?.byte_start ?? size, parts.at(-1)?.byte_end ?? size];
  withinLimit('edgeBytes', start + size - end);
  const hexOf = async (from: number, to: number): Promise<string> => (from >= to ? '' : Buffer.from(await source.bytes({ start: from, end: to })).toString('hex'));
  return { header_hex: await hexOf(0, start), trailer_hex: await hexOf(end, size) };
}

/** As the caller gave them: members that are undefined fall away. */
const plainOptions = (options: DecodePayload['options']): { [key: string]: Json } => JSON.parse(JSON.stringify(options)) as { [key: string]: Json };
