/**
 * COMP-1 and COMP-2. IBM hexadecimal: sign bit, seven-bit exponent of 16 in excess 64, fraction without a hidden bit
 * (IBM z/Architecture Principles of Operation, "Hexadecimal-floating-point formats"). Some compilers write IEEE 754 instead.
 */
import { Undecodable } from './decimal.js';

export type FloatForm = 'ibm' | 'ieee';

export function decodeFloat(bytes: Uint8Array, start: number, length: 4 | 8, form: FloatForm): number | Undecodable {
  const value = form === 'ieee' ? ieee(bytes, start, length) : hexadecimal(bytes, start, length);
  return Number.isFinite(value) ? value : new Undecodable('the float is not a finite number');
}

function ieee(bytes: Uint8Array, start: number, length: 4 | 8): number {
  const view = new DataView(bytes.buffer, bytes.byteOffset + start, length);
  return length === 4 ? view.getFloat32(0) : view.getFloat64(0);
}

const WORD = 2 ** 32;

function hexadecimal(bytes: Uint8Array, start: number, length: 4 | 8): number {
  let fraction = bytes[start + 1]! * 65_536 + bytes[start + 2]! * 256 + bytes[start + 3]!;
  if (length === 8) fraction = fraction * WORD + (bytes[start + 4]! * 16_777_216 + bytes[start + 5]! * 65_536 + bytes[start + 6]! * 256 + bytes[start + 7]!);
  const exponent = (bytes[start]! & 0x7f) - 64 - (length - 1) * 2;
  const magnitude = fraction * 2 ** (4 * exponent);
  return bytes[start]! >= 0x80 && magnitude !== 0 ? -magnitude : magnitude;
}

/** The opposite of `decodeFloat`; hexadecimal floats come out normalised, as hardware writes them, cut to the fraction's room. */
export function encodeFloat(value: number, length: 4 | 8, form: FloatForm): Uint8Array {
  const out = new Uint8Array(length);
  if (form === 'ieee') {
    const view = new DataView(out.buffer);
    if (length === 4) view.setFloat32(0, value);
    else view.setFloat64(0, value);
    return out;
  }
  if (value === 0) return out;
  const size = Math.abs(value);
  let exponent = Math.ceil(Math.log2(size) / 4);
  if (size / 16 ** exponent >= 1) exponent++;
  if (size / 16 ** exponent < 1 / 16) exponent--;
  if (exponent > 63) throw new RangeError(`${value} is beyond hexadecimal floats`);
  exponent = Math.max(exponent, -64);
  let fraction = BigInt(Math.trunc((size / 16 ** exponent) * 2 ** 56));
  if (length === 4) fraction >>= 32n;
  for (let at = length - 1; at > 0; at--, fraction >>= 8n) out[at] = Number(fraction & 0xffn);
  out[0] = (value < 0 ? 0x80 : 0) + exponent + 64;
  return out;
}
