/** The parts of a decoded file as one dataset: what to read, by which columns, and what was counted. */
import type { Artifact, ContentDataset, DatasetColumn, DatasetPart } from '@symphainy/contracts';
import { hashOf, type Json } from '@symphainy/kernel';
import { z } from 'zod';
import { layoutTable } from '../copybook/copybook-layout.js';
import type { RecordReading } from '../records/mainframe-options.js';
import type { RecordColumn } from '../records/record-plan.js';
import { addDecimals } from './exact-sums.js';

/** What a part says of itself, in the summary of its artifact. */
export const partSummary = z.object({
  first_record: z.number().int(),
  records: z.number().int(),
  byte_start: z.number().int(),
  byte_end: z.number().int(),
  failure_counts: z.record(z.string(), z.number().int()),
  totals: z.record(z.string(), z.string()),
  failures: z.string().optional(),
});
export type PartSummary = z.infer<typeof partSummary>;

export function datasetColumns({ plan, rules }: RecordReading): DatasetColumn[] {
  return plan.columns.map((column) => ({ name: column.name, type: column.type, ...numberOf(column), ...placeOf(column, plan.columns, rules.tables), length: column.length }));
}

const numberOf = ({ type, field }: RecordColumn) => ((type === 'decimal' || type === 'integer') && field.picture ? { digits: field.picture.digits, scale: field.picture.scale } : {});

function placeOf(column: RecordColumn, columns: readonly RecordColumn[], tables: 'maximum' | 'actual') {
  if (tables === 'maximum' || column.moves.length === 0) return { offset: column.offset };
  return { offset: column.base, moves: column.moves.map(({ column: at, bytes, max }) => ({ column: columns[at]!.name, bytes, max })) };
}

/** Of the layout table and the options that the bytes were read by. */
export const layoutHash = (reading: RecordReading, options: { [key: string]: Json }): string => hashOf({ layout: layoutTable(reading.plan.record), options });

export interface DatasetSource {
  readonly reference: string;
  readonly artifact: Artifact;
}

/** Parts in the order of their records. Throws when records are missing or doubled between two of them. */
export function assembleDataset(reading: RecordReading, options: { [key: string]: Json }, source: DatasetSource, parts: readonly Artifact[]): ContentDataset {
  const told = parts.map((artifact) => ({ artifact, about: partSummary.parse(artifact.summary) })).sort((a, b) => a.about.first_record - b.about.first_record);
  const dataset: ContentDataset = {
    media_type: 'application/x-ndjson',
    source: { reference: source.reference, hash: source.artifact.content_hash, size: source.artifact.object?.size ?? 0 },
    layout_hash: layoutHash(reading, options),
    options,
    record: reading.plan.record.name,
    columns: datasetColumns(reading),
    parts: [],
    records: 0,
    failures: 0,
    failure_counts: {},
    totals: {},
  };
  for (const { artifact, about } of told) addPart(dataset, artifact, about);
  return dataset;
}

function addPart(dataset: ContentDataset, artifact: Artifact, about: PartSummary): void {
  const before = dataset.parts.at(-1);
  if (about.first_record !== dataset.records + 1 || (before !== undefined && about.byte_start !== before.byte_end)) throw new Error(`the part that begins with record ${about.first_record} does not follow record ${dataset.records}`);
  const part: DatasetPart = {
    reference: artifact.artifact_id, records: about.records, first_record: about.first_record, byte_start: about.byte_start, byte_end: about.byte_end,
    hash: artifact.content_hash, size: artifact.object?.size ?? 0, ...(about.failures === undefined ? {} : { failures: about.failures }),
  };
  dataset.parts.push(part);
  dataset.records += about.records;
  for (const [reason, count] of Object.entries(about.failure_counts)) {
    dataset.failure_counts[reason] = (dataset.failure_counts[reason] ?? 0) + count;
    dataset.failures += count;
  }
  for (const [column, total] of Object.entries(about.totals)) dataset.totals[column] = dataset.totals[column] === undefined ? total : addDecimals(dataset.totals[column], total);
}
