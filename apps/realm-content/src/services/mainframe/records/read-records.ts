/**
 * mainframe: records described by a COBOL copybook.
 *
 * Text of the copybook → tokens, COPY and REPLACE carried out → entries → items → layout (offset and length of each item) → plan (a column for each named elementary
 * item and occurrence, as a flat list of operations) → rows. A field that does not decode is null in its row and stands in the failures with its bytes and reason;
 * its record and file go on. Numbers are exact: no float is made but of COMP-1 and COMP-2.
 */
import type { ContentCell } from '@symphainy/contracts';
import type { CopyLibrary } from '../copybook/copy-statements.js';
import type { Field } from '../copybook/copybook-layout.js';
import type { MainframeOptions } from '../../../model/mainframe.schema.js';
import { checkFixedFit, framerOf, type RecordRange, type View } from './framing.js';
import { recordReading, type RecordReading } from './mainframe-options.js';
import { decodeRecord, type FieldFailure } from './record-decoder.js';
import type { RecordColumn } from './record-plan.js';
import { SegmentTracker } from './segment-tracker.js';

export type { MainframeOptions } from '../../../model/mainframe.schema.js';

export interface MainframeFile {
  readonly record: Field;
  readonly columns: readonly RecordColumn[];
  /** Bytes from one record to the next, where that is the same for all. */
  readonly recordLength: number | undefined;
  readonly reading: RecordReading;
  /** Rows in file order; run once. */
  rows(): Generator<DecodedRow>;
}

export interface DecodedRow {
  /** From 1. */
  readonly record: number;
  readonly range: RecordRange;
  /** The record with what stands around it: words, prefix, suffix, end of line. */
  readonly place: RecordRange;
  readonly row: ContentCell[];
  readonly failures: readonly FieldFailure[];
  /** The group that the record holds, and the number of the record it belongs to. */
  readonly segment: string | undefined;
  readonly parent: number | undefined;
}

/** Prepares a file for reading. Errors: `copybook.syntax`, `copybook.unsupported`, `copybook.code_page`; `copybook.mismatch` when the rows are first asked for. */
export function openMainframe(copybook: string, bytes: Uint8Array, options: MainframeOptions = {}, library?: CopyLibrary): MainframeFile {
  return openRecords(recordReading(copybook, options, library), bytes, options);
}

/** The same by a reading that is at hand. */
export function openRecords(reading: RecordReading, bytes: Uint8Array, options: MainframeOptions = {}): MainframeFile {
  const { plan } = reading;
  return {
    record: plan.record,
    columns: plan.columns,
    recordLength: reading.fixedLength,
    reading,
    *rows() {
      const { from, to } = bodyOf(reading, bytes.length, bytes);
      yield* decodedRows(reading, { bytes, from, to, origin: 0, firstRecord: 1 }, new SegmentTracker(options.segments?.parents));
    },
  };
}

/** Where the records stand in the file: without header, trailer and byte order mark. Errors: `copybook.mismatch`. */
export function bodyOf(reading: RecordReading, size: number, start: Uint8Array): { from: number; to: number } {
  const { header, trailer, fixedLength } = reading;
  if (fixedLength !== undefined) checkFixedFit(size, { length: fixedLength, header, trailer });
  const mark = reading.framing.format === 'text' && start[0] === 0xef && start[1] === 0xbb && start[2] === 0xbf ? 3 : 0;
  const from = Math.min(size, header + mark);
  return { from, to: Math.max(from, size - trailer) };
}

export interface RecordPart {
  readonly bytes: Uint8Array;
  /** The part of `bytes` that holds whole records. */
  readonly from: number;
  readonly to: number;
  /** The place of the first byte of `bytes` in the file. */
  readonly origin: number;
  /** The number of the first record, from 1. */
  readonly firstRecord: number;
}

/** Rows of a part of a file; ranges are in the file, without the bytes around the record that the copybook does not describe. */
export function* decodedRows(reading: RecordReading, part: RecordPart, tracker: SegmentTracker): Generator<DecodedRow> {
  for (const framed of framedRecords(reading, part)) yield decodedRow(reading, part, tracker, framed);
}

/** A record's place among the bytes of its part. */
export interface FramedRecord {
  /** From 1. */
  readonly record: number;
  readonly start: number;
  readonly end: number;
  /** With what stands around it. */
  readonly from: number;
  readonly to: number;
}

export function decodedRow({ plan, rules }: RecordReading, { bytes, origin }: RecordPart, tracker: SegmentTracker, { record, start, end, from, to }: FramedRecord): DecodedRow {
  const { row, failures, segment } = decodeRecord(plan, bytes, start, end, rules);
  const parent = tracker.parentOf(segment, record);
  return { record, range: { start: origin + start, end: origin + end }, place: { start: origin + from, end: origin + to }, row, failures, segment, parent };
}

export function* framedRecords(reading: RecordReading, part: RecordPart): Generator<FramedRecord> {
  const framer = framerOf(reading.framing);
  const view: View = { bytes: part.bytes, length: part.to, origin: part.origin, last: true, records: part.firstRecord - 1 };
  let record = part.firstRecord - 1;
  for (let at = part.from; at < part.to; ) {
    const framed = framer.next(view, at)!;
    const start = Math.min(framed.end, framed.start + reading.prefix);
    const end = Math.max(start, framed.end - reading.suffix);
    yield { record: ++record, start, end, from: at, to: framed.next };
    view.records = record;
    at = framed.next;
  }
}
