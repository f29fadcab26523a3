import { failure } from '@symphainy/contracts';
import { guessEncoding } from './encoding-guess.js';
import { multiByteOffsets } from './multi-byte-offsets.js';

const CHECKPOINT = 4096;

/** Text with the way back to its bytes. Positions in the text are UTF-16 units, as JavaScript counts. */
export class DecodedText {
  private checkpoints: number[] | undefined;
  private lineStarts: number[] | undefined;
  private isAscii: boolean | undefined;
  private offsets: Uint32Array | undefined;

  constructor(
    readonly text: string,
    /** `utf-8`, `utf-16le`, `utf-16be`, what was guessed, or the label that was asked for. */
    readonly encoding: string,
    private readonly bomBytes: number,
    /** What the text was made of, where its length tells no places; of UTF-8 only where it is damaged. */
    private readonly bytes?: Uint8Array,
    /** Of an encoding that was guessed; see `EncodingGuess`. */
    readonly confidence?: number,
  ) {}

  /** What a document's metadata say of it. */
  get told(): { encoding: string; encoding_confidence: number | undefined; undecodable: number | undefined } {
    return { encoding: this.encoding, encoding_confidence: this.confidence, undecodable: this.encoding === 'utf-8' && this.bytes ? this.text.split('\ufffd').length - 1 : undefined };
  }

  /** Offset in the file of the character at `index`; undefined where the encoding has no simple way back. */
  byteAt(index: number): number | undefined {
    if (this.encoding.startsWith('utf-16')) return this.bomBytes + index * 2;
    if (SINGLE_BYTE.test(this.encoding)) return index;
    if (this.encoding === 'utf-8' && this.bytes === undefined) return this.bomBytes + this.utf8Bytes(index);
    return (this.offsets ??= this.bytes && multiByteOffsets(this.bytes, this.text, this.encoding))?.[index];
  }

  /** From 1. */
  lineAt(index: number): number {
    const starts = (this.lineStarts ??= lineStartsOf(this.text));
    let low = 0;
    let high = starts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (starts[middle]! <= index) low = middle;
      else high = middle - 1;
    }
    return low + 1;
  }

  /** Line and byte range of the span from `start` to `end` (exclusive). */
  sourceOf(start: number, end: number): { line: number; byte_start?: number; byte_end?: number } {
    return { line: this.lineAt(start), ...this.bytesOf(start, end) };
  }

  /** Its byte range alone. */
  bytesOf(start: number, end: number): { byte_start?: number; byte_end?: number } {
    const byteStart = this.byteAt(start);
    const byteEnd = this.byteAt(end);
    return byteStart === undefined || byteEnd === undefined ? {} : { byte_start: byteStart, byte_end: byteEnd };
  }

  private utf8Bytes(index: number): number {
    if ((this.isAscii ??= Buffer.byteLength(this.text) === this.text.length)) return index;
    const points = (this.checkpoints ??= checkpointsOf(this.text));
    const nearest = Math.min(Math.floor(index / CHECKPOINT), points.length - 1);
    return points[nearest]! + Buffer.byteLength(this.text.slice(nearest * CHECKPOINT, index));
  }
}

const SINGLE_BYTE = /^(windows-|iso-8859-|koi8-|ibm866$|macintosh$|x-mac-)/;

/** A surrogate pair cut by a checkpoint counts 3 + 3 bytes instead of 4; the pair is kept whole by counting it in the later slice. */
function checkpointsOf(text: string): number[] {
  const points = [0];
  for (let at = CHECKPOINT; at <= text.length; at += CHECKPOINT) {
    const slice = text.slice(at - CHECKPOINT, at);
    const cutAtEnd = isHigh(slice.charCodeAt(slice.length - 1));
    const cutAtStart = at > CHECKPOINT && isHigh(text.charCodeAt(at - CHECKPOINT - 1));
    points.push(points.at(-1)! + Buffer.byteLength(slice) - (cutAtEnd ? 3 : 0) + (cutAtStart ? 1 : 0));
  }
  return points;
}

const isHigh = (unit: number): boolean => unit >= 0xd800 && unit <= 0xdbff;

function lineStartsOf(text: string): number[] {
  const starts = [0];
  for (const match of text.matchAll(/\r\n|\r|\n/g)) starts.push(match.index + match[0].length);
  return starts;
}

/**
 * Decodes text: byte order mark, the encoding asked for, UTF-8 where it is well formed (or all but: U+FFFD stands for what is not), UTF-16 told by its zero bytes, what `guessEncoding` is sure of, ISO 8859-15 told by its euro signs and letters, else Windows-1252.
 * `content.encoding` when the bytes are not in the encoding asked for, or its name is not known.
 */
export function decodeTextFile(bytes: Uint8Array, encoding?: string): DecodedText {
  if (isUtf32(bytes)) throw failure('content.encoding', { message: 'the file is UTF-32 text, which is not read', field: '/source', fix: 'save it as UTF-8' });
  const marked = markedEncoding(bytes);
  if (marked) return decodeAs(bytes, marked.encoding, marked.length);
  if (encoding !== undefined) return decodeAs(bytes, canonicalLabel(encoding), 0);
  const utf16 = utf16WithoutMark(bytes);
  if (utf16) return decodeAs(bytes, utf16, 0);
  try {
    return new DecodedText(new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes), 'utf-8', 0);
  } catch (error) {
    if (!isMalformed(error)) throw error;
    const { encoding: guessed, confidence } = guessEncoding(bytes);
    if (guessed === 'utf-8') return new DecodedText(new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes), guessed, 0, bytes, confidence);
    return guessed === 'windows-1252' && isLatin9(bytes) ? decodeAs(bytes, 'iso-8859-15', 0) : decodeAs(bytes, guessed, 0, confidence);
  }
}

/** What a strict decoder says of bytes that are not of its encoding. */
const isMalformed = (error: unknown): boolean => (error as { code?: unknown } | null)?.code === 'ERR_ENCODING_INVALID_ENCODED_DATA';

const isUtf32 = (bytes: Uint8Array): boolean => (bytes[0] === 0xff && bytes[1] === 0xfe && bytes[2] === 0 && bytes[3] === 0) || (bytes[0] === 0 && bytes[1] === 0 && bytes[2] === 0xfe && bytes[3] === 0xff);

/**
 * ISO 8859-15 has a euro sign, and S, Z and OE with their marks, where Windows-1252 has the general currency sign, which nobody writes, a broken bar, accents by themselves and fractions. It is told where no byte is one of those that
 * only Windows-1252 has, and a euro sign stands there, or a letter with a mark beside small letters.
 */
function isLatin9(bytes: Uint8Array): boolean {
  if (bytes.some((byte) => byte >= 0x80 && byte < 0xa0)) return false;
  return bytes.includes(0xa4) || /[\u00a6\u00b4][a-z]{2}|[a-z][\u00a8\u00b8\u00bd][a-z]|(^|[^\d])\u00bc[a-z]{2}/.test(Buffer.from(bytes.subarray(0, LATIN_SAMPLE)).toString('latin1'));
}

const LATIN_SAMPLE = 1024 * 1024;

function markedEncoding(bytes: Uint8Array): { encoding: string; length: number } | undefined {
  if (bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf) return { encoding: 'utf-8', length: 3 };
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return { encoding: 'utf-16le', length: 2 };
  return bytes[0] === 0xfe && bytes[1] === 0xff ? { encoding: 'utf-16be', length: 2 } : undefined;
}

/** Mostly Latin text in UTF-16 has a zero in every second byte. */
export function utf16WithoutMark(bytes: Uint8Array): string | undefined {
  const sample = bytes.subarray(0, 2048 - (bytes.length % 2));
  if (sample.length < 4 || bytes.length % 2 !== 0) return undefined;
  let even = 0;
  let odd = 0;
  sample.forEach((byte, at) => (byte !== 0 ? 0 : at % 2 === 0 ? even++ : odd++));
  const half = sample.length / 2;
  if (odd > half * 0.6 && even < half * 0.05) return 'utf-16le';
  return even > half * 0.6 && odd < half * 0.05 ? 'utf-16be' : undefined;
}

function canonicalLabel(label: string): string {
  try {
    return new TextDecoder(label).encoding;
  } catch (error) {
    throw failure('content.encoding', { message: `the encoding ${JSON.stringify(label.slice(0, 40))} is not known`, field: '/options/encoding', cause: error });
  }
}

function decodeAs(bytes: Uint8Array, encoding: string, bomBytes: number, confidence?: number): DecodedText {
  try {
    return new DecodedText(new TextDecoder(encoding, { fatal: true, ignoreBOM: true }).decode(bytes.subarray(bomBytes)), encoding, bomBytes, encoding === 'utf-8' ? undefined : bytes, confidence);
  } catch (error) {
    throw failure('content.encoding', { message: `the file’s bytes are not ${encoding} text`, field: '/options/encoding', cause: error });
  }
}
