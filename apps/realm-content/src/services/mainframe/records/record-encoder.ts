/**
 * Rows back into bytes. Values do not say everything about the bytes they came from: FILLER, unusual signs (zone A for plus), fields that did not decode.
 * Those bytes are kept beside the row, as the difference between the record and what its row alone gives; so row and kept bytes together are
 * the record, byte for byte.
 */
import type { ContentCell } from '@symphainy/contracts';
import { fieldEncoder, type FieldEncoder } from '../codecs/field-encoder.js';
import type { DecodeForm } from '../codecs/field-decoder.js';
import type { RecordColumn, RecordPlan } from './record-plan.js';

/** Bytes that stand at `offset` of the record, as hexadecimal text. */
export interface KeptBytes {
  readonly offset: number;
  readonly hex: string;
}

export interface RecordEncoder {
  /** The record that the row gives by itself; blanks where no column says anything. */
  fromRow(row: readonly ContentCell[], length: number): Uint8Array;
  /** What has to be kept beside the row for `fromParts` to give the record again. */
  keep(row: readonly ContentCell[], record: Uint8Array): KeptBytes[];
  fromParts(row: readonly ContentCell[], length: number, kept: readonly KeptBytes[]): Uint8Array;
}

export function recordEncoder(plan: RecordPlan, form: DecodeForm, tables: 'maximum' | 'actual'): RecordEncoder {
  const encoders = plan.columns.map((column) => fieldEncoder(column.field, form));
  const fromRow = (row: readonly ContentCell[], length: number): Uint8Array => {
    const out = new Uint8Array(length).fill(form.page.space);
    plan.columns.forEach((column, at) => write(out, encoders[at]!, row[at] ?? null, tables === 'maximum' ? column.offset : offsetOf(column, row)));
    return out;
  };
  return {
    fromRow,
    keep: (row, record) => differences(fromRow(row, record.length), record),
    fromParts: (row, length, kept) => {
      const out = fromRow(row, length);
      for (const { offset, hex } of kept) out.set(Buffer.from(hex, 'hex'), offset);
      return out;
    },
  };
}

/** Where a column's bytes begin in the record of this row, when tables take their actual room. */
export function offsetOf(column: RecordColumn, row: readonly ContentCell[]): number {
  return column.moves.reduce((offset, move) => {
    const count = Number(row[move.column] ?? 0);
    return offset + (count >= 0 && count <= move.max ? count * move.bytes : 0);
  }, column.base);
}

/** A cell that its field cannot hold, or that the record's end cuts off, writes what fits: the rest is kept apart. */
function write(out: Uint8Array, encode: FieldEncoder, cell: ContentCell, offset: number): void {
  if (cell === null || offset >= out.length) return;
  const bytes = encode(cell);
  out.set(bytes.subarray(0, out.length - offset), offset);
}

/** Runs of bytes that differ, those a few bytes apart as one. */
const JOIN_WITHIN = 4;

function differences(made: Uint8Array, record: Uint8Array): KeptBytes[] {
  const kept: KeptBytes[] = [];
  for (let at = 0; at < record.length; at++) {
    if (made[at] === record[at]) continue;
    let end = at + 1;
    for (let look = end; look < record.length && look - end <= JOIN_WITHIN; look++) if (made[look] !== record[look]) end = look + 1;
    kept.push({ offset: at, hex: Buffer.from(record.subarray(at, end)).toString('hex') });
    at = end;
  }
  return kept;
}
