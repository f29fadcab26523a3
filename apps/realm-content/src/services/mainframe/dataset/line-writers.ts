/**
 * Fields straight from their bytes into JSON lines: no cell, no text and no row between. A writer is made once for a column and run on every record; what it cannot write it leaves to
 * the decoder that rows are made by, so that there is one meaning of a field's bytes.
 */
import type { ContentCell } from '@symphainy/contracts';
import { decimalText, SAFE_DIGITS, Undecodable } from '../codecs/decimal.js';
import { fieldDecoder, fieldType, isMixed, isText, isWide, numberDecoder, type DecodeForm, type FieldDecoder } from '../codecs/field-decoder.js';
import { cellCodes, cellLimits } from '../codecs/text-codec.js';
import { SAFE_LIMIT, type NumberCells } from '../codecs/number-cells.js';
import type { RecordColumn } from '../records/record-plan.js';
import type { ExactSums } from './exact-sums.js';
import type { LineBuffer } from './line-buffer.js';

/** Writes the value of the bytes from `at` to `end`; Undecodable: nothing that counts was written. */
export type FieldWriter = (bytes: Uint8Array, at: number, end: number) => Undecodable | undefined;

export function fieldWriter(column: RecordColumn, form: DecodeForm, out: LineBuffer, sums: ExactSums): FieldWriter {
  const { field } = column;
  const decode = fieldDecoder(field, form);
  if (isText(field) && !isWide(field) && !isMixed(form.page)) return textWriter(decode, form, out);
  if (field.picture === undefined || isText(field) || form.ranges?.[field.name] !== undefined) return cellWriter(decode, out);
  const write = numberDecoder(field, form, new WrittenNumbers(column, out, sums));
  return (bytes, at, end) => {
    const value = write(bytes, at, end);
    return value instanceof Undecodable ? value : undefined;
  };
}

function cellWriter(decode: FieldDecoder, out: LineBuffer): FieldWriter {
  return (bytes, at, end) => {
    const value = decode(bytes, at, end);
    if (value instanceof Undecodable) return value;
    out.text(JSON.stringify(value));
    return undefined;
  };
}

/** Characters that stand for themselves in JSON go through a table; a field with any other is left to the decoder. */
function textWriter(decode: FieldDecoder, form: DecodeForm, out: LineBuffer): FieldWriter {
  const codes = cellCodes(form);
  const limits = cellLimits(form);
  const otherwise = cellWriter(decode, out);
  return (bytes, at, end) => {
    const to = limits.end(bytes, at, end);
    return out.translated(bytes, limits.start(bytes, at, to), to, codes) ? undefined : otherwise(bytes, at, end);
  };
}

/** Number cells that are written as they come, and added to their column's sum. */
class WrittenNumbers implements NumberCells {
  private readonly integer: boolean;
  private readonly scale: number;
  private readonly unit: number;
  private readonly slot: number;

  constructor(
    column: RecordColumn,
    private readonly out: LineBuffer,
    private readonly sums: ExactSums,
  ) {
    this.integer = fieldType(column.field) === 'integer';
    this.scale = column.field.picture!.scale;
    this.unit = 10 ** Math.abs(this.scale);
    this.slot = sums.slotOf(column);
  }

  small(negative: boolean, amount: number): ContentCell | Undecodable {
    if (!this.integer) return this.scale > 0 && this.scale <= MOST_SCALE ? this.decimal(negative, amount) : this.exact(negative, String(amount));
    const whole = this.scale === 0 ? amount : amount * this.unit;
    if (whole >= SAFE_LIMIT) return this.exact(negative, String(amount));
    if (negative && whole !== 0) this.out.ascii(MINUS);
    this.out.integer(whole);
    return null;
  }

  private decimal(negative: boolean, amount: number): null {
    this.out.decimal(negative, amount, this.scale);
    if (this.slot >= 0) this.sums.noteSmall(this.slot, negative ? -amount : amount);
    return null;
  }

  exact(negative: boolean, digits: string): ContentCell | Undecodable {
    const text = decimalText(negative, digits, this.scale);
    if (this.integer) return text.length <= MOST_INTEGER ? (this.out.text(String(Number(text))), null) : new Undecodable('a binary value far beyond its picture');
    this.out.text(`"${text}"`);
    if (this.slot >= 0) this.sums.noteText(this.slot, text);
    return null;
  }
}

const MINUS = Uint8Array.of(0x2d);
const MOST_SCALE = SAFE_DIGITS;
const MOST_INTEGER = SAFE_DIGITS + 1;
