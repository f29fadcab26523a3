/** Binary integers of any length, two's complement where signed; big-endian as on the mainframe unless told otherwise. */
import type { SignedDigits } from './zoned-codec.js';

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

export function encodeBinary(value: SignedDigits, length: number): Uint8Array {
  let rest = BigInt.asUintN(length * 8, value.negative ? -BigInt(value.digits) : BigInt(value.digits));
  const out = new Uint8Array(length);
  for (let at = length - 1; at >= 0; at--, rest >>= 8n) out[at] = Number(rest & 0xffn);
  return out;
}
