import type { DecodeFailure } from '@symphainy/contracts';
import type { DecodedText } from './decoded-text.js';

const MOST_BYTES = 4_096;

/** Lines that cannot be read: their number, their place and their bytes, of long ones the first. */
export function lineFailure(broken: { readonly start: number; readonly end: number; readonly reason: string }, bytes: Uint8Array, decoded: DecodedText): DecodeFailure {
  const source = decoded.sourceOf(broken.start, broken.end);
  const kept = source.byte_start === undefined ? Buffer.from(decoded.text.slice(broken.start, broken.end)) : Buffer.from(bytes.subarray(source.byte_start, source.byte_end));
  return { field: '', record: source.line, offset: 0, bytes_hex: kept.subarray(0, MOST_BYTES).toString('hex'), reason: broken.reason, source };
}
