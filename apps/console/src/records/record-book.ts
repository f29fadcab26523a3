/**
 * Records of a mainframe file, one at a time: of a dataset of any size (`content.decode`), whose rows and bytes are fetched by ranges, and of a document (`content.ingest`), whose rows are at hand.
 */
import { cellPlace, cellRange, type Artifact, type ContentDataset, type ContentDocument, type DatasetRow, type DecodeFailure, type Json } from '@symphainy/contracts';
import { seekLines, type NumberedLine } from './seek-lines.js';

export interface ShownField {
  readonly name: string;
  readonly type: string;
  /** Undefined: the record has none, or it did not decode. */
  readonly value: Json | undefined;
  /** In the file: inclusive, exclusive. Undefined: its place is not told. */
  readonly start?: number;
  readonly end?: number;
  /** Why it did not decode. */
  readonly reason?: string;
}

export interface ShownRecord {
  /** From 1. */
  readonly record: number;
  readonly start: number;
  readonly end: number;
  readonly segment?: string;
  readonly parent?: number;
  readonly fields: readonly ShownField[];
}

export interface RecordBook {
  readonly name: string;
  readonly records: number;
  /** The file of the bytes. */
  readonly source: string;
  /** Undefined: there is no such record. */
  readonly read: (record: number) => Promise<ShownRecord | undefined>;
  /** The next record from one on with a field that did not decode; undefined: none. */
  readonly nextFailure: (from: number) => Promise<number | undefined>;
}

/** Bytes of an artifact from `start` up to, but without, `end`. */
export type ReadBytes = (artifactId: string, start: number, end: number) => Promise<Uint8Array>;

/** A dataset: each record is one line of one of its parts. */
export function datasetBook(dataset: ContentDataset, sizeOf: (artifactId: string) => Promise<number>, readBytes: ReadBytes): RecordBook {
  const linesOf = (reference: string, size: number) => ({ size, read: (start: number, end: number) => readBytes(reference, start, end) });
  const kept = new Map<number, string>();
  const keep = (lines: readonly NumberedLine[]): void => {
    kept.clear();
    for (const { number, text } of lines) kept.set(number, text);
  };
  const partOf = (record: number) => dataset.parts.find((part) => record >= part.first_record && record < part.first_record + part.records);
  const failuresIn = async (part: ContentDataset['parts'][number], record: number): Promise<readonly DecodeFailure[]> => {
    if (part.failures === undefined) return [];
    const lines = await seekLines(linesOf(part.failures, await sizeOf(part.failures)), record, rangeOf(part), (text) => (JSON.parse(text) as DecodeFailure).record);
    return lines.map(({ text }) => JSON.parse(text) as DecodeFailure);
  };
  const read = async (record: number): Promise<ShownRecord | undefined> => {
    const part = partOf(record);
    if (part === undefined) return undefined;
    if (!kept.has(record)) keep(await seekLines(linesOf(part.reference, part.size), record, rangeOf(part), (text) => (JSON.parse(text) as DatasetRow)._record));
    const line = kept.get(record);
    if (line === undefined) return undefined;
    const row = JSON.parse(line) as DatasetRow;
    const failed = Array.isArray(row['_failed']) ? (await failuresIn(part, record)).filter((failure) => failure.record === record) : [];
    return recordOf(dataset, row, failed);
  };
  const nextFailure = async (from: number): Promise<number | undefined> => {
    for (const part of dataset.parts) {
      if (part.failures === undefined || part.first_record + part.records <= from) continue;
      const next = (await failuresIn(part, Math.max(from, part.first_record))).find(({ record }) => record >= from);
      if (next !== undefined) return next.record;
    }
    return undefined;
  };
  return { name: dataset.record, records: dataset.records, source: dataset.source.reference, read, nextFailure };
}

const rangeOf = ({ first_record, records }: ContentDataset['parts'][number]) => ({ first: first_record, last: first_record + records - 1 });

function recordOf(dataset: ContentDataset, row: DatasetRow, failures: readonly DecodeFailure[]): ShownRecord {
  const [start, end] = [row._offset, row._offset + row._length];
  const fields = dataset.columns.map(({ name, type }): ShownField => {
    const range = cellRange(dataset, row, name);
    const place = range !== undefined && range.byte_start < end && range.byte_end > range.byte_start ? { start: range.byte_start, end: range.byte_end } : {};
    return { name, type, value: row[name] as Json | undefined, ...place, ...failureOf(failures, name, start) };
  });
  const { _segment: segment, _parent: parent } = row;
  return { record: row._record, start, end, ...(typeof segment === 'string' ? { segment } : {}), ...(typeof parent === 'number' ? { parent } : {}), fields };
}

/** Its reason, and where its kept bytes stand. */
function failureOf(failures: readonly DecodeFailure[], field: string, recordStart: number): Partial<ShownField> {
  const failure = failures.find((one) => one.field === field);
  if (failure === undefined) return {};
  const start = recordStart + failure.offset;
  return { reason: failure.reason, start, end: start + failure.bytes_hex.length / 2 };
}

/** A document of mainframe records: its one table, a row a record. */
export function documentBook(document: ContentDocument, source: Artifact): RecordBook | undefined {
  const [table] = document.tables;
  if (table?.row_sources === undefined) return undefined;
  const failures = document.failures ?? [];
  const read = (record: number): Promise<ShownRecord | undefined> => {
    const [row, place] = [table.rows[record - 1], table.row_sources?.[record - 1]];
    if (row === undefined || place?.byte_start === undefined || place.byte_end === undefined) return Promise.resolve(undefined);
    const own = failures.filter((failure) => failure.record === record);
    const { byte_start: start, byte_end: end } = place;
    const fields = table.columns.map(({ name, type, offset }, column): ShownField => {
      const cell = cellPlace(table, record - 1, column);
      const bytes = offset === undefined || cell.byte_start === undefined || cell.byte_end === undefined ? {} : { start: cell.byte_start, end: Math.min(cell.byte_end, end) };
      return { name, type: type ?? 'string', value: row[column] ?? undefined, ...bytes, ...failureOf(own, name, start) };
    });
    return Promise.resolve({ record, start, end, fields });
  };
  const nextFailure = (from: number): Promise<number | undefined> => Promise.resolve(failures.map(({ record }) => record).filter((record) => record >= from).toSorted((a, b) => a - b)[0]);
  return { name: table.name, records: table.rows.length, source: source.artifact_id, read, nextFailure };
}
