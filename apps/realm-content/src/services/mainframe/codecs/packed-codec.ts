/** Packed decimal (COMP-3): two digits a byte, the sign in the last nibble: C, A, E, F plus, D, B minus (IBM z/Architecture Principles of Operation). */
import { Undecodable } from './decimal.js';
import { filled, type SignedDigits } from './zoned-codec.js';

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
  if (sign < 0x0a) return filled(bytes, start, end, { ascii: false }) ?? new Undecodable('the last nibble of a packed field is no sign');
  const negative = sign === 0x0d || sign === 0x0b;
  return negative && !signed ? new Undecodable('a minus sign in an unsigned packed field') : { negative, digits };
}

const refuse = (bytes: Uint8Array, start: number, end: number): Undecodable => filled(bytes, start, end, { ascii: false }) ?? new Undecodable('a nibble of a packed field is not a digit');

/** `length` bytes; preferred signs: C plus, D minus, F where the field is unsigned. */
export function encodePacked(value: SignedDigits, length: number, signed: boolean): Uint8Array {
  const sign = signed ? (value.negative ? 'd' : 'c') : 'f';
  return Uint8Array.from(Buffer.from(value.digits.padStart(length * 2 - 1, '0') + sign, 'hex'));
}
