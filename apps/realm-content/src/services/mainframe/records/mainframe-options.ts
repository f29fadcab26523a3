/** How a file is to be read: the options of an intent, with their defaults, and what they mean for records. */
import { failure } from '@symphainy/contracts';
import { codePage } from '../codecs/code-pages.js';
import type { DecodeForm } from '../codecs/field-decoder.js';
import { layoutRecord, type Field } from '../copybook/copybook-layout.js';
import { parseCopybook } from '../copybook/copybook-parser.js';
import { isJsonLayout, jsonCopybook } from '../copybook/layout-json.js';
import { FILE_LEVEL, type Copybook, type Item } from '../copybook/copybook.model.js';
import type { SpecialNames } from '../copybook/picture.js';
import type { CopyLibrary } from '../copybook/copy-statements.js';
import type { MainframeOptions } from '../../../model/mainframe.schema.js';
import type { RecordForm, WordForm } from './framing.js';
import { measureRecord, type DecodeRules } from './record-decoder.js';
import { planRecord, type RecordPlan } from './record-plan.js';

/** Everything that reading a file takes, told once from copybook and options. */
export interface RecordReading {
  readonly plan: RecordPlan;
  readonly form: DecodeForm;
  readonly rules: DecodeRules;
  readonly framing: RecordForm;
  /** Bytes from one record to the next, where that is the same for all. */
  readonly fixedLength: number | undefined;
  /** Bytes at each record's ends that the copybook does not describe. */
  readonly prefix: number;
  readonly suffix: number;
  /** Bytes before the first and after the last record. */
  readonly header: number;
  readonly trailer: number;
  readonly codePage: string;
}

/** Errors: `copybook.syntax`, `copybook.unsupported`, `copybook.code_page`, `copybook.mismatch`. */
export function recordReading(copybook: string, options: MainframeOptions = {}, library: CopyLibrary = new Map()): RecordReading {
  const read = isJsonLayout(copybook) ? jsonCopybook(copybook) : parseCopybook(copybook, options.copybook_format, library, specialNames(options));
  return readingOf(layoutRecord(sharedPlace(read, options), options.record_name), options);
}

function specialNames({ decimal_point: point, currency_sign: currency }: MainframeOptions): SpecialNames | undefined {
  return point === undefined && currency === undefined ? undefined : { decimalComma: point === 'comma', currency: currency ?? '$' };
}

/** Records of one file share its record area, as those under one FD do: where `segments` picks among several of them, they become alternatives of one place. */
function sharedPlace(copybook: Copybook, { record_name: name, segments }: MainframeOptions): Copybook {
  const picked = new Set(Object.values(segments?.groups ?? {}).map((group) => group.toUpperCase()));
  const records = copybook.records.filter((record) => picked.has(record.name));
  const [first, ...others] = records;
  if (name !== undefined || first === undefined || others.length === 0) return copybook;
  const alternatives = others.map((record) => ({ ...record, redefines: first.name }));
  const file: Item = { level: FILE_LEVEL, name: 'FILE', line: first.line, usage: 'display', sync: false, blankWhenZero: false, justified: false, conditions: [], children: [first, ...alternatives], renames: records.flatMap((record) => record.renames) };
  return { records: [file] };
}

/** The same for a layout from elsewhere. */
export function readingOf(record: Field, options: MainframeOptions = {}): RecordReading {
  const form = decodeForm(options);
  const format = options.record_format ?? 'fixed';
  const plan = planRecord(record, form, options.segments);
  const rules: DecodeRules = {
    tables: options.tables ?? (format === 'fixed' || format === 'text' ? 'maximum' : 'actual'),
    segments: options.segments,
    beyond: format === 'fixed' ? 'failure' : 'absent',
    cutText: format === 'text',
  };
  const prefix = options.record_prefix_bytes ?? 0;
  const suffix = options.record_suffix_bytes ?? 0;
  const fixedLength = format === 'fixed' ? (options.record_length ?? record.area + prefix + suffix) : undefined;
  return {
    plan,
    form,
    rules,
    framing: framingOf(options, plan, rules, fixedLength ?? 0),
    fixedLength,
    prefix,
    suffix,
    header: options.header_bytes ?? 0,
    trailer: options.trailer_bytes ?? 0,
    codePage: form.page.name,
  };
}

const decodeForm = (options: MainframeOptions): DecodeForm => ({
  page: codePage(options.code_page ?? 'cp037'),
  floats: options.floats ?? 'ibm',
  trim: options.trim ?? 'both',
  controls: options.controls ?? 'blank',
  binaryRange: options.binary_range ?? 'bytes',
  ranges: options.ranges,
});

function framingOf(options: MainframeOptions, plan: RecordPlan, rules: DecodeRules, fixedLength: number): RecordForm {
  switch (options.record_format ?? 'fixed') {
    case 'fixed':
      return { format: 'fixed', length: fixedLength };
    case 'variable':
      return { format: 'variable', rdw: wordForm(options.rdw) };
    case 'variable_blocked':
      return { format: 'variable_blocked', rdw: wordForm(options.rdw), bdw: wordForm(options.bdw) };
    case 'text':
      return codePage(options.code_page ?? 'cp037').family === 'ascii' ? { format: 'text', newline: [0x0a], carriageReturn: 0x0d } : { format: 'text', newline: [0x15, 0x25], carriageReturn: 0x0d };
    case 'self_delimiting':
      return { format: 'measured', lengthOf: usedLength(plan, rules) };
    case 'length_field':
      return { format: 'measured', lengthOf: statedLength(plan, rules, options) };
  }
}

const wordForm = (word: MainframeOptions['rdw']): WordForm => ({ endian: word?.endian ?? 'big', inclusive: word?.inclusive ?? true, adjustment: word?.adjustment ?? 0 });

/** Tables take the bytes of their actual count, and so does the record. A count that the bytes do not reach leaves the length open. */
function usedLength(plan: RecordPlan, rules: DecodeRules): (bytes: Uint8Array, start: number, end: number) => number | undefined {
  return (bytes, start, end) => {
    const { used, failures } = measureRecord(plan, bytes, start, end, { ...rules, tables: 'actual', beyond: 'failure' });
    return used > end - start || failures.some((failure) => start + failure.offset + failure.length >= end) ? undefined : used;
  };
}

/** The length stands in an item of the record itself. */
function statedLength(plan: RecordPlan, rules: DecodeRules, { length_field: field, length_adjustment: adjustment = 0 }: MainframeOptions) {
  const column = plan.columns.find((c) => c.path.at(-1)!.name === field?.toUpperCase());
  if (column === undefined) throw failure('copybook.mismatch', { message: `the copybook has no item ${field ?? ''} that could hold the record's length`, field: '/options/length_field', fix: 'name an item of the record' });
  const op = plan.ops.find((o) => o.do === 'field' && o.column === plan.columns.indexOf(column));
  return (bytes: Uint8Array, start: number, end: number): number | undefined => {
    if (op?.do !== 'field' || start + column.offset + column.length > end) return undefined;
    const value = op.decode(bytes, start + column.offset, start + column.offset + column.length);
    return typeof value === 'number' || typeof value === 'string' ? Number(value) + adjustment : 0;
  };
}
