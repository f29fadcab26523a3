/** Where the records of a CSV file stand in it. */
import { readFileSync, statSync } from 'node:fs';

export interface ByteSpan {
  readonly byte_start: number;
  /** Excluded; the line's end is no part of it. */
  readonly byte_end: number;
}

/** Of larger files a row is told by its number alone. */
const MAX_BYTES = 64 * 1024 * 1024;
const MAX_RECORDS = 500_000;

const [LF, CR, QUOTE] = [10, 13, 34];

/** The records' bytes, when the file has as many as the engine found rows (RFC 4180: a quoted field may hold line ends; empty lines are none). Undefined: it has not, or is too large. */
export function csvLines(file: string, expected: number): { at(record: number): ByteSpan | undefined } | undefined {
  if (expected > MAX_RECORDS || statSync(file).size > MAX_BYTES) return undefined;
  const spans = new Float64Array(2 * expected);
  let found = 0;
  for (const { byte_start, byte_end } of recordsOf(readFileSync(file))) {
    if (found < expected) spans.set([byte_start, byte_end], 2 * found);
    found++;
  }
  if (found !== expected) return undefined;
  return { at: (record) => (record < 0 || record >= expected ? undefined : { byte_start: spans[2 * record]!, byte_end: spans[2 * record + 1]! }) };
}

function* recordsOf(bytes: Uint8Array): Generator<ByteSpan> {
  let quoted = false;
  let byte_start = hasMark(bytes) ? 3 : 0;
  for (let at = byte_start; at <= bytes.length; at++) {
    const byte = bytes[at];
    if (byte === QUOTE) quoted = !quoted;
    if (at < bytes.length && (quoted || (byte !== LF && byte !== CR))) continue;
    if (at > byte_start) yield { byte_start, byte_end: at };
    byte_start = at + 1;
  }
}

/** UTF-8's byte order mark. */
const hasMark = (bytes: Uint8Array): boolean => bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf;
