/** Packed decimal (COMP-3): two digits a byte, the sign in the last nibble: C, A, E, F plus, D, B minus (IBM z/Architecture Principles of Operation). */
import { SAFE_DIGITS, Undecodable } from './decimal.js';
import type { FieldDecoder } from './field-decoder.js';
import type { NumberCells } from './number-cells.js';
import { filled, type SignedDigits } from './zoned-codec.js';

export interface PackedForm {
  readonly signed: boolean;
  /** COMP-3 has one; COMP-6 uses it for one more digit. */
  readonly signNibble: boolean;
}

/** Reads a packed field by arithmetic where its digits fit, else as digits. */
export function packedReader({ signed, signNibble }: PackedForm, cells: NumberCells): FieldDecoder {
  return (bytes, at, end) => {
    const last = signNibble ? end - 1 : end;
    if ((end - at) * 2 - (signNibble ? 1 : 0) > SAFE_DIGITS) return exactly(bytes, at, end, signed, signNibble, cells);
    let amount = 0;
    for (let i = at; i < last; i++) {
      const byte = bytes[i]!;
      if (byte > 0x99 || (byte & 0x0f) > 9) return refuse(bytes, at, end);
      amount = amount * 100 + (byte >> 4) * 10 + (byte & 0x0f);
    }
    if (!signNibble) return cells.small(false, amount);
    const byte = bytes[last]!;
    const sign = byte & 0x0f;
    if (byte > 0x9f) return refuse(bytes, at, end);
    if (sign < 0x0a) return noSign(bytes, at, end);
    const negative = sign === 0x0d || sign === 0x0b;
    return negative && !signed ? new Undecodable('a minus sign in an unsigned packed field') : cells.small(negative, amount * 10 + (byte >> 4));
  };
}

function exactly(bytes: Uint8Array, at: number, end: number, signed: boolean, signNibble: boolean, cells: NumberCells): ReturnType<FieldDecoder> {
  const value = signNibble ? decodePacked(bytes, at, end, signed) : decodeUnsigned(bytes, at, end);
  return value instanceof Undecodable ? value : cells.exact(value.negative, value.digits);
}

/** COMP-6: digits only. */
function decodeUnsigned(bytes: Uint8Array, start: number, end: number): SignedDigits | Undecodable {
  const digits = Buffer.from(bytes.buffer, bytes.byteOffset + start, end - start).toString('hex');
  return /^\d+$/.test(digits) ? { negative: false, digits } : refuse(bytes, start, end);
}

export function decodePacked(bytes: Uint8Array, start: number, end: number, signed: boolean): SignedDigits | Undecodable {
  let digits = '';
  for (let at = start; at < end; at++) {
    const high = bytes[at]! >> 4;
    const low = bytes[at]! & 0x0f;
    if (high > 9) return refuse(bytes, start, end);
    digits += high;
    if (at < end - 1) {
      if (low > 9) return refuse(bytes, start, end);
      digits += low;
    }
  }
  const sign = bytes[end - 1]! & 0x0f;
  if (sign < 0x0a) return noSign(bytes, start, end);
  const negative = sign === 0x0d || sign === 0x0b;
  return negative && !signed ? new Undecodable('a minus sign in an unsigned packed field') : { negative, digits };
}

const noSign = (bytes: Uint8Array, start: number, end: number): Undecodable => filled(bytes, start, end, { ascii: false }) ?? new Undecodable('the last nibble of a packed field is no sign');

const refuse = (bytes: Uint8Array, start: number, end: number): Undecodable => filled(bytes, start, end, { ascii: false }) ?? new Undecodable('a nibble of a packed field is not a digit');

/** `length` bytes; preferred signs: C plus, D minus, F where the field is unsigned. */
export function encodePacked(value: SignedDigits, length: number, signed: boolean, signNibble = true): Uint8Array {
  if (!signNibble) return Uint8Array.from(Buffer.from(value.digits.padStart(length * 2, '0'), 'hex'));
  const sign = signed ? (value.negative ? 'd' : 'c') : 'f';
  return Uint8Array.from(Buffer.from(value.digits.padStart(length * 2 - 1, '0') + sign, 'hex'));
}
