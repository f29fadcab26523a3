/** The saga of a data mash: the query is looked at before anything is read, then run over the streamed references in a process of its own. */
import { createReadStream } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { failure, type Json, type ProducedArtifact } from '@symphainy/contracts';
import { defineCapability, task, type StepResultInput, type StepTask } from '@symphainy/realm-sdk';
import { inMashProcess } from './mash-process.js';
import { MashSpool } from './mash-spool.js';
import { mashMapping } from './model/mapping.schema.js';
import { mashOutput, mashPayload, mashPlan, type MashPayload } from './model/mash.schema.js';
import type { MashAnswer, MashChecked, SpooledSource } from './model/mash.work.js';
import { mappingSql } from './services/mash/mapping-sql.js';

type Mash = StepTask<MashPayload>;

const PLAN_TIMEOUT_MS = 120_000;
const QUERY_TIMEOUT_MS = 600_000;
const MEDIA_TYPES = { ndjson: 'application/x-ndjson', parquet: 'application/vnd.apache.parquet' } as const;

export const dataMash = defineCapability({
  intent: 'cross_realm.data_mash',
  version: '1.1.0',
  description: 'Joins files, documents, decoded records and tables as one virtual query, without ingesting them. Each row of the result cites its sources.',
  determinism: 'deterministic',
  input: mashPayload,
  output: mashOutput,
  saga: [task('plan', plan, { timeoutMs: PLAN_TIMEOUT_MS }), task('query', query, { timeoutMs: QUERY_TIMEOUT_MS })],
});

/** The SELECT to run; what may not be run is refused here, before a byte is read. */
async function plan(step: Mash): Promise<StepResultInput> {
  const names = distinctNames(step.payload);
  const sql = await sqlOf(step, names);
  const { needs } = (await inOwnDirectory((directory) => inMashProcess({ task: 'check', directory, sql, sources: names }, step.signal, () => undefined))) as MashChecked;
  return { output: { sql, needs } as unknown as Json };
}

function distinctNames({ sources }: MashPayload): string[] {
  const names = sources.map(({ name }) => name);
  const twice = names.findIndex((name, at) => names.indexOf(name) < at);
  if (twice >= 0) throw failure('mash.source_invalid', { message: `two sources are named ${names[twice]}`, field: `/sources/${twice}/name`, fix: 'give each a name of its own' });
  return names;
}

async function sqlOf(step: Mash, names: readonly string[]): Promise<string> {
  const { sql, mapping, saved_mapping } = step.payload;
  if ([sql, mapping, saved_mapping].filter((one) => one !== undefined).length !== 1) throw failure('mash.mapping_invalid', { message: 'exactly one of sql, mapping and saved_mapping says what to do', field: '/sql' });
  if (sql !== undefined) return sql;
  return mapping === undefined ? mappingSql(await savedMapping(step, saved_mapping!), names, '/saved_mapping') : mappingSql(mapping, names);
}

async function savedMapping(step: Mash, reference: string): Promise<Parameters<typeof mappingSql>[0]> {
  const bytes = await (await step.read(reference)).bytes();
  const parsed = mashMapping.safeParse(asJson(bytes));
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  throw failure('mash.mapping_invalid', { message: issue?.message ?? 'the file is no mapping', field: ['/saved_mapping', ...(issue?.path ?? [])].join('/') });
}

function asJson(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(Buffer.from(bytes).toString('utf8'));
  } catch (error) {
    throw failure('mash.mapping_invalid', { message: 'the file is no JSON', field: '/saved_mapping', cause: error });
  }
}

async function query(step: Mash): Promise<StepResultInput> {
  const { sql, needs } = mashPlan.parse(step.inputs['plan']);
  return inOwnDirectory(async (directory) => {
    const spool = new MashSpool(directory, (reference) => step.read(reference), needs);
    const sources: SpooledSource[] = [];
    for (const [index, source] of step.payload.sources.entries()) {
      sources.push(await spool.take(source, index));
      step.progress({ read: source.name });
    }
    const { offset, limit, format } = step.payload;
    const answer = await inMashProcess({ task: 'query', directory, sql, sources, offset, limit, format }, step.signal, (done) => step.progress(done));
    return resultOf(step, answer as MashAnswer);
  });
}

async function resultOf(step: Mash, answer: MashAnswer): Promise<StepResultInput> {
  const media_type = MEDIA_TYPES[step.payload.format];
  const object = await step.write(createReadStream(answer.file), { mediaType: media_type });
  const { columns, sources, rows: row_count, total_rows } = answer;
  const derived_from = [...new Set(sources.map(({ reference }) => reference))];
  const counts = { row_count, total_rows, truncated: step.payload.offset + row_count < total_rows };
  const rows: ProducedArtifact = { name: 'rows', artifact_type: 'insights.mash_rows', media_type, object, summary: { rows: row_count, columns: columns.length }, derived_from, lineage: answer.lineage, schema: { columns: columns.map(({ name, type }) => ({ name, type })) } };
  const described = { query: mashPlan.parse(step.inputs['plan']).sql, run_as: answer.sql, sources, columns, rows: step.artifactId('rows'), ...counts, preview: answer.preview } as unknown as Json;
  const made = await step.artifact('mash', 'insights.mash', described, { summary: { ...counts, sources: sources.length }, derived_from: [step.artifactId('rows'), ...derived_from] });
  const output = { mash: step.artifactId('mash'), rows: step.artifactId('rows'), columns: [...columns], ...counts };
  return { output: { ...output, preview: [...answer.preview] } as unknown as Json, artifacts: [rows, made], events: [{ type: 'insights.mashed', data: output as unknown as { [key: string]: Json } }] };
}

/** A private directory that is gone afterwards, however the work ends. */
async function inOwnDirectory<T>(work: (directory: string) => Promise<T>): Promise<T> {
  const directory = await mkdtemp(join(tmpdir(), 'symphainy-mash-'));
  try {
    return await work(directory);
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}
