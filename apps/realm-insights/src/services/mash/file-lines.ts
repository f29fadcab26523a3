/** Where the records of a file of lines stand in it. */
import { readFileSync, statSync } from 'node:fs';

export interface ByteSpan {
  readonly byte_start: number;
  /** Excluded; the line's end is no part of it. */
  readonly byte_end: number;
}

/** Of larger files a row is told by its number alone. */
const MAX_BYTES = 64 * 1024 * 1024;
const MAX_RECORDS = 500_000;

const [LF, CR, QUOTE, OPEN, CLOSE] = [10, 13, 34, 123, 125];

export interface FileLines {
  /** From 0. */
  at(record: number): ByteSpan | undefined;
}

/** The records of a CSV (RFC 4180: a quoted field may hold line ends; empty lines are none), when there are as many as the engine found rows. Undefined: there are not, or the file is too large. */
export const csvLines = (file: string, expected: number): FileLines | undefined => fileLines(file, expected, true);

/** The lines of a file of JSON lines; undefined besides where a line is no object of its own: the file is one list, or its objects are spread over lines. */
export const jsonLines = (file: string, expected: number): FileLines | undefined => fileLines(file, expected, false);

function fileLines(file: string, expected: number, quotes: boolean): FileLines | undefined {
  if (expected > MAX_RECORDS || statSync(file).size > MAX_BYTES) return undefined;
  const bytes = readFileSync(file);
  const spans = new Float64Array(2 * expected);
  let found = 0;
  for (const { byte_start, byte_end } of recordsOf(bytes, quotes)) {
    if (!quotes && !(bytes[byte_start] === OPEN && bytes[byte_end - 1] === CLOSE)) return undefined;
    if (found < expected) spans.set([byte_start, byte_end], 2 * found);
    found++;
  }
  if (found !== expected) return undefined;
  return { at: (record) => (record < 0 || record >= expected ? undefined : { byte_start: spans[2 * record]!, byte_end: spans[2 * record + 1]! }) };
}

function* recordsOf(bytes: Uint8Array, quotes: boolean): Generator<ByteSpan> {
  let quoted = false;
  let byte_start = hasMark(bytes) ? 3 : 0;
  for (let at = byte_start; at <= bytes.length; at++) {
    const byte = bytes[at];
    if (quotes && byte === QUOTE) quoted = !quoted;
    if (at < bytes.length && (quoted || (byte !== LF && byte !== CR))) continue;
    if (at > byte_start) yield { byte_start, byte_end: at };
    byte_start = at + 1;
  }
}

/** UTF-8's byte order mark. */
const hasMark = (bytes: Uint8Array): boolean => bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf;
