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

function hexadecimal(bytes: Uint8Array, start: number, length: 4 | 8): number {
  let fraction = 0n;
  for (let at = start + 1; at < start + length; at++) fraction = (fraction << 8n) | BigInt(bytes[at]!);
  const exponent = (bytes[start]! & 0x7f) - 64 - (length - 1) * 2;
  const magnitude = Number(fraction) * 2 ** (4 * exponent);
  return bytes[start]! >= 0x80 && magnitude !== 0 ? -magnitude : magnitude;
}
