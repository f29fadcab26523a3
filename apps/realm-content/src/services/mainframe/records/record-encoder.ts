/**
 * Rows back into records. A row by itself gives the bytes that a mainframe program would write: preferred signs, blanks after text and in what no column describes. Whatever
 * else a record had is kept beside the row, so that the two give it again byte for byte. Kept bytes count where they say what the row says: in a row that was changed, the
 * fields that changed are written anew.
 */
import type { ContentCell } from '@symphainy/contracts';
import { FILE_LEVEL } from '../copybook/copybook.model.js';
import type { DecodeForm } from '../codecs/field-decoder.js';
import { fieldEncoder, type FieldEncoder } from '../codecs/field-encoder.js';
import { decodeRecord, measureRecord, type DecodedRecord, type DecodeRules } from './record-decoder.js';
import type { RecordColumn, RecordPlan } from './record-plan.js';

/** Bytes of a record that its row does not give, from `offset` of the record, as hexadecimal text. */
export interface KeptBytes {
  readonly offset: number;
  readonly hex: string;
}

/** A value that its field cannot hold; `reason` does not repeat the value. */
export class Misfit extends Error {
  constructor(
    readonly column: RecordColumn,
    readonly reason: string,
  ) {
    super(`${column.name}: ${reason}`);
  }
}

export interface RecordEncoder {
  /** The record that the row gives by itself; blanks where no column says anything. Throws a Misfit. */
  fromRow(row: readonly ContentCell[], length: number): Uint8Array;
  /** What has to be kept beside the row for `fromParts` to give the record again. */
  keep(row: readonly ContentCell[], record: Uint8Array): KeptBytes[];
  /** `length` undefined: as long as the tables of the row are. Throws a Misfit, also where the record, read again, would not give the row. */
  fromParts(row: readonly ContentCell[], length: number | undefined, kept: readonly KeptBytes[]): Uint8Array;
}

export function recordEncoder(plan: RecordPlan, form: DecodeForm, rules: DecodeRules): RecordEncoder {
  return new PlannedEncoder(plan, form, rules);
}

class PlannedEncoder implements RecordEncoder {
  private readonly encoders: readonly FieldEncoder[];

  constructor(
    private readonly plan: RecordPlan,
    private readonly form: DecodeForm,
    private readonly rules: DecodeRules,
  ) {
    this.encoders = plan.columns.map((column) => fieldEncoder(column.field, form));
  }

  fromRow(row: readonly ContentCell[], length: number): Uint8Array {
    const { bytes, misfits } = this.plain(row, length);
    if (misfits.length > 0) throw misfits[0]!;
    return bytes;
  }

  private plain(row: readonly ContentCell[], length: number): { bytes: Uint8Array; misfits: Misfit[] } {
    const bytes = new Uint8Array(length).fill(this.form.page.space);
    const misfits: Misfit[] = [];
    this.plan.columns.forEach((column, at) => {
      const why = this.write(bytes, column, at, row);
      if (why !== undefined) misfits.push(new Misfit(column, why));
    });
    return { bytes, misfits };
  }

  /** A cell that the record's end cuts off writes what fits: the rest is kept apart. Answers why it has no place in its field. */
  private write(out: Uint8Array, column: RecordColumn, at: number, row: readonly ContentCell[]): string | undefined {
    const cell = row[at] ?? null;
    const offset = this.offset(column, row);
    if (cell === null || offset >= out.length) return undefined;
    try {
      out.set(this.encoders[at]!(cell).subarray(0, out.length - offset), offset);
      return undefined;
    } catch (error) {
      if (error instanceof RangeError) return error.message;
      throw error;
    }
  }

  private offset(column: RecordColumn, row: readonly ContentCell[]): number {
    return this.rules.tables === 'maximum' ? column.offset : offsetOf(column, row);
  }

  keep(row: readonly ContentCell[], record: Uint8Array): KeptBytes[] {
    return differences(this.plain(row, record.length).bytes, record);
  }

  fromParts(row: readonly ContentCell[], length: number | undefined, kept: readonly KeptBytes[]): Uint8Array {
    const { bytes: plain, misfits } = this.plain(row, length ?? this.usedBy(row));
    if (kept.length === 0 && misfits.length > 0) throw misfits[0]!;
    const out = plain.slice();
    for (const { offset, hex } of kept) out.set(Buffer.from(hex, 'hex').subarray(0, Math.max(0, out.length - offset)), Math.min(offset, out.length));
    const changed = kept.length === 0 ? [] : this.differing(row, this.read(out));
    for (const column of changed) {
      const misfit = misfits.find((one) => one.column === column);
      if (misfit !== undefined) throw misfit;
      const offset = this.offset(column, row);
      out.set(plain.subarray(offset, offset + column.length), offset);
    }
    if (kept.length === 0 || changed.length > 0) this.check(row, this.read(out));
    return out;
  }

  private usedBy(row: readonly ContentCell[]): number {
    const { record } = this.plan;
    const { used, segment } = measureRecord(this.plan, this.plain(row, record.area).bytes, 0, record.area, this.rules);
    const own = record.level === FILE_LEVEL ? record.children.find((group) => group.name === segment) : undefined;
    return (own?.length ?? record.area) + (this.rules.tables === 'maximum' ? 0 : used - record.area);
  }

  private read(bytes: Uint8Array): DecodedRecord {
    return decodeRecord(this.plan, bytes, 0, bytes.length, this.rules);
  }

  private differing(row: readonly ContentCell[], read: DecodedRecord): RecordColumn[] {
    return this.plan.columns.filter((column, at) => (row[at] ?? null) !== null && !same(column, row[at]!, read.row[at]!));
  }

  private check(row: readonly ContentCell[], read: DecodedRecord): void {
    const [column] = this.differing(row, read);
    if (column !== undefined) throw new Misfit(column, reasonOf(column, read, this.plan.columns.indexOf(column)));
  }
}

function reasonOf(column: RecordColumn, read: DecodedRecord, at: number): string {
  if (read.row[at] !== null) return 'the value does not come back: an item that shares its place says something else, or its form cannot hold it';
  const failed = read.failures.find((one) => one.field === column.name);
  return failed === undefined ? 'it has no place in this record: its table’s count, the record’s segment or its length leaves it out' : `what is written does not read as a value: ${failed.reason}`;
}

/** Blanks around text are the field’s own, floats are rounded to their form, and an edited zero may be all blanks. */
function same({ type, length, field }: RecordColumn, wanted: ContentCell, read: ContentCell): boolean {
  if (wanted === read) return true;
  if (typeof wanted === 'string' && typeof read === 'string' && type === 'string') return wanted.trim() === read.trim();
  if (read === null) return field.picture?.category === 'edited' && Number(wanted) === 0;
  return type === 'number' && Math.abs(Number(wanted) - Number(read)) <= Math.abs(Number(wanted)) * (length === 4 ? 2 ** -20 : 2 ** -50);
}

/** Where a column's bytes begin in the record of this row, when tables take their actual room. */
export function offsetOf(column: RecordColumn, row: readonly ContentCell[]): number {
  return column.moves.reduce((offset, move) => {
    const count = Number(row[move.column] ?? 0);
    return offset + (count >= 0 && count <= move.max ? count * move.bytes : 0);
  }, column.base);
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
