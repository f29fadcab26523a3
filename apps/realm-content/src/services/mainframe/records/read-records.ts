/**
 * mainframe: fixed-length records described by a COBOL copybook.
 *
 * Text of the copybook → entries → items → layout (offset and length of each item) → plan (a column for each named elementary item
 * and occurrence) → rows. A field that does not decode is null in its row and stands in the failures with its bytes and reason;
 * its record and file go on. Numbers are exact: no float is made but of COMP-1 and COMP-2.
 */
import type { ContentCell } from '@symphainy/contracts';
import { codePage } from '../codecs/code-pages.js';
import { layoutRecord, type Field } from '../copybook/copybook-layout.js';
import { parseCopybook } from '../copybook/copybook-parser.js';
import type { SourceFormat } from '../copybook/copybook-source.js';
import type { DecodeForm } from '../codecs/field-decoder.js';
import { planRecord, type RecordColumn } from './record-columns.js';
import { decodeRecord, type DecodeRules, type FieldFailure, type SegmentChoice } from './record-decoder.js';
import { fixedRecords, type RecordRange } from './record-reader.js';

/** How a file is to be read. Each member has the default said in its comment. */
export interface MainframeOptions {
  /** Default `cp037`. */
  readonly code_page?: string | undefined;
  /** Default: the layout's length. */
  readonly record_length?: number | undefined;
  /** Level-01 item; default: the first that has items under it. */
  readonly record_name?: string | undefined;
  /** Default: told from the source. */
  readonly copybook_format?: SourceFormat | undefined;
  /** Default 0. */
  readonly record_prefix_bytes?: number | undefined;
  readonly header_bytes?: number | undefined;
  readonly trailer_bytes?: number | undefined;
  /** COMP-1 and COMP-2; default `ibm`. */
  readonly floats?: 'ibm' | 'ieee' | undefined;
  /** Blanks around text; default `both`. */
  readonly trim?: 'both' | 'right' | 'none' | undefined;
  /** Control characters in text; default `blank`. */
  readonly controls?: 'blank' | 'keep' | undefined;
  /** Where items stand behind a table of variable length: at their maximum offset (default) or moved up. */
  readonly tables?: 'maximum' | 'actual' | undefined;
  readonly segments?: SegmentChoice | undefined;
}

export interface MainframeFile {
  readonly record: Field;
  readonly columns: readonly RecordColumn[];
  readonly recordLength: number;
  /** Rows in file order; run once. */
  rows(): Generator<DecodedRow>;
}

export interface DecodedRow {
  /** From 1. */
  readonly record: number;
  readonly range: RecordRange;
  readonly row: ContentCell[];
  readonly failures: readonly FieldFailure[];
}

/** Prepares a file for reading. Errors: `copybook.syntax`, `copybook.unsupported`, `copybook.code_page`; `copybook.mismatch` when the rows are first asked for. */
export function openMainframe(copybook: string, bytes: Uint8Array, options: MainframeOptions = {}): MainframeFile {
  const record = layoutRecord(parseCopybook(copybook, options.copybook_format), options.record_name);
  const plan = planRecord(record, decodeForm(options));
  const rules: DecodeRules = { tables: options.tables ?? 'maximum', segments: options.segments };
  const recordLength = options.record_length ?? record.area;
  const ranges = (): Generator<RecordRange> => fixedRecords(bytes.length, { length: recordLength, prefix: options.record_prefix_bytes, header: options.header_bytes, trailer: options.trailer_bytes });
  return {
    record,
    columns: plan.columns,
    recordLength,
    *rows() {
      let count = 0;
      for (const range of ranges()) yield { record: ++count, range, ...decodeRecord(plan, bytes, range.start, range.end, rules) };
    },
  };
}

const decodeForm = (options: MainframeOptions): DecodeForm => ({
  page: codePage(options.code_page ?? 'cp037'),
  floats: options.floats ?? 'ibm',
  trim: options.trim ?? 'both',
  controls: options.controls ?? 'blank',
});
