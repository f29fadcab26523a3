/** Binary integers of any length, two's complement where signed; big-endian as on the mainframe unless told otherwise. */
import type { FieldDecoder } from './field-decoder.js';
import { SAFE_DIGITS, Undecodable } from './decimal.js';
import type { NumberCells } from './number-cells.js';
import type { SignedDigits } from './zoned-codec.js';

export interface BinaryForm {
  readonly signed: boolean;
  readonly littleEndian: boolean;
  /** A value of more digits is refused; undefined: whatever the bytes hold. */
  readonly digits: number | undefined;
}

const WORD = 2 ** 32;
const SAFE_LIMIT = 10 ** SAFE_DIGITS;

/** Reads a binary field: by arithmetic on numbers where these are exact, else on big integers. */
export function binaryReader({ signed, littleEndian, digits }: BinaryForm, cells: NumberCells): FieldDecoder {
  const limit = digits === undefined ? Number.POSITIVE_INFINITY : 10 ** digits;
  return (bytes, at, end) => {
    const amount = littleEndian ? Number.NaN : small(bytes, at, end - at, signed);
    const size = amount < 0 ? -amount : amount;
    if (size < SAFE_LIMIT) return size >= limit ? beyond(digits!) : cells.small(amount < 0, size);
    const exact = decodeBinary(bytes, at, end, signed, littleEndian);
    return digits !== undefined && exact.digits.length > digits ? beyond(digits) : cells.exact(exact.negative, exact.digits);
  };
}

const beyond = (digits: number): Undecodable => new Undecodable(`a binary value of more than the ${digits} digits of its picture`);

/** The value as a number, exact below `SAFE_LIMIT`; not a number for lengths beyond eight bytes. */
function small(bytes: Uint8Array, at: number, length: number, signed: boolean): number {
  if (length > 8) return Number.NaN;
  let high = signed && bytes[at]! >= 0x80 ? -1 : 0;
  let low = 0;
  const middle = at + Math.max(0, length - 4);
  for (let i = at; i < middle; i++) high = high * 256 + bytes[i]!;
  for (let i = middle; i < at + length; i++) low = low * 256 + bytes[i]!;
  return high * (length >= 4 ? WORD : 256 ** length) + low;
}

export function decodeBinary(bytes: Uint8Array, start: number, end: number, signed: boolean, littleEndian = false): SignedDigits {
  const length = end - start;
  if (length <= 6 && !littleEndian) {
    const value = signed ? Buffer.from(bytes.buffer, bytes.byteOffset).readIntBE(start, length) : Buffer.from(bytes.buffer, bytes.byteOffset).readUIntBE(start, length);
    return { negative: value < 0, digits: String(Math.abs(value)) };
  }
  let value = 0n;
  for (let i = 0; i < length; i++) value = (value << 8n) | BigInt(bytes[littleEndian ? end - 1 - i : start + i]!);
  if (signed) value = BigInt.asIntN(length * 8, value);
  return { negative: value < 0n, digits: String(value < 0n ? -value : value) };
}

export function encodeBinary(value: SignedDigits, length: number, { signed, littleEndian }: Pick<BinaryForm, 'signed' | 'littleEndian'>): Uint8Array {
  const whole = value.negative ? -BigInt(value.digits) : BigInt(value.digits);
  if ((signed ? BigInt.asIntN(length * 8, whole) : BigInt.asUintN(length * 8, whole)) !== whole) throw new RangeError(`it has room for what ${length} bytes hold`);
  let rest = BigInt.asUintN(length * 8, whole);
  const out = new Uint8Array(length);
  for (let at = length - 1; at >= 0; at--, rest >>= 8n) out[at] = Number(rest & 0xffn);
  return littleEndian ? out.reverse() : out;
}
